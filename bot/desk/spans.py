"""Shifts as stretches of time: half-open, in UTC, with days off taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.storage.roster_types import DayOff, Roster, Shift

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From ``begins`` until just before ``ends``; aware, in UTC."""

    begins: dt.datetime
    ends: dt.datetime

    def holds(self, moment: dt.datetime) -> bool:
        """Whether the moment lies within."""
        return self.begins <= moment < self.ends


def spans_of(person: int, roster: Roster, zone: dt.tzinfo, days: Iterable[dt.date]) -> Iterator[Span]:
    """When a person is on shift, for shifts that begin on these local days.

    A day off takes away the shifts that begin on it, and cuts at midnight one that runs into it: nobody comes at
    midnight of a day on which they are off. A holiday of all leaves dated shifts alone: they were added for it.
    """
    own = [shift for shift in roster.shifts if shift.staff == person]
    away = [off for off in roster.days_off if off.staff == person]
    holidays = [off for off in roster.days_off if off.staff is None]
    for day in days:
        for shift in own:
            if not _falls_on(shift, day):
                continue
            off = away if shift.day is not None else [*away, *holidays]
            span = _span(shift, day, off, zone)
            if span is not None:
                yield span


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as few spans, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def _falls_on(shift: Shift, day: dt.date) -> bool:
    return shift.day == day if shift.day is not None else day.weekday() in shift.weekdays


def _span(shift: Shift, day: dt.date, off: list[DayOff], zone: dt.tzinfo) -> Span | None:
    if _is_off(day, off):
        return None
    begins = _moment(day, shift.starts, zone)
    if shift.ends > shift.starts:
        ends = _moment(day, shift.ends, zone)
    elif _is_off(day + DAY, off):
        ends = _moment(day + DAY, dt.time(), zone)
    else:
        ends = _moment(day + DAY, shift.ends, zone)
    # Where clocks go forward a short shift may vanish.
    return Span(begins, ends) if begins < ends else None


def _is_off(day: dt.date, off: list[DayOff]) -> bool:
    return any(item.first <= day <= item.last for item in off)


def _moment(day: dt.date, clock: dt.time, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, clock, zone).astimezone(dt.UTC)


def days_around(moment: dt.datetime, zone: dt.tzinfo, ahead: int) -> Iterator[dt.date]:
    """The local day before the moment, its own, and ``ahead`` days more: an overnight shift began the day before."""
    first = moment.astimezone(zone).date() - DAY
    return (first + step * DAY for step in range(ahead + 2))
