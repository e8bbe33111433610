"""Makes the dashboard, which is the report too, of a place and a stretch of time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace

from bot.core.content_types import Library
from bot.core.counting import Family
from bot.outreach import counted, regional
from bot.outreach.choices import Choice, trend_columns
from bot.outreach.counted import Counted, Trends
from bot.outreach.entered import Entered, hours_section, regions_section, schools_section
from bot.outreach.gathered import Gatherer
from bot.outreach.hours import class_hours
from bot.outreach.periods import Grain
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
        plain, ask = Words(self.library()), Gatherer(self.figures)
        until = ask.until(choice.parts, place)
        words = replace(plain, comparable=await ask.began(place, choice.days_before[0]))
        entered, told = await self._entered(plain, place, choice), await self._counted(words, place, choice)
        sections = [section async for section in self._sections(words, sight, place, choice)]
        said = (_to_today(entered.activities(), words, choice), *(_own(told) if until else ()), *sections)
        title = words("title", place=words.place(place), period=words.choice(choice, until))
        untold = words.untold("region" if place.grave else "school", choice) if until is None and place.scopes else ""
        tiles = (*(told.tiles() if until else ()), entered.tile())
        return Board(title, choice, place, tiles, tuple(map(_plain, said)), until, untold)

    async def _counted(self, words: Words, place: Place, choice: Choice) -> Counted:
        ask = Gatherer(self.figures)
        both = await ask.both(counted.FAMILIES, choice.parts, choice.before, place)
        columns = trend_columns(choice, coarse=not place.grave)
        before = {part.year_before(): tuple(item.year_before() for item in of) for part, of in columns.items()}
        turns, old = await ask.trend(Family.TOTAL, columns, place), await ask.trend(Family.TOTAL, before, place)
        quiz, notes = await ask.trend(Family.QUIZ, columns, place), tuple(_notes(place, choice, words))
        return Counted(words, both, Trends(columns, turns, old, quiz, notes))

    async def _entered(self, words: Words, place: Place, choice: Choice) -> Entered:
        kept = Activities(self.store)
        now = await kept.totals(place.entries, choice.first, choice.last)
        return Entered(words, now, await kept.totals(place.entries, *choice.days_before))

    async def _sections(self, words: Words, sight: Sight, place: Place, choice: Choice) -> AsyncIterator[Section]:
        """What depends on who looks at what."""
        year, ask = choice.last.year, Gatherer(self.figures)
        lines = await class_hours(self.store, sight, place, year)
        if lines:
            yield hours_section(words, year, lines)
        if ask.until(choice.parts, place) is None:
            return
        if place.grave:
            both = await ask.both(regional.FAMILIES, choice.parts, choice.before, place)
            told = Regional(words, both, choice, ask.until(choice.parts, place, Family.HARM))
            for section in (told.topics(), told.unanswered(), told.hotlines(), told.harm(), told.desk()):
                yield section
        if place.region is None and place.grave:
            yield await regions_section(words, self.figures, choice)
        here = [school for school in sight.schools if place.region in (None, school.region)]
        if place.school is None and here:
            yield await schools_section(words, self.figures, choice, here)


def _to_today(entered: Section, words: Words, choice: Choice) -> Section:
    """What people entered counts at once, so it goes further than the title says."""
    goes_on = choice.whole is None or not choice.over
    return replace(entered, note=entered.note + words("note_to_today")) if goes_on else entered


def _own(told: Counted) -> tuple[Section, ...]:
    """What is told of every place."""
    own = (told.trend(), told.groups(), told.quiz(), told.hours(), told.readers(), told.channels())
    return (*own, told.outcomes(), told.after())


def _notes(place: Place, choice: Choice, words: Words) -> Iterator[str]:
    """How the columns of a trend go with the whole where they do not add up to it, and with the year before."""
    if not words.comparable:
        yield "note_not_whole"
    month = choice.whole is not None and choice.whole.grain is Grain.MONTH
    if month and not place.grave:
        yield "note_months"
    elif month and choice.over:
        yield "note_days"


def _plain(section: Section) -> Section:
    """A section without a table that has no rows."""
    if section.table is None or section.table.rows:
        return section
    return Section(section.name, section.title, section.said, None, section.chart, section.note)
