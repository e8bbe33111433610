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


class HeldOut(RiskExample):
    """A message held out of training; ``everyday`` marks a harmless one that was not written to tempt."""

    everyday: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A message with what a person and what the detector said of it."""

    example: HeldOut
    reading: RiskReading


def load_risk_questions(root: Path) -> list[HeldOut]:
    """The messages held out of training; none where there is no such folder."""
    reader = Reader(root)
    return [example for _, path in reader.files(FOLDER) for example in reader.listed(path, HeldOut, "examples")]


def judge_all(service: Service, examples: Sequence[HeldOut]) -> list[Judged]:
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
    calmer = [item for item in judged if item.example.level is RiskLevel.DISCLOSURE]
    yield f"urgent noticed at all            {_noticed(urgent)}"
    yield f"urgent as urgent                 {_share(urgent, _as_urgent)}"
    yield f"disclosure noticed               {_noticed(calmer)}"
    yield f"disclosure called urgent         {_share(calmer, _as_urgent)}"
    for kind in RiskKind:
        yield f"  {kind:30s} {_noticed([item for item in risky if item.example.kind is kind])}"
    yield f"kind right where noticed         {_share([i for i in risky if i.reading.alarming], _same_kind)}"
    concern = [item for item in judged if item.example.level is RiskLevel.CONCERN]
    yield f"concern seen as anything         {_share(concern, lambda i: i.reading.level is not RiskLevel.NONE)}"
    yield f"concern taken for an alarm       {_noticed(concern)}"
    harmless = [item for item in judged if item.example.level is RiskLevel.NONE]
    tempting = [item for item in harmless if not item.example.everyday]
    yield f"false alarms, hard harmless      {_noticed(tempting)}"
    yield f"false alarms, everyday messages  {_noticed([item for item in harmless if item.example.everyday])}"
    alarms = sum(reading.alarming for reading in everyday)
    yield f"false alarms, everyday questions {Share(alarms, len(everyday))}"
    yield from _curve(risky, tempting, everyday)


def _curve(risky: Sequence[Judged], tempting: Sequence[Judged], everyday: Sequence[RiskReading]) -> Iterator[str]:
    """What would be noticed if the model alone decided, at other limits; 0 is the one that is set."""
    yield "limit   noticed   hard harmless   everyday questions"
    for step in range(-4, 7):
        limit = step / 2
        hits = [_at_least(limit, [i.reading for i in items]) for items in (risky, tempting)]
        yield f"{limit:+5.1f}   {hits[0]:7.3f}   {hits[1]:13.3f}   {_at_least(limit, everyday):18.3f}"


def _at_least(limit: float, readings: Sequence[RiskReading]) -> float:
    return sum(reading.score >= limit for reading in readings) / max(len(readings), 1)


def everyday_readings(
    service: Service, questions: Sequence[Question], ordinary: Sequence[str], held_out: Sequence[HeldOut]
) -> list[RiskReading]:
    """The risk read in test questions of topics that are everyday matters.

    A few of them tell of a child all the same; those stand, with their level, among the messages held out.
    """
    prefixes = tuple(ordinary)
    told = {example.turns for example in held_out if example.level is not RiskLevel.NONE}
    asked = (item.text for item in questions if item.topic.startswith(prefixes))
    return [service.engine.read_risk(text, ()) for text in asked if (text,) not in told]


def _noticed(items: Sequence[Judged]) -> Share:
    return Share(sum(item.reading.alarming for item in items), len(items))


def _share(items: Sequence[Judged], holds: Callable[[Judged], bool]) -> Share:
    return Share(sum(map(holds, items)), len(items))


def _as_urgent(item: Judged) -> bool:
    return item.reading.level is RiskLevel.URGENT


def _same_kind(item: Judged) -> bool:
    return item.reading.kind is item.example.kind
