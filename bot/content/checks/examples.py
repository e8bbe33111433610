"""Examples: enough of them, and none that stands under two topics."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.checks.model import Content
from bot.content.problems import Problem

FEWEST = 50
FEWEST_OUT_OF_SCOPE = 250
#: Shared pairs of characters (Jaccard) from which two examples are nearly the same.
NEARLY = 0.8
_COMMON_PAIR = 400


@dataclass(frozen=True, slots=True)
class Placed:
    """An example, normalised, and where it stands."""

    topic: str
    writer: str
    place: int
    text: str
    key: str

    @property
    def keys(self) -> tuple[str | int, ...]:
        """The way to it in its file."""
        return ("examples", self.writer, self.place)


def placed_examples(content: Content) -> list[Placed]:
    """Every example with its place."""
    return [
        Placed(topic, writer, place, text, letters(content.normalise(text)))
        for topic, intent in content.corpus.intents.items()
        for writer, texts in intent.examples.items()
        for place, text in enumerate(texts)
    ]


def letters(text: str) -> str:
    """Letters and digits alone: punctuation does not make two sentences differ; of pure symbols, all."""
    return "".join(char for char in text if char.isalnum()) or text


def check_counts(content: Content) -> Iterator[Problem]:
    """Every topic has enough examples."""
    for name, intent in content.corpus.intents.items():
        fewest = FEWEST_OUT_OF_SCOPE if name == "bot.out_of_scope" else FEWEST
        if len(intent.texts) < fewest:
            what = f"只有 {len(intent.texts)} 个例句，至少要 {fewest} 个"
            yield content.intent(name, ("examples",), what, "请不同的人用自己的话再写一些，不要套模板")


def check_neighbours(content: Content) -> Iterator[Problem]:
    """Topics named as easily confused exist."""
    for name, intent in content.corpus.intents.items():
        for place, other in enumerate(intent.confusable_with):
            if other.topic not in content.library.topics:
                what = f"没有“{other.topic}”这个话题"
                yield content.intent(name, ("confusable_with", place), what, "改成存在的话题")


def check_twins(content: Content) -> Iterator[Problem]:
    """No example is the same or nearly the same as one of another topic, nor the same as one of its own."""
    examples = placed_examples(content)
    first: dict[str, Placed] = {}
    for example in examples:
        twin = first.setdefault(example.key, example)
        if twin is not example:
            yield _twin(content, example, twin, "一样")
    for one, other in _near_pairs(list(first.values())):
        if one.topic != other.topic:
            yield _twin(content, other, one, "几乎一样")


def _twin(content: Content, example: Placed, twin: Placed, how: str) -> Problem:
    what = f"和 {twin.topic} 的例句“{twin.text[:20]}”{how}"
    return content.intent(example.topic, example.keys, what, "删掉一句，或者改到分得清是哪个话题")


def _near_pairs(examples: list[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Pairs that share most of their pairs of characters, found through an index of the rarer ones."""
    grams = [frozenset(map("".join, zip(item.key, item.key[1:], strict=False))) for item in examples]
    index: defaultdict[str, list[int]] = defaultdict(list)
    for number, pairs in enumerate(grams):
        shared = Counter(other for pair in pairs if len(index[pair]) < _COMMON_PAIR for other in index[pair])
        for other, count in shared.items():
            if count >= NEARLY * len(pairs | grams[other]):
                yield examples[other], examples[number]
        for pair in pairs:
            index[pair].append(number)
