"""The rule by which everything leaves the counts: pages, exports, reports, the API and metrics.

One cell of the counts is an atom. Fewer than five in it, none included, read "<5" and add nothing to any sum. From
five on it is rounded at random to a multiple of five, up or down so that it is right on average (random rounding to
base 5, as statistical offices have it), by what a keyed hash of its name has fixed: it reads the same for ever
and everywhere. Every other figure, of whatever places and periods, is a sum of such atoms. So no two reports tell more
by their difference than the rounded atoms do, and of what hides behind "<5" nothing at all; tables add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func

from bot.storage.counts import ROUNDINGS
from bot.storage.outreach_tables import cell

BASE = ROUNDINGS
FEW = f"<{BASE}"


@dataclass(frozen=True, slots=True, order=True)
class Figure:
    """What may be told: a multiple of five, or 0 for fewer than five."""

    value: int = 0

    @property
    def known(self) -> bool:
        """Whether it is a number."""
        return self.value > 0

    @property
    def shown(self) -> int | str:
        """The number, or "<5": for JSON and spreadsheets."""
        return self.value or FEW

    def __str__(self) -> str:
        return f"{self.value:,}" if self.value else FEW

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.value + other.value)


FEWER = Figure()


class Figures(Mapping[str, Figure]):
    """Figures by key, the greatest first. Only those that are numbers stand here; every other key reads "<5".

    Were the others listed, the list would tell none from few; and their order is that of what is told.
    """

    def __init__(self, atoms: Iterable[tuple[str, Figure]] = ()) -> None:
        found: dict[str, int] = {}
        for key, figure in atoms:
            if figure.known:
                found[key] = found.get(key, 0) + figure.value
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        self._figures = {key: Figure(value) for key, value in ordered}

    def __getitem__(self, key: str) -> Figure:
        return self._figures.get(key, FEWER)

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __contains__(self, key: object) -> bool:
        return key in self._figures

    def __repr__(self) -> str:
        return f"Figures({ {key: figure.shown for key, figure in self._figures.items()} })"

    def total(self, keys: Iterable[str] | None = None) -> Figure:
        """The sum of some keys, or of all."""
        return Figure(sum(self[key].value for key in (self if keys is None else keys)))


def told(count: int, rounding: int) -> Figure:
    """What may be told of one cell; ``rounding`` is the one that its name fixes, 0 to 4."""
    return Figure((count + rounding) // BASE * BASE) if count >= BASE else FEWER


#: The same in the database, of many cells together. What reads "<5" is not even looked at.
AT_LEAST = cell.c.count >= BASE
TOLD = func.sum((cell.c.count + cell.c.rounding) // BASE * BASE)


def share(part: Figure, whole: Figure) -> int | None:
    """How many in a hundred, 100 at the most, by what is told; None where either is not."""
    return min(100, round(100 * part.value / whole.value)) if part.known and whole.known else None
