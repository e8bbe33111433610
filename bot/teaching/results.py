"""Results of pushed quizzes, for whoever may see them: by class, before and after, and a message to the class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.core.content_types import Library
from bot.storage.results import QuizRun, Results, TaughtClass
from bot.storage.store import Store
from bot.storage.tallies import Chosen, Turnout
from bot.teaching.figures import Asked, Figures, figures, together
from bot.teaching.frozen import FrozenQuiz
from bot.teaching.result_words import told_to_class

R = TypeVar("R", Turnout, Chosen)


class NoResultsError(Exception):
    """There is no such run or class, or it is none of this person's."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same quiz in the same class before: when, and its figures."""

    at: dt.datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Change:
    """A question that was asked both times, with the parts that were right, 0 to 1."""

    asked: Asked
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class ClassResult:
    """What came of a run in a class, and what had come of the same quiz there before; None for nothing to tell."""

    taught: TaughtClass
    figures: Figures
    earlier: Earlier | None = None

    @property
    def changes(self) -> list[Change]:
        """The questions that were asked word for word both times, in their order."""
        then = {} if self.earlier is None else {_words(item): item.share for item in self.earlier.figures.questions}
        pairs = ((item, then.get(_words(item)), item.share) for item in self.figures.questions)
        return [Change(item, old, new) for item, old, new in pairs if old is not None and new is not None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run: in each class, and in those together of which anything is told."""

    run: QuizRun
    quiz: FrozenQuiz
    classes: tuple[ClassResult, ...]

    @property
    def whole(self) -> Figures:
        """All classes of which anything is told."""
        return together([item.figures for item in self.classes])

    def of(self, class_id: int) -> ClassResult:
        """One class. Raises NoResultsError."""
        for item in self.classes:
            if item.taught.id == class_id:
                return item
        raise NoResultsError


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list: its classes, and how many finished where five or more did; 0 for fewer."""

    run: QuizRun
    classes: tuple[TaughtClass, ...]
    finished: int


class ClassResults:
    """Results over a store. ``library`` names topics and holds the sentences. Everything raises StorageError."""

    def __init__(self, store: Store, library: Callable[[], Library]) -> None:
        self._results, self._library = Results(store), library

    async def recent(self, staff: int) -> Sequence[RunLine]:
        """The last runs in the classes of this vice principal, newest first."""
        mine = {item.id: item for item in await self._results.classes(staff)}
        runs = await self._results.runs(mine)
        turnout = await self._results.turnout(runs)
        lines = []
        for run in runs:
            quiz, here = FrozenQuiz.load(run.body), [row for row in turnout if row.run == run.id]
            if not run.readers and not any(row.started for row in here):
                continue  # a lesson in a room where no hands were counted
            finished = [figures(quiz, _in(row, here), ()).finished for row in run.classes]
            lines.append(RunLine(run, tuple(mine[number] for number in run.classes), sum(finished)))
        return lines

    async def of_run(self, staff: int, run: int) -> RunResult:
        """A run in the classes of this vice principal. Raises NoResultsError."""
        return await self._read(run, await self._results.classes(staff))

    async def message(self, run: int, class_id: int) -> str:
        """What is told to a class about its results; empty where fewer than five finished."""
        taught, found = await self._results.taught(class_id), await self._results.run(run, [class_id])
        if taught is None or found is None:
            return ""
        given = (await self._figures(found, {}))[class_id]
        return told_to_class(found.title, taught.name, given, self._library().messages)

    async def _read(self, number: int, classes: Sequence[TaughtClass]) -> RunResult:
        by_id = {item.id: item for item in classes}
        run = await self._results.run(number, by_id)
        if run is None:
            raise NoResultsError
        found = await self._figures(run, await self._results.invited(run))
        before = await self._before(run, [class_id for class_id, item in found.items() if item.shown])
        each = tuple(ClassResult(by_id[class_id], found[class_id], before.get(class_id)) for class_id in run.classes)
        return RunResult(run, FrozenQuiz.load(run.body), each)

    async def _figures(self, run: QuizRun, invited: Mapping[int, int]) -> dict[int, Figures]:
        quiz = FrozenQuiz.load(run.body)
        turnout, chosen = await self._results.turnout([run]), await self._results.chosen(run)
        return {
            class_id: figures(quiz, _in(class_id, turnout), _in(class_id, chosen), invited.get(class_id, 0))
            for class_id in run.classes
        }

    async def _before(self, run: QuizRun, wanted: Sequence[int]) -> dict[int, Earlier]:
        """The last time before, for each class, of which anything is told."""
        found: dict[int, Earlier] = {}
        for old in await self._results.earlier(run) if wanted else ():
            if len(found) == len(wanted):
                break
            for class_id, item in (await self._figures(old, {})).items():
                if class_id in wanted and item.shown:
                    found.setdefault(class_id, Earlier(old.started_at, item))
        return found


def _in(class_id: int, rows: Sequence[R]) -> list[R]:
    return [row for row in rows if row.class_id == class_id]


def _words(asked: Asked) -> tuple[str, ...]:
    """What was asked, word for word."""
    return asked.question.ask, *(option.text for option in asked.question.options)
