"""Counts of a run put in order: who took part, what was right, and which wrong ideas are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.core.quiz_types import QuestionType
from bot.storage.tallies import FEWEST, WHOLLY_RIGHT, Chosen, Origin, Turnout
from bot.teaching.frozen import FrozenQuestion, FrozenQuiz


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its counts. ``place`` counts from 1; ``options`` is how many chose each.

    ``answered`` chose anything; of ``judged`` it is known whether they were ``right``: hands that are raised for
    each of several right options do not tell it.
    """

    place: int
    question: FrozenQuestion
    answered: int
    judged: int
    right: int
    options: tuple[int, ...]

    @property
    def share(self) -> float | None:
        """The part that was right, 0 to 1; None where it is not known."""
        return self.right / self.judged if self.judged >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run in one class, or in several together.

    Where fewer than five are counted, ``finished`` and ``counted`` are 0 and there are no questions. ``counted`` of
    those who finished are in the counts; while a run is open they are taken in by fives, the last ones at its end.
    """

    invited: int = 0
    started: int = 0
    finished: int = 0
    counted: int = 0
    questions: tuple[Asked, ...] = ()
    origins: tuple[Origin, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether enough took part for anything to be told."""
        return bool(self.questions)

    @property
    def share(self) -> float | None:
        """The part of all answers that was right, 0 to 1; None where nothing is known."""
        judged = sum(asked.judged for asked in self.questions if asked.share is not None)
        return sum(asked.right for asked in self.questions if asked.share is not None) / judged if judged else None


@dataclass(frozen=True, slots=True)
class WrongIdea:
    """A misconception and how many hold it, of ``of`` who answered; ``place`` is the question's, from 1."""

    idea: str
    chosen: str
    why: str
    question: FrozenQuestion
    place: int
    count: int
    of: int

    @property
    def share(self) -> float:
        """The part that holds it, 0 to 1."""
        return self.count / self.of


def figures(quiz: FrozenQuiz, turnout: Iterable[Turnout], chosen: Iterable[Chosen], invited: int = 0) -> Figures:
    """The figures of one class. Each origin counts from five on: two small ones together tell of each other."""
    took = [row for row in turnout if row.counted >= FEWEST]
    if not took:
        return Figures(invited)
    counted = {row.origin: row.counted for row in took}
    options: dict[Origin, Counter[tuple[int, int]]] = {origin: Counter() for origin in counted}
    for row in chosen:
        if row.origin in counted:
            options[row.origin][row.question, row.option] += row.count
    return Figures(
        invited=invited,
        started=sum(row.started for row in took),
        finished=sum(row.finished for row in took),
        counted=sum(counted.values()),
        questions=tuple(_asked(place, item, counted, options) for place, item in enumerate(quiz.questions)),
        origins=tuple(sorted(counted)),
    )


def together(parts: Sequence[Figures]) -> Figures:
    """Several classes as one: those that are shown, so that no other is told by what is missing."""
    shown = [part for part in parts if part.shown]
    return Figures(
        invited=sum(part.invited for part in shown),
        started=sum(part.started for part in shown),
        finished=sum(part.finished for part in shown),
        counted=sum(part.counted for part in shown),
        questions=tuple(map(_summed, zip(*(part.questions for part in shown), strict=True))),
        origins=tuple(sorted({origin for part in shown for origin in part.origins})),
    )


def wrong_ideas(given: Figures) -> list[WrongIdea]:
    """Every wrong idea that somebody holds, the most common first."""
    found = chain.from_iterable(map(_ideas, given.questions))
    return sorted(found, key=lambda item: (-item.share, -item.count, item.place))


def _ideas(asked: Asked) -> Iterator[WrongIdea]:
    for option, count in zip(asked.question.options, asked.options, strict=True):
        if count and not option.right:
            yield WrongIdea(
                idea=option.idea or "",
                chosen=option.text,
                why=option.why,
                question=asked.question,
                place=asked.place,
                count=count,
                of=asked.answered,
            )


def _asked(
    place: int, question: FrozenQuestion, counted: dict[Origin, int], options: dict[Origin, Counter[tuple[int, int]]]
) -> Asked:
    places = range(len(question.options))
    found = [_of_origin(question, origin, [options[origin][place, at] for at in places], counted) for origin in counted]
    several = question.type is QuestionType.SEVERAL
    wholly = sum(options[origin][place, WHOLLY_RIGHT] for origin in counted) if several else 0
    answered, judged = (sum(pair[side] for pair in found) for side in (0, 1))
    chosen = tuple(sum(options[origin][place, at] for origin in counted) for at in places)
    right = wholly if several else sum(chosen[at] for at in question.right)
    if answered < FEWEST:
        return Asked(place + 1, question, 0, 0, 0, (0,) * len(question.options))
    return Asked(place + 1, question, answered, judged, right, chosen)


def _of_origin(
    question: FrozenQuestion, origin: Origin, chosen: Sequence[int], counted: dict[Origin, int]
) -> tuple[int, int]:
    """How many answered a question, and of how many it is known whether they were right."""
    if question.type is not QuestionType.SEVERAL:
        return sum(chosen), sum(chosen)
    answered = max(counted[origin], *chosen)
    return answered, answered if origin is Origin.PERSON else 0


def _summed(same: Sequence[Asked]) -> Asked:
    first = same[0]
    return Asked(
        first.place,
        first.question,
        sum(item.answered for item in same),
        sum(item.judged for item in same),
        sum(item.right for item in same),
        tuple(map(sum, zip(*(item.options for item in same), strict=True))),
    )
