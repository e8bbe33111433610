"""The sections of what people entered: activities, class hours; and schools and regions side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.charts.chart import Chart, Mark, Shape
from bot.core.activity import PERSON_TIMES, ActivityKind
from bot.core.counting import ALL, Family, QuizStep
from bot.outreach.choices import Choice
from bot.outreach.drafts import shown_hours
from bot.outreach.hours import ASKED, HoursLine
from bot.outreach.publish import Figure
from bot.outreach.queries import OutreachFigures
from bot.outreach.sections import Section, Table, Tile, Words, shown
from bot.storage.activity_rows import Total
from bot.storage.schools import School


@dataclass(frozen=True, slots=True)
class Entered:
    """What people entered of a place and a stretch of time, and a year before: their own numbers, not rounded."""

    words: Words
    now: Sequence[Total]
    before: Sequence[Total]

    def tile(self) -> Tile:
        """How many person-times it reached."""
        people = sum(_reached(total) for total in self.now)
        return Tile("entered", self.words("tile_entered"), f"{people:,}")

    def activities(self) -> Section:
        """By kind, each in its unit."""
        words = self.words
        now, before = {item.kind: item for item in self.now}, {item.kind: item for item in self.before}
        pairs = [(kind, now.get(kind, Total(kind)), before.get(kind, Total(kind))) for kind in ActivityKind]
        rows = tuple(
            (
                words.named("kind", kind),
                words.named("unit", kind),
                item.count,
                (item.people if kind not in PERSON_TIMES else item.count) or "",
                old.count,
                words.change(item.count, old.count),
            )
            for kind, item, old in pairs
        )
        did = [self._did(item) for _, item, _ in pairs if item.count]
        said = words("said_activities", did=words.listed(did)) if did else words("said_no_activities")
        table = Table(words.head("activities"), rows)
        return Section("activities", words("title_activities"), said, table, note=words("note_entered"))

    def _did(self, item: Total) -> str:
        people = self.words("did_people", people=f"{item.people:,}") if item.people else ""
        return self.words(f"did_{item.kind}", count=f"{item.count:,}") + people


def hours_section(words: Words, year: int, lines: Sequence[HoursLine]) -> Section:
    """The four class hours of each vice principal."""
    marks = tuple(
        Mark(
            words("hours_of", display=line.display, school=line.school),
            line.halves / 2,
            words("hours_done", done=shown_hours(line.halves), asked=shown_hours(ASKED)),
        )
        for line in lines
    )
    rows = tuple(
        (line.display, line.school, line.halves / 2, words("hours_met") if not line.left else line.left / 2)
        for line in lines
    )
    met = sum(not line.left for line in lines)
    said = words("said_class_hours", year=year, people=len(lines), met=met, left=len(lines) - met)
    most = max(ASKED / 2, *(line.halves / 2 for line in lines))
    chart = Chart(Shape.BARS, marks, most) if len(marks) <= MOST_BARS else None
    return Section(
        "class_hours", words("title_class_hours", year=year), said, Table(words.head("class_hours"), rows), chart
    )


#: Vice principals that a chart still shows.
MOST_BARS = 12


async def schools_section(words: Words, figures: OutreachFigures, choice: Choice, schools: Sequence[School]) -> Section:
    """Schools side by side. Raises StorageError."""
    numbers = [school.id for school in schools]
    wanted = ((Family.TOTAL, ALL), (Family.PEOPLE, ALL), (Family.QUIZ, QuizStep.TAKEN))
    columns: list[Mapping[int, Figure]] = []
    for family, key in wanted:
        columns.append(await figures.by_school(family, choice.parts, (key,), numbers))
    rows = tuple((school.name, *(shown(column[school.id]) for column in columns)) for school in schools)
    table = Table(words.head("schools"), rows)
    return Section("schools", words("title_schools"), table=table, note=words("note_schools"))


async def regions_section(words: Words, figures: OutreachFigures, choice: Choice) -> Section:
    """Regions side by side. Raises StorageError."""
    turns = await figures.by_region(Family.TOTAL, choice.parts, (ALL,))
    people = await figures.by_region(Family.PEOPLE, choice.parts, (ALL,))
    rows = tuple((words.region(code), shown(figure), shown(people[code])) for code, figure in turns.items())
    return Section("regions", words("title_regions"), table=Table(words.head("regions"), rows))


def _reached(total: Total) -> int:
    return total.count if total.kind in PERSON_TIMES else total.people
