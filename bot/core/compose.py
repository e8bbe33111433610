"""Turns reviewed content into replies: nothing here writes a sentence of its own."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from bot.core.answer_types import Angle, Answer
from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.contacts import contacts
from bot.core.content_types import LawRef, Library, Source, SourceStatus, Topic
from bot.core.decision import Choice, LawLine, Reply
from bot.core.numerals import article_label
from bot.core.points import label, pages, points

#: Articles shown with an answer and on each page of "more".
LAW_SHOWN = 3
#: Who may know what the service does not.
LEGAL_LINES = ("12348", "12355")
#: A number to call, as it stands in a step.
_NUMBER = re.compile(r"(?<!\d)\d{3,5}(?!\d)")


@dataclass(frozen=True, slots=True)
class Composer:
    """Builds replies for one moment and region."""

    library: Library
    now: dt.datetime
    region: str = ""

    def say(self, key: str) -> str:
        """A sentence of the interface."""
        return self.library.messages[key]

    def topic(self, topic_id: str, audience: Audience, age: int | None = None, *, asked: tuple[str, ...] = ()) -> Reply:
        """The answer of a topic for this reader, with what changes at this age said first.

        ``asked``: the normalised question, the newest words first; the side of the topic that it is about is answered.
        """
        topic = self.library.topics[topic_id]
        _, answer = topic.answer_for(audience)
        angle = answer.angle_for(asked, self.library.cue_groups)
        short = angle.short if angle else answer.short
        aged = self._for_age(topic, age)
        return Reply(
            lead=f"{aged}\n{short}" if aged else short,
            title=topic.title,
            steps=(angle.steps if angle else ()) or answer.steps,
            law=tuple(self.law_line(ref) for ref in _law_first(topic, angle)[:LAW_SHOWN]),
            contacts=contacts(self.library, topic.hotlines, self.now, self.region),
            choices=(*self._deepen(topic, answer), *self.related(topic)),
        )

    def more(self, topic_id: str, audience: Audience, page: int = 0) -> Reply | None:
        """What is said about a topic when asked for more, a phone screen at a time; None behind the last page."""
        topic = self.library.topics[topic_id]
        _, answer = topic.answer_for(audience)
        told = pages(points(answer.more or ""))
        # Those shown with the answer come last again, so that no page is without its law.
        law = (*topic.law[LAW_SHOWN:], *topic.law[:LAW_SHOWN])
        last = max(len(told), -(-len(topic.law[LAW_SHOWN:]) // LAW_SHOWN), 1) - 1
        if page > last:
            return None
        items = told[page] if page < len(told) else ()
        return Reply(
            lead=self.say("chat.more" if items else "chat.more_law"),
            title=topic.title,
            more="\n".join(f"· {item}" for item in items),
            law=tuple(self.law_line(ref) for ref in law[page * LAW_SHOWN :][:LAW_SHOWN]),
            choices=(*((self.choice(Verb.MORE),) if page < last else ()), *self.related(topic)),
        )

    def step(self, topic_id: str, audience: Audience, place: int, steps: tuple[str, ...]) -> Reply:
        """One of the steps that were shown, again, with the points of "more" and the numbers that it names."""
        topic = self.library.topics[topic_id]
        _, answer = topic.answer_for(audience)
        step = steps[place]
        further = [point for point in points(answer.more or "") if len(label(point)) > 1 and label(point) in step]
        numbers = [number for number in _NUMBER.findall(step) if number in self.library.hotlines]
        key = "chat.step" if further or numbers else "chat.step_only"
        return Reply(
            lead=self.say(key).format(number=place % len(steps) + 1),
            title=topic.title,
            more="\n".join((step, *(f"· {point}" for point in further))),
            contacts=contacts(self.library, dict.fromkeys(numbers), self.now, self.region),
            choices=(*self._deepen(topic, answer), self.choice(Verb.HUMAN)),
        )

    def simple(self, topic_id: str, audience: Audience, asked: tuple[str, ...] = ()) -> Reply:
        """A topic in the plainest words; of one side of it, an adult is shown what a child is told."""
        topic = self.library.topics[topic_id]
        child = topic.answers.get(Audience.STUDENT)
        angle = child.angle_for(asked, self.library.cue_groups) if child and audience is not Audience.STUDENT else None
        return Reply(
            lead=angle.short if angle else topic.simple,
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

    def unknown(self, key: str, audience: Audience) -> Reply:
        """That it does not know, in the words for this reader where there are such, with who may."""
        own = f"chat.{key}_{audience}"
        # What is not our matter is none that a child should call a line for adults' law about.
        lines = () if (key, audience) == ("out_of_scope", Audience.STUDENT) else LEGAL_LINES
        asks = self.library.messages.get(f"chat.{key}_{audience}_topics", "").split()
        return Reply(
            self.say(own if own in self.library.messages else f"chat.{key}"),
            contacts=contacts(self.library, lines, self.now, self.region),
            choices=(
                *(self.topic_choice(name) for name in asks if name in self.library.topics),
                self.choice(Verb.HUMAN),
                self.choice(Verb.HOTLINES),
            ),
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

    def _deepen(self, topic: Topic, answer: Answer) -> tuple[Choice, ...]:
        if topic.id.startswith("bot."):
            return ()
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


def _law_first(topic: Topic, angle: Angle | None) -> tuple[LawRef, ...]:
    """The topic's articles, first those that one side of it rests on."""
    first = angle.law if angle else ()
    return tuple(sorted(topic.law, key=lambda ref: first.index(ref.cite) if ref.cite in first else len(first)))
