"""Turns reviewed content into replies: nothing here writes a sentence of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.contacts import contacts
from bot.core.content_types import LawRef, Library, Source, SourceStatus, Topic
from bot.core.decision import Choice, LawLine, Reply
from bot.core.numerals import article_label

#: Articles shown with an answer; the others come with "more".
LAW_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Composer:
    """Builds replies for one moment and region."""

    library: Library
    now: dt.datetime
    region: str = ""

    def say(self, key: str) -> str:
        """A sentence of the interface."""
        return self.library.messages[key]

    def topic(self, topic_id: str, audience: Audience, age: int | None = None) -> Reply:
        """The answer of a topic for this reader, with what changes at this age said first."""
        topic = self.library.topics[topic_id]
        _, answer = topic.answer_for(audience)
        aged = self._for_age(topic, age)
        return Reply(
            lead=f"{aged}\n{answer.short}" if aged else answer.short,
            title=topic.title,
            steps=answer.steps,
            law=tuple(self.law_line(ref) for ref in topic.law[:LAW_SHOWN]),
            contacts=contacts(self.library, topic.hotlines, self.now, self.region),
            choices=(*self._deepen(topic, audience), *self.related(topic)),
        )

    def more(self, topic_id: str, audience: Audience) -> Reply:
        """What is said about a topic when asked for more: the further part and every article."""
        topic = self.library.topics[topic_id]
        _, answer = topic.answer_for(audience)
        return Reply(
            lead=answer.more or answer.short,
            title=topic.title,
            law=tuple(self.law_line(ref) for ref in topic.law),
            choices=self.related(topic),
        )

    def simple(self, topic_id: str) -> Reply:
        """A topic in the plainest words."""
        topic = self.library.topics[topic_id]
        return Reply(
            lead=topic.simple,
            title=topic.title,
            contacts=contacts(self.library, topic.hotlines[:1], self.now, self.region),
            choices=self.related(topic),
        )

    def why(self, topic_id: str) -> Reply:
        """The law behind a topic's answer."""
        topic = self.library.topics[topic_id]
        return Reply(
            lead=self.say("chat.why" if topic.law else "chat.why_no_law"),
            title=topic.title,
            law=tuple(self.law_line(ref) for ref in topic.law),
            choices=self.related(topic),
        )

    def law_line(self, ref: LawRef) -> LawLine:
        """A citation as it is shown: the Decision in its own words, other law by our gloss."""
        source = self.library.sources[ref.source]
        quote = next((item.text for item in source.articles if item.number == ref.article), None)
        return LawLine(
            ref.cite, cite_label(source, ref.article), ref.gist, quote, source.official.where, source.official.url
        )

    def related(self, topic: Topic) -> tuple[Choice, ...]:
        """Buttons for the related topics."""
        return tuple(self.topic_choice(name) for name in topic.related)

    def topic_choice(self, topic_id: str) -> Choice:
        """A button that leads to a topic."""
        return Choice(self.library.topics[topic_id].title, str(Command(Verb.TOPIC, topic_id)))

    def choice(self, verb: Verb, value: str = "") -> Choice:
        """A button for a command, labelled by the messages file."""
        return Choice(self.say(f"buttons.{verb}_{value}" if value else f"buttons.{verb}"), str(Command(verb, value)))

    def roles(self) -> tuple[Choice, ...]:
        """Buttons to say who one is."""
        return tuple(self.choice(Verb.ROLE, reader) for reader in Audience)

    def _deepen(self, topic: Topic, audience: Audience) -> tuple[Choice, ...]:
        if topic.id.startswith("bot."):
            return ()
        _, answer = topic.answer_for(audience)
        return (*((self.choice(Verb.MORE),) if answer.more else ()), self.choice(Verb.SIMPLE))

    @staticmethod
    def _for_age(topic: Topic, age: int | None) -> str:
        if age is None:
            return ""
        fitting = [note for note in topic.by_age if note.from_ <= age <= note.to]
        # Where spans overlap, the narrower says more.
        return min(fitting, key=lambda note: note.to - note.from_).text if fitting else ""


def cite_label(source: Source, article: str | None) -> str:
    """A citation as people write it: 《未成年人保护法》第三十九条; a repealed source says so."""
    label = f"《{source.short}》" + (article_label(article) if article else "")
    return f"{label}（已废止）" if source.status is SourceStatus.REPEALED else label
