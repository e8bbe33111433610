"""Predicts on questions that were not trained on: those of other writers, or held-out writers of the examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.audience import Audience
from bot.core.intent_types import Corpus, Lexicon
from bot.core.ports import TopicReading
from bot.nlu.features import FeatureSet, Terms
from bot.nlu.keywords import KeywordIndex
from bot.nlu.metrics import Prediction
from bot.nlu.normalise import Normaliser
from bot.nlu.segment import Segmenter
from bot.nlu.topics import TopicReader, TopicSettings
from bot.nlu.train import Utterance, calibrate, fit_topics, normalised

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of the understanding take part; each switched off in turn gives the ablation."""

    features: FeatureSet = field(default_factory=FeatureSet)
    keywords: bool = True
    documents: bool = True
    normalise: bool = True


def prediction(item: Utterance, reading: TopicReading, outcome: str = "") -> Prediction:
    """One judged question."""
    guesses = tuple(guess.topic for guess in reading.guesses)
    return Prediction(item.topic, guesses, reading.best.confidence, outcome, item.writer)


class Trainer:
    """Trains readers on parts of a corpus, the dictionary held once."""

    def __init__(self, corpus: Corpus, documents: Mapping[str, Sequence[str]], parts: Parts | None = None) -> None:
        self._parts = parts or Parts()
        lexicon = corpus.lexicon if self._parts.normalise else Lexicon(words=corpus.lexicon.words)
        self._normaliser = Normaliser(lexicon)
        used = documents if self._parts.documents else {}
        self.examples, self._extra = normalised(corpus, used, self._normaliser)
        self._terms = Terms(Segmenter(words=corpus.lexicon.words), lexicon, self._parts.features)
        self._keywords = KeywordIndex(corpus.intents if self._parts.keywords else {}, self._normaliser)

    def reader(self, examples: Sequence[Utterance], settings: TopicSettings | None = None) -> TopicReader:
        """A reader trained on these examples and the documents."""
        model = fit_topics(examples, self._extra, self._terms)
        chosen = settings or calibrate(examples, self._extra, self._terms)
        return TopicReader(model, self._terms, self._keywords, chosen)

    def predict(
        self,
        reader: TopicReader,
        items: Sequence[Utterance],
        outcome: Outcome,
        audiences: Sequence[Audience | None] = (),
    ) -> list[Prediction]:
        """Predictions on raw texts; ``audiences`` tells who wrote each, where that is known."""
        known = audiences or [None] * len(items)
        readings = [
            (item, reader.read(self._normaliser(item.text), audience))
            for item, audience in zip(items, known, strict=True)
        ]
        return [prediction(item, reading, outcome(reading)) for item, reading in readings]


Outcome = Callable[[TopicReading], str]


def cross_validated(trainer: Trainer, outcome: Outcome, folds: int = FOLDS) -> list[Prediction]:
    """Predictions on every example by a reader that saw no example of its writer.

    Writers are dealt to folds by their number of examples, so that the folds are of like size.
    """
    counts: dict[str, int] = {}
    for item in trainer.examples:
        counts[item.writer] = counts.get(item.writer, 0) + 1
    ordered = sorted(counts, key=lambda writer: (-counts[writer], writer))
    fold_of = {writer: place % folds for place, writer in enumerate(ordered)}
    found: list[Prediction] = []
    for fold in range(folds):
        kept = [item for item in trainer.examples if fold_of[item.writer] != fold]
        held = [item for item in trainer.examples if fold_of[item.writer] == fold]
        found += trainer.predict(trainer.reader(kept, TopicSettings()), held, outcome)
    return found
