"""Tells, within this process, that something happened at the desk: pages and clocks listen, nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

#: A listener that is this far behind is told only that it missed something.
BACKLOG = 256


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, to which case: ``opened``, ``raised``, ``message``, ``seen``, ``taken``, ``answered``, ``closed``.

    ``duty``: who is on duty may have changed; ``missed``: events were dropped, look at everything anew.
    """

    what: str
    case: int | None = None


class News:
    """A broadcast to whoever listens at the moment. What it tells can always be read from the database as well."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Event]] = set()

    def publish(self, event: Event) -> None:
        """Tell all listeners; never waits."""
        for listener in self._listeners:
            if listener.full():
                while not listener.empty():
                    listener.get_nowait()
                listener.put_nowait(Event("missed"))
            else:
                listener.put_nowait(event)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Queue[Event]]:
        """A queue of what is told from now on."""
        listener: asyncio.Queue[Event] = asyncio.Queue(BACKLOG)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
