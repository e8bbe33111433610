"""What the linear model says of a message's risk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.nlu.linear import LinearModel, MakeTerms, Scores

#: Heads of the model: reports against hard harmless messages, against everyday questions; the levels; the kinds.
HARD, EVERYDAY, LEVELS, KINDS = "hard", "everyday", "levels", "kinds"
ALARM, CALM = "alarm", "calm"
#: How the blocks of terms are weighed: characters, their pairs, words, groups.
SCALE = (0.7, 1.0, 0.7, 0.5)
#: Characters up to which a message is short.
SHORT = 14


@dataclass(frozen=True, slots=True)
class RiskThresholds:
    """Decision values from which the model alone says so, chosen from the curve of ``faxiaohu evaluate --curve``.

    ``everyday`` is added to that head before the lesser of both counts; ``unproven`` is what a message needs more
    where no word of an evidence group stands in it, ``unproven_short`` where it is short besides; ``urgent`` and
    ``concern`` are the lead that these levels need over the level below.
    """

    alarm: float = -0.30
    unproven: float = 0.10
    unproven_short: float = 0.60
    everyday: float = 0.10
    urgent: float = 0.0
    concern: float = 0.15


class RiskScale:
    """Weighs a message; ``evidence`` names the lexicon groups that speak of harm itself."""

    def __init__(
        self, model: LinearModel, terms: MakeTerms, evidence: Iterable[str], thresholds: RiskThresholds
    ) -> None:
        self._model, self._terms, self._thresholds = model, terms, thresholds
        self._evidence = frozenset(evidence)

    def weigh(self, text: str) -> RiskReading:
        """The level that the model sees in normalised text, and the kind that it would be, even where it sees none.

        ``score`` is the distance to an alarm.
        """
        terms = self._terms(text)
        told = self._model.scores(terms)
        score = min(self._alarm(told, HARD), self._alarm(told, EVERYDAY) + self._thresholds.everyday)
        by_level = dict(zip(self._model.heads[LEVELS], told[LEVELS].tolist(), strict=True))
        level = self._level(score - self._unproven(text, terms[-1]), by_level)
        kind = RiskKind(self._model.heads[KINDS][int(told[KINDS].argmax())])
        return RiskReading(level, kind, round(score, 4), () if level is RiskLevel.NONE else ("model",))

    def _unproven(self, text: str, groups: list[str]) -> float:
        if not self._evidence.isdisjoint(groups):
            return 0.0
        return self._thresholds.unproven_short if len(text) <= SHORT else self._thresholds.unproven

    def _alarm(self, told: Scores, head: str) -> float:
        return float(told[head][self._model.heads[head].index(ALARM)])

    def _level(self, score: float, by_level: dict[str, float]) -> RiskLevel:
        limits = self._thresholds
        if score >= limits.alarm:
            lead = by_level[RiskLevel.URGENT] - by_level[RiskLevel.DISCLOSURE]
            return RiskLevel.URGENT if lead >= limits.urgent else RiskLevel.DISCLOSURE
        lead = by_level[RiskLevel.CONCERN] - by_level[RiskLevel.NONE]
        return RiskLevel.CONCERN if lead >= limits.concern else RiskLevel.NONE
