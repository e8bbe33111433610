"""The supervisor's page on which the school of a member is put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.errors import StaffError
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import Parts, read_form
from bot.staff.school_choice import AlikeError, SchoolChoice
from bot.storage.staff import Member, MemberState, Role

PATH = "/staff/people/{number:int}/school"


@dataclass(frozen=True, slots=True)
class SchoolPages:
    """Ask for the school of a member, and keep it."""

    parts: Parts

    async def ask(self, request: Request) -> Response:
        """The form, with the school as it is."""
        signed, member = await self._wanted(request)
        written = member.post.school
        listed = written in await self._choice.registered()
        given = {"registered": written if listed else "", "school": "" if listed else written}
        return await self._page(signed, member, given)

    async def keep(self, request: Request) -> Response:
        """Keep what was chosen."""
        form = await read_form(request)
        signed, member = await self._wanted(request)
        if signed.member.id == member.id:
            # By it they would see cases of their own school, and nobody would know.
            return await self._page(signed, member, form, StaffError("own_school"))
        try:
            await self.parts.accounts.change_school(signed.member.holder, member.id, await self._choice.chosen(form))
        except StaffError as error:
            return await self._page(signed, member, form, error)
        return self.parts.go("/staff/people?done=school")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [Route(PATH, self.ask, methods=["GET"]), Route(PATH, self.keep, methods=["POST"])]

    @property
    def _choice(self) -> SchoolChoice:
        return SchoolChoice(self.parts.accounts.store)

    async def _wanted(self, request: Request) -> tuple[SignedIn, Member]:
        signed = await self.parts.gate.require(request, Role.SUPERVISOR)
        member = await self.parts.accounts.records.member(request.path_params["number"])
        if member is None or member.state is MemberState.DISABLED:
            raise RefusedError(404)
        return signed, member

    async def _page(
        self, signed: SignedIn, member: Member, given: Mapping[str, str], error: StaffError | None = None
    ) -> Response:
        return self.parts.look.page(
            "school.html",
            signed,
            status=400 if error else 200,
            person=member,
            given=given,
            schools=await self._choice.registered(),
            doubtful=isinstance(error, AlikeError),
            problem=self.parts.look.sentence(error) if error else "",
        )
