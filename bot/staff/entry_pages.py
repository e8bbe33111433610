"""Signing in and out, and what a member does with their own account."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.errors import StaffError
from bot.staff.fingerprint import fingerprint
from bot.staff.gate import SignedIn, safe_next
from bot.staff.parts import Parts, new_password, read_form
from bot.staff.passwords import SHORTEST
from bot.staff.sign_in import Attempt
from bot.storage.staff import Role


@dataclass(frozen=True, slots=True)
class EntryPages:
    """The home page, signing in and out, the password and the recovery code."""

    parts: Parts

    async def home(self, request: Request) -> Response:
        """What the member may do; whoever waits sees what to tell the supervisor."""
        signed = await self.parts.gate.member(request)
        public = signed.member.public
        shown = fingerprint(public) if public is not None and not signed.member.active else ""
        return self.parts.look.page("home.html", signed, fingerprint=shown, done=request.query_params.get("done", ""))

    async def sign_in_form(self, request: Request) -> Response:
        """The form, or onward where somebody is signed in already."""
        onward = safe_next(request.query_params.get("next", ""))
        if await self.parts.gate.signed(request) is not None:
            return self.parts.go(onward)
        return self.parts.look.page("sign_in.html", next=onward, name="", out="out" in request.query_params)

    async def sign_in(self, request: Request) -> Response:
        """Open a session."""
        form = await read_form(request)
        onward = safe_next(form["next"])
        attempt = Attempt(form["name"], form["password"], form["code"], self.parts.address(request))
        try:
            cookie = await self.parts.gate.sign_ins.sign_in(attempt)
        except StaffError as error:
            told = self.parts.look.sentence(error)
            status = 429 if "minutes" in error.values else 403
            return self.parts.look.page(
                "sign_in.html", status=status, next=onward, name=form["name"], out=False, problem=told
            )
        return self.parts.go(onward, cookie)

    async def sign_out(self, request: Request) -> Response:
        """End the session; without one there is nothing to end."""
        await read_form(request)
        signed = await self.parts.gate.signed(request)
        if signed is not None:
            await self.parts.gate.sign_ins.sign_out(signed)
        response = self.parts.go("/staff/sign-in?out")
        self.parts.gate.jar.take(response)
        return response

    async def password_form(self, request: Request) -> Response:
        """The form to change the password."""
        return self._password(await self.parts.gate.member(request))

    async def password(self, request: Request) -> Response:
        """Change the password."""
        form, signed = await read_form(request), await self.parts.gate.member(request)
        try:
            await self.parts.gate.sign_ins.change_password(
                signed, form["current"], new_password(form), address=self.parts.address(request)
            )
        except StaffError as error:
            return self._password(signed, self.parts.look.sentence(error))
        return self.parts.go("/staff?done=password")

    async def recovery_form(self, request: Request) -> Response:
        """Ask before the printed code is replaced."""
        return self.parts.look.page("recovery.html", await self.parts.gate.require(request, Role.SUPERVISOR))

    async def recovery(self, request: Request) -> Response:
        """Replace the printed code, and show the new one once."""
        form, signed = await read_form(request), await self.parts.gate.require(request, Role.SUPERVISOR)
        try:
            await self.parts.gate.sign_ins.confirm(signed, form["current"], self.parts.address(request))
            code = await self.parts.enrolment.new_code(signed.member, signed.desk)
        except StaffError as error:
            return self.parts.look.page("recovery.html", signed, status=400, problem=self.parts.look.sentence(error))
        return self.parts.look.page("code.html", signed, code=code)

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route("/staff", self.home, methods=["GET"]),
            Route("/staff/sign-in", self.sign_in_form, methods=["GET"]),
            Route("/staff/sign-in", self.sign_in, methods=["POST"]),
            Route("/staff/sign-out", self.sign_out, methods=["POST"]),
            Route("/staff/password", self.password_form, methods=["GET"]),
            Route("/staff/password", self.password, methods=["POST"]),
            Route("/staff/recovery", self.recovery_form, methods=["GET"]),
            Route("/staff/recovery", self.recovery, methods=["POST"]),
        ]

    def _password(self, signed: SignedIn, problem: str = "") -> Response:
        status = 400 if problem else 200
        return self.parts.look.page("password.html", signed, status=status, shortest=SHORTEST, problem=problem)
