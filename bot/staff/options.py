"""What the staff's pages are told by the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaffOptions:
    """Settings of the staff's pages.

    ``secure_cookies``: served over HTTPS. ``trusted_proxies``: addresses or networks whose forwarded header is
    believed. ``public_url``: in front of the links that are handed on; empty: the address of the page itself.
    ``session_hours``: how long one sign-in lasts. ``regions``: code and name of every region that the content has.
    """

    operator: str = ""
    secure_cookies: bool = False
    trusted_proxies: tuple[str, ...] = ()
    public_url: str = ""
    session_hours: float = 12
    regions: tuple[tuple[str, str], ...] = ()
