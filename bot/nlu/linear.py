"""Serves a linear model over TF-IDF terms with NumPy alone: importing scikit-learn costs seconds.

The arithmetic is scikit-learn's (``TfidfVectorizer(sublinear_tf=True, norm="l2")`` for each block, then
``decision_function``); a test holds both to the same scores.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
MakeTerms = Callable[[str], tuple[list[str], ...]]


@dataclass(frozen=True)
class LinearModel:
    """Weights of one model.

    ``vocabularies[b]`` maps a term of block b to its row; ``idf`` and ``weights`` have one row a term
    (all blocks together), ``weights`` one column a class; ``scale[b]`` weighs the blocks.
    """

    classes: tuple[str, ...]
    vocabularies: tuple[dict[str, int], ...]
    idf: Floats
    weights: Floats
    bias: Floats
    scale: tuple[float, ...]

    def vector(self, blocks: Sequence[Sequence[str]]) -> tuple[NDArray[np.intp], Floats]:
        """The rows and TF-IDF values of a text's terms, each block of length ``scale``."""
        rows: list[int] = []
        values: list[float] = []
        for vocabulary, terms, scale in zip(self.vocabularies, blocks, self.scale, strict=True):
            counts = Counter([vocabulary[term] for term in terms if term in vocabulary])
            if not counts:
                continue
            block_rows = list(counts)
            block = (1.0 + np.log(np.fromiter(counts.values(), float, len(counts)))) * self.idf[block_rows]
            rows += block_rows
            values += list(block * (scale / np.sqrt(block @ block)))
        return np.asarray(rows, dtype=np.intp), np.asarray(values, dtype=np.float32)

    def scores(self, blocks: Sequence[Sequence[str]]) -> Floats:
        """The decision value of each class."""
        rows, values = self.vector(blocks)
        if not len(rows):
            return self.bias.copy()
        scores: Floats = values @ self.weights[rows] + self.bias
        return scores

    def evidence(self, blocks: Sequence[Sequence[str]], name: str) -> list[tuple[str, float]]:
        """Each known term of a text and what it adds to a class, greatest first."""
        rows, values = self.vector(blocks)
        column = self.classes.index(name)
        terms = {row: term for vocabulary in self.vocabularies for term, row in vocabulary.items()}
        told = [
            (terms[int(row)], float(value * self.weights[row, column])) for row, value in zip(rows, values, strict=True)
        ]
        return sorted(told, key=lambda item: -item[1])

    def save(self, folder: Path, name: str) -> None:
        """Writes the model as arrays and one JSON file."""
        np.savez(folder / f"{name}.npz", idf=self.idf, bias=self.bias)
        np.save(folder / f"{name}.weights.npy", self.weights)
        meta = {"classes": self.classes, "scale": self.scale, "vocabularies": [list(v) for v in self.vocabularies]}
        (folder / f"{name}.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> LinearModel:
        """Reads what ``save`` wrote; the weights stay on disk and are mapped. Raises OSError, ValueError."""
        meta = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        vocabularies, start = [], 0
        for terms in meta["vocabularies"]:
            vocabularies.append(dict(zip(terms, range(start, start + len(terms)), strict=True)))
            start += len(terms)
        weights = np.load(folder / f"{name}.weights.npy", mmap_mode="r")
        with np.load(folder / f"{name}.npz") as arrays:
            idf, bias = arrays["idf"], arrays["bias"]
        return cls(tuple(meta["classes"]), tuple(vocabularies), idf, weights, bias, tuple(meta["scale"]))


def softmax(scores: Floats, temperature: float) -> Floats:
    """Probabilities from decision values, sharpened or softened by a temperature."""
    powers = np.exp((scores - scores.max()) / temperature)
    shares: Floats = powers / powers.sum()
    return shares
