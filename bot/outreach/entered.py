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
from bot.outreach.persons import counted, reached, told
from bot.outreach.publish import Figure
from bot.outreach.queries import OutreachFigures, Scope
from bot.outreach.sections import Section, Table, Tile, Words
from bot.storage.activity_rows import Total
from bot.storage.schools import School


@dataclass(frozen=True, slots=True)
class Entered:
    """What people entered of a place and a stretch of time, and a year before: not rounded, few persons not told."""

    words: Words
    now: Sequence[Total]
    before: Sequence[Total]

    def tile(self) -> Tile:
        """How many person-times it reached."""
        people = sum(told(reached(item.kind, item.count, item.people)) for item in self.now)
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
                counted(kind, item.count),
                reached(kind, item.count, item.people) or "",
                counted(kind, old.count),
                words.change(told(counted(kind, item.count)), told(counted(kind, old.count))),
            )
            for kind, item, old in pairs
        )
        did = [self._did(item) for kind, item, _ in pairs if told(counted(kind, item.count))]
        said = words("said_activities", did=words.listed(did)) if did else words("said_no_activities")
        table = Table(words.head("activities"), rows)
        return Section("activities", words("title_activities"), said, table, note=words("note_entered"))

    def _did(self, item: Total) -> str:
        more = item.people and item.kind not in PERSON_TIMES
        people = self.words("did_people", people=f"{item.people:,}") if more else ""
        return self.words(f"did_{item.kind}", count=f"{item.count:,}") + people


def hours_section(words: Words, year: int, lines: Sequence[HoursLine]) -> Section:
    """The four class hours of each vice principal."""
    marks = tuple(
        Mark(
            words("hours_of", display=line.display, school=line.school),
            line.halves / 2,
            words("hours_done" if line.left else "hours_over", done=shown_hours(line.halves), asked=shown_hours(ASKED)),
        )
        for line in lines
    )
    rows = tuple(
        (line.display, line.school, line.halves / 2, words("hours_met") if not line.left else line.left / 2)
        for line in lines
    )
    said = _said_hours(words, year, lines)
    most = max(ASKED / 2, *(line.halves / 2 for line in lines))
    chart = Chart(Shape.BARS, marks, most) if len(marks) <= MOST_BARS else None
    return Section(
        "class_hours", words("title_class_hours", year=year), said, Table(words.head("class_hours"), rows), chart
    )


def _said_hours(words: Words, year: int, lines: Sequence[HoursLine]) -> str:
    if len(lines) == 1:
        one, key = lines[0], "said_hours_one" if lines[0].left else "said_hours_one_met"
        done, left = shown_hours(one.halves), shown_hours(one.left)
        return words(key, year=year, display=one.display, school=one.school, done=done, left=left)
    met = sum(not line.left for line in lines)
    key = "said_hours_none" if not met else "said_hours_all" if met == len(lines) else "said_hours_some"
    return words(key, year=year, people=len(lines), met=met, left=len(lines) - met)


#: Vice principals that a chart still shows.
MOST_BARS = 12


async def schools_section(words: Words, figures: OutreachFigures, choice: Choice, schools: Sequence[School]) -> Section:
    """Schools side by side. Raises StorageError."""
    title, numbers = words("title_schools"), [school.id for school in schools]
    until = figures.until(choice.parts, Scope(school=numbers[0]))
    if until is None:
        return Section("schools", title, words.untold("school", choice))
    wanted = ((Family.TOTAL, ALL), (Family.PEOPLE, ALL), (Family.QUIZ, QuizStep.TAKEN))
    columns: list[Mapping[int, Figure]] = []
    for family, key in wanted:
        columns.append(await figures.by_school(family, choice.parts, (key,), numbers))
    rows = tuple((school.name, *(column[school.id].shown for column in columns)) for school in schools)
    note = words("note_schools") + ("" if choice.over else words("note_told_to", until=words.told_to(until)))
    return Section("schools", title, table=Table(words.head("schools"), rows), note=note)


async def regions_section(words: Words, figures: OutreachFigures, choice: Choice) -> Section:
    """Regions side by side. Raises StorageError."""
    turns = await figures.by_region(Family.TOTAL, choice.parts, (ALL,))
    people = await figures.by_region(Family.PEOPLE, choice.parts, (ALL,))
    rows = tuple((words.region(code), figure.shown, people[code].shown) for code, figure in turns.items())
    note = words("note_least") if turns.least or people.least else ""
    return Section("regions", words("title_regions"), table=Table(words.head("regions"), rows), note=note)
