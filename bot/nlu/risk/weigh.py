"""What the linear model says of a message's risk."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.nlu.linear import LinearModel, Scores
from bot.nlu.risk.terms import RiskTerms

#: Heads of the model: reports against everything harmless, urgent against other reports, a report against a concern,
#: a concern against nothing.
ALL, URGENT, GRAVE, CONCERN = "all", "urgent", "grave", "concern"
ALARM, CALM = "alarm", "calm"
#: How the blocks of terms are weighed: characters, pairs, words, three, four, pairs of words, groups, groups in order.
SCALE = (0.7, 1.0, 0.7, 0.8, 0.5, 1.2, 0.3, 0.3)


def kind_head(kind: RiskKind) -> str:
    """The head that tells reports of one kind from everything harmless."""
    return f"kind.{kind}"


@dataclass(frozen=True, slots=True)
class RiskThresholds:
    """How the heads are weighed together, and from where on each level holds.

    Weights and offsets are those of a logistic regression over scores of writers who were not trained on, which
    ``python -m bench.weigh`` learns and prints with its curves; ``alarm`` and ``urgent`` are points of these, chosen
    for recall. ``kind`` weighs the greatest of the kinds:
    harm of one kind has little in common with that of another. ``pressing``: how far above an alarm the urgent ones
    are; what is barely an alarm is none of them. ``lengths`` holds (characters, offset): the offsets of every length
    that the message is shorter than are added, for a short message has fewer terms to show what it is.
    """

    all: float = 2.896
    kind: float = 2.566
    log_length: float = -0.111
    lengths: tuple[tuple[int, float], ...] = (
        (7, -1.173), (10, 0.288), (14, 0.319), (20, -0.01), (40, -0.073), (80, 0.576)
    )  # fmt: skip
    offset: float = -0.237
    alarm: float = -0.85
    urgent: float = -0.45
    pressing: float = 0.1
    grave: float = -0.6
    concern: float = -0.3


class RiskScale:
    """Weighs a message; ``evidence`` names the lexicon groups that speak of harm itself."""

    def __init__(
        self, model: LinearModel, terms: RiskTerms, evidence: Iterable[str], thresholds: RiskThresholds
    ) -> None:
        self._model, self._terms, self._thresholds = model, terms, thresholds
        self._evidence = frozenset(evidence)
        self._kinds = {kind: kind_head(kind) for kind in RiskKind if kind_head(kind) in model.heads}
        self._alarm = {head: classes.index(ALARM) for head, classes in model.heads.items() if ALARM in classes}

    def weigh(self, text: str) -> RiskReading:
        """The level that the model sees in normalised text, and the kind that it would be, even where it sees none.

        ``score`` is the distance to an alarm; ``why`` names the groups of evidence that stand in the text.
        """
        told = self._model.scores(self._terms(text))
        reports = {kind: self._of(told, head) for kind, head in self._kinds.items()}
        kind = max(reports, key=reports.__getitem__, default=RiskKind.OTHER)
        score = self._mixed(told, reports.get(kind, 0.0), len(text)) - self._thresholds.alarm
        level = self._level(score, told)
        if level is RiskLevel.NONE:
            return RiskReading(level, kind, round(score, 4))
        found = [name for name in self._terms.groups(text) if name in self._evidence]
        return RiskReading(level, kind, round(score, 4), ("model", *found))

    def _of(self, told: Scores, head: str) -> float:
        return float(told[head][self._alarm[head]])

    def _mixed(self, told: Scores, kind: float, length: int) -> float:
        by = self._thresholds
        shorter = sum(offset for limit, offset in by.lengths if length < limit)
        return by.all * self._of(told, ALL) + by.kind * kind + by.log_length * math.log1p(length) + shorter + by.offset

    def _level(self, score: float, told: Scores) -> RiskLevel:
        limits = self._thresholds
        if score < 0:
            return RiskLevel.CONCERN if self._of(told, CONCERN) >= limits.concern else RiskLevel.NONE
        if self._of(told, GRAVE) < limits.grave:
            return RiskLevel.CONCERN
        pressing = score >= limits.pressing and self._of(told, URGENT) >= limits.urgent
        return RiskLevel.URGENT if pressing else RiskLevel.DISCLOSURE
