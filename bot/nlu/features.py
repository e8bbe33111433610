"""Turns a message into the terms that the linear models weigh: character n-grams, words, synonyms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from bot.core.intent_types import Lexicon


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Which terms are made; each part can be switched off to measure what it gives."""

    chars: tuple[int, int] = (1, 3)
    words: bool = True
    word_pairs: bool = True
    synonyms: bool = True


class Terms:
    """Makes the terms of normalised text, in blocks that are weighed apart: characters, words.

    The same instance serves training and answering.
    """

    def __init__(self, segment: Callable[[str], list[str]], lexicon: Lexicon, use: FeatureSet | None = None) -> None:
        self._segment = segment
        self._use = use or FeatureSet()
        self._standard = {other: standard for standard, others in lexicon.synonyms.items() for other in others}

    def __call__(self, text: str) -> tuple[list[str], ...]:
        """The terms of a text, repeats included: one list a block."""
        blocks = [self._characters(text)]
        if self._use.words:
            blocks.append(self._words(self._segment(text)))
        return tuple(blocks)

    def _characters(self, text: str) -> list[str]:
        plain = "".join(char for char in text if char.isalnum())
        padded = f"^{plain}$"
        shortest, longest = self._use.chars
        terms = list(plain) if shortest == 1 else []
        for size in range(max(shortest, 2), longest + 1):
            terms += [padded[start : start + size] for start in range(len(padded) - size + 1)]
        return terms

    def _words(self, words: list[str]) -> list[str]:
        folded = [self._standard.get(word, word) for word in words] if self._use.synonyms else words
        terms = list(words)
        if self._use.synonyms:
            terms += [f"={new}" for new, old in zip(folded, words, strict=True) if new != old]
        if self._use.word_pairs:
            terms += [f"{one}+{two}" for one, two in pairwise(folded)]
        return terms
