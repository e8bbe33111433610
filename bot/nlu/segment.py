"""Cuts normalised text into words with jieba, on a dictionary of our own."""

from __future__ import annotations

import logging
import sys
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

_modules = cast("dict[str, Any]", sys.modules)
_pkg_resources = _modules.get("pkg_resources")
with warnings.catch_warnings():
    # jieba 0.42 warns of escape sequences when first compiled, and does as well without pkg_resources,
    # which is deprecated and takes longer to import than all the rest of jieba.
    warnings.simplefilter("ignore")
    _modules["pkg_resources"] = None
    import jieba

    del _modules["pkg_resources"]
    if _pkg_resources is not None:
        _modules["pkg_resources"] = _pkg_resources


class Segmenter:
    """Words of a text. One instance a process: its dictionary is held in memory."""

    def __init__(self, dictionary: Path | None = None, words: Iterable[str] = ()) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._tokenizer: Any = jieba.Tokenizer(dictionary=str(dictionary) if dictionary else None)
        self._tokenizer.tmp_dir = str(dictionary.parent) if dictionary else tempfile.gettempdir()
        self._tokenizer.initialize()
        for word in words:
            self._tokenizer.add_word(word, freq=5_000)

    def __call__(self, text: str) -> list[str]:
        """The words of normalised text, in order, blanks and punctuation left out."""
        return [word for word in self._tokenizer.cut(text, HMM=False) if word.isalnum()]

    def places(self, text: str) -> list[tuple[int, str]]:
        """The same words, with the place at which each begins."""
        found, place = [], 0
        for word in self._tokenizer.cut(text, HMM=False):
            if word.isalnum():
                found.append((place, word))
            place += len(word)
        return found

    def frequencies(self) -> dict[str, int]:
        """Every word that it knows, with its count."""
        return {word: count for word, count in self._tokenizer.FREQ.items() if count}


def write_dictionary(path: Path, frequencies: dict[str, int], needed: set[str], smallest: int = 300) -> None:
    """Writes a smaller dictionary: the words needed and every common one. It loads in a tenth of the time."""
    kept = {word: count for word, count in frequencies.items() if word in needed or count >= smallest or len(word) == 1}
    lines = (f"{word} {count}" for word, count in sorted(kept.items()))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
