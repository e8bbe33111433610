"""The terms by which risk is weighed: those of topics, and which lexicon groups stand together in a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

from bot.nlu.linear import MakeTerms


class Groups:
    """The lexicon groups as patterns: who, did what, when, in what tone."""

    def __init__(self, words: Mapping[str, Iterable[str]], normalise: Callable[[str], str]) -> None:
        self.patterns = {name: _either(map(normalise, listed)) for name, listed in words.items()}
        self._compiled = {name: re.compile(pattern) for name, pattern in self.patterns.items()}

    def found(self, text: str) -> list[str]:
        """The names of the groups of which a word stands in normalised text, in alphabetical order."""
        return sorted(name for name, pattern in self._compiled.items() if pattern.search(text))


class RiskTerms:
    """Makes the blocks of ``bot.nlu.features.Terms`` and one more: groups, and pairs of groups."""

    def __init__(self, terms: MakeTerms, groups: Groups) -> None:
        self._terms, self._groups = terms, groups

    def __call__(self, text: str) -> tuple[list[str], ...]:
        """The terms of normalised text, one list a block."""
        found = self._groups.found(text)
        return (*self._terms(text), [*found, *(f"{one}&{two}" for one, two in combinations(found, 2))])


def _either(words: Iterable[str]) -> str:
    listed = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(listed) + ")"
