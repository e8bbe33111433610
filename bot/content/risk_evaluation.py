"""Measures the disclosure detector on messages of writers who were not trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.build import Service
from bot.content.load import Reader
from bot.content.questions import Question
from bot.core.intent_types import RiskExample
from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.nlu.metrics import Share

FOLDER = "tests/risk"


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with what a person and what the detector said of it."""

    example: RiskExample
    reading: RiskReading


def load_risk_questions(root: Path) -> list[RiskExample]:
    """The messages held out of training; none where there is no such folder."""
    reader = Reader(root)
    return [example for _, path in reader.files(FOLDER) for example in reader.listed(path, RiskExample, "examples")]


def judge_all(service: Service, examples: Sequence[RiskExample]) -> list[Judged]:
    """What the detector makes of each message or talk; a talk counts as noticed at any of its turns."""
    return [Judged(example, _read(service, example.turns)) for example in examples]


def _read(service: Service, turns: Sequence[str]) -> RiskReading:
    readings = [service.engine.read_risk(text, turns[:place]) for place, text in enumerate(turns)]
    return max(readings, key=lambda reading: reading.level.rank)


def risk_lines(judged: Sequence[Judged], everyday: Sequence[RiskReading]) -> Iterator[str]:
    """The figures as lines: recall by level and kind, false alarms, with intervals."""
    risky = [item for item in judged if item.example.level.rank >= RiskLevel.DISCLOSURE.rank]
    urgent = [item for item in judged if item.example.level is RiskLevel.URGENT]
    talks = [item for item in risky if len(item.example.turns) > 1]
    yield "== risk, messages of writers held out of training"
    yield f"noticed (disclosure or urgent)   {_noticed(risky)}"
    yield f"  of talks over several turns    {_noticed(talks)}"
    yield f"urgent noticed at all            {_noticed(urgent)}"
    yield f"urgent as urgent                 {_share(urgent, lambda item: item.reading.level is RiskLevel.URGENT)}"
    for kind in RiskKind:
        yield f"  {kind:30s} {_noticed([item for item in risky if item.example.kind is kind])}"
    yield f"kind right where noticed         {_share([i for i in risky if i.reading.alarming], _same_kind)}"
    concern = [item for item in judged if item.example.level is RiskLevel.CONCERN]
    yield f"concern seen as anything         {_share(concern, lambda i: i.reading.level is not RiskLevel.NONE)}"
    harmless = [item for item in judged if item.example.level is RiskLevel.NONE]
    yield f"false alarms, hard harmless      {_noticed(harmless)}"
    alarms = sum(reading.alarming for reading in everyday)
    yield f"false alarms, everyday questions {Share(alarms, len(everyday))}"


def everyday_readings(service: Service, questions: Sequence[Question], ordinary: Sequence[str]) -> list[RiskReading]:
    """The risk read in test questions of topics that are everyday matters."""
    prefixes = tuple(ordinary)
    return [service.engine.read_risk(item.text, ()) for item in questions if item.topic.startswith(prefixes)]


def _noticed(items: Sequence[Judged]) -> Share:
    return Share(sum(item.reading.alarming for item in items), len(items))


def _share(items: Sequence[Judged], holds: Callable[[Judged], bool]) -> Share:
    return Share(sum(map(holds, items)), len(items))


def _same_kind(item: Judged) -> bool:
    return item.reading.kind is item.example.kind
