"""A chart as plain data: columns over time, or bars by name, each with its figure in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a chart looks."""

    COLUMNS = "columns"  # upright, over time or hours
    BARS = "bars"  # lying, one below the other, each under its name


@dataclass(frozen=True, slots=True)
class Mark:
    """One column or bar. ``value`` is None where it is too few to tell; ``text`` is the figure in words.

    ``before`` is where it stood earlier, drawn as a stroke; None for nothing.
    """

    label: str
    value: float | None
    text: str = ""
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, whose title stands beside it. ``most`` is the end of its scale; None for what the marks need."""

    shape: Shape
    marks: tuple[Mark, ...]
    most: float | None = None

    @property
    def drawn(self) -> bool:
        """Whether there is anything to see."""
        return any(mark.value for mark in self.marks)
