"""The periods that a page or a report offers, each by a name that stands in addresses."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.outreach.periods import AUTUMN, DAY, SPRING, Grain, Period, days, period, span

#: The last days, as a choice; and how many of each kind are offered.
LATELY, LATEST_DAYS = "30d", 30
OFFERED = {Grain.MONTH: 13, Grain.TERM: 4, Grain.YEAR: 3}
_NAME = re.compile(r"(?P<year>20\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|(?P<term>autumn|spring)))?")


@dataclass(frozen=True, slots=True)
class Choice:
    """A stretch of time. ``whole`` is None for the last days; ``parts`` of it can be told now.

    ``first`` and ``last`` are its days as far as they have come, ``over`` whether it has ended.
    """

    name: str
    whole: Period | None
    parts: tuple[Period, ...]
    first: dt.date
    last: dt.date
    over: bool

    @property
    def before(self) -> tuple[Period, ...]:
        """The same parts a year earlier."""
        return tuple(part.year_before() for part in self.parts)

    @property
    def days_before(self) -> tuple[dt.date, dt.date]:
        """The same days a year earlier, both ends included."""
        return _year_before(self.first), _year_before(self.last)


def choice_of(name: str, now: dt.datetime) -> Choice | None:
    """The choice of this name at this local time; None where there is no such."""
    yesterday = _yesterday(now)
    if name == LATELY:
        parts = days(yesterday, LATEST_DAYS)
        return Choice(LATELY, None, parts, parts[0].first, now.date(), over=True)
    whole = period_of(name)
    if whole is None or whole.first > now.date():
        return None
    if whole.over(now):
        return Choice(name, whole, (whole,), whole.first, whole.last, over=True)
    return Choice(name, whole, span(whole.first, yesterday), whole.first, now.date(), over=False)


def period_of(name: str) -> Period | None:
    """The month, term or year of this name: 2026-11, 2026-autumn, 2026; None for anything else."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    year = int(found["year"])
    if found["month"]:
        return Period(dt.date(year, int(found["month"]), 1), Grain.MONTH)
    if found["term"]:
        return Period(dt.date(year, AUTUMN if found["term"] == "autumn" else SPRING, 1), Grain.TERM)
    return Period(dt.date(year, 1, 1), Grain.YEAR)


def offered(now: dt.datetime) -> Mapping[Grain, tuple[Period, ...]]:
    """The periods to choose from, the newest first."""
    return {grain: tuple(_back(period(now.date(), grain), many)) for grain, many in OFFERED.items()}


def trend_parts(choice: Choice, *, coarse: bool) -> tuple[Period, ...]:
    """The columns of a trend: days of a month, months of anything longer; ``coarse``: months alone, six of them."""
    if choice.whole is None or choice.whole.grain is Grain.MONTH:
        if coarse:
            return tuple(reversed(list(_back(period(choice.last, Grain.MONTH), 6))))
        return days(choice.last, (choice.last - choice.first).days + 1)
    return tuple(month for month in span(period(choice.first, Grain.MONTH).first, _end(choice.last)))


def trend_columns(choice: Choice, *, coarse: bool) -> Mapping[Period, tuple[Period, ...]]:
    """The same columns with what each is put together of: the days of a month that goes on, else itself."""
    columns = trend_parts(choice, coarse=coarse)
    if coarse:
        return {part: (part,) for part in columns}
    return {part: _within(part, choice.parts) or (part,) for part in columns}


def _within(whole: Period, parts: Iterable[Period]) -> tuple[Period, ...]:
    return tuple(part for part in parts if whole.first <= part.first and part.last <= whole.last)


def _back(newest: Period, many: int) -> Iterator[Period]:
    for _ in range(many):
        yield newest
        newest = newest.previous()


def _end(day: dt.date) -> dt.date:
    return period(day, Grain.MONTH).last


def _yesterday(now: dt.datetime) -> dt.date:
    before = Period(now.date() - DAY, Grain.DAY)
    return before.first if before.over(now) else before.first - DAY


def _year_before(day: dt.date) -> dt.date:
    return Period(day, Grain.DAY).year_before().first
