"""What a dashboard or a report asks of the counts. Nothing leaves here but by the rule of ``publish``.

A period is told once it is over. A school is told by months, terms and years; harm and the desk by the same, and
never of a school. Terms and years are the sums of their months, everywhere is the sum of the regions.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from bot.core.counting import GRAVE, OF_SCHOOLS, Family
from bot.outreach.periods import DAY, Grain, Period, period
from bot.outreach.publish import AT_LEAST, TOLD, Figure, Figures
from bot.storage.outreach_tables import cell
from bot.storage.store import Store
from bot.storage.teaching_tables import school

Spanned = Sequence[Period]
_By = tuple[ColumnElement[Any], ColumnElement[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where: everywhere, one region by its code, or one school by its number."""

    region: str | None = None
    school: int = 0


EVERYWHERE = Scope()


class OutreachFigures:
    """The counts of a database, published. ``home`` is the service's own region; ``now`` is local time.

    Everything raises StorageError.
    """

    def __init__(self, store: Store, now: Callable[[], dt.datetime], home: str = "") -> None:
        self._store, self._now, self._home = store, now, home

    def told(self, parts: Spanned, scope: Scope = EVERYWHERE, family: Family = Family.TOTAL) -> Spanned:
        """Those of these periods of which something can be told: over, and not finer than may be."""
        if scope.school and family not in OF_SCHOOLS:
            return ()
        coarse, now = bool(scope.school) or family in GRAVE, self._now()
        return tuple(part for part in parts if part.over(now) and not (coarse and part.grain is Grain.DAY))

    def until(self, parts: Spanned, scope: Scope = EVERYWHERE, family: Family = Family.TOTAL) -> dt.date | None:
        """The last day of these periods of which something can be told; None where nothing can."""
        return max((part.last for part in self.told(parts, scope, family)), default=None)

    def yesterday(self) -> dt.date:
        """The last day that is told."""
        before = Period(self._now().date() - DAY, Grain.DAY)
        return before.first if before.over(self._now()) else before.first - DAY

    async def figures(self, family: Family, parts: Spanned, scope: Scope = EVERYWHERE) -> Figures:
        """The figures of a family over these periods together, by key, the greatest first."""
        return (await self.overview((family,), parts, scope))[family]

    async def overview(
        self, families: Iterable[Family], parts: Spanned, scope: Scope = EVERYWHERE
    ) -> Mapping[Family, Figures]:
        """The figures of several families over these periods together."""
        found: dict[Family, list[tuple[str, Figure]]] = {family: [] for family in families}
        for family, key, figure in await self._read(tuple(found), parts, scope, by=(cell.c.family, cell.c.key)):
            found[Family(family)].append((key, figure))
        regions = await self._regions(parts, scope)
        return {family: Figures(atoms, regions * self._pieces(parts, scope, family)) for family, atoms in found.items()}

    async def trend(
        self, family: Family, parts: Spanned, scope: Scope = EVERYWHERE
    ) -> Sequence[tuple[Period, Figures]]:
        """The figures of a family for each of these periods that can be told, in their order."""
        found = defaultdict[str, list[tuple[str, Figure]]](list)
        for name, key, figure in await self._read((family,), parts, scope, by=(cell.c.period, cell.c.key)):
            found[name].append((key, figure))
        told, regions = self.told(parts, scope, family), await self._regions(parts, scope)
        return [
            (part, Figures((atom for name in part.cells() for atom in found[name]), regions * len(part.cells())))
            for part in told
        ]

    async def by_region(self, family: Family, parts: Spanned, keys: Iterable[str]) -> Figures:
        """The sum of some keys over these periods for each region, by its code; empty for a service without one."""
        chosen = frozenset(keys)
        found = await self._read((family,), parts, EVERYWHERE, by=(cell.c.region, cell.c.key))
        pieces = len(chosen) * self._pieces(parts, EVERYWHERE, family)
        each = Figures(((region, figure) for region, key, figure in found if key in chosen), pieces)
        return Figures(((region or self._home, figure) for region, figure in each.items()), pieces)

    async def by_school(
        self, family: Family, parts: Spanned, keys: Iterable[str], schools: Iterable[int]
    ) -> Mapping[int, Figure]:
        """The sum of some keys over these periods for each of these schools, by its number."""
        numbers, chosen = tuple(schools), frozenset(keys)
        by = (cell.c.school, cell.c.key)
        rows = await self._read((family,), parts, Scope(school=-1), by=by, schools=numbers) if numbers else ()
        atoms = ((str(school), figure) for school, key, figure in rows if key in chosen)
        found = Figures(atoms, len(chosen) * self._pieces(parts, Scope(school=-1), family))
        return {number: found[str(number)] for number in numbers}

    async def began(self, scope: Scope, first: dt.date) -> bool:
        """Whether counting had begun there by the morning of this day, as far as figures tell."""
        month, names = f"{first:%Y-%m}", {Grain.DAY: first.isoformat(), Grain.MONTH: f"{first:%Y-%m}"}
        total = (cell.c.family == Family.TOTAL, AT_LEAST, *self._where(scope, ()))
        async with self._store.reading() as connection:
            for grain, name in names.items():
                # A month of which it is not known when counting began in it is none that was counted whole.
                early = cell.c.period < name if name == month else cell.c.period <= name
                wanted = select(cell.c.period).where(cell.c.grain == grain, early, *total).limit(1)
                if (await connection.execute(wanted)).first() is not None:
                    return True
        return False

    async def regions(self) -> Sequence[str]:
        """The codes of the regions that have figures or may have, the service's own first: empty where it has none."""
        month = period(self._now().date(), Grain.MONTH).name
        # Of months that are over alone, so that the list does not tell what the figures do not.
        over = (cell.c.grain == Grain.MONTH, cell.c.family == Family.TOTAL, cell.c.school == 0, cell.c.period < month)
        async with self._store.reading() as connection:
            counted = await connection.execute(select(cell.c.region).where(AT_LEAST, *over).distinct())
            taught = await connection.execute(select(school.c.region).where(school.c.closed_at.is_(None)).distinct())
            found = {*counted.scalars(), *taught.scalars()} - {"", self._home}
        return (self._home, *sorted(found))

    async def _read(
        self, families: tuple[Family, ...], parts: Spanned, scope: Scope, *, by: _By, schools: tuple[int, ...] = ()
    ) -> list[tuple[Any, str, Figure]]:
        """Sums of what may be told of each cell, by two of their columns."""
        found: list[tuple[Any, str, Figure]] = []
        wanted = select(*by, TOLD, func.count()).where(AT_LEAST, *self._where(scope, schools)).group_by(*by)
        async with self._store.reading() as connection:
            for grain, allowed, names in self._cells(families, parts, scope):
                here = (cell.c.grain == grain, cell.c.family.in_(allowed), cell.c.period.in_(names))
                rows = await connection.execute(wanted.where(*here))
                found.extend((first, second, Figure(int(value), known)) for first, second, value, known in rows)
        return found

    def _pieces(self, parts: Spanned, scope: Scope, family: Family) -> int:
        """Of how many days and months the figures of a family are put together."""
        return len({name for part in self.told(parts, scope, family) for name in part.cells()})

    async def _regions(self, parts: Spanned, scope: Scope) -> int:
        """Of how many regions, none being one: those of which something is told."""
        if scope.school:
            return 1
        found = await self._read((Family.TOTAL,), parts, scope, by=(cell.c.region, cell.c.key))
        return len({region for region, _, _ in found}) or 1

    def _cells(
        self, families: tuple[Family, ...], parts: Spanned, scope: Scope
    ) -> Iterator[tuple[Grain, list[Family], list[str]]]:
        """Which cells are read: of days and of months, harm by itself."""
        for grave in (False, True):
            allowed = [family for family in families if (family in GRAVE) is grave]
            if scope.school:
                allowed = [family for family in allowed if family in OF_SCHOOLS]
            told = self.told(parts, scope, allowed[0]) if allowed else ()
            for grain in (Grain.DAY, Grain.MONTH):
                chosen = (part for part in told if (part.grain is Grain.DAY) is (grain is Grain.DAY))
                names = dict.fromkeys(name for part in chosen for name in part.cells())
                if names:
                    yield grain, allowed, list(names)

    def _where(self, scope: Scope, schools: tuple[int, ...]) -> list[ColumnElement[bool]]:
        if scope.school:
            return [cell.c.school.in_(schools or (scope.school,))]
        if scope.region is None:
            return [cell.c.school == 0]
        own = ("", self._home) if scope.region == self._home else (scope.region,)
        return [cell.c.school == 0, cell.c.region.in_(own)]
