"""Ends a talk for whoever leaves in haste: at once to them, and behind their back as soon as the store works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import chain, repeat

import structlog

from bot.channels.web.post import Post
from bot.core.talk import Talk
from bot.web.locks import KeyedLocks

log = structlog.get_logger(__name__)

#: Seconds that whoever leaves waits at most: as a rule all is done by then.
PATIENCE = 0.2
#: Seconds between two tries while the store fails: for a day, then the talk itself has long been erased.
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
LATER, TIMES = 60.0, 1440


@dataclass(slots=True)
class Leaving:
    """Talks whose person has gone. ``pause`` waits for so many seconds."""

    talk: Talk
    post: Post
    locks: KeyedLocks
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _going: set[asyncio.Task[None]] = field(default_factory=set)

    async def leave(self, key: str) -> None:
        """Erase what is remembered of a talk; it goes on after this has returned, where it takes long or fails."""
        going = asyncio.create_task(self._leave(key))
        self._going.add(going)
        going.add_done_callback(self._going.discard)
        await asyncio.wait({going}, timeout=PATIENCE)

    async def forget(self, key: str, *, asked: bool) -> None:
        """Erase a talk, behind the turn that is in hand. Raises StorageError."""
        async with self.locks.hold(key):
            # First nothing more is written to them, then what waits is erased.
            await self.talk.forget(key, asked=asked)
            await self.post.drop(key)

    async def _leave(self, key: str) -> None:
        for pause in chain(PAUSES, repeat(LATER, TIMES)):
            try:
                await self.forget(key, asked=False)
            except Exception as error:
                log.error("web.leave_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote rows)
                await self.pause(pause)
            else:
                return
