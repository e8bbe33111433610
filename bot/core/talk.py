"""A talk that goes on over many turns: the door through which every channel reaches the dialogue."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Protocol

from bot.core.audience import Audience
from bot.core.decision import Decision, Quiz, Relayed
from bot.core.desk import NO_DESK, Desk, Filing, Report, Standing, Untold, Why
from bot.core.dialogue import Dialogue
from bot.core.lessons import Joins, Lesson, Lessons, NoLessons
from bot.core.message import Incoming, Origin
from bot.core.noticed import seen
from bot.core.ports import SessionStore, TalkAfter
from bot.core.risk import RiskLevel, RiskReading
from bot.core.session import Session
from bot.core.turn import Turned

#: Turns that are decided and kept at the same time; the others wait in the order in which they came. Where many come
#: at once, each would wait at every step for the steps of all others, and the one that writes holds up the rest.
AT_ONCE = 2


class Talk(Protocol):
    """What a channel needs: an answer to a turn, and the end of a talk."""

    async def respond(self, key: str, incoming: Incoming) -> Decision:
        """Decide a turn of the talk that this key names."""
        ...

    async def decide(self, key: str, incoming: Incoming) -> tuple[Decision, TalkAfter]:
        """Decide a turn without keeping anything: the caller stores what comes after together with what it sends."""
        ...

    async def forget(self, key: str, *, asked: bool = True) -> None:
        """Erase what is remembered of the talk; ``asked``: the person wants it deleted, and did not just leave."""
        ...


class StoredTalk:
    """Talks whose memory lies in a store, with people on duty behind them, and lessons within them.

    ``dialogue`` is asked for at each turn, so that reloaded content serves from the next turn on.
    Deciding takes about a millisecond and is done on the event loop (``bench/answer.py`` shows it).
    """

    def __init__(
        self,
        dialogue: Callable[[], Dialogue],
        store: SessionStore,
        now: Callable[[], dt.datetime],
        desk: Desk,
        *,
        lessons: Lessons | None = None,
        unkept: Callable[[], None] = lambda: None,
    ) -> None:
        """``unkept`` is told when somebody said something alarming that nobody will read, since nothing can be kept."""
        self._dialogue, self._store, self._now, self._desk = dialogue, store, now, desk
        self._unkept = unkept
        self._lessons = lessons or NoLessons()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def respond(self, key: str, incoming: Incoming) -> Decision:
        """Decide a turn of the talk that this key names."""
        async with self._place(incoming) as alone:
            decision, after = await self._turn(key, incoming, alone)
            await self._store.save(after)
            return decision

    async def decide(self, key: str, incoming: Incoming) -> tuple[Decision, TalkAfter]:
        """Decide a turn without keeping anything: the caller stores what comes after together with what it sends."""
        async with self._place(incoming) as alone:
            return await self._turn(key, incoming, alone)

    @asynccontextmanager
    async def _place(self, incoming: Incoming) -> AsyncIterator[RiskReading | None]:
        """A place among those that are worked on; whoever tells of harm does not queue for it.

        Gives what was read for that, so that those who queue are not read twice.
        """
        alone = self._dialogue().alone(incoming) if self._room.locked() else None
        async with nullcontext() if alone is not None and alone.alarming else self._room:
            yield alone

    async def _turn(self, key: str, incoming: Incoming, alone: RiskReading | None) -> tuple[Decision, TalkAfter]:
        session = await self._known(incoming, await self._store.load(key))
        decision, kept = await self._decided(key, incoming, session, alone)
        return decision, self._counted(incoming, session, decision, kept)

    async def _known(self, incoming: Incoming, session: Session) -> Session:
        """The talk; whoever joined a class said then who they are, and is not asked again.

        What they said is not taken as said today: a child may hold a parent's phone, and help is worded for the child.
        """
        if incoming.origin is None or incoming.group or session.audience or session.asked_role:
            return session
        return replace(session, asked_role=await self._lessons.joined(incoming.origin.talk))

    async def _decided(
        self, key: str, incoming: Incoming, session: Session, alone: RiskReading | None
    ) -> tuple[Decision, TalkAfter]:
        origin = incoming.origin
        standing = await self._desk.standing(origin.talk) if origin else NO_DESK
        turned = self._dialogue().respond(incoming, session, self._now(), standing, alone=alone)
        # What is said to a person is no answer of a quiz, even once they are gone.
        spoken_to = standing.case is not None and standing.case.left and turned.report is not None
        lesson = None if spoken_to else await self._lesson(turned, incoming, session)
        decision, after, report = (
            self._aside(turned, incoming) if lesson is None else _taught(turned, session, lesson, incoming)
        )
        decision, told = self._caught_up(Turned(decision, after, report), incoming, standing)
        kept = TalkAfter(key, after, lesson=lesson.after if lesson else None, told=told)
        if report is None or origin is None:
            return decision, kept
        filing = await self._desk.prepare(report, origin, standing)
        if _tapped_before(report, origin, session, standing):
            return _received(decision, filing, kept, standing)
        private = None
        if origin.talk != key and filing.receipt.code:
            # What opens a talk is never kept with a group's.
            own = await self._store.load(origin.talk)
            private = TalkAfter(origin.talk, _holding(own, filing))
        return _received(decision, filing, replace(kept, filing=filing, private=private), standing)

    def _caught_up(self, turned: Turned, incoming: Incoming, standing: Standing) -> tuple[Decision, Untold | None]:
        """The decision with what was held back from the person, and what of that is said now. Never before a class."""
        told = None if incoming.group else standing.untold
        first = None if told is None else self._dialogue().caught_up(turned, self._now(), standing)
        return (turned.decision, None) if first is None else (first, told)

    def without_desk(self, incoming: Incoming) -> Decision:
        """What is said where nothing can be kept: nobody will read it, and no script says otherwise."""
        decision = self._dialogue().respond(incoming, Session(), self._now(), NO_DESK).decision
        if decision.risk.alarming:
            self._unkept()
        return decision

    async def forget(self, key: str, *, asked: bool = True) -> None:
        """Erase what is remembered of the talk; ``asked``: the person wants it deleted, and did not just leave."""
        if asked:
            await self._desk.forgotten(key)
            await self._lessons.forgotten(key)
        await self._store.forget(key)
        if not asked:
            await self._desk.left(key)

    def _counted(self, incoming: Incoming, before: Session, decision: Decision, kept: TalkAfter) -> TalkAfter:
        """With what the turn adds to the counts: nothing where it is one that was sent again."""
        delivery = incoming.origin.delivery if incoming.origin else ""
        if delivery and delivery == before.delivery:
            return kept
        learnt = kept.session.learnt or isinstance(decision, Quiz)
        talk = replace(kept.session, delivery=delivery or kept.session.delivery, learnt=learnt)
        added = seen(incoming, decision, talk, self._now())
        return replace(kept, session=talk, seen=added)

    async def _lesson(self, turned: Turned, incoming: Incoming, session: Session) -> Lesson | None:
        """The lesson that the turn is part of: never one that alarms, nor what is said to a person on duty."""
        risk = turned.decision.risk
        uneasy = risk.alarming or (risk.level is not RiskLevel.NONE and not incoming.command)
        if uneasy or isinstance(turned.decision, Relayed):
            return None
        return await self._lessons.turn(incoming, session, session.audience or Audience.STUDENT)

    def _aside(self, turned: Turned, incoming: Incoming) -> Turned:
        """Any other turn while a quiz goes on: it waits, and after a disclosure nobody is asked to go on with it."""
        place, decision = turned.session.quiz, turned.decision
        if not place or incoming.group:
            return turned
        waiting, choices = self._lessons.aside(place, grave=decision.risk.alarming or isinstance(decision, Relayed))
        reply = replace(decision.reply, choices=(*decision.reply.choices, *choices))
        session = replace(turned.session, quiz=waiting)
        return turned._replace(decision=replace(decision, reply=reply), session=session)


def _taught(turned: Turned, before: Session, lesson: Lesson, incoming: Incoming) -> Turned:
    """A lesson in place of the dialogue's answer: the talk goes on after it as if it had not been.

    Words behind a command are no answer to a question of a quiz: they are remembered like all that is said.
    """
    joined = lesson.after.reader if isinstance(lesson.after, Joins) else None
    session = replace(
        before,
        turns=turned.session.turns if incoming.command else before.turns,
        delivery=turned.session.delivery,
        audience=before.audience or joined,
        asked_role=before.asked_role or joined is not None,
        quiz=lesson.place,
        asked="",
        asked_of=0,
    )
    report = turned.report
    if report is not None and report.why is Why.STOPPED:
        # It is the quiz that they leave, and nobody has to ask whether it is still they.
        report = replace(report, why=Why.SAID)
    return Turned(replace(lesson.decision, risk=turned.decision.risk), session, report)


def _tapped_before(report: Report, origin: Origin, before: Session, standing: Standing) -> bool:
    """Whether a button was sent again: of words the case itself knows that it has them, of a tap it has none."""
    again = bool(origin.delivery) and origin.delivery == before.delivery
    return again and standing.case is not None and not report.texts and not report.told


def _received(decision: Decision, filing: Filing, kept: TalkAfter, standing: Standing) -> tuple[Decision, TalkAfter]:
    """The reply with its receipt, where it is one that tells of the desk: of no answer where none comes."""
    if filing.receipt.code and kept.private is None:
        kept = replace(kept, session=_holding(kept.session, filing))
    if decision.reply.receipt is not None:
        away = standing.case is not None and not standing.case.here
        receipt = replace(filing.receipt, due_at=None) if away else filing.receipt
        decision = replace(decision, reply=replace(decision.reply, receipt=receipt))
    return decision, kept


def _holding(session: Session, filing: Filing) -> Session:
    """The talk with the code of return that was told in it."""
    return replace(session, code=filing.receipt.code, code_of=filing.key.name if filing.key else "")


class FleetingSessions:
    """A store in memory, for the console and for tests."""

    def __init__(self) -> None:
        self._talks: dict[str, Session] = {}

    async def load(self, key: str) -> Session:
        """The talk of this key, or a new one."""
        return self._talks.get(key, Session())

    async def save(self, after: TalkAfter) -> None:
        """Keep the talk."""
        self._talks[after.key] = after.session

    async def forget(self, key: str) -> None:
        """Erase the talk."""
        self._talks.pop(key, None)
