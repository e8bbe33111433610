"""Codes of return made ahead: making one takes a tenth of a second and more, for which no disclosure must wait."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.core.desk import ReceiptKey

#: Codes that are kept ready.
READY = 16
NewCode = tuple[str, ReceiptKey]
#: How far the making of codes steps back behind whoever is answered at that moment.
NICE = 10


@dataclass(slots=True)
class CodeStock:
    """Gives new codes. While ``run`` runs some are ready; without it each is made when it is asked for."""

    make: Callable[[], NewCode]
    _ready: deque[NewCode] = field(default_factory=deque)
    _taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self) -> NewCode:
        """A code that nobody has, with what is kept of it."""
        if not self._ready:
            return await asyncio.to_thread(self.make)
        self._taken.set()
        return self._ready.popleft()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the stock full until stopped, one code after the other."""
        ending, maker = asyncio.ensure_future(stop.wait()), ThreadPoolExecutor(1, "codes", _step_back)
        try:
            while not stop.is_set():
                self._taken.clear()
                if len(self._ready) < READY:
                    self._ready.append(await asyncio.get_running_loop().run_in_executor(maker, self.make))
                    continue
                taken = asyncio.ensure_future(self._taken.wait())
                await asyncio.wait({ending, taken}, return_when=asyncio.FIRST_COMPLETED)
                taken.cancel()
        finally:
            ending.cancel()
            maker.shutdown(wait=False, cancel_futures=True)
            self._ready.clear()


def _step_back() -> None:
    # On Linux a thread has a niceness of its own, and this number is the calling thread's.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
