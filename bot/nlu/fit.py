"""Trains linear models with scikit-learn. Import it only where something is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.nlu.keys import Keys, Places, blocks
from bot.nlu.linear import Floats, LinearModel

#: Where liblinear stops. A tenth or a hundredth of it gives the same decisions in up to twice the time.
TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Target:
    """What one head learns: a label for each text (None where it is not for it), and C of its vector machine."""

    labels: Sequence[str | None]
    strength: float = 0.5


def fit_linear(
    rows: Sequence[Keys],
    heads: Mapping[str, Target],
    scale: tuple[float, ...],
    rarest: tuple[int, ...] | None = None,
    *,
    favour: float = 0.0,
) -> LinearModel:
    """One-against-the-rest linear SVMs over the same TF-IDF terms.

    ``scale`` weighs the blocks of terms; a term that occurs fewer than ``rarest`` times of its block is left out.
    ``favour`` is the power of its IDF by which the weight of a rare term may be greater at the same cost: a common
    term gets a weight from a few examples too easily. It is a ridge penalty of its own for each term.
    """
    keys = _known(rows, rarest or (1,) * len(scale))
    matrix, idf = _weighed(_counted(rows, keys), blocks(keys), scale)
    freedom = idf**favour
    freedom /= freedom.mean()
    matrix.data *= freedom[matrix.indices]  # in place; serving multiplies the weights by it instead
    # One head after the other: each needs four times the room of the matrix, and liblinear's random numbers are one
    # sequence for all threads, so that only thus the same examples give the same model.
    fitted = {name: _fit_head(matrix, target) for name, target in heads.items()}
    return LinearModel(
        {name: head.classes for name, head in fitted.items()},
        keys,
        idf,
        np.ascontiguousarray(
            np.hstack([head.weights for head in fitted.values()]) * freedom[:, np.newaxis], dtype=np.float32
        ),
        np.concatenate([head.bias for head in fitted.values()]).astype(np.float32),
        np.array(scale, dtype=np.float32),
    )


def _known(rows: Sequence[Keys], rarest: tuple[int, ...]) -> Keys:
    """The terms that are not too rare, sorted."""
    every = np.concatenate(rows)
    every.sort()  # in place: a corpus has tens of millions
    starts = np.flatnonzero(np.concatenate(([True], every[1:] != every[:-1])))
    keys, times = every[starts], np.diff(starts, append=len(every))
    return keys[times >= np.array(rarest)[blocks(keys)]]


def _counted(rows: Sequence[Keys], keys: Keys) -> Any:
    """How often each term stands in each row, as a sparse matrix."""
    columns, counts, ends = [], [], [0]
    for row in rows:
        found = np.minimum(np.searchsorted(keys, row), len(keys) - 1)
        places, times = np.unique(found[keys[found] == row], return_counts=True)
        columns.append(places.astype(np.int32))
        counts.append(times.astype(np.float32))
        ends.append(ends[-1] + len(places))
    return sparse.csr_matrix((np.concatenate(counts), np.concatenate(columns), ends), shape=(len(rows), len(keys)))


def _weighed(counts: Any, block: Places, scale: tuple[float, ...]) -> tuple[Any, Floats]:
    """The TF-IDF values, each block of a row of the length that ``scale`` says, and the IDF of each term."""
    weighing = TfidfTransformer(sublinear_tf=True, norm=None)
    parts, idf = [], np.zeros(len(block), dtype=np.float32)
    for place in np.unique(block):
        own = block == place
        parts.append(normalize(weighing.fit_transform(counts[:, own])) * scale[place])
        idf[own] = weighing.idf_
    return sparse.hstack(parts, format="csr", dtype=np.float32), idf


@dataclass(frozen=True, slots=True)
class _Head:
    classes: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]


def _fit_head(matrix: Any, target: Target) -> _Head:
    chosen = [place for place, label in enumerate(target.labels) if label is not None]
    machine = LinearSVC(C=target.strength, tol=TOLERANCE, class_weight="balanced", random_state=0)
    # In the precision in which liblinear reckons: it would make a second copy of any other.
    machine.fit(matrix[chosen].astype(np.float64), [target.labels[place] for place in chosen])
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
