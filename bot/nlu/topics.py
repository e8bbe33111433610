"""Reads the topic of a message: keywords first, then TF-IDF, then the reader's prior; with calibrated confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.core.audience import Audience
from bot.core.decision import Guess
from bot.core.ports import TopicReading
from bot.nlu.keywords import KeywordIndex
from bot.nlu.linear import Floats, LinearModel, MakeTerms, softmax

GUESSES = 6


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """How much each sign counts, in decision values; measured by ``bench/ablation.py``."""

    temperature: float = 0.2
    keyword: float = 0.25
    reader: float = 0.15

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> TopicSettings:
        """From the JSON of a built model."""
        return cls(**raw)


class TopicReader:
    """Reads topics of normalised text."""

    def __init__(self, model: LinearModel, terms: MakeTerms, keywords: KeywordIndex, settings: TopicSettings) -> None:
        self._model, self._terms, self._keywords, self._settings = model, terms, keywords, settings
        self._column = {topic: place for place, topic in enumerate(model.classes)}
        self._against: dict[Audience, Floats] = {}

    def set_readers(self, readers: Mapping[str, frozenset[Audience]]) -> None:
        """Tell for whom each topic is: one that is not for a reader needs more signs to be guessed for them."""
        for audience in Audience:
            against = [
                0.0 if audience in readers.get(topic, frozenset(Audience)) else 1.0 for topic in self._model.classes
            ]
            self._against[audience] = np.asarray(against, dtype=np.float32)

    def read(self, text: str, audience: Audience | None) -> TopicReading:
        """The likeliest topics of a normalised text."""
        scores = self._model.scores(self._terms(text))
        hits = self._keywords.hits(text)
        for hit in hits:
            if hit.topic in self._column:
                scores[self._column[hit.topic]] += self._settings.keyword * hit.weight
        if audience in self._against:
            scores = scores - self._settings.reader * self._against[audience]
        shares = softmax(scores, self._settings.temperature)
        best = np.argpartition(-shares, GUESSES)[:GUESSES] if len(shares) > GUESSES else np.arange(len(shares))
        ordered = best[np.argsort(-shares[best], kind="stable")]
        guesses = tuple(Guess(self._model.classes[place], round(float(shares[place]), 4)) for place in ordered)
        return TopicReading(guesses, tuple(hit.id for hit in hits))
