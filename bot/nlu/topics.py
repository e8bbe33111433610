"""Reads the topic of a message: keywords first, then TF-IDF, then the reader's prior; with calibrated confidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.core.audience import Audience
from bot.core.decision import Guess
from bot.core.ports import TopicReading
from bot.nlu.features import Terms
from bot.nlu.keywords import KeywordIndex
from bot.nlu.linear import Floats, LinearModel, Scores, softmax

GUESSES = 6
#: From this confidence on a text is surely about its best topic.
SURE = 0.8
#: Heads of the model: which topic, and whether it is the service's matter at all.
TOPICS, SCOPE = "topics", "scope"
INSIDE, OUTSIDE = "inside", "outside"
#: How the blocks of terms are weighed: characters, their pairs, words.
SCALE = (0.7, 1.0, 0.7)


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """How much each sign counts, in decision values, and the calibration; ``bench/ablation.py`` measures them."""

    temperature: float = 0.2
    keyword: float = 0.1
    reader: float = 0.15
    fit: float = 0.6
    slope: float = 4.0
    offset: float = 0.0


class TopicReader:
    """Reads topics of normalised text."""

    def __init__(self, model: LinearModel, terms: Terms, keywords: KeywordIndex, settings: TopicSettings) -> None:
        self._model, self._terms, self._keywords, self._settings = model, terms, keywords, settings
        self._topics = model.heads[TOPICS]
        self._column = {topic: place for place, topic in enumerate(self._topics)}
        self._against: dict[Audience, Floats] = {}

    def set_readers(self, readers: Mapping[str, frozenset[Audience]]) -> None:
        """Tell for whom each topic is: one that is not for a reader needs more signs to be guessed for them."""
        everyone = frozenset(Audience)
        for audience in Audience:
            against = [float(audience not in readers.get(topic, everyone)) for topic in self._topics]
            self._against[audience] = np.asarray(against, dtype=np.float32)

    def read(self, text: str, audience: Audience | None) -> TopicReading:
        """The likeliest topics of a normalised text, and how likely it is about none."""
        settings = self._settings
        told = self._model.scores(self._terms(text))
        scores = told[TOPICS].copy()
        hits = self._keywords.hits(text)
        for hit in hits:
            if hit.topic in self._column:
                scores[self._column[hit.topic]] += settings.keyword * hit.weight
        power = settings.slope * scope_score(self._model, {**told, TOPICS: scores}, settings.fit) + settings.offset
        outside = 1.0 / (1.0 + math.exp(min(max(power, -50.0), 50.0)))
        if audience in self._against:
            scores -= settings.reader * self._against[audience]
        return TopicReading(self._guesses(scores), round(outside, 4), tuple(hit.id for hit in hits))

    def surely(self, topics: tuple[str, ...], text: str) -> bool:
        """Whether a normalised text is surely about one of these topics (or groups of them, ``venue.``)."""
        reading = self.read(text, None)
        return (
            reading.best.topic.startswith(topics) and reading.best.confidence >= SURE and reading.outside < 1.0 - SURE
        )

    def evidence(self, text: str, topic: str, most: int = 6) -> list[tuple[str, float]]:
        """The terms of normalised text that weigh most for a topic."""
        names = self._terms.names(text)
        told = self._model.evidence(self._terms(text), TOPICS, topic)
        return [(names[key], weight) for key, weight in told[:most]]

    def _guesses(self, scores: Floats) -> tuple[Guess, ...]:
        shares = softmax(scores, self._settings.temperature)
        best = np.argpartition(-shares, GUESSES)[:GUESSES] if len(shares) > GUESSES else np.arange(len(shares))
        ordered = best[np.argsort(-shares[best], kind="stable")]
        return tuple(Guess(self._topics[place], round(float(shares[place]), 4)) for place in ordered)


def scope_score(model: LinearModel, told: Scores, fit: float) -> float:
    """How much a text looks like the service's matter, and how well its best topic fits."""
    inside = float(told[SCOPE][model.heads[SCOPE].index(INSIDE)])
    return inside + fit * float(told[TOPICS].max())
