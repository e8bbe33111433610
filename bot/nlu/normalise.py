"""Brings the many spellings of a message to one, keeping its meaning and where each character came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from opencc import OpenCC

from bot.core.intent_types import Lexicon

_INVISIBLE = {"Cf", "Cc", "Co", "Cs", "Mn", "Me"}
#: From 㐀 to 鿿: what is written in Chinese, but for rare characters of names, which have one form only here.
_IDEOGRAPHS = (0x3400, 0xA000)
#: Characters that OpenCC turns only as parts of words: 瞭解, 藉口.
_TURNED_IN_WORDS = "瞭藉衹甦沈覆"
_CJK = r"\u3400-\u4dbf\u4e00-\u9fff"
#: One CJK character, separators, one CJK character: 强.奸, 自-杀, 欺 凌. Sentence punctuation is not a separator.
_SEPARATORS = r"[ \t\u3000.·•\-_*|/\\+~^`'\"=#&]"
_SPACED = re.compile(rf"(?<=[{_CJK}]){_SEPARATORS}{{1,3}}(?=[{_CJK}])")
_REPEATED = re.compile(r"(.)\1{2,}")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The normalised text; ``offsets[i]`` is the index in the original of its character i."""

    text: str
    offsets: tuple[int, ...]


class Normaliser:
    """Folds width, case, traditional characters, invisible and separating characters, repeats, emoji and spellings."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._to_simplified = OpenCC("t2s")
        every = "".join(map(chr, range(*_IDEOGRAPHS)))
        turned = zip(every, self._to_simplified.convert(every), strict=False)
        # Most texts have no character that needs turning, and are left alone.
        self._others = frozenset(_TURNED_IN_WORDS).union(char for char, simple in turned if char != simple)
        # One turn asks for the same text several times: for its risk, for its topic.
        self._last = lru_cache(maxsize=2)(self._normalised)

    def __call__(self, text: str) -> str:
        """The normalised text alone."""
        return self._last(text)

    def _normalised(self, text: str) -> str:
        folded = _fold(text, self._lexicon.emoji)
        folded = self._simplify(folded)
        folded = _REPEATED.sub(r"\1\1", _SPACED.sub("", folded))
        return _BLANKS.sub(" ", _SPACED.sub("", self._respell(folded))).strip()

    def with_offsets(self, text: str) -> Normalised:
        """The normalised text and where each of its characters stood in the original."""
        pairs = [(out, index) for index, char in enumerate(text) for out in _fold(char, self._lexicon.emoji)]
        chars = self._simplify("".join(char for char, _ in pairs))
        offsets = [index for _, index in pairs]
        for pattern, keep in ((_SPACED, 0), (_REPEATED, 2)):
            chars, offsets = _cut(pattern, keep, chars, offsets)
        chars, offsets = self._respell_with_offsets(chars, offsets)
        chars, offsets = _cut(_SPACED, 0, chars, offsets)
        chars, offsets = _cut(_BLANKS, 1, chars, offsets)
        start = len(chars) - len(chars.lstrip())
        chars = chars.strip()
        return Normalised(chars, tuple(offsets[start : start + len(chars)]))

    def _simplify(self, text: str) -> str:
        if text.isascii() or self._others.isdisjoint(text):
            return text
        simple = str(self._to_simplified.convert(text))
        # Every phrase that OpenCC turns keeps its length; if a future table does not, offsets matter more.
        return simple if len(simple) == len(text) else text

    @cached_property
    def _spellings(self) -> tuple[re.Pattern[str], dict[str, str]] | None:
        table = {other: standard for standard, others in self._lexicon.spellings.items() for other in others}
        if not table:
            return None
        longest_first = sorted(table, key=len, reverse=True)
        # What is asked first of each place is its character: that rules out most of them at once.
        firsts = re.escape("".join(sorted({spelling[0] for spelling in table})))
        return re.compile(f"(?=[{firsts}])(?:{'|'.join(map(_bounded, longest_first))})"), table

    def _respell(self, text: str) -> str:
        if self._spellings is None:
            return text
        pattern, table = self._spellings
        return pattern.sub(lambda found: table[found[0]], text)

    def _respell_with_offsets(self, text: str, offsets: list[int]) -> tuple[str, list[int]]:
        if self._spellings is None:
            return text, offsets
        pattern, table = self._spellings
        out, places, end = "", [], 0
        for found in pattern.finditer(text):
            standard = table[found[0]]
            out += text[end : found.start()] + standard
            places += offsets[end : found.start()] + [offsets[found.start()]] * len(standard)
            end = found.end()
        return out + text[end:], places + offsets[end:]


def _fold(text: str, emoji: dict[str, str]) -> str:
    """Width and case folded, invisible characters dropped, known emoji as words, line breaks as blanks."""
    if text.isascii() and text.isprintable():
        return text.lower()
    out = []
    for char in unicodedata.normalize("NFKC", text).lower():
        if char in emoji:
            out.append(emoji[char])
        elif char in "\n\r\t":
            out.append(" ")
        elif unicodedata.category(char) not in _INVISIBLE:
            out.append(char)
    return "".join(out)


def _bounded(spelling: str) -> str:
    """Latin spellings stand alone; Chinese ones anywhere."""
    escaped = re.escape(spelling)
    return rf"(?<![a-z]){escaped}(?![a-z])" if spelling.isascii() else escaped


def _cut(pattern: re.Pattern[str], keep: int, text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Shortens each match to its first ``keep`` characters (a run of blanks becomes one blank)."""
    out, places, end = "", [], 0
    for found in pattern.finditer(text):
        kept = found[0][:keep] if pattern is not _BLANKS else " "
        out += text[end : found.start()] + kept
        places += offsets[end : found.start()] + offsets[found.start() : found.start() + len(kept)]
        end = found.end()
    return out + text[end:], places + offsets[end:]
