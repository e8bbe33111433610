"""Serves linear models over TF-IDF terms with NumPy alone: importing scikit-learn costs seconds.

The arithmetic is scikit-learn's (``TfidfVectorizer(sublinear_tf=True, norm="l2")`` for each block, then
``decision_function``); a test holds both to the same scores.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Blocks = tuple[list[str], ...]
MakeTerms = Callable[[str], Blocks]
#: The row of a term that the model does not have.
_UNKNOWN = repeat(-1)
#: Decision values of each head, one for each of its classes.
Scores = Mapping[str, Floats]


@dataclass(frozen=True)
class LinearModel:
    """Several linear classifiers ("heads") over the same terms, so that a message is turned into numbers once.

    ``vocabularies[b]`` maps a term of block b to its row; ``idf`` and ``weights`` have one row a term
    (all blocks together); ``weights`` and ``bias`` have one column a class, the heads' classes side by side;
    ``scale[b]`` weighs the blocks.
    """

    heads: Mapping[str, tuple[str, ...]]
    vocabularies: tuple[dict[str, int], ...]
    idf: Floats
    weights: Floats
    bias: Floats
    scale: tuple[float, ...]

    def vector(self, blocks: Blocks) -> tuple[NDArray[np.intp], Floats]:
        """The rows and TF-IDF values of a text's terms, each block of length ``scale``."""
        rows: list[int] = []
        counts: list[int] = []
        starts: list[int] = []
        scales: list[float] = []
        for vocabulary, terms, scale in zip(self.vocabularies, blocks, self.scale, strict=True):
            found = Counter(map(vocabulary.get, terms, _UNKNOWN))
            found.pop(-1, None)
            if found:
                starts.append(len(rows))
                scales.append(scale)
                rows += found
                counts += found.values()
        places = np.asarray(rows, dtype=np.intp)
        if not rows:
            return places, np.empty(0, np.float32)
        # All blocks in one pass: a message has few terms, and each call of NumPy costs more than its arithmetic.
        values = (1.0 + np.log(counts)) * self.idf[places]
        lengths = np.asarray(scales) / np.sqrt(np.add.reduceat(values * values, starts))
        return places, (values * lengths.repeat(np.diff([*starts, len(rows)]))).astype(np.float32)

    def scores(self, blocks: Blocks) -> dict[str, Floats]:
        """The decision values of every head."""
        rows, values = self.vector(blocks)
        flat: Floats = values @ self.weights[rows] + self.bias
        told, start = {}, 0
        for name, classes in self.heads.items():
            told[name] = flat[start : start + len(classes)]
            start += len(classes)
        return told

    def evidence(self, blocks: Blocks, head: str, name: str) -> list[tuple[str, float]]:
        """Each known term of a text and what it adds to a class, greatest first."""
        rows, values = self.vector(blocks)
        before = list(self.heads)[: list(self.heads).index(head)]
        column = sum(len(self.heads[other]) for other in before) + self.heads[head].index(name)
        terms = {row: term for vocabulary in self.vocabularies for term, row in vocabulary.items()}
        pairs = zip(rows, values, strict=True)
        told = [(terms[int(row)], float(value * self.weights[row, column])) for row, value in pairs]
        return sorted(told, key=lambda item: -item[1])

    def save(self, folder: Path, name: str) -> None:
        """Writes the model as arrays and one JSON file."""
        np.savez(folder / f"{name}.npz", idf=self.idf, bias=self.bias)
        np.save(folder / f"{name}.weights.npy", self.weights)
        meta = {"heads": self.heads, "scale": self.scale, "vocabularies": [list(v) for v in self.vocabularies]}
        (folder / f"{name}.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> LinearModel:
        """Reads what ``save`` wrote; the weights stay on disk and are mapped. Raises OSError, ValueError."""
        meta = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        # A plain view of the mapped file: indexing the memmap class itself costs more than the arithmetic.
        weights = np.asarray(np.load(folder / f"{name}.weights.npy", mmap_mode="r"))
        with np.load(folder / f"{name}.npz") as arrays:
            idf, bias = arrays["idf"], arrays["bias"]
        heads = {head: tuple(classes) for head, classes in meta["heads"].items()}
        return cls(heads, numbered(meta["vocabularies"]), idf, weights, bias, tuple(meta["scale"]))


def numbered(vocabularies: Sequence[Sequence[str]]) -> tuple[dict[str, int], ...]:
    """Each block's terms with their rows, the blocks one after the other."""
    found, start = [], 0
    for terms in vocabularies:
        found.append(dict(zip(terms, range(start, start + len(terms)), strict=True)))
        start += len(terms)
    return tuple(found)


def softmax(scores: Floats, temperature: float) -> Floats:
    """Probabilities from decision values, sharpened or softened by a temperature."""
    powers = np.exp((scores - scores.max()) / temperature)
    shares: Floats = powers / powers.sum()
    return shares
