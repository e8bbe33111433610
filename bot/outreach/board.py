"""Makes the dashboard, which is the report too, of a place and a stretch of time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from bot.core.content_types import Library
from bot.core.counting import ALL, Family
from bot.outreach import counted, regional
from bot.outreach.choices import Choice, trend_parts
from bot.outreach.counted import Counted, Trends
from bot.outreach.entered import Entered, hours_section, regions_section, schools_section
from bot.outreach.gathered import Gatherer, at
from bot.outreach.hours import class_hours
from bot.outreach.periods import Grain, period
from bot.outreach.queries import OutreachFigures
from bot.outreach.regional import Regional
from bot.outreach.sections import Board, Section, Words
from bot.outreach.sight import Place, Sight
from bot.storage.activities import Activities
from bot.storage.store import Store


@dataclass(frozen=True, slots=True)
class Boards:
    """Makes boards. Everything raises StorageError."""

    store: Store
    figures: OutreachFigures
    library: Callable[[], Library]

    async def board(self, sight: Sight, place: Place, choice: Choice) -> Board:
        """All that may be told of a place and a stretch of time."""
        plain = Words(self.library())
        words = replace(plain, comparable=await self._comparable(place, choice))
        told, entered = await self._counted(words, place, choice), await self._entered(plain, place, choice)
        sections = [section async for section in self._sections(words, sight, place, choice)]
        own = (told.trend(), told.groups(), told.quiz(), told.hours(), told.readers(), told.channels())
        said = (entered.activities(), *own, told.outcomes(), told.after(), *sections)
        title = words("title", place=words.place(place), period=words.choice(choice))
        return Board(title, choice, place, (*told.tiles(), entered.tile()), tuple(map(_plain, said)))

    async def _counted(self, words: Words, place: Place, choice: Choice) -> Counted:
        ask = Gatherer(self.figures)
        both = await ask.both(counted.FAMILIES, choice.parts, choice.before, place)
        parts = trend_parts(choice, coarse=not place.grave)
        before = tuple(part.year_before() for part in parts)
        turns, old = await ask.trend(Family.TOTAL, parts, place), await ask.trend(Family.TOTAL, before, place)
        return Counted(words, both, Trends(parts, turns, old, await ask.trend(Family.QUIZ, parts, place)))

    async def _comparable(self, place: Place, choice: Choice) -> bool:
        """Whether there was counting already when the year before began."""
        month = period(choice.days_before[0], Grain.MONTH)
        trend = await Gatherer(self.figures).trend(Family.TOTAL, (month,), place)
        return at(trend, month, ALL).known

    async def _entered(self, words: Words, place: Place, choice: Choice) -> Entered:
        kept = Activities(self.store)
        now = await kept.totals(place.entries, choice.first, choice.last)
        return Entered(words, now, await kept.totals(place.entries, *choice.days_before))

    async def _sections(self, words: Words, sight: Sight, place: Place, choice: Choice) -> AsyncIterator[Section]:
        """What depends on who looks at what."""
        year = choice.last.year
        lines = await class_hours(self.store, sight, place, year)
        if lines:
            yield hours_section(words, year, lines)
        if place.grave:
            both = await Gatherer(self.figures).both(regional.FAMILIES, choice.parts, choice.before, place)
            told = Regional(words, both)
            for section in (told.topics(), told.unanswered(), told.hotlines(), told.harm(), told.desk()):
                yield section
        if place.region is None and place.grave:
            yield await regions_section(words, self.figures, choice)
        here = [school for school in sight.schools if place.region in (None, school.region)]
        if place.school is None and here:
            yield await schools_section(words, self.figures, choice, here)


def _plain(section: Section) -> Section:
    """A section without a table that has no rows."""
    if section.table is None or section.table.rows:
        return section
    return Section(section.name, section.title, section.said, None, section.chart, section.note)
