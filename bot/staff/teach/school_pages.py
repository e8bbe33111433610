"""``/staff/teach/schools``: supervisors make schools, and appoint whoever teaches there."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import TeachParts, number_in, number_of
from bot.teaching.classes import LONGEST_SCHOOL
from bot.teaching.errors import TeachingError

HERE = "/staff/teach/schools"


@dataclass(frozen=True, slots=True)
class SchoolPages:
    """Schools with their vice principals; one person may have several schools."""

    parts: TeachParts

    async def all(self, request: Request) -> Response:
        """The schools of a supervisor's region."""
        return await self._list(request, await self.parts.supervisor(request))

    async def add(self, request: Request) -> Response:
        """Make a school."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        try:
            number = await self.parts.given.classes.add_school(signed.member, form["name"], form["region"])
        except TeachingError as error:
            return await self._list(request, signed, form, self.parts.refusal(error))
        return self.parts.go(f"/schools/{number}", "school")

    async def one(self, request: Request) -> Response:
        """A school."""
        return await self._school(request, await self.parts.supervisor(request))

    async def appoint(self, request: Request) -> Response:
        """Appoint somebody, or hand over from one to another."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        number, before = number_in(request), number_of(form["instead_of"])
        chosen = number_of(form["staff"])
        done = "handed_over" if before else "appointed"
        work = self.parts.given.classes.appoint(signed.member, number, chosen, instead_of=before or None)
        return await self._did(request, signed, work, path=f"/schools/{number}", done=done)

    async def dismiss(self, request: Request) -> Response:
        """End somebody's time at a school."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        number = number_in(request)
        work = self.parts.given.classes.dismiss(signed.member, number, number_of(form["staff"]))
        return await self._did(request, signed, work, path=f"/schools/{number}", done="dismissed")

    async def close(self, request: Request) -> Response:
        """Close a school."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        if not form["sure"]:
            return await self._school(request, signed, self.parts.say("school_close_sure"))
        work = self.parts.given.classes.close_school(signed.member, number_in(request))
        return await self._did(request, signed, work, path="/schools", done="school_closed")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        one = f"{HERE}/{{number:int}}"
        return [
            Route(HERE, self.all, methods=["GET"]),
            Route(HERE, self.add, methods=["POST"]),
            Route(one, self.one, methods=["GET"]),
            Route(f"{one}/appoint", self.appoint, methods=["POST"]),
            Route(f"{one}/dismiss", self.dismiss, methods=["POST"]),
            Route(f"{one}/close", self.close, methods=["POST"]),
        ]

    async def _did(
        self, request: Request, signed: SignedIn, work: Awaitable[None], *, path: str, done: str
    ) -> Response:
        try:
            await work
        except TeachingError as error:
            return await self._school(request, signed, self.parts.refusal(error))
        return self.parts.go(path, done)

    async def _list(
        self, request: Request, signed: SignedIn, given: Mapping[str, str] | None = None, problem: str = ""
    ) -> Response:
        classes = self.parts.given.classes
        schools = await classes.schools(signed.member)
        taught = await classes.classes(signed.member)
        current: dict[int, list[str]] = {}
        for item in schools:
            tenures = await classes.tenures(signed.member, item.id)
            current[item.id] = [who.display for who in tenures if who.until is None]
        counts = {item.id: sum(each.school == item.id for each in taught) for item in schools}
        form = {"name": "", "region": signed.member.post.region, **(given or {})}
        shown = {"schools": schools, "current": current, "counts": counts, "form": form, "problem": problem}
        regions = self._regions(signed)
        return self.parts.page(
            "teach_schools.html", signed, request, here="schools", regions=regions, longest=LONGEST_SCHOOL, **shown
        )

    async def _school(self, request: Request, signed: SignedIn, problem: str = "") -> Response:
        classes, number = self.parts.given.classes, number_in(request)
        try:
            school = await classes.school(signed.member, number)
            tenures = await classes.tenures(signed.member, number)
        except TeachingError:
            raise RefusedError(404) from None
        current = [item for item in tenures if item.until is None]
        there = {item.staff for item in current}
        people = await classes.vice_principals(signed.member, school.region)
        taught = [item for item in await classes.classes(signed.member, archived=True) if item.school == number]
        shown = {
            "school": school,
            "current": current,
            "before": [item for item in tenures if item.until is not None],
            "people": [item for item in people if item.id not in there],
            "classes": [item for item in taught if item.archived_at is None],
            "archived": sum(item.archived_at is not None for item in taught),
            "region": dict(self.parts.look.options.regions).get(school.region, school.region),
            "problem": problem,
        }
        return self.parts.page("teach_school.html", signed, request, here="schools", **shown)

    def _regions(self, signed: SignedIn) -> list[tuple[str, str]]:
        """The regions in which this supervisor may make schools."""
        own = signed.member.post.region
        regions = [(code, name) for code, name in self.parts.look.options.regions if own in ("", code)]
        return regions if own else [("", self.parts.say("no_region")), *regions]
