"""What the talk needs from outside, as protocols: understanding of text, and a store of talks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.audience import Audience
from bot.core.decision import Guess
from bot.core.desk import Filing
from bot.core.risk import RiskReading
from bot.core.session import Session


@dataclass(frozen=True, slots=True)
class TopicReading:
    """The topics that a text may be about, best first, and the ids of keywords that spoke for them.

    ``outside`` is the probability that it is about none of them.
    """

    guesses: tuple[Guess, ...]
    outside: float = 0.0
    trace: tuple[str, ...] = ()

    @property
    def best(self) -> Guess:
        """The likeliest topic."""
        return self.guesses[0]

    @property
    def gap(self) -> float:
        """How far the best is ahead of the second."""
        return self.guesses[0].confidence - (self.guesses[1].confidence if len(self.guesses) > 1 else 0.0)


class Understanding(Protocol):
    """Reads text; built by ``bot.nlu``."""

    def normalise(self, text: str) -> str:
        """The text as the rules see it."""
        ...

    def read_risk(self, text: str, before: Sequence[str]) -> RiskReading:
        """The risk in a message, read together with the turns before it."""
        ...

    def read_topics(self, text: str, audience: Audience | None) -> TopicReading:
        """The topics that it may be about."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """An update of a channel as it lies in the inbox: ``body`` is what the channel sent, unsealed."""

    id: int
    update: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent: ``address`` and ``body`` are the channel's own, sealed while they rest."""

    address: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of the outbox, unsealed; ``attempts`` counts the sends that were begun before this one."""

    id: int
    address: str
    body: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class TalkAfter:
    """What is kept of a turn, as a whole or not at all: the memory of its talk, and what it gives the desk.

    ``private``: the memory of the private talk with whoever spoke in a group, where that changes too.
    """

    key: str
    session: Session
    filing: Filing | None = None
    private: TalkAfter | None = None


class Inbox(Protocol):
    """Updates, stored sealed before they are acknowledged; each is handled once."""

    async def put(self, channel: str, update: int, body: bytes) -> bool:
        """Store an update; False where this one was stored before."""
        ...

    async def pending(self, channel: str) -> Sequence[Received]:
        """The updates not yet settled, oldest first."""
        ...

    async def last(self, channel: str) -> int | None:
        """The greatest update number stored of late; None after a quiet week, when the channel may number anew."""
        ...

    async def settle(self, item: Received, replies: Sequence[Outgoing], talk: TalkAfter | None = None) -> None:
        """Erase the update's body, queue its replies and keep the talk, in one transaction."""
        ...


class Outbox(Protocol):
    """Messages on their way; a send whose result was lost is repeated, never more than were in flight."""

    async def due(self, channel: str, now: dt.datetime, limit: int) -> Sequence[Queued]:
        """Messages whose time has come, oldest first; each is marked as begun."""
        ...

    async def sent(self, item: int) -> None:
        """Erase a message that was delivered."""
        ...

    async def retry(self, item: int, at: dt.datetime) -> None:
        """Try again later."""
        ...

    async def give_up(self, item: int) -> None:
        """Erase a message that can never be delivered (blocked, gone)."""
        ...


class SessionStore(Protocol):
    """Keeps talks between turns, sealed, for a short while."""

    async def load(self, key: str) -> Session:
        """The talk of this key, or a new one."""
        ...

    async def save(self, after: TalkAfter) -> None:
        """Keep the talk and what it gives the desk, in one transaction."""
        ...

    async def forget(self, key: str) -> None:
        """Erase the talk."""
        ...
