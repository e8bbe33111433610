"""The published figures of a place and a stretch of time, with those of a year before."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.counting import ALL, Family
from bot.outreach.periods import Period
from bot.outreach.publish import NOTHING, Figure, Figures, together
from bot.outreach.queries import OutreachFigures
from bot.outreach.sight import Place

By = Mapping[Family, Figures]
#: What stands in a trend, each with the parts it is put together of.
Columns = Mapping[Period, tuple[Period, ...]]


@dataclass(frozen=True, slots=True)
class Both:
    """Figures by family, now and a year before."""

    now: By
    before: By

    def one(self, family: Family, key: str = ALL) -> tuple[Figure, Figure]:
        """One figure, now and before."""
        return self.now[family][key], self.before[family][key]


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Asks the counts, place by place where there are several. Everything raises StorageError."""

    figures: OutreachFigures

    async def both(
        self, families: Iterable[Family], parts: Sequence[Period], before: Sequence[Period], place: Place
    ) -> Both:
        """The figures of these parts together, and of those a year before."""
        wanted = tuple(families)
        return Both(await self._together(wanted, parts, place), await self._together(wanted, before, place))

    async def trend(self, family: Family, columns: Columns, place: Place) -> Mapping[Period, Figures]:
        """The figures of each column of which something can be told."""
        parts = tuple(dict.fromkeys(part for several in columns.values() for part in several))
        found = defaultdict[Period, list[Figures]](list)
        for scope in place.scopes:
            for part, figures in await self.figures.trend(family, parts, scope):
                found[part].append(figures)
        told = {name: [item for part in several for item in found[part]] for name, several in columns.items()}
        return {name: together(several) for name, several in told.items() if several}

    def until(self, parts: Sequence[Period], place: Place, family: Family = Family.TOTAL) -> dt.date | None:
        """The last day up to which figures of these parts go; None where there are none yet."""
        return self.figures.until(parts, place.scopes[0], family) if place.scopes else None

    async def began(self, place: Place, first: dt.date) -> bool:
        """Whether everything of the place was counted by the morning of this day."""
        return all([await self.figures.began(scope, first) for scope in place.scopes])

    async def _together(self, families: tuple[Family, ...], parts: Sequence[Period], place: Place) -> By:
        several = [await self.figures.overview(families, parts, scope) for scope in place.scopes]
        return {family: together([figures[family] for figures in several]) for family in families}


def known(figure: Figure) -> int | None:
    """The number, be it the least."""
    return figure.value if figure.known else None


def near(figure: Figure) -> int | None:
    """The number where nothing or hardly anything is missing in it, so that it may be compared."""
    return figure.value if figure.near else None


def at(trend: Mapping[Period, Figures], part: Period, key: str) -> Figure:
    """One figure of a trend; nothing where there is none."""
    return trend[part][key] if part in trend else NOTHING
