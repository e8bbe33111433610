"""Pages behind one-time links: first set-up, joining, replacing what was lost; and the page of the printed code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.accounts import JOIN, RESET, SETUP
from bot.staff.codes import address, is_secret, new_secret, picture
from bot.staff.enrolment import Chosen, Enrolled
from bot.staff.errors import StaffError
from bot.staff.parts import Parts, new_password, read_form
from bot.staff.passwords import SHORTEST
from bot.storage.staff import Member

RECOVER = "recover"


@dataclass(frozen=True, slots=True)
class EnrolPages:
    """Choosing a password and setting up the app, on four occasions."""

    parts: Parts

    async def set_up_form(self, request: Request) -> Response:
        """The first supervisor's form."""
        try:
            await self.parts.enrolment.find(SETUP, request.path_params["token"])
        except StaffError as error:
            return self._dead(error)
        return self._form(SETUP)

    async def set_up(self, request: Request) -> Response:
        """Make the desk key and the first supervisor; the recovery code is shown once."""
        form = await read_form(request)
        try:
            token = request.path_params["token"]
            made = await self.parts.enrolment.set_up(token, form["name"], form["display"], _chosen(form))
        except StaffError as error:
            return self._again(SETUP, form, error)
        return await self._with_code(made)

    async def enrol_form(self, request: Request) -> Response:
        """The form of a member who joins or comes back."""
        purpose = _purpose(request)
        try:
            member = await self.parts.enrolment.whose(purpose, request.path_params["token"])
        except StaffError as error:
            return self._dead(error)
        return self._form(purpose, member)

    async def enrol(self, request: Request) -> Response:
        """Join or come back; the member is signed in and sees what comes next."""
        form, purpose, token = await read_form(request), _purpose(request), request.path_params["token"]
        try:
            member = await self.parts.enrolment.whose(purpose, token)
        except StaffError as error:
            return self._dead(error)
        try:
            made = await self.parts.enrolment.enrol(purpose, token, _chosen(form))
        except StaffError as error:
            return self._again(purpose, form, error, member)
        return self.parts.go("/staff", await self.parts.gate.sign_ins.begin(made.member, made.private))

    async def recover_form(self, _request: Request) -> Response:
        """The form for whoever holds the printed code."""
        return self._form(RECOVER)

    async def recover(self, request: Request) -> Response:
        """Come back with the printed code; a new one is shown once."""
        form = await read_form(request)
        try:
            made = await self.parts.enrolment.recover(form["name"], form["recovery"], _chosen(form))
        except StaffError as error:
            return self._again(RECOVER, form, error)
        return await self._with_code(made)

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        pages = [
            (f"/staff/{SETUP}/{{token}}", self.set_up_form, self.set_up),
            (f"/staff/{JOIN}/{{token}}", self.enrol_form, self.enrol),
            (f"/staff/{RESET}/{{token}}", self.enrol_form, self.enrol),
            (f"/staff/{RECOVER}", self.recover_form, self.recover),
        ]
        shown = [Route(path, form, methods=["GET"]) for path, form, _ in pages]
        return [*shown, *(Route(path, send, methods=["POST"]) for path, _, send in pages)]

    async def _with_code(self, made: Enrolled) -> Response:
        sign_ins = self.parts.gate.sign_ins
        cookie = await sign_ins.begin(made.member, made.private)
        session = await sign_ins.resume(cookie)
        response = self.parts.look.page("code.html", session, code=made.recovery)
        self.parts.gate.jar.give(response, cookie)
        return response

    def _again(
        self, purpose: str, form: Mapping[str, str], error: StaffError, member: Member | None = None
    ) -> Response:
        if error.key == "staff.refused_link":
            return self._dead(error)
        return self._form(purpose, member, form, self.parts.look.sentence(error))

    def _form(
        self,
        purpose: str,
        member: Member | None = None,
        form: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> Response:
        given = form or {}
        secret = given.get("secret", "")
        # The same secret after a mistake: the app has read it already.
        secret = secret if is_secret(secret) else new_secret()
        look = self.parts.look
        values: dict[str, Any] = {
            "purpose": purpose,
            "person": member,
            "name": given.get("name", ""),
            "display": given.get("display", ""),
            "recovery": given.get("recovery", ""),
            "shortest": SHORTEST,
            "problem": problem,
        }
        return look.page("enrol.html", status=400 if problem else 200, **values, **self._app(secret, member))

    def _app(self, secret: str, member: Member | None) -> Mapping[str, Any]:
        label = member.display if member else self.parts.look.say("staff.app_label")
        link = address(secret, label, self.parts.look.say("staff.app_issuer"))
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return {"secret": secret, "groups": groups, "app": link, "qr": Markup(picture(link))}  # noqa: S704  (segno's own)

    def _dead(self, error: StaffError) -> Response:
        return self.parts.look.page("dead.html", status=404, problem=self.parts.look.sentence(error))


def _chosen(form: Mapping[str, str]) -> Chosen:
    return Chosen(new_password(form), form["secret"], form["code"])


def _purpose(request: Request) -> str:
    return JOIN if request.url.path.startswith(f"/staff/{JOIN}/") else RESET
