"""Signing in again where a form was sent after the sign-in had ended: what was typed goes along, kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.staff.cookie import Cookie
from bot.staff.desk.parts import DeskParts
from bot.staff.errors import StaffError
from bot.staff.sign_in import Attempt
from bot.web.client import client_address, networks

#: What is typed to sign in; everything else is of the form that was sent.
_SIGN_IN = ("name", "password", "code")


@dataclass(frozen=True, slots=True)
class Again:
    """The page that asks who was at work to sign in; it holds, out of sight, what they had typed.

    The browser gives it back with the sign-in: it rests neither on the server nor in the browser's stores.
    """

    parts: DeskParts

    def page(self, back: str, fields: Mapping[str, str], error: StaffError | None = None) -> Response:
        """The page; ``back`` is where the sign-in and what was typed are sent."""
        status = 200 if error is None else 429 if "minutes" in error.values else 403
        typed = {name: value for name, value in fields.items() if name not in _SIGN_IN}
        problem = "" if error is None else self.parts.look.sentence(error)
        name = fields.get("name", "")
        return self.parts.look.page(
            "desk_again.html", status=status, back=back, typed=typed, name=name, problem=problem
        )

    async def enter(self, request: Request, fields: Mapping[str, str]) -> Cookie | None:
        """Sign in with what this page sent, for the rest of the request; None where there is no need.

        Raises StaffError, StorageError.
        """
        if "password" not in fields or await self.parts.gate.signed(request) is not None:
            return None
        address = client_address(request, networks(self.parts.look.options.trusted_proxies))
        attempt = Attempt(fields.get("name", ""), fields["password"], fields.get("code", ""), address)
        return await self.parts.gate.enter(request, attempt)

    def give(self, response: Response, cookie: Cookie | None) -> Response:
        """The answer, with the cookie of the new session where there is one."""
        if cookie is not None:
            self.parts.gate.jar.give(response, cookie)
        return response
