"""The few figures by which the service may be judged: disclosures noticed, false alarms, answers that are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.content.build import Service
from bot.content.evaluation import evaluated, read_all
from bot.content.load import load_corpus
from bot.content.questions import Question, load_questions
from bot.content.risk_evaluation import Judged, everyday_readings, judge_all, load_risk_questions
from bot.core.risk import RiskKind, RiskLevel
from bot.core.topical import Thresholds
from bot.nlu.metrics import Share


@dataclass(frozen=True, slots=True)
class Score:
    """One figure. ``name`` is a key of the messages; ``part`` is the kind of harm where it is of one alone."""

    name: str
    share: Share
    part: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """What was measured on messages and questions of so many people, none of whom was trained on."""

    risk: tuple[Score, ...]
    alarms: tuple[Score, ...]
    answers: tuple[Score, ...]
    messages: int
    message_writers: int
    questions: int
    question_writers: int


def measure(service: Service, root: Path, thresholds: Thresholds) -> Scores | None:
    """Measures on the tests below the root; None where there are none, as in an installed wheel."""
    questions, examples = load_questions(root), load_risk_questions(root)
    if not questions or not examples:
        return None
    judged = judge_all(service, examples)
    everyday = everyday_readings(service, questions, load_corpus(root).risk.ordinary, examples)
    told = evaluated(read_all(service, questions), thresholds)
    alarms = sum(reading.alarming for reading in everyday)
    return Scores(
        risk=tuple(_noticed(judged)),
        alarms=(*_alarms(judged), Score("alarm_questions", Share(alarms, len(everyday)))),
        answers=(
            Score("top1", told.top1),
            Score("top3", told.top3),
            Score("right_when_answered", told.answered_right),
            Score("refused", told.refused),
            Score("wrongly_refused", told.wrongly_refused),
        ),
        messages=len(examples),
        message_writers=len({example.writer for example in examples}),
        questions=len(questions),
        question_writers=_writers(questions),
    )


def _noticed(judged: list[Judged]) -> Iterator[Score]:
    risky = [item for item in judged if item.example.level.rank >= RiskLevel.DISCLOSURE.rank]
    urgent = [item for item in risky if item.example.level is RiskLevel.URGENT]
    yield Score("noticed", _share(risky, _alarming))
    yield Score("noticed_talks", _share([item for item in risky if len(item.example.turns) > 1], _alarming))
    yield Score("urgent_noticed", _share(urgent, _alarming))
    yield Score("urgent_as_urgent", _share(urgent, lambda item: item.reading.level is RiskLevel.URGENT))
    for kind in RiskKind:
        yield Score("noticed_kind", _share([item for item in risky if item.example.kind is kind], _alarming), kind)


def _alarms(judged: list[Judged]) -> Iterator[Score]:
    harmless = [item for item in judged if item.example.level is RiskLevel.NONE]
    yield Score("alarm_tempting", _share([item for item in harmless if not item.example.everyday], _alarming))
    yield Score("alarm_everyday", _share([item for item in harmless if item.example.everyday], _alarming))


def _share(items: list[Judged], holds: Callable[[Judged], bool]) -> Share:
    return Share(sum(map(holds, items)), len(items))


def _alarming(item: Judged) -> bool:
    return item.reading.alarming


def _writers(questions: list[Question]) -> int:
    return len({question.writer for question in questions})
