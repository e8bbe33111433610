"""The terms by which risk is weighed: characters, words, their neighbours, and lexicon groups that stand together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from bot.nlu.linear import MakeTerms

#: How far apart two words, or two marks, may stand to count as a pair.
WORDS_APART = 3
MARKS_APART = 2
#: What ends a clause.
_BREAK = frozenset(",。!?;:…、 \n")


class Mark(NamedTuple):
    """A word of the lexicon in a text: in which clause it stands, and the groups it belongs to."""

    clause: int
    groups: tuple[str, ...]


class Groups:
    """The lexicon groups: as patterns for the rules, and as marks in a text (who, did what, when, in what tone)."""

    def __init__(self, words: Mapping[str, Iterable[str]], normalise: Callable[[str], str]) -> None:
        listed = {name: {normalise(word) for word in group} - {""} for name, group in words.items()}
        self.patterns = {name: _either(group) for name, group in listed.items()}
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(listed):
            for word in listed[name]:
                groups[word].append(name)
        self._groups = {word: tuple(names) for word, names in groups.items()}
        self._lengths = _lengths(self._groups)

    def marks(self, text: str) -> list[Mark]:
        """The lexicon's words in normalised text, in order; the longest wins, so that 打电话 is no 打."""
        found, place, clause = [], 0, 0
        while place < len(text):
            step = 1
            clause += text[place] in _BREAK
            for length in self._lengths.get(text[place], ()):
                groups = self._groups.get(text[place : place + length])
                if groups is not None:
                    found.append(Mark(clause, groups))
                    step = length
                    break
            place += step
        return found


class RiskTerms:
    """Makes the blocks of ``bot.nlu.features.Terms`` and five more.

    They are: three and four characters, pairs of words near each other, groups and pairs of groups of the whole
    message, and groups in the order in which they stand in a clause or two (``family>hit>self``).
    """

    def __init__(self, terms: MakeTerms, groups: Groups) -> None:
        self._terms, self._groups = terms, groups

    def __call__(self, text: str) -> tuple[list[str], ...]:
        """The terms of normalised text, one list a block; the groups found come first in the last but one."""
        characters, pairs, words = self._terms(text)
        padded = f"^{''.join(characters)}$"
        marks = self._groups.marks(text)
        found = sorted({name for mark in marks for name in mark.groups})
        return (
            characters,
            pairs,
            words,
            _runs(padded, 3),
            _runs(padded, 4),
            _near(words),
            [*found, *(f"{one}&{two}" for one, two in combinations(found, 2))],
            _ordered(marks),
        )


#: The place of the groups among the blocks.
GROUPS = 6


def _runs(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(len(text) - length + 1)]


def _near(words: list[str]) -> list[str]:
    plain = [word for word in words if word[0] != "="]
    return [
        f"{word}~{other}" for place, word in enumerate(plain) for other in plain[place + 1 : place + 1 + WORDS_APART]
    ]


def _ordered(marks: list[Mark]) -> list[str]:
    alone = [name for mark in marks for name in mark.groups]
    return alone + [
        f"{one}>{two}"
        for place, mark in enumerate(marks)
        for other in marks[place + 1 : place + 1 + MARKS_APART]
        if other.clause - mark.clause <= 1
        for one in mark.groups
        for two in other.groups
    ]


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For each character with which a word begins, the lengths of such words, longest first."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for word in words:
        found[word[0]].add(len(word))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _either(words: Iterable[str]) -> str:
    listed = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(map(re.escape, listed)) + ")"
