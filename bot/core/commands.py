"""Buttons, and short turns that mean what a button means."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core import decision as d
from bot.core.articles import ArticleIndex
from bot.core.audience import Audience
from bot.core.command import TEACHING, Command, Verb
from bot.core.cues import CueReader, age_in, bare_age
from bot.core.helpful import thanked
from bot.core.numerals import article_number
from bot.core.risk import RiskLevel
from bot.core.session import Session
from bot.core.topical import COMPLAINT, HUMAN, Topical

Decided = tuple[d.Decision, Session]
#: Characters up to which a message that is not understood is read together with the question before it.
SEQUEL = 12
#: Turns among which the question stands when one of the offered topics is chosen: it, and the choice in words.
CHOOSING = 2
#: Verbs that have a sentence of their own in the messages.
_SAID = frozenset((Verb.START, Verb.HELP, Verb.ROLES, Verb.WRONG))


@dataclass(frozen=True, slots=True)
class Commands:
    """Carries out what a button or a short turn asks for."""

    topical: Topical

    def run(self, command: Command, session: Session, reader: Audience) -> Decided:
        """What a button asks for; ``reader`` where the talk has not shown who reads."""
        reader = session.audience or session.seems or reader
        if command.verb is Verb.TOPIC:
            return self._topic(command.value, session, reader)
        if command.verb is Verb.ROLE:
            return self._role(command.value, session)
        if command.verb in (Verb.MORE, Verb.SIMPLE, Verb.WHY):
            return self._deepen(command.verb, session, reader)
        if command.verb is Verb.HUMAN:
            return d.Handoff(self.topical.human_reply(reader), reader), session
        if command.verb in TEACHING:  # where there are no lessons
            return self._say(Verb.START, session, "chat.old_button")
        if command.verb is Verb.HOTLINES:
            return self.topical.answer("help.hotlines", session, reader)
        if command.verb is Verb.HELPED:
            return thanked(command.value, self.topical.composer), session
        if command.verb is Verb.NONE:
            failed = replace(session, failures=max(session.failures, 1))
            return self.topical.unknown(failed, reader, None, "rephrase")
        if command.verb in _SAID:
            return self._say(command.verb, session)
        # A question of the support card without an answer that it offers.
        return self._say(Verb.START, session, "chat.old_button")

    def talk(self, text: str, session: Session, cues: CueReader, index: ArticleIndex, *, new: bool = False) -> Decided:
        """Words: a short turn that leans on the one before, an article by number, or a question.

        ``new``: they are no sequel of the question before, however little they say.
        """
        seems = cues.hinted(text) or session.seems or cues.leaning(text)
        reader = session.audience or seems or Audience.STUDENT
        if seems is not session.seems:
            session = replace(session, seems=seems)
        short = self._short_turn(text, session, cues, reader)
        if short is not None:
            return short
        if len(text) <= 12 and cues.declared(text):  # 我是家长, and nothing else
            return self._role(session.audience or reader, session)
        # An article asked for by number is no question to lean on: it would only be shown again.
        leans = not new and bool(session.question) and article_number(session.question) is None
        decided, after = self._question(text, session, reader, index)
        if decided.topic == HUMAN:
            # Whoever wants a person does, whatever they asked before.
            return decided, after
        if leans and cues.links_back(text) and article_number(text) is None:
            return self._question(f"{session.question} {text}", session, reader, index, newest=text)
        if leans and len(text) <= SEQUEL and not isinstance(decided, d.Answer):
            # Alone it says too little: 几天, 去哪投诉. With the question before it, it may say enough.
            joined, later = self._question(f"{session.question} {text}", session, reader, index, newest=text)
            if isinstance(joined, d.Answer):
                return joined, replace(later, question=session.question, told=session.question)
        return decided, after

    def _question(
        self, text: str, session: Session, reader: Audience, index: ArticleIndex, *, newest: str = ""
    ) -> Decided:
        old = index.repealed_in(text)
        asked = index.asked(text, session.question) if old is None else None
        if asked is not None and not asked.exists:
            return self.topical.no_article(asked, session)
        if asked is not None:
            return self.topical.article(asked, index.topics_of(asked), session, reader)
        decided, after = self.topical.ask(text, session, reader, newest=newest)
        if old is not None:
            decided = self.topical.repealed(old, decided)
        if decided.topic == COMPLAINT and session.topic:
            return self._complaint(decided, after)
        return decided, after

    def _short_turn(self, text: str, session: Session, cues: CueReader, reader: Audience) -> Decided | None:
        place = cues.ordinal(text)
        if place is not None and place < len(session.options):
            return self._topic(session.options[place], session, reader)
        step = cues.step(text)
        if step is not None and session.topic and session.steps and session.told == session.question:
            return self._step(step, session, reader)
        meant = cues.exact(text)
        if meant in ("more", "simple", "why") and session.topic:
            return self._deepen(Verb(meant), session, reader)
        if meant == "none" and session.failures:
            return self.run(Command(Verb.NONE), session, reader)
        if meant == "stop":
            return self._say(Verb.START, replace(session, topic=None, options=(), failures=0), "chat.stopped")
        if meant in ("retract", "resigns") and session.risk is not RiskLevel.NONE:
            return self._say(Verb.START, session, "chat.retracted")
        age = bare_age(text) or (age_in(text) if cues.links_back(text) else None)
        if session.topic and age is not None:
            return self._same_for_age(age, text, session, reader)
        return None

    def _same_for_age(self, age: int, text: str, session: Session, reader: Audience) -> Decided | None:
        """那要是14岁呢: the same matter at another age, where the topic says something of ages or nothing else is."""
        topic = session.topic or ""
        if topic not in self.topical.library.topics:
            return None
        if not self.topical.library.topics[topic].by_age and bare_age(text) is None:
            return None
        return self.topical.answer(topic, session, reader, asked=(f"{age}岁", session.question))

    def _topic(self, topic: str, session: Session, reader: Audience) -> Decided:
        if topic not in self.topical.library.topics:
            return self._say(Verb.START, session, "chat.old_button")
        return self.topical.answer(topic, session, reader, asked=self._asked(topic, session))

    def _asked(self, topic: str, session: Session) -> tuple[str, ...]:
        """What was asked, where a topic is chosen: the question that was asked back about, or the same one again."""
        if session.failures and topic in session.options:
            return tuple(map(self.topical.understanding.normalise, reversed(session.turns[-CHOOSING:])))
        return (session.question,) if topic == session.topic and session.question else ()

    def _step(self, place: int, session: Session, reader: Audience) -> Decided:
        """第二步再讲讲: a step of the answer before."""
        composer, topic = self.topical.composer, session.topic or ""
        if place >= len(session.steps):
            lead = composer.say("chat.step_missing").format(count=len(session.steps))
            return d.Notice(d.Reply(lead, choices=(composer.choice(Verb.MORE),)), reader), session
        reply = composer.step(topic, reader, place, session.steps)
        return d.Answer(reply, reader, guesses=(d.Guess(topic, 1.0),), trace=("step",)), session

    def _role(self, value: str, session: Session) -> Decided:
        if value not in set(Audience):
            return self._say(Verb.ROLES, session)
        after = replace(session, audience=Audience(value), asked_role=True)
        if session.topic:
            return self._topic(session.topic, after, Audience(value))
        lead = self.topical.composer.say(f"chat.role_{value}")
        return d.Notice(d.Reply(lead), Audience(value)), after

    def _deepen(self, verb: Verb, session: Session, reader: Audience) -> Decided:
        if session.topic is None or session.topic not in self.topical.library.topics:
            return self._say(Verb.START, session, "chat.nothing_before")
        composer, guesses = self.topical.composer, (d.Guess(session.topic, 1.0),)
        if verb is Verb.MORE:
            return self._more(session.topic, session, reader)
        asked = (session.question,) if session.question else ()
        reply = composer.why(session.topic) if verb is Verb.WHY else composer.simple(session.topic, reader, asked)
        return d.Answer(reply, reader, guesses=guesses), session

    def _more(self, topic: str, session: Session, reader: Audience) -> Decided:
        """The next page of what is said when asked for more; behind the last, that there is no more."""
        composer = self.topical.composer
        reply = composer.more(topic, reader, session.page)
        if reply is None:
            choices = composer.related(self.topical.library.topics[topic])
            done = d.Reply(composer.say("chat.no_more"), choices=choices)
            return d.Notice(done, reader, guesses=(d.Guess(topic, 1.0),)), replace(session, page=0)
        return d.Answer(reply, reader, guesses=(d.Guess(topic, 1.0),)), replace(session, page=session.page + 1)

    def _complaint(self, decided: d.Decision, session: Session) -> Decided:
        composer = self.topical.composer
        choices = (composer.choice(Verb.SIMPLE), *map(composer.topic_choice, session.options[:3]))
        return replace(decided, reply=replace(decided.reply, choices=(*choices, composer.choice(Verb.HUMAN)))), session

    def _say(self, verb: Verb, session: Session, key: str = "") -> Decided:
        composer = self.topical.composer
        if verb is Verb.START and not key and (session.audience or session.asked_role):
            lead = composer.say("chat.start_known")
            return d.Notice(d.Reply(lead, choices=(composer.choice(Verb.ROLES),)), session.audience), session
        choices = composer.roles() if verb in (Verb.START, Verb.ROLES) and not key else ()
        return d.Notice(d.Reply(composer.say(key or f"chat.{verb}"), choices=choices)), session
