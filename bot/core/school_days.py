"""Which days are school days: weekdays, but for public holidays and the weekends that are worked for them (调休)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import Field

from bot.core.record import Record, Text

LONGEST_VACATION = dt.timedelta(days=122)


class Holiday(Record):
    """Days off, both ends included."""

    name: Text
    from_: dt.date = Field(alias="from")
    to: dt.date


class CalendarYear(Record):
    """A year's holidays and worked weekends, as the State Council published them."""

    id: str = ""
    source: Text
    holidays: tuple[Holiday, ...]
    workdays: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that are not as their weekday says. Years that are not known go by weekdays alone."""

    off: frozenset[dt.date] = frozenset()
    on: frozenset[dt.date] = frozenset()

    def is_school_day(self, day: dt.date) -> bool:
        """Whether there is school, as far as the whole country goes: vacations differ by place."""
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def without(self, days: frozenset[dt.date]) -> Calendar:
        """The same with vacations of this place: no weekend is worked in them."""
        return Calendar(self.off | days, self.on - days) if days else self


def read_vacations(text: str) -> frozenset[dt.date]:
    """Every day of spans like ``2027-01-16/2027-02-25``, both ends included, with commas between. Raises ValueError."""
    days: set[dt.date] = set()
    for span in filter(None, (part.strip() for part in text.split(","))):
        first, last = map(dt.date.fromisoformat, span.split("/"))
        if not first <= last <= first + LONGEST_VACATION:
            raise ValueError("a vacation ends after it begins, and within four months")
        days.update(first + dt.timedelta(day) for day in range((last - first).days + 1))
    return frozenset(days)


def calendar_of(years: Iterable[CalendarYear]) -> Calendar:
    """The calendar of all these years."""
    known = tuple(years)
    off = (span.from_ + dt.timedelta(day) for year in known for span in year.holidays for day in range(_days(span)))
    return Calendar(frozenset(off), frozenset(day for year in known for day in year.workdays))


def _days(span: Holiday) -> int:
    return (span.to - span.from_).days + 1
