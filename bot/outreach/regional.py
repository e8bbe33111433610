"""The sections that are told of a region alone, never of a school: topics, hotlines, harm, and the desk."""

from __future__ import annotations

from dataclasses import dataclass

from bot.charts.chart import Chart, Mark, Shape
from bot.core.counting import Family
from bot.core.risk import RiskKind, RiskLevel
from bot.outreach.counted import ranked
from bot.outreach.gathered import Both, known
from bot.outreach.publish import Figure, Figures
from bot.outreach.sections import Section, Table, Words, shown
from bot.storage.counts import ASKED, LATER, WITHIN

FAMILIES = (Family.TOPIC, Family.UNANSWERED, Family.HOTLINE, Family.CALLED, Family.HARM, Family.DESK)
LEVELS = (RiskLevel.URGENT, RiskLevel.DISCLOSURE, RiskLevel.CONCERN)
ENDS = (*map(str, WITHIN), LATER)
#: Hotlines in a table.
MOST_LINES = 15


@dataclass(frozen=True, slots=True)
class Regional:
    """What is told of a region."""

    words: Words
    both: Both

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
        rows = tuple((words.hotline(number), shown(figure), shown(called[number])) for number, figure in told)
        first = [words("with_figure", name=number, figure=words.figure(figure)) for number, figure in told[:3]]
        said = words("said_hotlines", first=words.listed(first)) if first else words("all_few")
        return Section("hotlines", words("title_hotlines"), said, Table(words.head("hotlines"), rows))

    def harm(self) -> Section:
        """Cases by kind of harm, as they were opened and as they became graver."""
        words, found = self.words, self.both.now[Family.HARM]
        kinds = [*RiskKind, ASKED]
        named = {kind: words.named("harm", kind) for kind in kinds}
        rows = tuple(
            (
                named[kind],
                shown(found[f"opened.{kind}.{RiskLevel.DISCLOSURE}"]),
                shown(found[f"opened.{kind}.{RiskLevel.URGENT}"]),
                shown(found[f"raised.{kind}.{RiskLevel.URGENT}"]),
            )
            for kind in RiskKind
        )
        asked = found.total([key for key in found if f".{ASKED}." in key])
        opened = {kind: found.total([key for key in found if f".{kind}." in key]) for kind in RiskKind}
        marks = tuple(
            Mark(named[kind], figure.value, str(figure))
            for kind, figure in sorted(opened.items(), key=lambda item: -item[1].value)
            if figure.known
        )
        first = words.listed(words("with_figure", name=mark.label, figure=mark.text) for mark in marks)
        said = words("said_harm", first=first or words("few"), asked=words.figure(asked)) if found else words("all_few")
        table = Table(words.head("harm"), rows)
        return Section("harm", words("title_harm"), said, table, Chart(Shape.BARS, marks), words("note_grave"))

    def desk(self) -> Section:
        """How long it took until a person first answered."""
        words, found = self.words, self.both.now[Family.DESK]
        ends = [words.named("within", end) for end in ENDS]
        rows = tuple(
            (words.named("level", level), *(shown(found[f"{level}.{end}"]) for end in ENDS)) for level in LEVELS
        )
        marks = tuple(
            Mark(name, known(figure), str(figure))
            for name, figure in zip(ends, (_all_levels(found, end) for end in ENDS), strict=True)
        )
        in_time = found.total([key for key in found if key.rpartition(".")[2] in ("5", "15", "30")])
        said = words("said_desk", figure=words.figure(in_time)) if found else words("all_few")
        table = Table((words("head_desk"), *ends), rows)
        return Section("desk", words("title_desk"), said, table, Chart(Shape.BARS, marks), words("note_grave"))


def _all_levels(found: Figures, end: str) -> Figure:
    return found.total([key for key in found if key.rpartition(".")[2] == end])
