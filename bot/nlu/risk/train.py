"""Trains the disclosure detector's models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.core.intent_types import RiskContent
from bot.core.risk import RiskLevel
from bot.nlu.fit import FitOptions, fit_linear
from bot.nlu.linear import MakeTerms
from bot.nlu.risk.detector import RiskThresholds


def train_risk(content: RiskContent, talks: Sequence[str], terms: MakeTerms, folder: Path) -> RiskThresholds | None:
    """Trains and saves both models; None where the corpus does not have every level.

    ``talks``: the examples' turns, joined and normalised, in the order of ``content.examples``.
    """
    levels = [str(item.level) for item in content.examples]
    if len(set(levels)) < len(RiskLevel):
        return None
    fit_linear(talks, levels, terms, FitOptions()).save(folder, "levels")
    risky = [(text, str(item.kind)) for text, item in zip(talks, content.examples, strict=True) if item.kind]
    fit_linear([text for text, _ in risky], [kind for _, kind in risky], terms, FitOptions()).save(folder, "kinds")
    return RiskThresholds()
