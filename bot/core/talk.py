"""A talk that goes on over many turns: the door through which every channel reaches the dialogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from bot.core.decision import Decision
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
        """Decide a turn without keeping anything: the caller stores the talk together with what it sends."""
        ...

    async def forget(self, key: str) -> None:
        """Erase what is remembered of the talk."""
        ...


class StoredTalk:
    """Talks whose memory lies in a store.

    ``dialogue`` is asked for at each turn, so that reloaded content serves from the next turn on.
    Deciding takes about a millisecond and is done on the event loop (``bench/answer.py`` shows it).
    """

    def __init__(self, dialogue: Callable[[], Dialogue], store: SessionStore, now: Callable[[], dt.datetime]) -> None:
        self._dialogue, self._store, self._now = dialogue, store, now

    async def respond(self, key: str, incoming: Incoming) -> Decision:
        """Decide a turn of the talk that this key names."""
        decision, after = await self.decide(key, incoming)
        await self._store.save(key, after.session)
        return decision

    async def decide(self, key: str, incoming: Incoming) -> tuple[Decision, TalkAfter]:
        """Decide a turn without keeping anything: the caller stores the talk together with what it sends."""
        session = await self._store.load(key)
        decision, after = self._dialogue().respond(incoming, session, self._now())
        return decision, TalkAfter(key, after)

    async def forget(self, key: str) -> None:
        """Erase what is remembered of the talk."""
        await self._store.forget(key)


class FleetingSessions:
    """A store in memory, for the console and for tests."""

    def __init__(self) -> None:
        self._talks: dict[str, Session] = {}

    async def load(self, key: str) -> Session:
        """The talk of this key, or a new one."""
        return self._talks.get(key, Session())

    async def save(self, key: str, session: Session) -> None:
        """Keep the talk."""
        self._talks[key] = session

    async def forget(self, key: str) -> None:
        """Erase the talk."""
        self._talks.pop(key, None)
