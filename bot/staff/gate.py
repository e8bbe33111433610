"""The door of the staff's pages: who is signed in, and who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.staff.cookie import Cookie, CookieJar
from bot.staff.sign_in import Attempt, SignIns
from bot.staff.signed import DeskKeyring, SignedIn
from bot.storage.staff import Role

__all__ = ["DeskKeyring", "Gate", "NotAllowedError", "RefusedError", "SignInNeededError", "SignedIn", "require"]

SIGN_IN = "/staff/sign-in"
API = "/desk/api"
_KEPT = "staff_signed_in"
#: Where a sign-in may lead back to.
_INSIDE = ("/staff", "/desk")


class RefusedError(HTTPException):
    """Somebody may not see this page; ``bot.staff.pages`` answers it in the staff's own look."""


class SignInNeededError(RefusedError):
    """Nobody is signed in. ``elsewhere``: another site's page led here, so the browser kept the cookie back."""

    def __init__(self, request: Request) -> None:
        self.elsewhere = request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site"
        if request.url.path.startswith(API):
            super().__init__(401)
        else:
            super().__init__(303, headers={"Location": f"{SIGN_IN}?next={quote(_wanted(request))}"})


class NotAllowedError(RefusedError):
    """The member is signed in, but this is not for their role, or they are not admitted yet."""

    def __init__(self) -> None:
        super().__init__(403)


@dataclass(frozen=True, slots=True)
class Gate:
    """Knows sessions by their cookies."""

    sign_ins: SignIns
    jar: CookieJar

    async def signed(self, request: Request) -> SignedIn | None:
        """Who is signed in, waiting ones too; None for nobody. Raises StorageError."""
        if _KEPT not in request.scope:
            cookie = Cookie.parse(request.cookies.get(self.jar.name, ""))
            request.scope[_KEPT] = None if cookie is None else await self.sign_ins.resume(cookie)
        return cast("SignedIn | None", request.scope[_KEPT])

    async def member(self, request: Request) -> SignedIn:
        """Who is signed in, even while they wait to be admitted. Raises SignInNeededError, StorageError."""
        signed = await self.signed(request)
        if signed is None:
            raise SignInNeededError(request)
        return signed

    async def enter(self, request: Request, attempt: Attempt) -> Cookie:
        """Sign somebody in; what is left of the request is theirs. Raises StaffError, StorageError."""
        cookie = await self.sign_ins.sign_in(attempt)
        request.scope[_KEPT] = await self.sign_ins.resume(cookie)
        return cookie

    async def require(self, request: Request, *roles: Role | str) -> SignedIn:
        """An active member of one of these roles; of any role where none is named.

        Raises SignInNeededError, NotAllowedError, StorageError.
        """
        signed = await self.member(request)
        if not signed.member.active or (roles and signed.member.role not in roles):
            raise NotAllowedError
        return signed


async def require(request: Request, *roles: Role | str) -> SignedIn:
    """``Gate.require`` by the gate that ``StaffSite.join`` gave the application.

    Raises SignInNeededError, NotAllowedError, StorageError.
    """
    gate: Gate = request.app.state.gate
    return await gate.require(request, *roles)


def safe_next(path: str) -> str:
    """Where to go after signing in: a page of ours, or the home page."""
    first = path.partition("?")[0]
    inside = any(first == root or first.startswith(f"{root}/") for root in _INSIDE)
    plain = path.isascii() and path.isprintable() and "\\" not in path and "//" not in first
    return path if inside and plain else "/staff"


def _wanted(request: Request) -> str:
    """The page that was asked for; a form that was sent cannot be sent again."""
    if request.method != "GET":
        return "/staff"
    query = request.url.query
    return safe_next(request.url.path + (f"?{query}" if query else ""))
