"""Answers, asks back, or says that it does not know: by two thresholds, and never in a loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core import decision as d
from bot.core.articles import ArticleQuestion
from bot.core.audience import Audience
from bot.core.command import Verb
from bot.core.compose import Composer, cite_label
from bot.core.content_types import LawRef, Library, Source
from bot.core.cues import age_in
from bot.core.ports import TopicReading, Understanding
from bot.core.session import Session

OUT_OF_SCOPE = "bot.out_of_scope"
HUMAN = "bot.human"
COMPLAINT = "bot.complaint"
#: Small talk: answered, but the matter before it stays the matter.
SMALL_TALK = frozenset({"bot.greeting", "bot.thanks", "bot.identity", "bot.privacy", HUMAN, COMPLAINT})
#: Of it, what in an open case is said to whoever is awaited there, and asks the service nothing.
SMALL_TALK_TO_A_PERSON = frozenset({"bot.greeting", "bot.thanks"})
OPTIONS_SHOWN = 3
ALTERNATIVES = 6


class Verdict(StrEnum):
    """What a reading of topics leads to."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Answer from ``answer`` on with a lead of ``gap``; ask back from ``clarify`` on; below that, admit not to know.

    ``refuse``: how surely a question must lie outside the service's matter to be turned away.
    The defaults were chosen from the curve that ``faxiaohu evaluate --curve`` prints.
    """

    answer: float = 0.40
    gap: float = 0.10
    clarify: float = 0.15
    refuse: float = 0.65

    def verdict(self, reading: TopicReading) -> Verdict:
        """What to do with a reading."""
        if reading.outside >= self.refuse:
            return Verdict.REFUSE
        if reading.best.confidence >= self.answer and reading.gap >= self.gap:
            return Verdict.ANSWER
        return Verdict.CLARIFY if reading.best.confidence >= self.clarify else Verdict.UNKNOWN


KEYS = {Verdict.UNKNOWN: "unknown", Verdict.REFUSE: "out_of_scope"}


@dataclass(frozen=True, slots=True)
class Topical:
    """Decides about topics for one turn; ``worried``: the message, or one before it, gave cause for concern."""

    library: Library
    understanding: Understanding
    thresholds: Thresholds
    composer: Composer
    worried: bool = False

    def ask(self, text: str, session: Session, reader: Audience, *, newest: str = "") -> tuple[d.Decision, Session]:
        """Classify a question and answer it, ask back, or admit not to know.

        ``newest``: the words just said, where the text holds those before them too.
        """
        reading = self.understanding.read_topics(text, reader)
        verdict = self.thresholds.verdict(reading)
        if self.worried and verdict in KEYS:
            # Whoever may be in distress is asked back, never turned away.
            verdict = Verdict.CLARIFY
        if verdict is Verdict.ANSWER:
            asked = (newest, text) if newest else (text,)
            return self.answer(reading.best.topic, session, reader, reading=reading, asked=asked)
        if verdict is Verdict.CLARIFY:
            return self.clarify(session, reader, reading)
        return self.unknown(session, reader, reading, KEYS[verdict])

    def answer(
        self,
        topic: str,
        session: Session,
        reader: Audience,
        *,
        reading: TopicReading | None = None,
        asked: tuple[str, ...] = (),
    ) -> tuple[d.Decision, Session]:
        """The answer of a topic, with what its reader's age changes; ``asked``: what was said, the newest first."""
        guesses, trace = _told(reading) if reading else ((d.Guess(topic, 1.0),), ())
        text = asked[-1] if asked else ""
        age = next(filter(None, map(age_in, asked)), None)
        reply = self.composer.topic(topic, reader, age, asked=asked)
        if topic in SMALL_TALK:
            kind: type[d.Decision] = d.Handoff if topic == HUMAN else d.Answer
            return kind(reply, reader, guesses=guesses, trace=trace), replace(session, failures=0)
        if session.audience is None and not session.asked_role:
            reply = replace(reply, choices=(*reply.choices, self.composer.choice(Verb.ROLES)))
        question = text or session.question
        after = replace(
            session,
            topic=topic,
            question=question,
            options=self.library.topics[topic].related,
            steps=reply.steps,
            told=question,
            page=0,
            failures=0,
            asked_role=True,
        )
        return d.Answer(reply, reader, guesses=guesses, trace=trace), after

    def clarify(self, session: Session, reader: Audience, reading: TopicReading) -> tuple[d.Decision, Session]:
        """Ask back with the best three; after one failed clarification, rephrase, then the way to a person."""
        if session.failures:
            return self.unknown(session, reader, reading, "unknown")
        options = tuple(guess.topic for guess in reading.guesses)[:OPTIONS_SHOWN]
        choices = (*map(self.composer.topic_choice, options), self.composer.choice(Verb.NONE))
        guesses, trace = _told(reading)
        reply = d.Reply(self.composer.say("chat.clarify"), choices=choices)
        after = replace(session, options=options, failures=session.failures + 1)
        return d.Clarify(reply, reader, guesses=guesses, trace=trace), after

    def unknown(
        self, session: Session, reader: Audience, reading: TopicReading | None, key: str
    ) -> tuple[d.Decision, Session]:
        """Say plainly that it does not know: first ask to rephrase, then show the way to a person; never loop."""
        guesses, trace = _told(reading) if reading else ((), ())
        after = replace(session, failures=session.failures + 1, options=())
        if session.failures >= 2:  # a first try, a rephrasing; then a person
            reply = self.human_reply(reader, "chat.unknown_again")
            return d.Handoff(reply, reader, guesses=guesses, trace=trace), after
        if session.failures == 1:
            key = "rephrase"
        reply = self.composer.unknown(key, reader)
        if reading and reading.outside >= self.thresholds.refuse:
            guesses = (d.Guess(OUT_OF_SCOPE, reading.outside), *guesses)
        return d.Abstain(reply, reader, guesses=guesses, trace=trace), after

    def human_reply(self, reader: Audience, key: str = "") -> d.Reply:
        """The way to a person, with a first line of the messages file where one is named."""
        reply = self.composer.topic(HUMAN, reader)
        return replace(reply, lead=self.composer.say(key)) if key else reply

    def article(
        self, question: ArticleQuestion, topics: tuple[str, ...], session: Session, reader: Audience
    ) -> tuple[d.Decision, Session]:
        """An article by its number: the Decision in its own words, other law where its official text is."""
        source = self.library.sources[question.source]
        ref, key = self._gloss(question, topics)
        label = cite_label(source, question.number)
        topic = self.library.topics[topics[0]].title if topics else ""
        lead = self.composer.say(f"article.{key}").format(article=label, where=source.official.where, topic=topic)
        reply = d.Reply(
            lead,
            title=label,
            law=(self.composer.law_line(ref),),
            choices=tuple(map(self.composer.topic_choice, topics[:OPTIONS_SHOWN])),
        )
        guesses = tuple(d.Guess(name, 1.0 if place == 0 else 0.0) for place, name in enumerate(topics[:ALTERNATIVES]))
        after = replace(session, options=topics, failures=0, question=label)
        return d.Answer(reply, reader, guesses=guesses, trace=("article",)), _about(after, topics)

    def no_article(self, question: ArticleQuestion, session: Session) -> tuple[d.Decision, Session]:
        """The source has no article of that number."""
        source = self.library.sources[question.source]
        lead = self.composer.say("article.missing").format(article=cite_label(source, question.number))
        return d.Notice(d.Reply(lead), trace=("article",)), session

    def repealed(self, source: Source, decided: d.Decision) -> d.Decision:
        """The answer, after a line on what replaced the repealed law that was asked about."""
        successor = self.library.sources[source.successor].short if source.successor else ""
        line = self.composer.say("article.repealed").format(
            old=source.short, new=successor, since=source.successor_note or ""
        )
        if not isinstance(decided, d.Answer):
            return d.Notice(d.Reply(line), decided.audience, trace=("repealed",))
        return replace(decided, reply=replace(decided.reply, lead=f"{line}\n{decided.reply.lead}"))

    def _gloss(self, question: ArticleQuestion, topics: tuple[str, ...]) -> tuple[LawRef, str]:
        """What is said of an article, and how it is introduced: whole, in its own words, in part, or not at all."""
        cite = f"{question.source}:{question.number}"
        own = next((a for a in self.library.sources[question.source].articles if a.number == question.number), None)
        whole = self.library.gloss(question.source, question.number)
        if whole is not None:
            return LawRef(cite=cite, gist=whole), "quoted" if own else "glossed"
        refs = (ref for name in topics for ref in self.library.topics[name].law if ref.cite == cite)
        part = next(refs, None)
        if own is not None:
            return part or LawRef(cite=cite, gist=own.about), "quoted"
        if part is not None:
            return part, "partial"
        return LawRef(cite=cite, gist=self.composer.say("article.no_gloss")), "elsewhere"


def _about(session: Session, topics: tuple[str, ...]) -> Session:
    return replace(session, topic=topics[0], page=0) if topics else session


def _told(reading: TopicReading) -> tuple[tuple[d.Guess, ...], tuple[str, ...]]:
    return reading.guesses[:ALTERNATIVES], reading.trace
