"""The periods by which figures are told: days, months, school terms and years, each told only once it is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

DAY = dt.timedelta(days=1)
#: A turn that was decided just before midnight may be kept just after.
SETTLING = dt.timedelta(minutes=10)
#: Months in which the terms begin; the second lasts until the next school year.
AUTUMN, SPRING = 9, 2


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"
    TERM = "term"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One day, month, school term (September to January, February to August) or calendar year."""

    first: dt.date
    grain: Grain

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.following().first - DAY

    @property
    def name(self) -> str:
        """Its name: 2026-11-22, 2026-11, 2026-autumn, 2026."""
        if self.grain is Grain.TERM:
            return f"{self.first.year}-{'autumn' if self.first.month == AUTUMN else 'spring'}"
        return self.first.isoformat()[: {Grain.DAY: 10, Grain.MONTH: 7}.get(self.grain, 4)]

    def following(self) -> Period:
        """The next of its kind."""
        return period(self.first + DAY * _LONGEST[self.grain], self.grain)

    def previous(self) -> Period:
        """The one before it of its kind."""
        return period(self.first - DAY, self.grain)

    def year_before(self) -> Period:
        """The same a year earlier; of the 29th of February the 28th."""
        year, month, day = self.first.year - 1, self.first.month, self.first.day
        return Period(dt.date(year, month, min(day, 28) if month == 2 else day), self.grain)

    def cells(self) -> tuple[str, ...]:
        """The names of the days or months that its figures are the sum of: a day's its own, else those of months."""
        if self.grain is Grain.DAY:
            return (self.name,)
        return tuple(part.name for part in walk(period(self.first, Grain.MONTH), self.last))

    def over(self, now: dt.datetime) -> bool:
        """Whether it is over at this local time, with what was under way at its end."""
        return self.last < (now - SETTLING).date()


_LONGEST = {Grain.DAY: 1, Grain.MONTH: 31, Grain.TERM: 213, Grain.YEAR: 366}


def period(day: dt.date, grain: Grain) -> Period:
    """The period of this kind that a day lies in."""
    if grain is Grain.DAY:
        return Period(day, grain)
    if grain is Grain.MONTH:
        return Period(day.replace(day=1), grain)
    if grain is Grain.YEAR:
        return Period(day.replace(month=1, day=1), grain)
    if SPRING <= day.month < AUTUMN:
        return Period(dt.date(day.year, SPRING, 1), grain)
    return Period(dt.date(day.year - (day.month < SPRING), AUTUMN, 1), grain)


def walk(first: Period, until: dt.date) -> Iterator[Period]:
    """Periods of one kind, from one on, as far as they end by this day."""
    while first.last <= until:
        yield first
        first = first.following()


def days(last: dt.date, count: int) -> tuple[Period, ...]:
    """So many days up to this one."""
    return tuple(Period(last - DAY * back, Grain.DAY) for back in reversed(range(count)))


def span(first: dt.date, last: dt.date) -> tuple[Period, ...]:
    """Any stretch of days as whole months and the days around them, in order."""
    found: list[Period] = []
    while first <= last:
        whole = period(first, Grain.MONTH)
        item = whole if whole.first == first and whole.last <= last else Period(first, Grain.DAY)
        found.append(item)
        first = item.last + DAY
    return tuple(found)
