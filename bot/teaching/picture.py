"""A picture of results as plain data: charts of rows, each with its words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A bar with its label above, and figures at the end of that line. ``before``: where it stood the last time."""

    label: str
    figures: str
    share: float
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart: bars from 0 to 1, good or wrong; or, where rows have a ``before``, what changed."""

    title: str
    rows: tuple[Row, ...]
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Charts one below the other under a heading."""

    panels: tuple[Panel, ...]
    title: str = ""
    subtitle: str = ""
