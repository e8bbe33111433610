"""Signs of topics that stand before TF-IDF: words that together speak for a topic, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core.intent_types import Keyword, TopicIntents


@dataclass(frozen=True, slots=True)
class Hit:
    """A keyword that was found: its topic, its weight, and its id (``topic#place``)."""

    topic: str
    weight: float
    id: str


@dataclass(frozen=True, slots=True)
class _Sign:
    hit: Hit
    all: tuple[str, ...]
    any: tuple[str, ...]
    none: tuple[str, ...]

    def holds(self, text: str) -> bool:
        return (
            all(word in text for word in self.all)
            and (not self.any or any(word in text for word in self.any))
            and not any(word in text for word in self.none)
        )


class KeywordIndex:
    """All keywords of all topics."""

    def __init__(self, intents: Mapping[str, TopicIntents], normalise: Callable[[str], str]) -> None:
        self._signs = [
            _sign(topic, place, keyword, normalise)
            for topic, intent in sorted(intents.items())
            for place, keyword in enumerate(intent.keywords)
        ]

    def hits(self, text: str) -> list[Hit]:
        """The keywords that normalised text holds."""
        return [sign.hit for sign in self._signs if sign.holds(text)]


def _sign(topic: str, place: int, keyword: Keyword, normalise: Callable[[str], str]) -> _Sign:
    def folded(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(normalise, words))

    hit = Hit(topic, keyword.weight, f"{topic}#{place}")
    return _Sign(hit, folded(keyword.all), folded(keyword.any), folded(keyword.none))
