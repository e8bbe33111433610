"""Finds which of many words stand in a text, whose words are looked up by their first character."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class WordFinder:
    """Knows a list of words. Most of them are never touched, however many there are."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words) - {""}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for word in self._words:
            lengths[word[0]].add(len(word))
        self._lengths = {start: tuple(sorted(found)) for start, found in lengths.items()}

    def found(self, text: str) -> set[str]:
        """The words that a text holds, those within longer ones too."""
        words, lengths = self._words, self._lengths
        return {
            text[place : place + length]
            for place, char in enumerate(text)
            if char in lengths
            for length in lengths[char]
            if text[place : place + length] in words
        }
