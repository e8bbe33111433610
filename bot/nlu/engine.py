"""Puts the parts of understanding together from a built model's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from bot.core.audience import Audience
from bot.core.intent_types import Corpus
from bot.core.ports import TopicReading
from bot.core.risk import RiskReading
from bot.nlu.features import Terms
from bot.nlu.keywords import KeywordIndex
from bot.nlu.linear import LinearModel
from bot.nlu.normalise import Normaliser
from bot.nlu.risk.detector import RiskDetector
from bot.nlu.risk.rules import RuleBook
from bot.nlu.risk.terms import Groups, RiskTerms
from bot.nlu.risk.weigh import RiskScale, RiskThresholds
from bot.nlu.segment import Segmenter
from bot.nlu.topics import TopicReader, TopicSettings

DICTIONARY = "words.txt"
SIGNS = "signs.json"
SETTINGS = "settings.json"
TOPIC_MODEL = "topics"
RISK_MODEL = "risk"


class Engine:
    """The understanding of one content. Safe to use from several threads once built."""

    def __init__(self, normaliser: Normaliser, segment: Segmenter, topics: TopicReader, risk: RiskDetector) -> None:
        self._normaliser, self.words, self.topics, self.risk = normaliser, segment, topics, risk

    def normalise(self, text: str) -> str:
        """The text as the rules see it."""
        return self._normaliser(text)

    def read_risk(self, text: str, before: Sequence[str], alone: RiskReading | None = None) -> RiskReading:
        """The risk in a message, read with the turns before it; ``alone``: what it is without them, where known."""
        return self.risk.read(text, before, alone)

    def read_topics(self, text: str, audience: Audience | None) -> TopicReading:
        """The topics that a message may be about."""
        return self.topics.read(self._normaliser(text), audience)

    def evidence(self, plain: str, topic: str) -> list[tuple[str, float]]:
        """The terms of normalised text that weigh most for a topic, with their weight in the decision."""
        return self.topics.evidence(plain, topic)

    @classmethod
    def load(cls, folder: Path, readers: Mapping[str, frozenset[Audience]]) -> Engine:
        """Loads what ``bot.nlu.train`` wrote. Raises OSError or ValueError where it is broken."""
        signs = Corpus.model_validate_json((folder / SIGNS).read_bytes())
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        normaliser = Normaliser(signs.lexicon)
        segment = Segmenter(folder / DICTIONARY)
        terms = Terms(segment, signs.lexicon)
        topics = TopicReader(
            LinearModel.load(folder, TOPIC_MODEL),
            terms,
            KeywordIndex(signs.intents, normaliser),
            TopicSettings(**settings["topics"]),
        )
        topics.set_readers(readers)
        groups = Groups(signs.risk.groups, normaliser, signs.risk.words)
        scale = None
        if settings["risk"]:
            scale = RiskScale(
                LinearModel.load(folder, RISK_MODEL), RiskTerms(terms, groups), signs.risk.evidence, RiskThresholds()
            )
        calm = partial(topics.surely, signs.risk.calm)
        rules = RuleBook(signs.risk.rules, groups)
        return cls(normaliser, segment, topics, RiskDetector(normaliser, rules, scale, calm))
