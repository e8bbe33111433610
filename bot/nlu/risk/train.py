"""Trains the disclosure detector's models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.intent_types import RiskExample
from bot.core.risk import RiskLevel
from bot.nlu.fit import FitOptions, fit_linear
from bot.nlu.linear import MakeTerms
from bot.nlu.risk.weigh import ALARM, CALM, RiskModels

OPTIONS = FitOptions(scale=(0.7, 1.0, 0.7, 0.5), strength=0.2)
ALARMING = (RiskLevel.DISCLOSURE, RiskLevel.URGENT)


@dataclass(frozen=True, slots=True)
class RiskCorpus:
    """``talks``: the turns of each example, joined and normalised; ``ordinary``: everyday questions, normalised."""

    examples: Sequence[RiskExample]
    talks: Sequence[str]
    ordinary: Sequence[str]


def train_risk(corpus: RiskCorpus, terms: MakeTerms) -> RiskModels | None:
    """The models; None where the corpus does not have every level or no ordinary questions."""
    levels = [item.level for item in corpus.examples]
    if len(set(levels)) < len(RiskLevel) or not corpus.ordinary:
        return None
    pairs = list(zip(corpus.talks, corpus.examples, strict=True))
    reports = [text for text, item in pairs if item.level in ALARMING]
    sides = [ALARM if level in ALARMING else CALM for level in levels]
    against = [ALARM] * len(reports) + [CALM] * len(corpus.ordinary)
    kinds = [(text, str(item.kind)) for text, item in pairs if item.kind]
    return RiskModels(
        alarm=fit_linear(corpus.talks, sides, terms, OPTIONS),
        ordinary=fit_linear([*reports, *corpus.ordinary], against, terms, OPTIONS),
        levels=fit_linear(corpus.talks, [str(level) for level in levels], terms, OPTIONS),
        kinds=fit_linear([text for text, _ in kinds], [kind for _, kind in kinds], terms, OPTIONS),
    )


def save_risk(models: RiskModels, folder: Path) -> None:
    """Writes the models beside the topic models."""
    for name in RiskModels.__dataclass_fields__:
        getattr(models, name).save(folder, f"risk-{name}")
