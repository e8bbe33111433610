"""What the linear models say of a message's risk."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.nlu.linear import LinearModel, MakeTerms

ALARM, CALM = "alarm", "calm"


@dataclass(frozen=True, slots=True)
class RiskThresholds:
    """Decision values from which the models alone say so, chosen from the curve of ``faxiaohu evaluate --curve``.

    ``ordinary`` is added to the second model before the lesser of both counts; ``urgent`` and ``concern`` are the lead
    that these levels need over the level below.
    """

    alarm: float = -0.10
    ordinary: float = 0.30
    urgent: float = 0.0
    concern: float = 0.15


@dataclass(frozen=True, slots=True)
class RiskModels:
    """The models.

    ``alarm`` tells reports from hard harmless messages, ``ordinary`` from everyday questions; ``levels`` has the four
    levels as classes, ``kinds`` the eight kinds.
    """

    alarm: LinearModel
    ordinary: LinearModel
    levels: LinearModel
    kinds: LinearModel


class RiskScale:
    """Weighs a message."""

    def __init__(self, models: RiskModels, terms: MakeTerms, thresholds: RiskThresholds) -> None:
        self._models, self._terms, self._thresholds = models, terms, thresholds

    def weigh(self, text: str) -> RiskReading:
        """The level and kind that the models see in normalised text; ``score`` is its distance to an alarm."""
        terms, limits = self._terms(text), self._thresholds
        score = min(
            _score(self._models.alarm, terms, ALARM),
            _score(self._models.ordinary, terms, ALARM) + limits.ordinary,
        )
        by_level = dict(zip(self._models.levels.classes, self._models.levels.scores(terms).tolist(), strict=True))
        level = self._level(score, by_level)
        if level is RiskLevel.NONE:
            return RiskReading(score=round(score, 4))
        kinds = self._models.kinds
        kind = RiskKind(kinds.classes[int(kinds.scores(terms).argmax())])
        return RiskReading(level, kind, round(score, 4), ("model",))

    def _level(self, score: float, by_level: dict[str, float]) -> RiskLevel:
        limits = self._thresholds
        if score >= limits.alarm:
            lead = by_level[RiskLevel.URGENT] - by_level[RiskLevel.DISCLOSURE]
            return RiskLevel.URGENT if lead >= limits.urgent else RiskLevel.DISCLOSURE
        lead = by_level[RiskLevel.CONCERN] - by_level[RiskLevel.NONE]
        return RiskLevel.CONCERN if lead >= limits.concern else RiskLevel.NONE


def _score(model: LinearModel, terms: tuple[list[str], ...], name: str) -> float:
    return float(model.scores(terms)[model.classes.index(name)])
