"""Trains linear models with scikit-learn. Import it only where something is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.nlu.linear import Floats, LinearModel, MakeTerms, softmax


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How a model is trained: ``min_counts`` and ``scale`` by block, C of the support vector machine."""

    min_counts: tuple[int, ...] = (2, 2)
    scale: tuple[float, ...] = (1.0, 1.0)
    strength: float = 0.5
    balanced: bool = True


def fit_linear(texts: Sequence[str], labels: Sequence[str], terms: MakeTerms, options: FitOptions) -> LinearModel:
    """A one-against-the-rest linear SVM over the texts' TF-IDF terms."""
    blocks = [terms(text) for text in texts]
    vectorizers = [
        TfidfVectorizer(analyzer=_same, sublinear_tf=True, min_df=least, dtype=np.float32)
        for least in options.min_counts
    ]
    parts = [
        vectorizer.fit_transform([row[place] for row in blocks]) * options.scale[place]
        for place, vectorizer in enumerate(vectorizers)
    ]
    machine = LinearSVC(C=options.strength, class_weight="balanced" if options.balanced else None, random_state=0)
    machine.fit(sparse.hstack(parts, format="csr"), labels)
    return _export(machine, vectorizers, options.scale)


def _same(terms: list[str]) -> list[str]:
    return terms


def _export(machine: Any, vectorizers: list[Any], scale: tuple[float, ...]) -> LinearModel:
    vocabularies, start = [], 0
    for vectorizer in vectorizers:
        names = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
        vocabularies.append({name: start + place for place, name in enumerate(names)})
        start += len(names)
    weights, bias = machine.coef_.T, machine.intercept_
    if weights.shape[1] == 1:  # two classes: scikit-learn keeps the second's scores alone
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return LinearModel(
        tuple(map(str, machine.classes_)),
        tuple(vocabularies),
        np.concatenate([vectorizer.idf_ for vectorizer in vectorizers]).astype(np.float32),
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
