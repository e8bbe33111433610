"""The published figures of a place and a stretch of time, with those of a year before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.counting import ALL, Family
from bot.outreach.periods import Period
from bot.outreach.publish import FEWER, Figure, Figures
from bot.outreach.queries import OutreachFigures
from bot.outreach.sight import Place

By = Mapping[Family, Figures]


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

    async def trend(self, family: Family, parts: Sequence[Period], place: Place) -> Mapping[Period, Figures]:
        """The figures of each part that can be told."""
        found: dict[Period, list[Figures]] = {}
        for scope in place.scopes:
            for part, figures in await self.figures.trend(family, parts, scope):
                found.setdefault(part, []).append(figures)
        return {part: _merged(several) for part, several in found.items()}

    async def _together(self, families: tuple[Family, ...], parts: Sequence[Period], place: Place) -> By:
        several = [await self.figures.overview(families, parts, scope) for scope in place.scopes]
        return {family: _merged([figures[family] for figures in several]) for family in families}


def _merged(several: Sequence[Figures]) -> Figures:
    if len(several) == 1:
        return several[0]
    return Figures(((key, figure) for figures in several for key, figure in figures.items()))


def known(figure: Figure) -> int | None:
    """The number, where it may be told."""
    return figure.value if figure.known else None


def at(trend: Mapping[Period, Figures], part: Period, key: str) -> Figure:
    """One figure of a trend; fewer than may be told where there is none."""
    return trend[part][key] if part in trend else FEWER
