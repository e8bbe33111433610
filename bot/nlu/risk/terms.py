"""The terms by which risk is weighed: characters, words, their neighbours, and lexicon groups that stand together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bot.nlu.features import WORDS, Terms
from bot.nlu.keys import Hashes, Keys, Places, hashed, joined, tagged

#: How far apart two words, or two marks, may stand to count as a pair. In a message of a sentence or two every word
#: meets every later one: what was done often stands far from what shows that it was harmless.
WORDS_APART = 24
MARKS_APART = 2
#: What ends a clause.
_BREAK = frozenset(",。!?;:…、 \n")


class Mark(NamedTuple):
    """A word of the lexicon in a text: in which clause it stands, and the groups it belongs to."""

    clause: int
    groups: tuple[str, ...]


class Groups:
    """The lexicon groups: as patterns for the rules, and as marks in a text (who, did what, when, in what tone).

    ``unmarked`` are groups that rules name and that leave no mark.
    """

    def __init__(
        self,
        words: Mapping[str, Iterable[str]],
        normalise: Callable[[str], str],
        unmarked: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        listed, others = (
            {name: {normalise(word) for word in group} - {""} for name, group in given.items()}
            for given in (words, unmarked or {})
        )
        self.names = sorted(listed)
        self.patterns = {name: _either(group) for name, group in (listed | others).items()}
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

    They are: three and four characters, pairs of words in their order, groups and pairs of groups of the whole
    message, and groups in the order in which they stand in a clause or two (``family>hit>self``).
    """

    def __init__(self, terms: Terms, groups: Groups) -> None:
        self._terms, self._groups = terms, groups
        self._hashes = dict(zip(groups.names, hashed(groups.names).tolist(), strict=True))

    def __call__(self, text: str) -> Keys:
        """The keys of all terms of normalised text."""
        pieces, marks = self._terms.pieces(text), self._groups.marks(text)
        found = self._hashed(groups_of(marks))
        one, two = _pairs(len(found))
        alone, firsts, seconds = self._ordered(marks)
        more = {
            THREES: pieces.padded.of_length(3),
            FOURS: pieces.padded.of_length(4),
            NEAR: _near(pieces.words),
            GROUPS: np.concatenate((found, joined(found[one], found[two]))),
            ORDERED: np.concatenate((alone, joined(firsts, seconds))),
        }
        return np.concatenate((pieces.keys, tagged(more)))

    def groups(self, text: str) -> list[str]:
        """The lexicon groups of which normalised text holds a word, by name."""
        return groups_of(self._groups.marks(text))

    def _ordered(self, marks: list[Mark]) -> tuple[Hashes, Hashes, Hashes]:
        """The groups of all marks, and the first and the second groups of the pairs of neighbours."""
        pairs = [
            (one, two)
            for place, mark in enumerate(marks)
            for other in marks[place + 1 : place + 1 + MARKS_APART]
            if other.clause - mark.clause <= 1
            for one in mark.groups
            for two in other.groups
        ]
        alone = self._hashed([name for mark in marks for name in mark.groups])
        return alone, self._hashed([one for one, _ in pairs]), self._hashed([two for _, two in pairs])

    def _hashed(self, names: list[str]) -> Hashes:
        return np.array([self._hashes[name] for name in names], dtype=np.uint64)


#: The numbers of the blocks.
THREES, FOURS, NEAR, GROUPS, ORDERED = range(WORDS + 1, WORDS + 6)


def groups_of(marks: list[Mark]) -> list[str]:
    """The groups of some marks, each once, sorted."""
    return sorted({name for mark in marks for name in mark.groups})


@lru_cache(maxsize=64)
def _pairs(size: int) -> tuple[Places, Places]:
    """The places of all pairs of so many things."""
    return np.triu_indices(size, 1)


def _near(words: Hashes) -> Hashes:
    """Each word with each of the next few."""
    steps = range(1, 1 + WORDS_APART)
    return np.concatenate([joined(words[:-step], words[step:]) for step in steps])


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """For each character with which a word begins, the lengths of such words, longest first."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for word in words:
        found[word[0]].add(len(word))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _either(words: Iterable[str]) -> str:
    listed = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(map(re.escape, listed)) + ")"
