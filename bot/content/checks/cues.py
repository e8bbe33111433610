"""Checks of the words by which short turns and readers are recognised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from bot.content.checks.model import Content
from bot.content.load import DIALOGUE
from bot.content.problems import Problem

_Words: TypeAlias = "dict[str, _Words] | list[_Words] | str"


def check_cues(content: Content) -> Iterator[Problem]:
    """Every cue stands as questions are normalised."""
    for keys, cue in _listed(content.cues.model_dump(mode="json")):
        plain = content.heard(cue)
        if plain != cue:
            yield content.file(DIALOGUE, keys, f"问话归一后没有“{cue}”", f"写成“{plain}”，已经有了就删掉")


def _listed(words: _Words, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every word, and where it stands."""
    if isinstance(words, str):
        yield keys, words
        return
    for key, below in words.items() if isinstance(words, dict) else enumerate(words):
        yield from _listed(below, (*keys, key))
