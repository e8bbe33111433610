"""Signs of topics that stand before TF-IDF: words that together speak for a topic, as data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core.intent_types import Keyword, TopicIntents
from bot.core.words import WordFinder


@dataclass(frozen=True, slots=True)
class Hit:
    """A keyword that was found: its topic, its weight, and its id (``topic#place``)."""

    topic: str
    weight: float
    id: str


@dataclass(frozen=True, slots=True)
class _Sign:
    hit: Hit
    all: frozenset[str]
    any: frozenset[str]
    none: frozenset[str]

    def holds(self, found: set[str]) -> bool:
        return self.all <= found and (not self.any or not self.any.isdisjoint(found)) and self.none.isdisjoint(found)


class KeywordIndex:
    """All keywords of all topics."""

    def __init__(self, intents: Mapping[str, TopicIntents], normalise: Callable[[str], str]) -> None:
        self._signs: defaultdict[str, list[_Sign]] = defaultdict(list)
        words: set[str] = set()
        for topic, intent in sorted(intents.items()):
            for place, keyword in enumerate(intent.keywords):
                sign = _sign(topic, place, keyword, normalise)
                words |= sign.all | sign.any | sign.none
                for word in sign.all or sign.any:
                    self._signs[word].append(sign)
        self._finder = WordFinder(words)

    def hits(self, text: str) -> list[Hit]:
        """The keywords that normalised text holds, in order of their ids."""
        found = self._finder.found(text)
        held = {sign.hit.id: sign.hit for word in found for sign in self._signs.get(word, ()) if sign.holds(found)}
        return [held[name] for name in sorted(held)]


def _sign(topic: str, place: int, keyword: Keyword, normalise: Callable[[str], str]) -> _Sign:
    def folded(words: tuple[str, ...]) -> frozenset[str]:
        return frozenset(filter(None, map(normalise, words)))

    hit = Hit(topic, keyword.weight, f"{topic}#{place}")
    return _Sign(hit, folded(keyword.all), folded(keyword.any), folded(keyword.none))
