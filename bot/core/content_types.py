"""What the service knows, as typed, frozen objects: sources, topics, and all of it together."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from enum import StrEnum

from pydantic import Field

from bot.core.answer_types import Answer, CueGroup
from bot.core.audience import FALLBACK, Audience
from bot.core.help_types import Hotline, Region, ScriptSet
from bot.core.record import Record, Text


class LawRef(Record):
    """One cited article (``source:number``) or whole source, and what it says in our plain words."""

    cite: Text
    gist: Text

    @property
    def source(self) -> str:
        """Id of the cited source."""
        return self.cite.partition(":")[0]

    @property
    def article(self) -> str | None:
        """Number of the cited article (``236-1`` is 第二百三十六条之一), or None for the whole source."""
        return self.cite.partition(":")[2] or None


class AgeNote(Record):
    """What changes for an age: whole years, both ends included."""

    from_: int = Field(alias="from", ge=0, le=120)
    to: int = Field(ge=0, le=120)
    text: Text


class Reading(Record):
    """The two readings that an answer went through, and a hash of the text that was read."""

    law: dt.date
    tone: dt.date
    compared: tuple[Text, ...] = ()
    text: Text


class Review(Record):
    """Who read, until when it holds, and the lawyer who signed: empty until a named lawyer does."""

    by: Text
    review_by: dt.date
    signed_off: str = ""
    readings: dict[Audience, Reading] = Field(default_factory=dict)


class Topic(Record):
    """One thing that people ask about, with an answer for each reader."""

    id: str = ""
    title: Text
    for_: tuple[str, ...] = Field(alias="for", min_length=1)
    simple: Text
    answers: dict[Audience, Answer] = Field(min_length=1)
    by_age: tuple[AgeNote, ...] = ()
    law: tuple[LawRef, ...] = ()
    hotlines: tuple[Text, ...] = ()
    related: tuple[Text, ...] = ()
    review: Review | None = None

    @property
    def readers(self) -> frozenset[Audience]:
        """The readers for whom there must be an answer; ``anyone`` means students and one adult at least."""
        if "anyone" in self.for_:
            return frozenset({Audience.STUDENT, Audience.PARENT})
        return frozenset(Audience(name) for name in self.for_)

    def answer_for(self, audience: Audience) -> tuple[Audience, Answer]:
        """The answer for this reader, or the nearest reader's, with whose it is."""
        for reader in FALLBACK[audience]:
            if reader in self.answers:
                return reader, self.answers[reader]
        raise LookupError(self.id)

    def text_hash(self, reader: Audience) -> str:
        """A hash over everything that this reader can be shown: an edit changes it and voids the reading."""
        shown = {
            "title": self.title,
            "simple": self.simple,
            "answer": self.answers[reader].shown(),
            "by_age": [note.model_dump(mode="json") for note in self.by_age],
            "law": [ref.model_dump(mode="json") for ref in self.law],
            "hotlines": list(self.hotlines),
        }
        canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]


class SourceKind(StrEnum):
    """What sort of document a source is."""

    DECISION = "decision"
    LAW = "law"
    REGULATION = "regulation"
    INTERPRETATION = "interpretation"
    RULE = "rule"
    DOCUMENT = "document"


class SourceStatus(StrEnum):
    """Whether a source is still the law."""

    IN_FORCE = "in_force"
    AMENDED = "amended"
    REPEALED = "repealed"


class Official(Record):
    """Where the official text is published."""

    where: Text
    url: str | None = None


class SourceArticle(Record):
    """An article quoted word for word (only the Decision), what it is about, and the topics that explain it."""

    number: Text
    about: Text
    topics: tuple[Text, ...] = ()
    text: Text


class Fact(Record):
    """One structured fact of a document: a short name, what it says in our words, and its figure if it has one."""

    name: Text
    text: Text
    figure: float | None = None
    unit: str | None = None


class Source(Record):
    """A document with its status and dates; ``checked`` is empty where nobody has held its text beside this."""

    id: str = ""
    name: Text
    short: Text
    kind: SourceKind
    issuer: Text
    session: str | None = None
    version: str | None = None
    passed: dt.date | None = None
    effective: dt.date | None = None
    status: SourceStatus
    successor: str | None = None
    successor_note: str | None = None
    official: Official
    checked: dt.date | None = None
    excerpt: bool = False
    scope: str | None = None
    article_numbers: tuple[str, ...] = ()
    aliases: tuple[Text, ...] = ()
    articles: tuple[SourceArticle, ...] = ()
    facts: tuple[Fact, ...] = ()

    def has_article(self, number: str) -> bool:
        """Whether this source has an article of this number; ranges are written ``1..132``, inserted ones ``236-1``."""
        return number in self._numbers()

    def _numbers(self) -> frozenset[str]:
        known: set[str] = {article.number for article in self.articles}
        for item in self.article_numbers:
            first, dots, last = item.partition("..")
            known.update(map(str, range(int(first), int(last) + 1)) if dots else (item,))
        return frozenset(known)


class Glosses(Record):
    """What whole articles of one source say, in our plain words, by article number."""

    id: str = ""
    source: Text
    articles: dict[Text, Text]


class Library(Record):
    """Everything that the service can say, in memory."""

    topics: dict[str, Topic]
    sources: dict[str, Source]
    hotlines: dict[str, Hotline]
    regions: dict[str, Region] = Field(default_factory=dict)
    scripts: dict[str, ScriptSet] = Field(default_factory=dict)
    messages: dict[str, str] = Field(default_factory=dict)
    glosses: dict[str, Glosses] = Field(default_factory=dict)
    cue_groups: dict[str, CueGroup] = Field(default_factory=dict)

    def gloss(self, source: str, article: str) -> str | None:
        """What the whole of an article says, where that is written down."""
        return self.glosses[source].articles.get(article) if source in self.glosses else None
