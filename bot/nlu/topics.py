"""Reads the topic of a message: keywords first, then TF-IDF, then the reader's prior; with calibrated confidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.core.audience import Audience
from bot.core.decision import Guess
from bot.core.ports import TopicReading
from bot.nlu.keywords import KeywordIndex
from bot.nlu.linear import Floats, LinearModel, MakeTerms, softmax

GUESSES = 6
INSIDE = "inside"
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """How much each sign counts, in decision values, and the calibration; ``bench/ablation.py`` measures them."""

    temperature: float = 0.2
    keyword: float = 0.25
    reader: float = 0.15
    fit: float = 0.6
    slope: float = 4.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class TopicModels:
    """``topics`` tells topics apart; ``scope`` tells what is the service's matter (``inside``) from what is not."""

    topics: LinearModel
    scope: LinearModel


class TopicReader:
    """Reads topics of normalised text."""

    def __init__(self, models: TopicModels, terms: MakeTerms, keywords: KeywordIndex, settings: TopicSettings) -> None:
        self._models, self._terms, self._keywords, self._settings = models, terms, keywords, settings
        self._column = {topic: place for place, topic in enumerate(models.topics.classes)}
        self._against: dict[Audience, Floats] = {}

    def set_readers(self, readers: Mapping[str, frozenset[Audience]]) -> None:
        """Tell for whom each topic is: one that is not for a reader needs more signs to be guessed for them."""
        everyone = frozenset(Audience)
        for audience in Audience:
            against = [float(audience not in readers.get(topic, everyone)) for topic in self._models.topics.classes]
            self._against[audience] = np.asarray(against, dtype=np.float32)

    def read(self, text: str, audience: Audience | None) -> TopicReading:
        """The likeliest topics of a normalised text, and how likely it is about none."""
        terms, settings = self._terms(text), self._settings
        scores = self._models.topics.scores(terms)
        hits = self._keywords.hits(text)
        for hit in hits:
            if hit.topic in self._column:
                scores[self._column[hit.topic]] += settings.keyword * hit.weight
        outside = self.outside(terms, scores)
        if audience in self._against:
            scores = scores - settings.reader * self._against[audience]
        shares = softmax(scores, settings.temperature)
        best = np.argpartition(-shares, GUESSES)[:GUESSES] if len(shares) > GUESSES else np.arange(len(shares))
        ordered = best[np.argsort(-shares[best], kind="stable")]
        guesses = tuple(Guess(self._models.topics.classes[at], round(float(shares[at]), 4)) for at in ordered)
        return TopicReading(guesses, round(outside, 4), tuple(hit.id for hit in hits))

    def evidence(self, text: str, topic: str, most: int = 6) -> list[tuple[str, float]]:
        """The terms of normalised text that weigh most for a topic."""
        return self._models.topics.evidence(self._terms(text), topic)[:most]

    def outside(self, terms: tuple[list[str], ...], scores: Floats) -> float:
        """The probability that a text is about no topic."""
        weighed = scope_score(self._models.scope, terms, scores, self._settings.fit)
        power = self._settings.slope * weighed + self._settings.offset
        return 1.0 / (1.0 + math.exp(min(max(power, -50.0), 50.0)))


def scope_score(scope: LinearModel, terms: tuple[list[str], ...], scores: Floats, fit: float) -> float:
    """How much a text looks like the service's matter, and how well its best topic fits."""
    inside = float(scope.scores(terms)[scope.classes.index(INSIDE)])
    return inside + fit * float(scores.max())
