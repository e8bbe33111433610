"""Which talk a browser belongs to: a random number in a cookie, and nothing else."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.begun import Begun

_ID = re.compile(r"[A-Za-z0-9_-]{43}")
ID_BYTES = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser; ``new`` where it has no cookie yet."""

    id: str
    new: bool

    @property
    def key(self) -> str:
        """The key of its talk."""
        return f"web:{self.id}"


@dataclass(frozen=True, slots=True)
class Visitors:
    """Reads and writes the cookie. ``secure``: only over HTTPS, bound to this host."""

    secure: bool
    begun: Begun = field(default_factory=Begun)

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return "__Host-talk" if self.secure else "talk"

    def of(self, request: Request, page: str = "") -> Visitor:
        """The visitor of a request; a missing or malformed cookie makes a new one.

        ``page``: the number of the page that sent it, by which what it sends without a cookie is one talk.
        """
        found = request.cookies.get(self.cookie, "")
        if _ID.fullmatch(found):
            self.begun.drop(found)
            return Visitor(found, new=False)
        made = self.fresh()
        return Visitor(self.begun.talk(page, made.id), new=True) if page else made

    def begun_by(self, page: str) -> Visitor | None:
        """Whom a page became whose browser has not shown the cookie; makes nobody."""
        found = self.begun.found(page)
        return Visitor(found, new=True) if found else None

    def fresh(self) -> Visitor:
        """A visitor that nobody has been."""
        return Visitor(secrets.token_urlsafe(ID_BYTES), new=True)

    def remember(self, response: Response, visitor: Visitor) -> None:
        """Give a new visitor the cookie, for as long as the browser is open."""
        if visitor.new:
            response.set_cookie(self.cookie, visitor.id, secure=self.secure, httponly=True, samesite="strict")

    def forget(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(self.cookie, secure=self.secure, httponly=True, samesite="strict")
