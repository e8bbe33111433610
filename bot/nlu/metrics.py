"""Figures about predictions on questions that were not trained on."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

OUT_OF_SCOPE = "bot.out_of_scope"
BINS = 10
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Prediction:
    """One question: what it was about, the guesses best first, the confidence of the first, and what was done."""

    truth: str
    guesses: tuple[str, ...]
    confidence: float
    outcome: str
    writer: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95% interval (Wilson 1927)."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 where there is nothing to count."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval."""
        if not self.of:
            return 0.0, 1.0
        centre = self.value + Z95**2 / (2 * self.of)
        spread = Z95 * math.sqrt(self.value * (1 - self.value) / self.of + Z95**2 / (4 * self.of**2))
        scale = 1 + Z95**2 / self.of
        return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}] ({self.hits}/{self.of})"


@dataclass(frozen=True)
class TopicFigures:
    """Precision, recall and number of questions of one topic."""

    topic: str
    precision: float
    recall: float
    questions: int


@dataclass(frozen=True)
class Figures:
    """All figures over a set of predictions."""

    top1: Share
    top3: Share
    refused: Share
    wrongly_refused: Share
    outcomes: dict[str, int]
    answered_right: Share
    topics: list[TopicFigures] = field(default_factory=list)
    confusions: list[tuple[str, str, int]] = field(default_factory=list)
    confidence: list[tuple[float, int, float]] = field(default_factory=list)
    writers: dict[str, Share] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The figures as plain data."""
        raw = asdict(self)
        for name in ("top1", "top3", "refused", "wrongly_refused", "answered_right"):
            share: Share = getattr(self, name)
            raw[name] = {"value": round(share.value, 4), "interval": share.interval, "of": share.of}
        raw["writers"] = {writer: round(share.value, 4) for writer, share in self.writers.items()}
        return raw


def figures(predictions: Sequence[Prediction]) -> Figures:
    """Accuracy and refusals: topics are judged on questions in scope, refusals on those out of it."""
    inside = [item for item in predictions if item.truth != OUT_OF_SCOPE]
    outside = [item for item in predictions if item.truth == OUT_OF_SCOPE]
    writers = {
        name: share([i for i in inside if i.writer == name], _first) for name in sorted({i.writer for i in inside})
    }
    return Figures(
        top1=share(inside, _first),
        top3=share(inside, lambda item: item.truth in item.guesses[:3]),
        refused=share(outside, _refused),
        wrongly_refused=share(inside, _refused),
        outcomes=dict(Counter(item.outcome for item in inside)),
        answered_right=share([item for item in inside if item.outcome == "answer"], _first),
        topics=_topics(inside),
        confusions=_confusions(inside),
        confidence=_bins(predictions),
        writers=writers,
    )


def share(items: Iterable[Prediction], holds: Callable[[Prediction], bool]) -> Share:
    """How many of the predictions a condition holds for."""
    judged = [holds(item) for item in items]
    return Share(sum(judged), len(judged))


def _first(item: Prediction) -> bool:
    return item.truth in item.guesses[:1]


def _refused(item: Prediction) -> bool:
    return item.outcome == "abstain" or OUT_OF_SCOPE in item.guesses[:1]


def _topics(items: Sequence[Prediction]) -> list[TopicFigures]:
    truths = Counter(item.truth for item in items)
    guessed = Counter(item.guesses[0] for item in items if item.guesses)
    right = Counter(item.truth for item in items if _first(item))
    rows = [
        TopicFigures(name, right[name] / guessed[name] if guessed[name] else 0.0, right[name] / count, count)
        for name, count in truths.items()
    ]
    return sorted(rows, key=lambda row: (row.recall, row.topic))


def _confusions(items: Sequence[Prediction]) -> list[tuple[str, str, int]]:
    pairs = Counter((item.truth, item.guesses[0]) for item in items if item.guesses and not _first(item))
    return [(truth, guess, count) for (truth, guess), count in pairs.most_common(40)]


def _bins(items: Sequence[Prediction]) -> list[tuple[float, int, float]]:
    """For each tenth of confidence: its lower end, how many questions, and how many of them were right."""
    found: defaultdict[int, list[bool]] = defaultdict(list)
    for item in items:
        found[min(int(item.confidence * BINS), BINS - 1)].append(_first(item))
    return [(number / BINS, len(hits), sum(hits) / len(hits)) for number, hits in sorted(found.items())]
