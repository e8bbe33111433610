"""What the talk needs from outside, as protocols: understanding of text, and a store of talks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from bot.core.audience import Audience
from bot.core.counting import Seen
from bot.core.decision import Guess
from bot.core.desk import Filing, Untold
from bot.core.lessons import LessonAfter
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

    def read_risk(self, text: str, before: Sequence[str], alone: RiskReading | None = None) -> RiskReading:
        """The risk in a message, read with the turns before it; ``alone``: what it is without them, where known."""
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


class Lane(IntEnum):
    """Which of the messages on their way go first: help for somebody in danger and words of a person, then replies."""

    URGENT = -1
    REPLY = 0
    PUSH = 1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent: ``address`` and ``body`` are the channel's own, sealed while they rest.

    ``lane``: what goes before what, always. ``delivery``: of a push, the delivery that is settled with it.
    """

    address: str
    body: bytes
    lane: Lane = Lane.REPLY
    delivery: int | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A message of the outbox, unsealed; ``attempts`` counts the sends that were begun before this one."""

    id: int
    address: str
    body: bytes
    attempts: int
    lane: Lane = Lane.REPLY


@dataclass(frozen=True, slots=True)
class Shown:
    """What a channel tells of a message that arrived.

    ``message`` is its number there, ``poll`` names the poll in it; ``moved`` is the chat's new address where that has
    changed, and ``moved_talk`` the key of its talk.
    """

    message: int | None = None
    poll: str = ""
    moved: str = ""
    moved_talk: str = ""


@dataclass(frozen=True, slots=True)
class TalkAfter:
    """What is kept of a turn, as a whole or not at all: the memory of its talk, and what it gives the desk.

    ``private``: the memory of the private talk with whoever spoke in a group, where that changes too. ``lesson``:
    what it gives the classes. ``seen``: what it adds to the counts; None where it was counted before, or counts not.
    ``told``: what was held back from the person before, and is said now.
    """

    key: str
    session: Session
    filing: Filing | None = None
    private: TalkAfter | None = None
    lesson: LessonAfter | None = None
    seen: Seen | None = None
    told: Untold | None = None


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

    async def due(self, channel: str, now: dt.datetime, limit: int, lane: Lane | None = None) -> Sequence[Queued]:
        """Messages whose time has come, replies first, then oldest first; each is marked as begun."""
        ...

    async def sent(self, item: int, shown: Shown | None = None) -> None:
        """Erase a message that was delivered; a push's delivery is settled with it."""
        ...

    async def sent_all(self, items: Mapping[int, Shown | None]) -> None:
        """The same for several at once."""
        ...

    async def retry(self, item: int, at: dt.datetime) -> None:
        """Try again later."""
        ...

    async def give_up(self, item: int, *, gone: bool = False) -> None:
        """Erase a message that can never be delivered; ``gone``: its chat is blocked or no more."""
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
