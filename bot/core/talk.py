"""A talk that goes on over many turns: the door through which every channel reaches the dialogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from bot.core.decision import Decision
from bot.core.desk import NO_DESK, Desk, Receipt
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming
from bot.core.ports import SessionStore, TalkAfter
from bot.core.session import Session


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
    """Talks whose memory lies in a store, with people on duty behind them.

    ``dialogue`` is asked for at each turn, so that reloaded content serves from the next turn on.
    Deciding takes about a millisecond and is done on the event loop (``bench/answer.py`` shows it).
    """

    def __init__(
        self, dialogue: Callable[[], Dialogue], store: SessionStore, now: Callable[[], dt.datetime], desk: Desk
    ) -> None:
        self._dialogue, self._store, self._now, self._desk = dialogue, store, now, desk

    async def respond(self, key: str, incoming: Incoming) -> Decision:
        """Decide a turn of the talk that this key names."""
        decision, after = await self.decide(key, incoming)
        await self._store.save(after)
        return decision

    async def decide(self, key: str, incoming: Incoming) -> tuple[Decision, TalkAfter]:
        """Decide a turn without keeping anything: the caller stores what comes after together with what it sends."""
        session = await self._store.load(key)
        origin = incoming.origin
        standing = await self._desk.standing(origin.talk) if origin else NO_DESK
        decision, after, report = self._dialogue().respond(incoming, session, self._now(), standing)
        if report is None or origin is None:
            return decision, TalkAfter(key, after)
        filing = await self._desk.prepare(report, origin, standing)
        private = None
        if origin.talk != key and filing.receipt.code:
            # What opens a talk is never kept with a group's.
            own = await self._store.load(origin.talk)
            private = TalkAfter(origin.talk, replace(own, code=filing.receipt.code))
        return _received(decision, filing.receipt, TalkAfter(key, after, filing, private))

    def without_desk(self, incoming: Incoming) -> Decision:
        """What is said where nothing can be kept: nobody will read it, and no script says otherwise."""
        return self._dialogue().respond(incoming, Session(), self._now(), NO_DESK).decision

    async def forget(self, key: str, *, asked: bool = True) -> None:
        """Erase what is remembered of the talk; ``asked``: the person wants it deleted, and did not just leave."""
        if asked:
            await self._desk.forgotten(key)
        await self._store.forget(key)


def _received(decision: Decision, receipt: Receipt, kept: TalkAfter) -> tuple[Decision, TalkAfter]:
    """The reply with its receipt, where it is one that tells of the desk."""
    if receipt.code and kept.private is None:
        kept = replace(kept, session=replace(kept.session, code=receipt.code))
    if decision.reply.receipt is not None:
        decision = replace(decision, reply=replace(decision.reply, receipt=receipt))
    return decision, kept


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
