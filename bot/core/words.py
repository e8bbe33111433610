"""Finds which of many words stand in a text, whose words are looked up by their first character."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class WordFinder:
    """Knows a list of words. Most of them are never touched, however many there are."""

    def __init__(self, words: Iterable[str]) -> None:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted({*words} - {""}):
            found[word[0]].append(word)
        self._by_start = {start: tuple(listed) for start, listed in found.items()}

    def found(self, text: str) -> set[str]:
        """The words that a text holds, those within longer ones too."""
        by_start = self._by_start
        return {
            word
            for place, char in enumerate(text)
            if char in by_start
            for word in by_start[char]
            if text.startswith(word, place)
        }
