"""Turns a message into the terms that the linear models weigh: characters, pairs of characters, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.core.intent_types import Lexicon


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Which blocks of terms are made; each can be switched off to measure what it gives."""

    characters: bool = True
    character_pairs: bool = True
    words: bool = True
    synonyms: bool = True


class Terms:
    """Makes the terms of normalised text, in blocks that are weighed apart.

    The same instance serves training and answering.
    """

    def __init__(self, segment: Callable[[str], list[str]], lexicon: Lexicon, use: FeatureSet | None = None) -> None:
        self._segment = segment
        self._use = use or FeatureSet()
        self._standard = {other: standard for standard, others in lexicon.synonyms.items() for other in others}
        # The risk model and the topic model ask for the same message one after the other.
        self._last = lru_cache(maxsize=2)(self._blocks)

    def __call__(self, text: str) -> tuple[list[str], ...]:
        """The terms of a text, repeats included: characters, their pairs, words; a block switched off is empty."""
        return self._last(text)

    def _blocks(self, text: str) -> tuple[list[str], ...]:
        plain = "".join(char for char in text if char.isalnum())
        padded = f"^{plain}$"
        return (
            list(plain) if self._use.characters else [],
            [one + two for one, two in pairwise(padded)] if self._use.character_pairs else [],
            self._words(self._segment(text)) if self._use.words else [],
        )

    def _words(self, words: list[str]) -> list[str]:
        if not self._use.synonyms:
            return words
        return words + [f"={self._standard[word]}" for word in words if word in self._standard]
