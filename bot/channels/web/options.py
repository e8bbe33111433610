"""What the web chat is told by the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Settings of the web chat.

    ``secure_cookies``: served over HTTPS. ``rate_per_minute``: turns answered in one talk; a whole address may send
    ``address_factor`` times as many, since a school sits behind one. ``trusted_proxies``: addresses or networks whose
    forwarded header is believed. ``session_minutes``: how long the store keeps a talk, and ``case_days`` how long a
    case after it was closed, as the privacy page says.
    """

    operator: str = ""
    secure_cookies: bool = False
    rate_per_minute: int = 30
    address_factor: int = 20
    trusted_proxies: tuple[str, ...] = ()
    session_minutes: int = 120
    case_days: int = 90
