"""Questions that name an article by its number, or a law by a name that it no longer has."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.content_types import Library, Source, SourceStatus
from bot.core.numerals import article_number

#: The document whose articles are meant where none is named.
OWN_SOURCE = "decision"


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """An article that somebody asks for; ``exists`` is false where the source has none of that number."""

    source: str
    number: str
    exists: bool


@dataclass
class ArticleIndex:
    """Finds articles by number and sources by name."""

    library: Library
    _names: list[tuple[str, str]] = field(init=False)
    _cited_in: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        names = {name: source.id for source in self.library.sources.values() for name in _names(source)}
        # Longest first, and what is in force before what is repealed: 婚姻法 must not hide in 婚姻法解释.
        self._names = sorted(names.items(), key=lambda item: (-len(item[0]), self._repealed(item[1])))
        self._cited_in = {}
        for topic in self.library.topics.values():
            for ref in topic.law:
                self._cited_in.setdefault(ref.cite, []).append(topic.id)

    def source_in(self, text: str) -> str | None:
        """The source that a text names, if it names one."""
        return next((source for name, source in self._names if name in text), None)

    def repealed_in(self, text: str) -> Source | None:
        """The repealed source that a text names, if it names no other."""
        named = self.source_in(text)
        if named is None or not self._repealed(named):
            return None
        return self.library.sources[named]

    def asked(self, text: str) -> ArticleQuestion | None:
        """The article that a text asks for by number."""
        number = article_number(text)
        if number is None:
            return None
        source = self.source_in(text) or OWN_SOURCE
        return ArticleQuestion(source, number, self.library.sources[source].has_article(number))

    def topics_of(self, question: ArticleQuestion) -> tuple[str, ...]:
        """The topics that explain an article, the fittest first."""
        own = next((a for a in self.library.sources[question.source].articles if a.number == question.number), None)
        cited = self._cited_in.get(f"{question.source}:{question.number}", [])
        return tuple(dict.fromkeys((*(own.topics if own else ()), *cited)))

    def _repealed(self, source: str) -> bool:
        return self.library.sources[source].status is SourceStatus.REPEALED


def _names(source: Source) -> tuple[str, ...]:
    return (source.name, source.short, *source.aliases)
