"""The demo's figures of the past year and a bit: invented counts, so that the dashboard and reports have something."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import insert

from bot.core.counting import ALL, Family, QuizStep, Seen
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.counts import Place, Tallies, cell_rows
from bot.storage.outreach_tables import cell
from bot.storage.store import Store

#: So many days back, so that a year can be held against the one before.
DAYS = 400
#: Turns of talk: about so many a day now, and fewer the longer ago; less on days without school.
DAILY, LONG_AGO, WEEKEND, HOLIDAYS = 70, 0.4, 0.5, (7, 8)
#: What is asked most, the first most of all.
TOPICS = (
    *("bullying.victim", "online.spending", "home.money", "bullying.what_counts", "online.fraud", "home.privacy"),
    *("bullying.cyber", "online.game_limits", "juvenile.criminal_age", "work.child_labor", "parent.child_bullied"),
    *("venue.entertainment", "rights.reputation", "parent.discipline", "campus.vice_principal", "online.bank_card"),
)
READERS = ("student", "student", "student", "student", "parent", "parent", "school", "unsaid")
CHANNELS = ("web", "web", "telegram")
HOURS = (*range(7, 9), *range(12, 14), *range(16, 22), *range(17, 22))
HOTLINES = ("12355", "110", "12345", "12309")
#: How a quiz went that is pushed once a week: so many got it, began it, finished it.
PUSHED, BEGUN, FINISHED, QUESTIONS, RIGHT = 28, 24, 21, 6, 0.68
#: Days from one case to the next.
CASES = 3


@dataclass(frozen=True, slots=True)
class Counted:
    """Invents counts of ``place``; ``topics``: those that the content has."""

    place: Place
    topics: Collection[str]
    chance: random.Random

    async def keep(self, store: Store) -> None:
        """Add them, up to yesterday. Raises StorageError."""
        today = store.now().date()
        asked = [name for name in TOPICS if name in self.topics] or sorted(self.topics)
        rows = Tallies(today).rows
        for back in range(1, DAYS):
            rows.update(self._day(today - dt.timedelta(days=back), 1 - LONG_AGO * back / DAYS, asked).rows)
        async with store.writing() as connection:
            await connection.execute(insert(cell), cell_rows(store.vault, rows))

    def _day(self, day: dt.date, busy: float, asked: list[str]) -> Tallies:
        tallies, rest = Tallies(day), day.weekday() >= 5 or day.month in HOLIDAYS
        for _ in range(round(DAILY * busy * (WEEKEND if rest else 1) * self.chance.uniform(0.7, 1.3))):
            self._turn(tallies, self._seen(day, asked))
        if day.weekday() == 4 and not rest:
            self._quiz(tallies)
        if day.day % CASES == 0:
            self._case(tallies)
        return tallies

    def _seen(self, day: dt.date, asked: list[str]) -> Seen:
        given, which = self.chance, self.chance.random()
        # The nearer the beginning of the list, the oftener.
        topic = asked[int(len(asked) * given.random() ** 1.6)]
        return Seen(
            day=day,
            hour=given.choice(HOURS),
            channel=given.choice(CHANNELS),
            talk="",
            region=self.place.region,
            reader=given.choice(READERS),
            outcome="answer" if which < 0.8 else "clarify" if which < 0.88 else "abstain" if which < 0.94 else "notice",
            topic=topic if which < 0.8 else "",
            unanswered=topic if 0.88 <= which < 0.94 else "",
            hotlines=(given.choice(HOTLINES),) if which < 0.3 else (),
            helped=("yes" if which < 0.99 else "no") if which >= 0.94 else "",
            after_quiz=which < 0.05,
        )

    def _turn(self, tallies: Tallies, seen: Seen) -> None:
        """About every second turn is somebody's first of the day, and every second comes from the school."""
        place = self.place if self.chance.random() < 0.5 else Place(self.place.region)
        people = ((Family.PEOPLE, ALL),) * (self.chance.random() < 0.5)
        tallies.add(place, (*seen.lines(), *people), school=(*seen.school_lines(), *people))
        if seen.hotlines and self.chance.random() < 0.2:
            tallies.add(Place(self.place.region), ((Family.CALLED, seen.hotlines[0]),))

    def _quiz(self, tallies: Tallies) -> None:
        answered = FINISHED * QUESTIONS
        steps = {
            QuizStep.PUSHED: PUSHED,
            QuizStep.TAKEN: BEGUN,
            QuizStep.FINISHED: FINISHED,
            QuizStep.ANSWERED: answered,
            QuizStep.RIGHT: round(answered * self.chance.uniform(RIGHT - 0.1, RIGHT + 0.1)),
        }
        lines = [(Family.QUIZ, step) for step, count in steps.items() for _ in range(count)]
        tallies.add(self.place, lines, school=lines)

    def _case(self, tallies: Tallies) -> None:
        """Figures about harm stay with the region."""
        kind = self.chance.choice((RiskKind.BULLYING, RiskKind.BULLYING, RiskKind.DOMESTIC_VIOLENCE))
        within = self.chance.choice(("5", "5", "15", "30"))
        opened = (Family.HARM, f"opened.{kind}.{RiskLevel.DISCLOSURE}")
        tallies.add(Place(self.place.region), (opened, (Family.DESK, f"{RiskLevel.DISCLOSURE}.{within}")))
