"""Reads the risk of a message together with the turns before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.core.intent_types import RiskRule
from bot.core.risk import NO_RISK, RiskKind, RiskLevel, RiskReading
from bot.nlu.linear import LinearModel, MakeTerms, softmax
from bot.nlu.risk.rules import RuleBook

#: A long message is read in pieces of this length that overlap, so that nothing is diluted.
PIECE = 400
OVERLAP = 80


@dataclass(frozen=True, slots=True)
class RiskThresholds:
    """From which probability on the model alone says so; chosen from the curve that ``faxiaohu evaluate`` prints."""

    temperature: float = 0.5
    alarm: float = 0.5
    urgent: float = 0.5
    concern: float = 0.4


@dataclass(frozen=True, slots=True)
class RiskModels:
    """``levels`` has the four levels as classes, ``kinds`` the eight kinds."""

    levels: LinearModel
    kinds: LinearModel
    thresholds: RiskThresholds = RiskThresholds()


class RiskDetector:
    """Rules and models together."""

    def __init__(
        self,
        normalise: Callable[[str], str],
        terms: MakeTerms,
        rules: RuleBook,
        models: RiskModels | None,
    ) -> None:
        self._normalise, self._terms, self._rules, self._models = normalise, terms, rules, models

    def read(self, text: str, before: Sequence[str] = ()) -> RiskReading:
        """The risk of this message.

        The turns before it count where it adds to them: a talk that only together makes a report alarms at
        the turn that completes it, and a harmless turn after an alarm raises no second one.
        """
        alone = self._pieces(self._normalise(text))
        if alone.alarming or not before:
            return alone
        earlier = self._normalise("。".join(before))
        together = self._pieces(f"{earlier}。{self._normalise(text)}"[-PIECE:])
        if together.level.rank > alone.level.rank and together.level.rank > self._pieces(earlier).level.rank:
            return replace(together, why=("turns", *together.why))
        return alone

    def _pieces(self, text: str) -> RiskReading:
        starts = range(0, max(len(text) - OVERLAP, 1), PIECE - OVERLAP)
        return max((self._piece(text[start : start + PIECE]) for start in starts), key=_gravity, default=NO_RISK)

    def _piece(self, text: str) -> RiskReading:
        held = self._rules.holding(text)
        return _judge(held, self._weigh(text))

    def _weigh(self, text: str) -> RiskReading:
        """What the models alone say."""
        if self._models is None or not text:
            return NO_RISK
        terms, limits = self._terms(text), self._models.thresholds
        levels = self._models.levels
        shares = dict(zip(levels.classes, softmax(levels.scores(terms), limits.temperature).tolist(), strict=True))
        alarm = shares.get(RiskLevel.DISCLOSURE, 0.0) + shares.get(RiskLevel.URGENT, 0.0)
        level = RiskLevel.NONE
        if alarm >= limits.alarm:
            share = shares.get(RiskLevel.URGENT, 0.0) / alarm
            level = RiskLevel.URGENT if share >= limits.urgent else RiskLevel.DISCLOSURE
        elif alarm + shares.get(RiskLevel.CONCERN, 0.0) >= limits.concern:
            level = RiskLevel.CONCERN
        if level is RiskLevel.NONE:
            return RiskReading(score=round(alarm, 4))
        kinds = self._models.kinds
        kind = RiskKind(kinds.classes[int(kinds.scores(terms).argmax())])
        return RiskReading(level, kind, round(alarm, 4), ("model",))


def _judge(rules: list[RiskRule], weighed: RiskReading) -> RiskReading:
    """Rules raise what the model says; a frame (a question about a rule, a game, a story) lowers what is not strong."""
    frames = [rule.id for rule in rules if rule.level is RiskLevel.NONE]
    told = [rule for rule in rules if rule.level is not RiskLevel.NONE and (rule.strong or not frames)]
    best = max(told, key=lambda rule: rule.level.rank, default=None)
    if frames and best is None and not weighed.alarming:
        return replace(NO_RISK, score=weighed.score, why=tuple(frames))
    if best is None or best.level.rank < weighed.level.rank:
        return replace(weighed, why=(*weighed.why, *(rule.id for rule in told)))
    kind = best.kind or weighed.kind or RiskKind.OTHER
    return RiskReading(best.level, kind, max(weighed.score, 0.5), tuple(rule.id for rule in told))


def _gravity(reading: RiskReading) -> tuple[int, float]:
    return reading.level.rank, reading.score
