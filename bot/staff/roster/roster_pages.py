"""``/staff/roster``: who works when, with the gaps of the coming week in plain sight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.desk.coverage import Day, week
from bot.desk.duty import reachable
from bot.desk.health import doubtful_schools, scopes_of_schools, uncovered_problems
from bot.desk.uncovered import uncovered
from bot.staff.gate import SignedIn
from bot.staff.parts import read_form
from bot.staff.roster.parts import FilledWrongError, RosterParts
from bot.storage.roster_types import DayOff, Roster, Shift

HERE = "/staff/roster"
_BLANK = {
    **dict.fromkeys(("who", "day", "first", "last", *(f"d{day}" for day in range(7))), ""),
    "starts": "08:30",
    "ends": "17:30",
}


@dataclass(frozen=True, slots=True)
class RosterPages:
    """Everybody of the desk sees the roster; supervisors change it."""

    parts: RosterParts

    async def roster(self, request: Request) -> Response:
        """The week, the shifts and the days off."""
        return await self._page(request, await self.parts.reader(request))

    async def add_shift(self, request: Request) -> Response:
        """Add hours."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        try:
            shift = _shift(form, await self.parts.roster.read())
        except FilledWrongError as error:
            return await self._page(request, signed, error, form)
        await self.parts.roster.add_shift(shift, self.parts.changed(signed, "roster.shift_add"))
        self.parts.tell()
        return self.parts.go(f"{HERE}?done=shift")

    async def remove_shift(self, request: Request) -> Response:
        """Remove hours."""
        await read_form(request)
        signed, number = await self.parts.supervisor(request), request.path_params["number"]
        known = {shift.id for shift in (await self.parts.roster.read()).shifts}
        note = self.parts.changed(signed, "roster.shift_remove")
        if number in known and await self.parts.roster.remove_shift(number, note):
            self.parts.tell()
        return self.parts.go(f"{HERE}?done=shift_removed")

    async def add_day_off(self, request: Request) -> Response:
        """Add days off."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        try:
            day_off = _day_off(form, await self.parts.roster.read())
        except FilledWrongError as error:
            return await self._page(request, signed, error, form)
        await self.parts.roster.add_day_off(day_off, self.parts.changed(signed, "roster.off_add"))
        self.parts.tell()
        return self.parts.go(f"{HERE}?done=day_off")

    async def remove_day_off(self, request: Request) -> Response:
        """Remove days off."""
        await read_form(request)
        signed, number = await self.parts.supervisor(request), request.path_params["number"]
        known = {off.id for off in (await self.parts.roster.read()).days_off}
        note = self.parts.changed(signed, "roster.off_remove")
        if number in known and await self.parts.roster.remove_day_off(number, note):
            self.parts.tell()
        return self.parts.go(f"{HERE}?done=day_off_removed")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route(HERE, self.roster, methods=["GET"]),
            Route(f"{HERE}/shifts", self.add_shift, methods=["POST"]),
            Route(f"{HERE}/shifts/{{number:int}}/remove", self.remove_shift, methods=["POST"]),
            Route(f"{HERE}/days-off", self.add_day_off, methods=["POST"]),
            Route(f"{HERE}/days-off/{{number:int}}/remove", self.remove_day_off, methods=["POST"]),
        ]

    async def _page(
        self,
        request: Request,
        signed: SignedIn,
        error: FilledWrongError | None = None,
        given: Mapping[str, str] | None = None,
    ) -> Response:
        roster = await self.parts.roster.read()
        today = self.parts.now().astimezone(self.parts.zone).date()
        days = week(roster, self.parts.now(), self.parts.zone)
        absent = [person.display for person in roster.people if not (person.keyed and reachable(person, roster))]
        without = uncovered(roster, await scopes_of_schools(self.parts.store), self.parts.now(), self.parts.zone)
        hours = round(sum(map(_gap_hours, days)), 1)
        return self.parts.page(
            "roster.html",
            signed,
            request,
            problem=self.parts.look.say(error.key) if error else "",
            given={**_BLANK, **(given or {})},
            week=days,
            gap_hours=f"{hours:g}" if hours else "",
            absent="、".join(absent),
            alone=[each.text for each in uncovered_problems(without, self.parts.look.messages())],
            doubtful=await doubtful_schools(self.parts.store, roster),
            people=roster.people,
            names={person.id: person.display for person in roster.people},
            shifts=[shift for shift in roster.shifts if shift.day is None or shift.day >= today],
            days_off=[off for off in roster.days_off if off.last >= today],
            today=today,
            clock=_clock,
        )


def _clock(moment: dt.datetime, day: dt.date) -> str:
    """The local time, with 24:00 for the end of the day."""
    return "24:00" if moment.date() > day else f"{moment:%H:%M}"


def _gap_hours(day: Day) -> float:
    return sum((gap.ends - gap.begins).total_seconds() for gap in day.gaps) / 3600


def _shift(form: Mapping[str, str], roster: Roster) -> Shift:
    weekdays = frozenset(day for day in range(7) if form[f"d{day}"])
    day = _date(form["day"]) if form["day"].strip() else None
    if day is None and not weekdays:
        raise FilledWrongError("days")
    return Shift(
        _person(form["who"], roster),
        _time(form["starts"]),
        _time(form["ends"]),
        frozenset() if day else weekdays,
        day,
    )


def _day_off(form: Mapping[str, str], roster: Roster) -> DayOff:
    person = None if form["who"] == "all" else _person(form["who"], roster)
    first, last = _date(form["first"]), _date(form["last"] or form["first"])
    if last < first:
        raise FilledWrongError("date")
    return DayOff(person, first, last)


def _person(text: str, roster: Roster) -> int:
    if text not in {str(person.id) for person in roster.people}:
        raise FilledWrongError("who")
    return int(text)


def _time(text: str) -> dt.time:
    try:
        return dt.datetime.strptime(text.strip().replace("：", ":"), "%H:%M").time()  # noqa: DTZ007  (a time of day)
    except ValueError:
        raise FilledWrongError("time") from None


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise FilledWrongError("date") from None
