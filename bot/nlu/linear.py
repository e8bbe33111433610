"""Serves linear models over TF-IDF terms with NumPy alone: importing scikit-learn costs seconds.

The arithmetic is scikit-learn's (``TfidfVectorizer(sublinear_tf=True, norm="l2")`` for each block, then
``decision_function``); a test holds both to the same scores.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.keys import Keys, Places, blocks

Floats = NDArray[np.float32]
MakeTerms = Callable[[str], Keys]
_FIRST = np.zeros(1, dtype=np.intp)
#: Decision values of each head, one for each of its classes.
Scores = Mapping[str, Floats]


@dataclass(frozen=True)
class LinearModel:
    """Several linear classifiers ("heads") over the same terms, so that a message is turned into numbers once.

    ``keys`` are the terms, sorted: block after block; ``idf`` and ``weights`` have one row a term;
    ``weights`` and ``bias`` have one column a class, the heads' classes side by side; ``scale[b]`` weighs the blocks.
    """

    heads: Mapping[str, tuple[str, ...]]
    keys: Keys
    idf: Floats
    weights: Floats
    bias: Floats
    scale: Floats

    def vector(self, terms: Keys) -> tuple[Places, Floats]:
        """The rows and TF-IDF values of a text's terms, each block of length ``scale``."""
        # All terms in one pass: a message has few, and each call of NumPy costs more than its arithmetic.
        ordered = np.sort(terms)
        rows = np.minimum(np.searchsorted(self.keys, ordered), len(self.keys) - 1)
        rows = rows[self.keys[rows] == ordered]
        if not len(rows):
            return rows, np.empty(0, np.float32)
        starts = np.concatenate((_FIRST, np.flatnonzero(rows[1:] != rows[:-1]) + 1, (len(rows),)))
        rows = rows[starts[:-1]]
        values = (1.0 + np.log(starts[1:] - starts[:-1])) * self.idf[rows]
        block = blocks(self.keys[rows])
        squares = np.bincount(block, values * values, len(self.scale))
        return rows, (values * (self.scale[block] / np.sqrt(squares[block]))).astype(np.float32)

    def scores(self, terms: Keys) -> dict[str, Floats]:
        """The decision values of every head."""
        rows, values = self.vector(terms)
        flat: Floats = values @ self.weights[rows] + self.bias
        told, start = {}, 0
        for name, classes in self.heads.items():
            told[name] = flat[start : start + len(classes)]
            start += len(classes)
        return told

    def evidence(self, terms: Keys, head: str, name: str) -> list[tuple[int, float]]:
        """The key of each known term of a text and what it adds to a class, greatest first."""
        rows, values = self.vector(terms)
        before = list(self.heads)[: list(self.heads).index(head)]
        column = sum(len(self.heads[other]) for other in before) + self.heads[head].index(name)
        pairs = zip(rows, values, strict=True)
        told = [(int(self.keys[row]), float(value * self.weights[row, column])) for row, value in pairs]
        return sorted(told, key=lambda item: -item[1])

    def save(self, folder: Path, name: str) -> None:
        """Writes the model as arrays and one JSON file."""
        np.savez(folder / f"{name}.npz", keys=self.keys, idf=self.idf, bias=self.bias, scale=self.scale)
        np.save(folder / f"{name}.weights.npy", self.weights)
        (folder / f"{name}.json").write_text(json.dumps(self.heads, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> LinearModel:
        """Reads what ``save`` wrote; the weights stay on disk and are mapped. Raises OSError, ValueError."""
        heads = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        # A plain view of the mapped file: indexing the memmap class itself costs more than the arithmetic.
        weights = np.asarray(np.load(folder / f"{name}.weights.npy", mmap_mode="r"))
        with np.load(folder / f"{name}.npz") as arrays:
            keys, idf, bias, scale = (arrays[part] for part in ("keys", "idf", "bias", "scale"))
        return cls({head: tuple(classes) for head, classes in heads.items()}, keys, idf, weights, bias, scale)


def softmax(scores: Floats, temperature: float) -> Floats:
    """Probabilities from decision values, sharpened or softened by a temperature."""
    powers = np.exp((scores - scores.max()) / temperature)
    shares: Floats = powers / powers.sum()
    return shares
