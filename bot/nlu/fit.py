"""Trains linear models with scikit-learn. Import it only where something is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.nlu.linear import Floats, LinearModel, MakeTerms, softmax


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How a model is trained: ``scale`` weighs the blocks, ``strength`` is C of the support vector machine."""

    scale: tuple[float, ...] = (0.7, 1.0, 0.7)
    strength: float = 0.5
    balanced: bool = True


def fit_linear(texts: Sequence[str], labels: Sequence[str], terms: MakeTerms, options: FitOptions) -> LinearModel:
    """A one-against-the-rest linear SVM over the texts' TF-IDF terms."""
    rows = [terms(text) for text in texts]
    used = [place for place in range(len(options.scale)) if any(row[place] for row in rows)]
    vectorizers = {place: TfidfVectorizer(analyzer=_same, sublinear_tf=True, dtype=np.float32) for place in used}
    parts = [
        vectorizer.fit_transform([row[place] for row in rows]) * options.scale[place]
        for place, vectorizer in vectorizers.items()
    ]
    machine = LinearSVC(C=options.strength, class_weight="balanced" if options.balanced else None, random_state=0)
    machine.fit(sparse.hstack(parts, format="csr"), labels)
    return _export(machine, vectorizers, options.scale)


def _same(terms: list[str]) -> list[str]:
    return terms


def _export(machine: Any, vectorizers: dict[int, Any], scale: tuple[float, ...]) -> LinearModel:
    vocabularies: list[dict[str, int]] = []
    start = 0
    for place in range(len(scale)):
        known = vectorizers[place].vocabulary_ if place in vectorizers else {}
        names = sorted(known, key=known.__getitem__)
        vocabularies.append({name: start + place for place, name in enumerate(names)})
        start += len(names)
    weights, bias = machine.coef_.T, machine.intercept_
    if weights.shape[1] == 1:  # two classes: scikit-learn keeps the second's scores alone
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return LinearModel(
        tuple(map(str, machine.classes_)),
        tuple(vocabularies),
        np.concatenate([vectorizer.idf_ for vectorizer in vectorizers.values()]).astype(np.float32),
        np.ascontiguousarray(weights, dtype=np.float32),
        bias.astype(np.float32),
        scale,
    )


def fit_temperature(scores: NDArray[np.float32], labels: Sequence[int]) -> float:
    """The softmax temperature under which held-out scores are best calibrated (least log loss; Guo et al. 2017)."""
    candidates = np.geomspace(0.02, 2.0, 60)
    return float(min(candidates, key=lambda value: _log_loss(scores, labels, float(value))))


def _log_loss(scores: Floats, labels: Sequence[int], temperature: float) -> float:
    right = [softmax(row, temperature)[label] for row, label in zip(scores, labels, strict=True)]
    return float(-np.log(np.maximum(right, 1e-12)).mean())


def fit_sigmoid(scores: Sequence[float], truths: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset that turn a score into a probability (Platt 1999), classes weighed alike."""
    machine = LogisticRegression(C=1e6, class_weight="balanced")
    machine.fit(np.asarray(scores).reshape(-1, 1), np.asarray(truths))
    return float(machine.coef_[0, 0]), float(machine.intercept_[0])
