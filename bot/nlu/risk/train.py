"""Trains the disclosure detector's models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.intent_types import RiskExample
from bot.core.risk import RiskLevel
from bot.nlu.fit import Target, fit_linear
from bot.nlu.linear import LinearModel, MakeTerms
from bot.nlu.risk.weigh import ALARM, CALM, EVERYDAY, HARD, KINDS, LEVELS, SCALE

STRENGTH = 0.5
ALARMING = (RiskLevel.DISCLOSURE, RiskLevel.URGENT)


@dataclass(frozen=True, slots=True)
class RiskCorpus:
    """``talks``: the turns of each example, joined and normalised; ``ordinary``: everyday questions, normalised."""

    examples: Sequence[RiskExample]
    talks: Sequence[str]
    ordinary: Sequence[str]


def train_risk(corpus: RiskCorpus, terms: MakeTerms) -> LinearModel | None:
    """The model with its four heads; None where the corpus lacks a level or has no ordinary questions."""
    levels = [item.level for item in corpus.examples]
    if len(set(levels)) < len(RiskLevel) or not corpus.ordinary:
        return None
    rest: list[str | None] = [None] * len(corpus.ordinary)
    reports = [ALARM if level in ALARMING else None for level in levels]
    heads = {
        HARD: Target([*(report or CALM for report in reports), *rest], STRENGTH),
        EVERYDAY: Target([*reports, *[CALM] * len(rest)], STRENGTH),
        LEVELS: Target([*map(str, levels), *rest], STRENGTH),
        KINDS: Target([*(str(item.kind) if item.kind else None for item in corpus.examples), *rest], STRENGTH),
    }
    return fit_linear([terms(text) for text in (*corpus.talks, *corpus.ordinary)], heads, SCALE)
