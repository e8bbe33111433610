"""``/staff/outreach/enter`` and ``/staff/outreach/entries``: entering activities in seconds, and mending them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.activity import Activity, ActivityKind, Attendance
from bot.outreach.drafts import shown_hours
from bot.outreach.entering import Sent, Step, new_form, version_of
from bot.outreach.errors import OutreachError
from bot.outreach.persons import counted
from bot.outreach.sight import sight_of
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.outreach.board_pages import BoardPages
from bot.staff.outreach.forms import Fields, read_sent
from bot.staff.outreach.parts import HOME, OutreachPagesParts, Usual, number_in
from bot.staff.parts import read_form
from bot.storage.activity_rows import Entry

ENTER, ENTRIES = f"{HOME}/enter", f"{HOME}/entries"
DONE = {Step.PHOTO: "photo", Step.REMOVE: "removed", Step.RESTORE: "restored"}


@dataclass(frozen=True, slots=True)
class EntryPages:
    """Vice principals and supervisors enter; whoever may see the place sees the list."""

    parts: OutreachPagesParts
    boards: BoardPages

    async def blank(self, request: Request) -> Response:
        """The form, filled with what is likely."""
        signed = await self.parts.enterer(request)
        given = await self.parts.given.work.blank(signed.member)
        return await self._form(request, signed, {**_fields(given), "form": new_form()})

    async def enter(self, request: Request) -> Response:
        """Enter something."""
        signed, sent = await self.parts.enterer(request), Sent(Fields())
        try:
            sent = await read_sent(request)
            await self.parts.given.work.enter(signed.member, sent)
        except OutreachError as error:
            blank = _fields(await self.parts.given.work.blank(signed.member))
            filled = {**blank, "form": new_form(), **sent.fields}
            return await self._form(request, signed, filled, self.parts.refusal(error))
        return self.parts.go("/enter", "entered")

    async def entries(self, request: Request) -> Response:
        """The entries of a place and a stretch of time."""
        looked = await self.parts.looked(request, Usual.TERM)
        choice = looked.choice
        return self.parts.page(
            "outreach_entries.html",
            looked.signed,
            request,
            here="entries",
            looked=looked,
            filters=self.boards.filters(looked),
            entries=await self.parts.given.work.listed(looked.place.entries, choice.first, choice.last),
            hours=shown_hours,
            number=counted,
        )

    async def one(self, request: Request) -> Response:
        """An entry, with all that it was."""
        signed = await self.parts.gate.require(request)
        return await self._entry(request, signed)

    async def change(self, request: Request) -> Response:
        """Let an entry say something else."""
        signed, number, sent = await self.parts.enterer(request), number_in(request), Sent(Fields())
        try:
            sent = await read_sent(request)
            await self.parts.given.work.change(signed.member, number, sent)
        except OutreachError as error:
            return await self._entry(request, signed, error, sent.fields)
        return self.parts.go(f"/entries/{number}", "changed")

    async def step(self, request: Request) -> Response:
        """Take the photo away, remove the entry or restore it."""
        form, signed = await read_form(request), await self.parts.enterer(request)
        number, name = number_in(request), request.path_params["step"]
        if name not in set(Step):
            raise RefusedError(404)
        try:
            await self.parts.given.work.step(signed.member, number, Step(name), version_of(form))
        except OutreachError as error:
            return await self._entry(request, signed, error)
        return self.parts.go(f"/entries/{number}", DONE[Step(name)])

    async def photo(self, request: Request) -> Response:
        """An entry's photo."""
        signed = await self.parts.gate.require(request)
        try:
            found = await self.parts.given.work.photo(signed.member, number_in(request))
        except OutreachError:
            found = None
        if found is None:
            raise RefusedError(404)
        return Response(found, media_type="image/jpeg")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        one = f"{ENTRIES}/{{number:int}}"
        return [
            Route(ENTER, self.blank, methods=["GET"]),
            Route(ENTER, self.enter, methods=["POST"]),
            Route(ENTRIES, self.entries, methods=["GET"]),
            Route(one, self.one, methods=["GET"]),
            Route(one, self.change, methods=["POST"]),
            Route(f"{one}/photo.jpg", self.photo, methods=["GET"]),
            Route(f"{one}/{{step}}", self.step, methods=["POST"]),
        ]

    async def _form(self, request: Request, signed: SignedIn, fields: Mapping[str, str], problem: str = "") -> Response:
        sight = await sight_of(self.parts.given.store, signed.member)
        return self.parts.page(
            "outreach_enter.html",
            signed,
            request,
            here="enter",
            problem=problem,
            sight=sight,
            recent=await self.parts.given.work.recent(signed.member),
            hours=shown_hours,
            number=counted,
            **self._choices(fields),
        )

    async def _entry(
        self,
        request: Request,
        signed: SignedIn,
        error: OutreachError | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> Response:
        number, work = number_in(request), self.parts.given.work
        try:
            entry = await work.entry(signed.member, number)
            history = await work.history(signed.member, number)
        except OutreachError:
            raise RefusedError(404) from None
        # Whoever comes too late sees what is there now, and what they typed is gone with what they saw.
        typed = {} if error is None or error.reason in ("changed", "not_yours") else dict(fields or {})
        filled = {**_fields(entry.activity), **typed, "version": str(entry.version)}
        mine = await work.may_change(signed.member, entry)
        return self.parts.page(
            "outreach_entry.html",
            signed,
            request,
            here="entries",
            problem=self.parts.refusal(error) if error else "",
            entry=entry,
            history=history,
            sight=await sight_of(self.parts.given.store, signed.member),
            mine=mine,
            hours=shown_hours,
            number=_typed if mine else counted,
            **self._choices(filled, entry),
        )

    def _choices(self, fields: Mapping[str, str], entry: Entry | None = None) -> dict[str, object]:
        today = self.parts.given.work.today
        gone = entry.school if entry is not None and entry.activity.school is not None else ""
        return {
            "given": Fields(fields),
            "kinds": list(ActivityKind),
            "audiences": list(Attendance),
            "today": today.isoformat(),
            "gone_school": gone,
        }


def _typed(_kind: ActivityKind, number: int) -> int:
    """A number as it was entered, for who may change it."""
    return number


def _fields(given: Activity) -> dict[str, str]:
    return {
        "kind": given.kind,
        "day": given.day.isoformat(),
        "count": str(given.count),
        "audience": given.audience,
        "school": str(given.school or ""),
        "place": given.place,
        "people": str(given.people or ""),
        "hours": shown_hours(given.halves),
        "note": given.note,
    }
