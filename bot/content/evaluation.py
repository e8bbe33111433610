"""Measures the understanding on the test questions, as people would use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.content.build import Service
from bot.content.questions import Question
from bot.core.ports import TopicReading
from bot.core.topical import OUT_OF_SCOPE, Thresholds, Verdict
from bot.nlu.metrics import Figures, Prediction, figures

#: Verdict as the outcome of the stable interface.
OUTCOME = {
    Verdict.ANSWER: "answer",
    Verdict.CLARIFY: "clarify",
    Verdict.UNKNOWN: "abstain",
    Verdict.REFUSE: "abstain",
}
GRID = tuple(round(0.1 + 0.05 * step, 2) for step in range(13))


@dataclass(frozen=True, slots=True)
class Read:
    """A test question and what was read in it."""

    question: Question
    reading: TopicReading


def read_all(service: Service, questions: Sequence[Question]) -> list[Read]:
    """What the built service reads in each test question, its reader told."""
    return [Read(item, service.engine.read_topics(item.text, item.audience)) for item in questions]


def judged(item: Read, thresholds: Thresholds) -> Prediction:
    """What is done with a reading under these thresholds."""
    verdict = thresholds.verdict(item.reading)
    guesses = tuple(guess.topic for guess in item.reading.guesses)
    if verdict is Verdict.REFUSE:
        guesses = (OUT_OF_SCOPE, *guesses)
    confidence = item.reading.best.confidence
    return Prediction(item.question.topic, guesses, confidence, OUTCOME[verdict], item.question.writer)


def evaluated(reads: Sequence[Read], thresholds: Thresholds) -> Figures:
    """All figures under these thresholds."""
    return figures([judged(item, thresholds) for item in reads])


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve: a threshold, and what follows from it."""

    threshold: float
    answered: float
    right_when_answered: float
    asked_back: float
    refused: float
    wrongly_refused: float


def answer_curve(reads: Sequence[Read], thresholds: Thresholds) -> Iterator[Point]:
    """What other values of ``answer`` would do, the rest unchanged."""
    for value in GRID:
        yield _point(value, evaluated(reads, replace(thresholds, answer=value)))


def refuse_curve(reads: Sequence[Read], thresholds: Thresholds) -> Iterator[Point]:
    """What other values of ``refuse`` would do, the rest unchanged."""
    for value in (*GRID, 0.75, 0.8, 0.85, 0.9):
        yield _point(value, evaluated(reads, replace(thresholds, refuse=value)))


def _point(value: float, told: Figures) -> Point:
    total = told.top1.of or 1
    return Point(
        value,
        told.outcomes.get("answer", 0) / total,
        told.answered_right.value,
        told.outcomes.get("clarify", 0) / total,
        told.refused.value,
        told.wrongly_refused.value,
    )
