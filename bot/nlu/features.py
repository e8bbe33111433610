"""Turns a message into the terms that the linear models weigh: characters, pairs of characters, words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np

from bot.core.intent_types import Lexicon
from bot.nlu.keys import Hashes, Keys, Runs, hashed, tagged


class Segment(Protocol):
    """Cuts normalised text into words."""

    def places(self, text: str) -> list[tuple[int, str]]:
        """The words, in order, with the place at which each begins."""
        ...


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Which blocks of terms are made; each can be switched off to measure what it gives."""

    characters: bool = True
    character_pairs: bool = True
    words: bool = True
    synonyms: bool = True


class Pieces(NamedTuple):
    """The terms of a text as ``keys``, and what they were made of: its characters between two marks, its words."""

    keys: Keys
    padded: Runs
    words: Hashes


#: The numbers of the blocks.
CHARACTERS, PAIRS, WORDS = 0, 1, 2
_NO_HASHES = np.empty(0, dtype=np.uint64)


class Terms:
    """Makes the terms of normalised text as keys, in blocks that are weighed apart; repeats stay.

    The same instance serves training and answering.
    """

    def __init__(self, segment: Segment, lexicon: Lexicon, use: FeatureSet | None = None) -> None:
        self._segment = segment
        self._use = use or FeatureSet()
        listed = lexicon.synonyms if self._use.synonyms else {}
        self._standard = {other: f"={standard}" for standard, others in listed.items() for other in others}
        names = sorted(set(self._standard.values()))
        self._hashes = dict(zip(names, hashed(names), strict=True))
        # The risk model and the topic model ask for the same message one after the other.
        self._last = lru_cache(maxsize=2)(self._pieces)

    def __call__(self, text: str) -> Keys:
        """The keys of all terms of a text: characters, their pairs, words; a block switched off is empty."""
        return self._last(text).keys

    def pieces(self, text: str) -> Pieces:
        """The same, with what it was made of."""
        return self._last(text)

    def names(self, text: str) -> dict[int, str]:
        """The terms of a text, to be shown, by their keys."""
        padded, words = _padded(text), [word for _, word in self._segment.places(text)]
        terms = list(padded[1:-1]) if self._use.characters else []
        if self._use.character_pairs:
            terms += [one + two for one, two in pairwise(padded)]
        if self._use.words:
            terms += [*words, *self._synonyms(words)]
        return dict(zip(map(int, self(text)), terms, strict=True))

    def _pieces(self, text: str) -> Pieces:
        padded, words, parts = Runs(_padded(text)), _NO_HASHES, dict[int, Hashes]()
        if self._use.characters:
            parts[CHARACTERS] = padded.of_length(1)[1:-1]
        if self._use.character_pairs:
            parts[PAIRS] = padded.of_length(2)
        if self._use.words:
            placed = self._segment.places(text)
            words = _word_hashes(text, placed)
            standard = [self._hashes[name] for name in self._synonyms(word for _, word in placed)]
            parts[WORDS] = np.concatenate((words, np.array(standard, dtype=np.uint64))) if standard else words
        return Pieces(tagged(parts) if parts else _NO_HASHES, padded, words)

    def _synonyms(self, words: Iterable[str]) -> list[str]:
        return [self._standard[word] for word in words if word in self._standard]


def _padded(text: str) -> str:
    return f"^{''.join(char for char in text if char.isalnum())}$"


def _word_hashes(text: str, placed: list[tuple[int, str]]) -> Hashes:
    starts = np.array([place for place, _ in placed], dtype=np.intp)
    lengths = np.array([len(word) for _, word in placed], dtype=np.intp)
    return Runs(text).between(starts, starts + lengths)
