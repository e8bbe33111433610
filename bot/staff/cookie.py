"""The cookie of a session: a token that finds it, and a key that the server does not keep."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from starlette.responses import Response

_SHAPE = re.compile(r"([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, repr=False)
class Cookie:
    """``token`` finds the session; ``key``, 32 bytes, unwraps the member's own key in it."""

    token: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> Cookie | None:
        """From what a browser sent; None for anything else."""
        found = _SHAPE.fullmatch(text)
        if found is None:
            return None
        try:
            return cls(found[1], base64.urlsafe_b64decode(found[2] + "="))
        except binascii.Error:
            return None

    def __str__(self) -> str:
        return f"{self.token}.{base64.urlsafe_b64encode(self.key).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class CookieJar:
    """Gives and takes the cookie. ``secure``: only over HTTPS, bound to this host."""

    secure: bool

    @property
    def name(self) -> str:
        """The cookie's name."""
        return "__Host-staff" if self.secure else "staff"

    def give(self, response: Response, cookie: Cookie) -> None:
        """Set it, until the browser is closed."""
        response.set_cookie(self.name, str(cookie), secure=self.secure, httponly=True, samesite="strict")

    def take(self, response: Response) -> None:
        """Remove it."""
        response.delete_cookie(self.name, secure=self.secure, httponly=True, samesite="strict")
