"""Questions that name an article by its number, or a law by a name that it no longer has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.core.content_types import Library, Source, SourceStatus
from bot.core.numerals import article_number
from bot.core.words import WordFinder

#: The document whose articles are meant where none is named.
OWN_SOURCE = "decision"
_LOOSE = re.compile(
    r"[》〉\s]*第?\s*(\d{1,4}|[零〇一二两三四五六七八九十百千]{1,8})\s*(?:条(之[一二三四五六七八九十\d])?|款?\s*$)"
)
#: The name of a law or rule that none of ours is.
_OTHER_LAW = re.compile(r"(?:宪法|[\u4e00-\u9fff]{2,}(?:法|条例|规定|办法|解释|规则))[》〉\s]*第")


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
    _names: dict[str, str] = field(init=False)
    _finder: WordFinder = field(init=False)
    _cited_in: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        names = {name: source.id for source in self.library.sources.values() for name in _names(source)}
        self._names, self._finder = names, WordFinder(names)
        # An article is best explained where it stands first.
        places = sorted(
            (place, topic.id, ref.cite) for topic in self.library.topics.values() for place, ref in enumerate(topic.law)
        )
        self._cited_in = {}
        for _, topic_id, cite in places:
            self._cited_in.setdefault(cite, []).append(topic_id)

    def source_in(self, text: str) -> str | None:
        """The source that a text names, if it names one."""
        name = self._name_in(text)
        return self._names[name] if name else None

    def _name_in(self, text: str) -> str | None:
        """Longest first, and what is in force before what is repealed: 婚姻法 must not hide in 婚姻法解释."""
        found = self._finder.found(text)
        return min(found, key=lambda name: (-len(name), self._repealed(self._names[name]), name), default=None)

    def repealed_in(self, text: str) -> Source | None:
        """The repealed source that a text names, if it names no other."""
        named = self.source_in(text)
        if named is None or not self._repealed(named):
            return None
        return self.library.sources[named]

    def asked(self, text: str, before: str = "") -> ArticleQuestion | None:
        """The article that a text asks for by number: of the law it names, of the one named before, or of our own.

        None where it asks for none, or for one of a law that is not known here.
        """
        named = self.source_in(text)
        number = article_number(text) or (self._number_after_name(text) if named else None)
        if number is None:
            return None
        if named is None and _OTHER_LAW.search(text):
            return None
        source = named or (self.source_in(before) if before else None) or OWN_SOURCE
        return ArticleQuestion(source, number, self.library.sources[source].has_article(number))

    def _number_after_name(self, text: str) -> str | None:
        """刑法236, 未保法39条: the number that stands right behind a law's name."""
        name = self._name_in(text) or ""
        found = _LOOSE.match(text, text.index(name) + len(name))
        return article_number(f"第{found[1]}条{found[2] or ''}") if found else None

    def topics_of(self, question: ArticleQuestion) -> tuple[str, ...]:
        """The topics that explain an article, the fittest first."""
        own = next((a for a in self.library.sources[question.source].articles if a.number == question.number), None)
        cited = self._cited_in.get(f"{question.source}:{question.number}", [])
        return tuple(dict.fromkeys((*(own.topics if own else ()), *cited)))

    def _repealed(self, source: str) -> bool:
        return self.library.sources[source].status is SourceStatus.REPEALED


def _names(source: Source) -> tuple[str, ...]:
    return (source.name, source.short, *source.aliases)
