"""Builds the understanding from the corpus: dictionary, topic and risk models, calibration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bot.core.intent_types import Corpus
from bot.core.risk import RiskLevel
from bot.nlu.engine import DICTIONARY, RISK_MODEL, SETTINGS, SIGNS, TOPIC_MODEL
from bot.nlu.features import Terms
from bot.nlu.fit import Target, fit_linear, fit_sigmoid, fit_temperature
from bot.nlu.linear import LinearModel, MakeTerms
from bot.nlu.metrics import OUT_OF_SCOPE
from bot.nlu.normalise import Normaliser
from bot.nlu.risk.terms import Groups, RiskTerms
from bot.nlu.risk.train import RiskCorpus, train_risk
from bot.nlu.segment import Segmenter, write_dictionary
from bot.nlu.topics import INSIDE, OUTSIDE, SCALE, SCOPE, TOPICS, TopicSettings, scope_score

#: One writer in this many is held out to calibrate confidence.
CALIBRATION_SHARE = 5
SCOPE_STRENGTH = 0.1
#: A term of each block counts from this many occurrences on, in a corpus of at least so many texts: what one writer
#: wrote once tells nothing.
RAREST, LARGE = (2, 2, 2), 1_000


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
    examples, extra = normalised(corpus, documents, normaliser)
    talks = [normaliser("。".join(item.turns)) for item in corpus.risk.examples]
    _write_words([*(item.text for item in [*examples, *extra]), *talks], corpus, folder)
    terms = Terms(Segmenter(folder / DICTIONARY), corpus.lexicon)
    fit_topics(examples, extra, terms).save(folder, TOPIC_MODEL)
    everyday = [item.text for item in everyday_questions(corpus, examples, talks)]
    groups = Groups(corpus.risk.groups, normaliser)
    risk = train_risk(RiskCorpus(corpus.risk.examples, talks, everyday), RiskTerms(terms, groups))
    if risk is not None:
        risk.save(folder, RISK_MODEL)
    _write_signs(corpus, folder)
    told = {"topics": asdict(calibrate(examples, extra, terms)), "risk": risk is not None}
    (folder / SETTINGS).write_text(json.dumps(told), encoding="utf-8")


def everyday_questions(corpus: Corpus, examples: Sequence[Utterance], talks: Sequence[str]) -> list[Utterance]:
    """The topics' examples that teach what is no report; all texts normalised.

    ``talks``: the risk examples. What stands among them with a level of its own tells of a child, under any topic.
    """
    told = {talk for item, talk in zip(corpus.risk.examples, talks, strict=True) if item.level is not RiskLevel.NONE}
    return [item for item in examples if item.topic.startswith(corpus.risk.ordinary) and item.text not in told]


def normalised(
    corpus: Corpus, documents: Mapping[str, Sequence[str]], normaliser: Normaliser
) -> tuple[list[Utterance], list[Utterance]]:
    """The examples and the documents, normalised."""
    examples = [replace(item, text=normaliser(item.text)) for item in utterances(corpus)]
    extra = [Utterance(normaliser(text), topic, "") for topic, texts in documents.items() for text in texts]
    return examples, [item for item in extra if item.topic != OUT_OF_SCOPE]


def fit_topics(examples: Sequence[Utterance], extra: Sequence[Utterance], terms: MakeTerms) -> LinearModel:
    """The topic and scope heads over these utterances and documents, all normalised."""
    both = [*examples, *extra]
    if all(item.topic != OUT_OF_SCOPE for item in both):  # a test's corpus, or an editor's first topics
        both.append(Utterance("", OUT_OF_SCOPE, ""))
    topics = [None if item.topic == OUT_OF_SCOPE else item.topic for item in both]
    sides = [OUTSIDE if topic is None else INSIDE for topic in topics]
    heads = {TOPICS: Target(topics), SCOPE: Target(sides, SCOPE_STRENGTH)}
    return fit_linear([terms(item.text) for item in both], heads, SCALE, RAREST if len(both) >= LARGE else None)


def calibrate(examples: Sequence[Utterance], extra: Sequence[Utterance], terms: MakeTerms) -> TopicSettings:
    """The settings under which confidence is right for writers who were not trained on."""
    writers = sorted({item.writer for item in examples})
    held = set(writers[::CALIBRATION_SHARE])
    kept = [item for item in examples if item.writer not in held]
    judged = [item for item in examples if item.writer in held]
    settings = TopicSettings()
    if not kept or not judged:
        return settings
    model = fit_topics(kept, extra, terms)
    told = [model.scores(terms(item.text)) for item in judged]
    column = {topic: place for place, topic in enumerate(model.heads[TOPICS])}
    known = [place for place, item in enumerate(judged) if item.topic in column]
    scores = np.stack([told[place][TOPICS] for place in known])
    settings = replace(settings, temperature=fit_temperature(scores, [column[judged[p].topic] for p in known]))
    sides = [item.topic != OUT_OF_SCOPE for item in judged]
    if len(set(sides)) == 1:
        return settings
    slope, offset = fit_sigmoid([scope_score(model, row, settings.fit) for row in told], sides)
    return replace(settings, slope=slope, offset=offset)


def _write_words(texts: Sequence[str], corpus: Corpus, folder: Path) -> None:
    """A dictionary of the words that occur in the corpus and of every common one."""
    full = Segmenter(words=corpus.lexicon.words)
    needed = {word for text in texts for word in full(text)}
    write_dictionary(folder / DICTIONARY, full.frequencies(), needed | set(corpus.lexicon.words))


def _write_signs(corpus: Corpus, folder: Path) -> None:
    """What serving needs of the corpus: keywords, lexicon, rules; no examples."""
    intents = {
        name: intent.model_copy(update={"examples": {}, "confusable_with": ()})
        for name, intent in corpus.intents.items()
        if intent.keywords
    }
    signs = Corpus(intents=intents, lexicon=corpus.lexicon, risk=corpus.risk.model_copy(update={"examples": ()}))
    (folder / SIGNS).write_text(signs.model_dump_json(by_alias=True), encoding="utf-8")
