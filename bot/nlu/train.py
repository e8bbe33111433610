"""Builds the understanding from the corpus: dictionary, topic model, risk models, calibration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bot.core.intent_types import Corpus, RiskContent
from bot.core.risk import RiskLevel
from bot.nlu.engine import DICTIONARY, SETTINGS, SIGNS
from bot.nlu.features import Terms
from bot.nlu.fit import FitOptions, fit_linear, fit_temperature
from bot.nlu.linear import LinearModel, MakeTerms
from bot.nlu.normalise import Normaliser
from bot.nlu.risk.detector import RiskThresholds
from bot.nlu.segment import Segmenter, write_dictionary
from bot.nlu.topics import TopicSettings

#: One writer in this many is held out to calibrate confidence.
CALIBRATION_SHARE = 5


@dataclass(frozen=True, slots=True)
class Utterance:
    """A labelled text; ``writer`` groups texts of one hand, so that a split can hold writers out."""

    text: str
    topic: str
    writer: str


def utterances(corpus: Corpus) -> list[Utterance]:
    """Every example of every topic."""
    return [
        Utterance(text, topic, writer)
        for topic, intent in corpus.intents.items()
        for writer, texts in intent.examples.items()
        for text in texts
    ]


def train(corpus: Corpus, documents: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Trains everything and writes it to a folder. ``documents``: a topic's title and answers, as further examples."""
    normaliser = Normaliser(corpus.lexicon)
    full = Segmenter(words=corpus.lexicon.words)
    examples = [replace(item, text=normaliser(item.text)) for item in utterances(corpus)]
    extra = [Utterance(normaliser(text), topic, "") for topic, texts in documents.items() for text in texts]
    talks = [normaliser("。".join(item.turns)) for item in corpus.risk.examples]
    needed = {word for text in [*(u.text for u in [*examples, *extra]), *talks] for word in full(text)}
    write_dictionary(folder / DICTIONARY, full.frequencies(), needed | set(corpus.lexicon.words))
    terms = Terms(Segmenter(folder / DICTIONARY), corpus.lexicon)
    model = fit_topics(examples, extra, terms)
    model.save(folder, "topics")
    settings = replace(TopicSettings(), temperature=calibrate(examples, extra, terms))
    risk = _train_risk(corpus.risk, talks, terms, folder)
    _write_signs(corpus, folder)
    told = {"topics": asdict(settings), "risk": asdict(risk) if risk else None}
    (folder / SETTINGS).write_text(json.dumps(told), encoding="utf-8")


def fit_topics(examples: Sequence[Utterance], extra: Sequence[Utterance], terms: MakeTerms) -> LinearModel:
    """The topic model of these utterances and documents, all normalised."""
    both = [*examples, *extra]
    return fit_linear([item.text for item in both], [item.topic for item in both], terms, FitOptions())


def calibrate(examples: Sequence[Utterance], extra: Sequence[Utterance], terms: MakeTerms) -> float:
    """The temperature under which confidence is right for writers who were not trained on."""
    writers = sorted({item.writer for item in examples})
    held = set(writers[::CALIBRATION_SHARE])
    kept = [item for item in examples if item.writer not in held]
    model = fit_topics(kept or examples, extra, terms)
    column = {topic: place for place, topic in enumerate(model.classes)}
    judged = [item for item in examples if item.writer in held and item.topic in column]
    scores = np.stack([model.scores(terms(item.text)) for item in judged])
    return fit_temperature(scores, [column[item.topic] for item in judged])


def _train_risk(content: RiskContent, talks: Sequence[str], terms: MakeTerms, folder: Path) -> RiskThresholds | None:
    levels = [str(item.level) for item in content.examples]
    if len(set(levels)) < len(RiskLevel):
        return None
    fit_linear(talks, levels, terms, FitOptions()).save(folder, "levels")
    risky = [(text, str(item.kind)) for text, item in zip(talks, content.examples, strict=True) if item.kind]
    fit_linear([text for text, _ in risky], [kind for _, kind in risky], terms, FitOptions()).save(folder, "kinds")
    return RiskThresholds()


def _write_signs(corpus: Corpus, folder: Path) -> None:
    """What serving needs of the corpus: keywords, lexicon, rules; no examples."""
    intents = {
        name: intent.model_copy(update={"examples": {}, "confusable_with": ()})
        for name, intent in corpus.intents.items()
    }
    signs = Corpus(intents=intents, lexicon=corpus.lexicon, risk=corpus.risk.model_copy(update={"examples": ()}))
    (folder / SIGNS).write_text(signs.model_dump_json(by_alias=True), encoding="utf-8")
