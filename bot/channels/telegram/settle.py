"""Notes pushes that arrived a few at a time: each note is a transaction, and replies need the store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.core.ports import Outbox, Shown

#: Seconds for which a push that arrived waits for others.
TOGETHER = 0.2


@dataclass(slots=True)
class Settler:
    """What it holds was begun and is not noted: a crash repeats it, like whatever is in flight."""

    outbox: Outbox
    _held: dict[int, Shown | None] = field(default_factory=dict)
    _noting: asyncio.Task[None] | None = None

    async def sent(self, item: int, shown: Shown | None) -> None:
        """Note that a push arrived; returns once it is noted. Raises StorageError."""
        self._held[item] = shown
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note())
        await asyncio.shield(self._noting)

    async def _note(self) -> None:
        await asyncio.sleep(TOGETHER)
        # Whatever comes from here on starts a note of its own.
        held, self._held, self._noting = self._held, {}, None
        await self.outbox.sent_all(held)
