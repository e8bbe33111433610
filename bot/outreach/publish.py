"""The rule by which everything leaves the counts: pages, exports, reports, the API and metrics.

One cell of the counts is an atom. Fewer than five in it, none included, read "<5" and add nothing to any sum. From
five on it is rounded at random to a multiple of five, up or down so that it is right on average (random rounding to
base 5, as statistical offices have it), by what a keyed hash of its name has fixed: it reads the same for ever
and everywhere. Every other figure, of whatever places and periods, is a sum of such atoms. So no two reports tell more
by their difference than the rounded atoms do, and of what hides behind "<5" nothing at all; tables add up.

A sum says of how many pieces it is made and how many of these read "<5": with any of those it is a lower bound, and
where all of them are it says nothing of the whole. Both follow from what is told of each piece.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func

from bot.storage.counts import ROUNDINGS
from bot.storage.outreach_tables import cell

BASE = ROUNDINGS
FEW = f"<{BASE}"
#: How the rest is marked: a lower bound, pieces that are few each, and what is not told.
LEAST, FEW_EACH, UNTOLD = "≥", f"{FEW}+…", "—"


class Says(StrEnum):
    """What a figure says, and so how it is written."""

    NUMBER = "number"
    LEAST = "least"  # so many and more: pieces of it are too few to tell and not in it
    FEW = "few"  # fewer than five
    FEW_EACH = "few_each"  # each of its pieces fewer than five; together they may be many
    NOTHING = "nothing"  # nothing is told: the period goes on, or the place is told more coarsely


@dataclass(frozen=True, slots=True)
class Figure:
    """What may be told: the sum of the pieces that can be, each a multiple of five; ``few`` of them cannot."""

    value: int = 0
    pieces: int = 1
    few: int = 0

    @property
    def says(self) -> Says:
        """What it says."""
        if self.value:
            return Says.LEAST if self.few else Says.NUMBER
        if not self.pieces:
            return Says.NOTHING
        return Says.FEW if self.pieces < MANY else Says.FEW_EACH

    @property
    def known(self) -> bool:
        """Whether there is a number, be it the least."""
        return self.value > 0

    @property
    def exact(self) -> bool:
        """Whether it is a number of which nothing is missing."""
        return self.says is Says.NUMBER

    @property
    def near(self) -> bool:
        """Whether it may be compared: what is missing in it, four a piece at the most, hardly changes it."""
        return self.known and 100 * self.few * (BASE - 1) <= HARDLY * self.value

    @property
    def shown(self) -> int | str:
        """The number, or its mark: for tables, JSON and spreadsheets."""
        return self.value if self.exact else str(self)

    def __str__(self) -> str:
        marks = {Says.FEW: FEW, Says.FEW_EACH: FEW_EACH, Says.NOTHING: UNTOLD, Says.LEAST: LEAST}
        return marks.get(self.says, "") + (f"{self.value:,}" if self.known else "")

    def among(self, pieces: int) -> Figure:
        """The same as a sum of so many pieces, of which those that are not in it are few."""
        more = max(0, pieces - self.pieces)
        return Figure(self.value, self.pieces + more, self.few + more)

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.value + other.value, self.pieces + other.pieces, self.few + other.few)


#: From so many pieces on, each too few to tell, they may be many together.
MANY = 2
#: Parts in a hundred that may be missing in what is compared.
HARDLY = 3
FEWER, NOTHING = Figure(0, 1, 1), Figure(0, 0, 0)


class Figures(Mapping[str, Figure]):
    """Figures by key, the greatest first. Only those that are numbers stand here; every other key reads "<5".

    Were the others listed, the list would tell none from few; and their order is that of what is told. ``atoms`` are
    what is told of pieces, ``pieces`` how many there are of each key at the least.
    """

    def __init__(self, atoms: Iterable[tuple[str, Figure]] = (), pieces: int = 1) -> None:
        found: dict[str, Figure] = {}
        for key, figure in atoms:
            if figure.known:
                found[key] = found.get(key, NOTHING) + figure
        ordered = sorted(found.items(), key=lambda item: (-item[1].value, item[0]))
        self.pieces = pieces
        self._figures = {key: figure.among(pieces) for key, figure in ordered}

    def __getitem__(self, key: str) -> Figure:
        return self._figures.get(key, Figure(0, self.pieces, self.pieces))

    @property
    def told(self) -> bool:
        """Whether anything is told of them, be it that they are few."""
        return self.pieces > 0

    @property
    def least(self) -> bool:
        """Whether any of the numbers is a lower bound."""
        return any(figure.says is Says.LEAST for figure in self._figures.values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __contains__(self, key: object) -> bool:
        return key in self._figures

    def __repr__(self) -> str:
        return f"Figures({self._figures}, {self.pieces})"

    def only(self, keys: Collection[str]) -> Figures:
        """Those of some keys."""
        return Figures(((key, figure) for key, figure in self.items() if key in keys), self.pieces)

    def total(self, keys: Iterable[str]) -> Figure:
        """The sum of some keys."""
        return sum((self[key] for key in keys), NOTHING)


def together(several: Sequence[Figures]) -> Figures:
    """The sums of figures of different places or periods."""
    atoms = (item for figures in several for item in figures.items())
    return Figures(atoms, sum(figures.pieces for figures in several))


def told(count: int, rounding: int) -> Figure:
    """What may be told of one cell; ``rounding`` is the one that its name fixes, 0 to 4."""
    return Figure((count + rounding) // BASE * BASE) if count >= BASE else FEWER


#: The same in the database, of many cells together. What reads "<5" is not even looked at.
AT_LEAST = cell.c.count >= BASE
TOLD = func.sum((cell.c.count + cell.c.rounding) // BASE * BASE)


def share(part: Figure, whole: Figure) -> int | None:
    """How many in a hundred; None where the part or the rest is too few to tell, or one lacks what the other has.

    Both may lack the same pieces, as a quiz does on days without one: then it is the share of what is told.
    """
    alike = part.few == whole.few if part.pieces == whole.pieces else not (part.few or whole.few)
    if not (alike and part.known and whole.value - part.value >= BASE):
        return None
    return round(100 * part.value / whole.value)
