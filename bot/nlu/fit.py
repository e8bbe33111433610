"""Trains linear models with scikit-learn. Import it only where something is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.nlu.keys import Keys, blocks
from bot.nlu.linear import Floats, LinearModel

#: Heads that are fitted at the same time: each holds copies of the matrix in double precision, a gigabyte each for
#: disclosures, and none holds Python's lock.
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What one head learns: a label for each text (None where it is not for it), and C of its vector machine."""

    labels: Sequence[str | None]
    strength: float = 0.5


def fit_linear(
    rows: Sequence[Keys], heads: Mapping[str, Target], scale: tuple[float, ...], rarest: int = 1
) -> LinearModel:
    """One-against-the-rest linear SVMs over the same TF-IDF terms.

    ``scale`` weighs the blocks of terms; a term that stands in fewer than ``rarest`` rows is left out.
    """
    keys, counts = _counted(rows, rarest)
    weighing = TfidfTransformer(sublinear_tf=True, norm=None)
    block = blocks(keys)
    parts, idf = [], np.zeros(len(keys), dtype=np.float32)
    for place in np.unique(block):
        own = block == place
        part = counts[:, own]
        parts.append(normalize(weighing.fit_transform(part)) * scale[place])
        idf[own] = weighing.idf_
    matrix = sparse.hstack(parts, format="csr", dtype=np.float32)
    del counts, part, parts  # each as large as the matrix, and the heads need the room
    with ThreadPoolExecutor(AT_ONCE) as pool:
        fitted = dict(zip(heads, pool.map(partial(_fit_head, matrix), heads.values()), strict=True))
    return LinearModel(
        {name: head.classes for name, head in fitted.items()},
        keys,
        idf,
        np.ascontiguousarray(np.hstack([head.weights for head in fitted.values()]), dtype=np.float32),
        np.concatenate([head.bias for head in fitted.values()]).astype(np.float32),
        np.array(scale, dtype=np.float32),
    )


def _counted(rows: Sequence[Keys], rarest: int) -> tuple[Keys, Any]:
    """The terms that are not too rare, sorted, and how often each stands in each row."""
    single = [np.unique(row, return_counts=True) for row in rows]
    keys, found = np.unique(np.concatenate([row for row, _ in single]), return_inverse=True)
    ends = np.cumsum([0, *(len(row) for row, _ in single)])
    counts = sparse.csr_matrix(
        (np.concatenate([times for _, times in single]).astype(np.float32), found, ends), shape=(len(rows), len(keys))
    )
    kept = np.flatnonzero(np.bincount(found, minlength=len(keys)) >= rarest)
    return keys[kept], counts[:, kept]


@dataclass(frozen=True, slots=True)
class _Head:
    classes: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]


def _fit_head(matrix: Any, target: Target) -> _Head:
    chosen = [place for place, label in enumerate(target.labels) if label is not None]
    machine = LinearSVC(C=target.strength, class_weight="balanced", random_state=0)
    machine.fit(matrix[chosen], [target.labels[place] for place in chosen])
    weights, bias = machine.coef_.T, machine.intercept_
    if weights.shape[1] == 1:  # two classes: scikit-learn keeps the second's scores alone
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return _Head(tuple(map(str, machine.classes_)), weights, bias)


def fit_temperature(scores: NDArray[np.float32], labels: Sequence[int]) -> float:
    """The softmax temperature under which held-out scores are best calibrated (least log loss; Guo et al. 2017)."""
    candidates = np.geomspace(0.02, 2.0, 60)
    return float(min(candidates, key=lambda value: _log_loss(scores, labels, float(value))))


def _log_loss(scores: Floats, labels: Sequence[int], temperature: float) -> float:
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    right = powers[np.arange(len(labels)), labels] / powers.sum(axis=1)
    return float(-np.log(np.maximum(right, 1e-12)).mean())


def fit_sigmoid(scores: Sequence[float], truths: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset that turn a score into a probability (Platt 1999), classes weighed alike."""
    machine = LogisticRegression(C=1e6, class_weight="balanced")
    machine.fit(np.asarray(scores).reshape(-1, 1), np.asarray(truths))
    return float(machine.coef_[0, 0]), float(machine.intercept_[0])
