"""What a dashboard and a report are made of: sections with a table, a chart and a paragraph, as plain data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.charts.chart import Chart
from bot.core.content_types import Library
from bot.outreach.choices import Choice
from bot.outreach.periods import Grain, Period
from bot.outreach.publish import MANY, UNTOLD, Figure, Figures
from bot.outreach.sight import Place

Value = str | int | float | dt.date
#: Parts by which figures differ that are told to be the same, in a hundred.
SAME = 3


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; numbers are numbers, figures too few to tell are words."""

    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One matter. ``said`` is its paragraph; ``note`` how to read it, or why there is nothing."""

    name: str
    title: str
    said: str = ""
    table: Table | None = None
    chart: Chart | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that stands at the top. ``change`` compares it with the year before."""

    name: str
    label: str
    value: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """All of it, for a place and a stretch of time.

    ``until`` is the last day up to which the figures go; None where nothing is told yet, and ``untold`` says why.
    """

    title: str
    choice: Choice
    place: Place
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    until: dt.date | None = None
    untold: str = ""

    @property
    def charts(self) -> Mapping[str, Chart]:
        """The charts in which there is something to see, by the name of their section."""
        return {item.name: item.chart for item in self.sections if item.chart is not None and item.chart.drawn}


@dataclass(frozen=True, slots=True)
class Words:
    """Names and sentences of outreach, as the content has them; figures in words.

    ``comparable``: a year before was counted from its first day on, so that it may be told how much more it is now.
    """

    library: Library
    comparable: bool = True

    def __call__(self, key: str, **values: object) -> str:
        """A sentence of the report."""
        return self.library.messages[f"outreach_report.{key}"].format(**values)

    def head(self, key: str) -> tuple[str, ...]:
        """The head of a table."""
        return tuple(self(f"head_{key}").split("|"))

    def named(self, kind: str, key: str) -> str:
        """What a key is called; itself where it has no name."""
        return self.library.messages.get(f"outreach_report.{kind}_{key}", key)

    def topic(self, topic: str) -> str:
        """A topic's title."""
        found = self.library.topics.get(topic)
        return found.title if found else topic

    def hotline(self, number: str) -> str:
        """A hotline with its name."""
        found = self.library.hotlines.get(number)
        return f"{number} {found.name}" if found else number

    def region(self, code: str) -> str:
        """A region's name."""
        found = self.library.regions.get(code)
        return found.name if found else code or self("region_home")

    def place(self, place: Place) -> str:
        """A place as it stands in a title."""
        if place.school is not None:
            return place.school.name
        if not place.grave:
            return self("place_own")
        return self("place_all") if place.region is None else self.region(place.region)

    def period(self, part: Period) -> str:
        """A period in words."""
        first = part.first
        if part.grain is Grain.TERM:
            key = "period_autumn" if part.name.endswith("autumn") else "period_spring"
            return self(key, year=first.year, next=first.year + 1, last=first.year - 1)
        return self(f"period_{part.grain}", year=first.year, month=first.month, day=first.day)

    def choice(self, choice: Choice, until: dt.date | None = None) -> str:
        """A stretch of time in words; one that goes on with the day up to which its figures go."""
        name = self("period_lately") if choice.whole is None else self.period(choice.whole)
        ended = choice.whole is not None and choice.over
        return name if ended or until is None else self("period_so_far", name=name, until=self.told_to(until))

    def told_to(self, until: dt.date) -> str:
        """Up to which day figures go."""
        return self("told_to", month=until.month, day=until.day)

    def untold(self, what: str, choice: Choice) -> str:
        """Why nothing is told of a stretch of time yet. ``what``: school, region or grave."""
        if choice.whole is None:
            return self(f"untold_{what}_lately")
        return self(f"untold_{what}", period=self.period(choice.whole))

    def how(self) -> tuple[tuple[str, str], ...]:
        """What each figure means: its name, and how it is counted."""
        return tuple((self(f"how_{name}_name"), self(f"how_{name}")) for name in self("how_list").split("|"))

    def figure(self, figure: Figure) -> str:
        """A figure within a sentence."""
        return self(f"figure_{figure.says}", value=f"{figure.value:,}")

    def before(self, figure: Figure) -> int | str:
        """A figure of a year before for a table: where counting began later, nothing is not few."""
        return figure.shown if self.comparable or figure.known else UNTOLD

    def all_few(self, figures: Figures) -> str:
        """That none of them can be told."""
        return self("all_few" if figures.pieces < MANY else "all_few_each")

    def change(self, now: int | None, before: int | None) -> str:
        """How much more or less than the year before, for a table; a dash where it cannot be told."""
        if not self.comparable or not now or not before:
            return self("no_change")
        return f"{round(100 * (now - before) / before):+d}%".replace("+0%", "0%")

    def compared(self, now: int | None, before: int | None) -> str:
        """The same as a sentence; empty where it cannot be told."""
        if not self.comparable or not now or not before:
            return ""
        many = round(100 * abs(now - before) / before)
        if many <= SAME:
            return self("compared_same")
        return self("compared_more" if now > before else "compared_less", share=many)

    def listed(self, parts: Iterable[str]) -> str:
        """Several in a row."""
        return self("comma").join(parts)


__all__ = ["Board", "Chart", "Section", "Table", "Tile", "Value", "Words"]
