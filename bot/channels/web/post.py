"""Hands the letters that rest in the outbox to the pages that are open, until each is acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.channels.web.letter import CHANNEL, Letter
from bot.core.ports import Outbox, Queued

log = structlog.get_logger(__name__)

#: A letter that nobody fetched is given up then; with the code of return it can still be read.
KEPT = dt.timedelta(days=7)
BATCH = 200
#: What a new dispatcher reads to know all that waits, whenever it is due.
EVERYTHING = 100_000


class Letterbox(Outbox, Protocol):
    """An outbox whose last sender may have gone with letters in its hands."""

    async def recover(self, channel: str) -> int:
        """Give out again what a sender that is gone had begun."""
        ...


class FullError(Exception):
    """So many pages are connected that no more are taken."""


@dataclass(frozen=True, slots=True)
class PostPace:
    """How long letters wait, in seconds, and how many pages are connected at most.

    ``idle``: between two looks without a bell. ``unread``, ``away``: until a letter that was not acknowledged is handed
    out again, to open pages (which may be tabs that nobody looks at) and for a visitor who is away; these pauses grow
    up to ``longest``. ``each``, ``place``, ``all``: pages of one visitor, from one address of the network, and in all.
    """

    idle: float = 2.0
    unread: float = 20.0
    away: float = 10.0
    longest: float = 900.0
    each: int = 4
    place: int = 64
    all: int = 2000


class Stream:
    """What one open page is told."""

    def __init__(self, place: str = "") -> None:
        self.place = place
        self._letters: asyncio.Queue[tuple[int, Letter] | None] = asyncio.Queue()
        self.closed = False
        #: The open case of its visitor's talk, where it is known; 0 for none.
        self.case = 0

    def put(self, item: int, letter: Letter) -> None:
        """Hand over a letter."""
        self._letters.put_nowait((item, letter))

    def stir(self) -> None:
        """Wake whoever waits for the next letter, to look whether something else has changed."""
        self._letters.put_nowait(None)

    def close(self) -> None:
        """Nothing more will come."""
        self.closed = True
        self._letters.put_nowait(None)

    async def next(self, seconds: float) -> tuple[int, Letter] | None:
        """The next letter with its number; None after so long, or where the stream was stirred or closed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._letters.get()
        return None

    def drain(self) -> dict[int, Letter]:
        """All letters that are here now."""
        found = []
        while not self._letters.empty():
            found.append(self._letters.get_nowait())
        return dict(sorted(item for item in found if item is not None))


