"""Trains the disclosure detector's models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat

from bot.core.intent_types import RiskExample
from bot.core.risk import RiskKind, RiskLevel
from bot.nlu.fit import Target, fit_linear
from bot.nlu.keys import Keys
from bot.nlu.linear import LinearModel, MakeTerms
from bot.nlu.risk.weigh import ALARM, ALL, CALM, CONCERN, GRAVE, SCALE, URGENT, kind_head

STRENGTH = 0.4
#: A term of each block counts from this many occurrences on, in a corpus of at least so many texts. Most terms are
#: pairs of words, and hardly any rare one tells anything.
RAREST, LARGE = (4, 4, 4, 4, 4, 8, 4, 4), 1_000
#: The power of its IDF by which a rare term may weigh more. The corpus has many writers, who share the common words of
#: harm and of everyday life alike; what is rare tells more surely which of the two it is.
FAVOUR = 1.5
#: Everyday questions that a model of the risk examples alone, which never saw them, scores above this may be reports.
DOUBTFUL = 0.3
#: One example in so many is taught once more in harmless company, and one report in so many that is shorter than this:
#: a child tells of its day and, in between, of what happened, and the few words of a short report must not drown.
ONE_IN, ONE_SHORT_IN, SHORT = 6, 2, 25
#: One harmless text in so many begins a talk of two to four of them.
ONE_TALK_IN, FAR = 5, 997
ALARMING = (RiskLevel.DISCLOSURE, RiskLevel.URGENT)


@dataclass(frozen=True, slots=True)
class RiskCorpus:
    """``talks``: the turns of each example, joined and normalised; ``ordinary``: everyday questions, normalised."""

    examples: Sequence[RiskExample]
    talks: Sequence[str]
    ordinary: Sequence[str]


def train_risk(corpus: RiskCorpus, terms: MakeTerms) -> LinearModel | None:
    """The model with its heads; None where the corpus lacks a level or has no ordinary questions."""
    if len({item.level for item in corpus.examples}) < len(RiskLevel) or not corpus.ordinary:
        return None
    rows = [terms(text) for text in corpus.talks]
    everyday = _plainly_everyday(corpus, rows, [terms(text) for text in corpus.ordinary])
    taught = _in_company(corpus)
    rows += [terms(text) for text in taught.talks[len(rows) :]]
    everyday += [terms(text) for text in _harmless_talks(corpus)]
    heads = {name: _target(taught, label, len(everyday)) for name, label in _heads().items()}
    return _fit([*rows, *everyday], heads)


def _in_company(corpus: RiskCorpus) -> RiskCorpus:
    """The corpus, and some of its examples once more with unrelated harmless texts before them, after them or both."""
    company = [*corpus.ordinary, *(talk for talk in _calm(corpus) if len(talk) < SHORT)]
    again: list[RiskExample] = []
    talks: list[str] = []
    for place, (item, talk) in enumerate(zip(corpus.examples, corpus.talks, strict=True)):
        short = item.level in ALARMING and len(talk) < SHORT
        if place % (ONE_SHORT_IN if short else ONE_IN) == 0:
            first, last = (company[len(talks) * step % len(company)] for step in (7, 13))
            again.append(item)
            talks.append("。".join(((first, talk), (talk, last), (first, talk, last))[len(talks) % 3]))
    return replace(corpus, examples=[*corpus.examples, *again], talks=[*corpus.talks, *talks])


def _calm(corpus: RiskCorpus) -> list[str]:
    return [talk for item, talk in zip(corpus.examples, corpus.talks, strict=True) if item.level is RiskLevel.NONE]


def _harmless_talks(corpus: RiskCorpus) -> Iterator[str]:
    """What is harmless turn by turn, one after the other: a talk must not alarm because it goes on.

    Neighbours are of one topic or of one writer; ``FAR`` apart they have nothing in common.
    """
    for told in (corpus.ordinary, _calm(corpus)):
        for place in range(0, len(told) - 2 * FAR, ONE_TALK_IN):
            step = FAR if place % 2 else 3
            yield "。".join(told[place : place + step * (2 + place % 3) : step])


Label = Callable[[RiskExample | None], str | None]


def _heads() -> dict[str, Label]:
    """What each head learns of an example; of None, an everyday question."""
    kinds = {kind_head(kind): _of_kind(kind) for kind in RiskKind}
    return {ALL: _report, URGENT: _urgent, GRAVE: _grave, CONCERN: _concern, **kinds}


def _report(item: RiskExample | None) -> str | None:
    if item is None or item.level is RiskLevel.NONE:
        return CALM
    return ALARM if item.level in ALARMING else None  # a concern is neither


def _urgent(item: RiskExample | None) -> str | None:
    if item is None or item.level not in ALARMING:
        return None
    return ALARM if item.level is RiskLevel.URGENT else CALM


def _grave(item: RiskExample | None) -> str | None:
    if item is None or item.level is RiskLevel.NONE:
        return None
    return ALARM if item.level in ALARMING else CALM


def _concern(item: RiskExample | None) -> str | None:
    if item and item.level in ALARMING:
        return None
    return ALARM if item and item.level is RiskLevel.CONCERN else CALM


def _of_kind(kind: RiskKind) -> Label:
    def label(item: RiskExample | None) -> str | None:
        report = _report(item)
        return report if report is CALM or (item and item.kind is kind) else None

    return label


def _target(corpus: RiskCorpus, label: Label, everyday: int) -> Target:
    items: chain[RiskExample | None] = chain(corpus.examples, repeat(None, everyday))
    return Target([label(item) for item in items], STRENGTH)


def _fit(rows: Sequence[Keys], heads: dict[str, Target]) -> LinearModel:
    known = {name: target for name, target in heads.items() if len({*target.labels} - {None}) > 1}
    return fit_linear(rows, known, SCALE, RAREST if len(rows) >= LARGE else None, favour=FAVOUR)


def _plainly_everyday(corpus: RiskCorpus, rows: list[Keys], ordinary: list[Keys]) -> list[Keys]:
    """Topics' examples are written as questions, and some of them are reports all the same."""
    judge = _fit(rows, {ALL: _target(corpus, _report, 0)})
    alarm = judge.heads[ALL].index(ALARM)
    return [terms for terms in ordinary if judge.scores(terms)[ALL][alarm] < DOUBTFUL]
