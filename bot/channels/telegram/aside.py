"""Work that goes on beside the turns: what waits for Telegram itself must not keep anybody from being heard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.channels.telegram.pace import Bell

#: So many at the same time; the others wait for these.
AT_ONCE = 8


@dataclass(slots=True)
class Aside:
    """Runs each piece of work under the number of its update, and rings ``done`` after it."""

    done: Bell
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _running: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _ending: bool = False

    def running(self) -> set[int]:
        """The updates that are being worked on."""
        return set(self._running)

    def start(self, update: int, work: Callable[[], Awaitable[object]]) -> None:
        """Begin with it; raises nothing, and nor may the work."""
        self._running[update] = asyncio.create_task(self._run(update, work))

    async def end(self) -> None:
        """Finish what has begun and begin nothing more: it lies in the inbox."""
        self._ending = True
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _run(self, update: int, work: Callable[[], Awaitable[object]]) -> None:
        try:
            async with self._room:
                if not self._ending:
                    await work()
        finally:
            del self._running[update]
            self.done.ring()
