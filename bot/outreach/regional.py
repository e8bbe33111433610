"""The sections that are told of a region alone, never of a school: topics, hotlines, harm, and the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.charts.chart import Chart, Mark, Shape
from bot.core.counting import Family
from bot.core.risk import RiskKind, RiskLevel
from bot.outreach.choices import Choice
from bot.outreach.counted import ranked
from bot.outreach.gathered import Both, known
from bot.outreach.publish import NOTHING, Figure, Figures, Says
from bot.outreach.sections import Section, Table, Words
from bot.storage.counts import ASKED, LATER, WITHIN

FAMILIES = (Family.TOPIC, Family.UNANSWERED, Family.HOTLINE, Family.CALLED, Family.HARM, Family.DESK)
LEVELS = (RiskLevel.URGENT, RiskLevel.DISCLOSURE, RiskLevel.CONCERN)
ENDS = (*map(str, WITHIN), LATER)
#: Levels at which a case of harm is opened, and what is within half an hour.
GRAVE_LEVELS, HALF_AN_HOUR = (RiskLevel.DISCLOSURE, RiskLevel.URGENT), ("5", "15", "30")
#: Hotlines in a table.
MOST_LINES = 15


@dataclass(frozen=True, slots=True)
class Regional:
    """What is told of a region; ``until``: the last day up to which figures about harm go."""

    words: Words
    both: Both
    choice: Choice
    until: dt.date | None

    def topics(self) -> Section:
        """What was answered, topic by topic."""
        return ranked(self.words, self.both, ("topics", Family.TOPIC), self.words.topic)

    def unanswered(self) -> Section:
        """What could not be answered, by what it was nearest to: no word of it is kept."""
        return ranked(self.words, self.both, ("unanswered", Family.UNANSWERED), self.words.topic)

    def hotlines(self) -> Section:
        """Which numbers were shown, and which were tapped."""
        words, lines, called = self.words, self.both.now[Family.HOTLINE], self.both.now[Family.CALLED]
        told = list(lines.items())[:MOST_LINES]
        rows = tuple((words.hotline(number), figure.shown, called[number].shown) for number, figure in told)
        first = [words("with_figure", name=number, figure=words.figure(figure)) for number, figure in told[:3]]
        said = words("said_hotlines", first=words.listed(first)) if first else words.all_few(lines)
        note = words("note_least") if lines.least or called.least else ""
        return Section("hotlines", words("title_hotlines"), said, Table(words.head("hotlines"), rows), note=note)

    def harm(self) -> Section:
        """Cases by kind of harm, as they were opened and as they became graver."""
        words, found = self.words, self.both.now[Family.HARM]
        kinds = [*RiskKind, ASKED]
        named = {kind: words.named("harm", kind) for kind in kinds}
        rows = tuple(
            (
                named[kind],
                found[f"opened.{kind}.{RiskLevel.DISCLOSURE}"].shown,
                found[f"opened.{kind}.{RiskLevel.URGENT}"].shown,
                found[f"raised.{kind}.{RiskLevel.URGENT}"].shown,
            )
            for kind in RiskKind
        )
        asked = found.total(f"opened.{ASKED}.{level}" for level in RiskLevel)
        opened = {kind: found.total(f"opened.{kind}.{level}" for level in GRAVE_LEVELS) for kind in RiskKind}
        marks = tuple(
            Mark(named[kind], figure.value, str(figure))
            for kind, figure in sorted(opened.items(), key=lambda item: -item[1].value)
            if figure.known
        )
        first = words.listed(words("with_figure", name=mark.label, figure=mark.text) for mark in marks)
        said = words("said_harm", first=first or words("each_few"), asked=words.figure(asked))
        table = Table(words.head("harm"), rows)
        made = Section("harm", words("title_harm"), said, table, Chart(Shape.BARS, marks))
        return self._grave(made, found, (asked, *opened.values()))

    def desk(self) -> Section:
        """How long it took until a person first answered."""
        words, found = self.words, self.both.now[Family.DESK]
        ends = [words.named("within", end) for end in ENDS]
        rows = tuple(
            (words.named("level", level), *(found[f"{level}.{end}"].shown for end in ENDS)) for level in LEVELS
        )
        times = {end: found.total(f"{level}.{end}" for level in LEVELS) for end in ENDS}
        marks = (
            Mark(name, known(each), str(each)) for name, each in zip(ends, times.values(), strict=True) if each.known
        )
        chart = Chart(Shape.BARS, tuple(marks))
        in_time = sum((times[end] for end in HALF_AN_HOUR), NOTHING)
        said = words("said_desk", figure=words.figure(in_time))
        made = Section("desk", words("title_desk"), said, Table((words("head_desk"), *ends), rows), chart)
        return self._grave(made, found, (in_time, *times.values()))

    def _grave(self, made: Section, found: Figures, sums: Iterable[Figure]) -> Section:
        """The section with how to read it, or why there is nothing in it."""
        words = self.words
        if not found.told:
            return Section(made.name, made.title, words.untold("grave", self.choice))
        if not found:
            made = replace(made, said=words.all_few(found), table=None)
        told_to = ""
        if self.until is not None and not self.choice.over:
            told_to = words("note_told_to", until=words.told_to(self.until))
        least = found.least or any(each.says is Says.LEAST for each in sums)
        return replace(made, note=words("note_grave") + told_to + (words("note_least") if least else ""))