@dataclass(slots=True)
class Post:
    """The one dispatcher of the web chat's letters. ``run`` must be running for letters to arrive by themselves."""

    outbox: Letterbox
    now: Callable[[], dt.datetime]
    pace: PostPace = field(default_factory=PostPace)
    _streams: dict[str, list[Stream]] = field(default_factory=dict)
    _waiting: dict[str, set[int]] = field(default_factory=dict)
    _work: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _over: bool = False

    def ring(self, case: int = 0) -> None:
        """Say that there may be new letters, and that this case may stand otherwise than before."""
        self._work.set()
        if case:
            for stream in (stream for streams in self._streams.values() for stream in streams if stream.case == case):
                stream.stir()

    def stir(self, address: str) -> None:
        """Say that this visitor's talk went on: their case may be new, or stand otherwise than before."""
        for stream in self._streams.get(address, ()):
            stream.stir()

    async def run(self, stop: asyncio.Event) -> None:
        """Hand out letters until stopped; then every page is let go, so that the server can stop."""
        self._over, known = False, False
        try:
            while not stop.is_set():
                try:
                    if not known:
                        await self.outbox.recover(CHANNEL)
                        await self._read(self.now() + 2 * KEPT, EVERYTHING)
                        known = True
                    await self._read(self.now(), BATCH)
                except Exception as error:
                    log.error("web.outbox_failed", error=type(error).__name__)  # noqa: TRY400  (a trace may quote a letter)
                await self._pause(stop)
        finally:
            self._over = True
            for stream in [stream for streams in self._streams.values() for stream in streams]:
                stream.close()

    async def _pause(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self._work, stop)]
        try:
            await asyncio.wait(waits, timeout=self.pace.idle, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        self._work.clear()

    def full(self, address: str, place: str = "") -> bool:
        """Whether one more page of this visitor would be too many, or nobody hands out letters any more.

        ``place``: the address of the network from which it comes; a cookie anybody can make up.
        """
        own = len(self._streams.get(address, ()))
        near = [stream.place == place for streams in self._streams.values() for stream in streams]
        crowded = place != "" and sum(near) >= self.pace.place
        return self._over or own >= self.pace.each or crowded or len(near) >= self.pace.all

    @asynccontextmanager
    async def connected(self, address: str, place: str = "") -> AsyncIterator[Stream]:
        """A stream of the letters to this visitor. Raises FullError, and StorageError."""
        if self.full(address, place):
            raise FullError
        async with self._joined(address, place) as stream:
            await self._hasten(address)
            self.ring()
            yield stream

    async def fetch(self, address: str) -> dict[int, Letter]:
        """The letters to this visitor that wait now, by number, for a page without a stream. Raises StorageError."""
        async with self._joined(address) as stream:
            await self._hasten(address)
            await self._read(self.now(), BATCH)
            return stream.drain()

    def waits(self, address: str) -> bool:
        """Whether a letter to this visitor is known of which nobody has said that it was read."""
        return address in self._waiting

    async def received(self, address: str, item: int) -> None:
        """A letter was read by its visitor: it is erased. Another's is left alone. Raises StorageError."""
        if item in self._waiting.get(address, ()):
            await self.outbox.sent(item)
            self._forget(address, item)

    async def drop(self, address: str) -> None:
        """The visitor is gone for good: their letters are erased and their pages let go. Raises StorageError."""
        for stream in self._streams.get(address, ()):
            stream.close()
        await self._read(self.now(), BATCH)
        for item in tuple(self._waiting.get(address, ())):
            await self.outbox.give_up(item)
            self._forget(address, item)

    @asynccontextmanager
    async def _joined(self, address: str, place: str = "") -> AsyncIterator[Stream]:
        stream = Stream(place)
        self._streams.setdefault(address, []).append(stream)
        try:
            yield stream
        finally:
            self._streams[address].remove(stream)
            if not self._streams[address]:
                del self._streams[address]

    async def _hasten(self, address: str) -> None:
        # Behind a reading that is under way, which would put off again what is made due here.
        async with self._reading:
            for item in sorted(self._waiting.get(address, ())):
                await self.outbox.retry(item, self.now())

    async def _read(self, until: dt.datetime, limit: int) -> None:
        async with self._reading:
            full = True
            while full:
                batch = await self.outbox.due(CHANNEL, until, limit)
                for item in batch:
                    await self._hand(item)
                full = len(batch) == limit

    async def _hand(self, item: Queued) -> None:
        try:
            letter = Letter.load(item.body)
        except ValueError as error:
            log.error("web.letter_unreadable", error=type(error).__name__)  # noqa: TRY400  (the error quotes the letter)
            await self.outbox.give_up(item.id)
            return
        if letter.at + KEPT < self.now():
            self._forget(item.address, item.id)
            await self.outbox.give_up(item.id)
            return
        self._waiting.setdefault(item.address, set()).add(item.id)
        streams = self._streams.get(item.address, ())
        for stream in streams:
            stream.put(item.id, letter)
        first = self.pace.unread if streams else self.pace.away
        pause = min(self.pace.longest, first * 2 ** min(item.attempts, 20))
        await self.outbox.retry(item.id, self.now() + dt.timedelta(seconds=pause))

    def _forget(self, address: str, item: int) -> None:
        waiting = self._waiting.get(address, set())
        waiting.discard(item)
        if not waiting:
            self._waiting.pop(address, None)
