"""The supervisor's pages of members: who there is, and how they come and go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.accounts import post_of
from bot.staff.errors import StaffError
from bot.staff.fingerprint import fingerprint
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import Parts, read_form
from bot.staff.school_choice import AlikeError, SchoolChoice
from bot.storage.staff import Member, MemberState, Post, Role


@dataclass(frozen=True, slots=True)
class PeoplePages:
    """List, invite, admit, help after a loss, disable."""

    parts: Parts
    now: Callable[[], dt.datetime]

    async def people(self, request: Request) -> Response:
        """Everybody: whoever waits for something first, whoever left last."""
        signed = await self._supervisor(request)
        return await self._list(request, signed)

    async def invite_form(self, request: Request) -> Response:
        """The form to invite somebody."""
        return await self._invitation(await self._supervisor(request), {})

    async def invite(self, request: Request) -> Response:
        """Add somebody, and show their link."""
        form, signed = await read_form(request), await self._supervisor(request)
        try:
            post = self._post(form, await self._schools.chosen(form))
            path = await self.parts.accounts.invite(signed.member.holder, form["name"], form["display"], post)
        except StaffError as error:
            return await self._invitation(signed, dict(form), error)
        return self._link(request, signed, path, form["display"])

    async def link(self, request: Request) -> Response:
        """Show a new link for somebody."""
        await read_form(request)
        signed = await self._supervisor(request)
        member = await self._wanted(request)
        try:
            path = await self.parts.accounts.new_link(signed.member.holder, member.id)
        except StaffError as error:
            return await self._list(request, signed, error)
        return self._link(request, signed, path, member.display)

    async def ask_admit(self, request: Request) -> Response:
        """Ask the supervisor to compare fingerprints first."""
        signed, member = await self._supervisor(request), await self._wanted(request)
        if member.public is None or member.state is not MemberState.WAITING:
            raise RefusedError(404)
        return self.parts.look.page("admit.html", signed, person=member, fingerprint=fingerprint(member.public))

    async def admit(self, request: Request) -> Response:
        """Give somebody the desk key."""
        form, signed = await read_form(request), await self._supervisor(request)
        member = await self._wanted(request)
        try:
            await self.parts.accounts.admit(signed, member.id, form["fingerprint"])
        except StaffError as error:
            return await self._list(request, signed, error)
        return self.parts.go("/staff/people?done=admit")

    async def ask_disable(self, request: Request) -> Response:
        """Ask before somebody is disabled."""
        signed, member = await self._supervisor(request), await self._wanted(request)
        return self.parts.look.page("disable.html", signed, person=member)

    async def disable(self, request: Request) -> Response:
        """Disable somebody."""
        await read_form(request)
        signed, member = await self._supervisor(request), await self._wanted(request)
        try:
            await self.parts.accounts.disable(signed.member.holder, member.id)
        except StaffError as error:
            return await self._list(request, signed, error)
        return self.parts.go("/staff/people?done=disable")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        one = "/staff/people/{number:int}"
        return [
            Route("/staff/people", self.people, methods=["GET"]),
            Route("/staff/people/invite", self.invite_form, methods=["GET"]),
            Route("/staff/people/invite", self.invite, methods=["POST"]),
            Route(f"{one}/link", self.link, methods=["POST"]),
            Route(f"{one}/admit", self.ask_admit, methods=["GET"]),
            Route(f"{one}/admit", self.admit, methods=["POST"]),
            Route(f"{one}/disable", self.ask_disable, methods=["GET"]),
            Route(f"{one}/disable", self.disable, methods=["POST"]),
        ]

    async def _supervisor(self, request: Request) -> SignedIn:
        return await self.parts.gate.require(request, Role.SUPERVISOR)

    async def _wanted(self, request: Request) -> Member:
        member = await self.parts.accounts.records.member(request.path_params["number"])
        if member is None or member.state is MemberState.DISABLED:
            raise RefusedError(404)
        return member

    @property
    def _schools(self) -> SchoolChoice:
        return SchoolChoice(self.parts.accounts.store)

    def _post(self, form: Mapping[str, str], school: str) -> Post:
        if form["region"] and form["region"] not in dict(self.parts.look.options.regions):
            raise StaffError("post")
        return post_of(form["role"], form["line"], form["region"], school)

    async def _list(self, request: Request, signed: SignedIn, error: StaffError | None = None) -> Response:
        members = sorted(await self.parts.accounts.records.members(), key=lambda member: _ORDER.index(member.state))
        return self.parts.look.page(
            "people.html",
            signed,
            status=409 if error else 200,
            people=members,
            regions=dict(self.parts.look.options.regions),
            zone=self.now().tzinfo,
            done=request.query_params.get("done", ""),
            problem=self.parts.look.sentence(error) if error else "",
        )

    async def _invitation(self, signed: SignedIn, given: dict[str, str], error: StaffError | None = None) -> Response:
        blank = dict.fromkeys(("name", "display", "region", "registered", "school"), "")
        return self.parts.look.page(
            "invite.html",
            signed,
            status=400 if error else 200,
            given={**blank, "role": Role.COUNSELLOR, "line": "1", **given},
            roles=list(Role),
            regions=self.parts.look.options.regions,
            schools=await self._schools.registered(),
            doubtful=isinstance(error, AlikeError),
            problem=self.parts.look.sentence(error) if error else "",
        )

    def _link(self, request: Request, signed: SignedIn, path: str, display: str) -> Response:
        link = self.parts.full(request, path)
        return self.parts.look.page("link.html", signed, link=link, display=display)


_ORDER = [MemberState.WAITING, MemberState.INVITED, MemberState.ACTIVE, MemberState.DISABLED]
