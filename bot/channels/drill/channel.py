"""Answers drills as any channel would: from the inbox, by the talk, into the outbox, where replies end."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field

import structlog

from bot.core.message import Incoming, Origin
from bot.core.ports import Inbox, Outbox, Outgoing, Received
from bot.core.talk import Talk
from bot.storage.drills import SealedDrills, drill_talk
from bot.storage.filed import DRILL
from bot.storage.store import Store

log = structlog.get_logger(__name__)
#: Seconds between two looks into the inbox: drills come from another process.
IDLE = 1.0
#: After so many failures a drill is given up.
TRIES = 3
#: What stands in the outbox for a reply: its words are of no use to anybody.
REPLY = b"{}"


@dataclass(slots=True)
class DrillChannel:
    """Empties the inbox of drills until it is stopped."""

    store: Store
    talk: Talk
    inbox: Inbox
    outbox: Outbox
    idle: float = IDLE
    _failed: Counter[int] = field(default_factory=Counter)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until stopped."""
        while not stop.is_set():
            try:
                await self.once()
            except Exception as error:
                log.error("drill.failed", error=type(error).__name__)  # noqa: TRY400  (the trace may quote)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.idle)

    async def once(self) -> None:
        """Answer what has come, and erase what would go out."""
        for item in await self.inbox.pending(DRILL):
            await self._answer(item)
        for queued in await self.outbox.due(DRILL, self.store.now(), 100):
            await SealedDrills(self.store).reply_recorded(queued.address)
            await self.outbox.sent(queued.id)

    async def _answer(self, item: Received) -> None:
        key = drill_talk(item.update)
        origin = Origin(DRILL, key, key, str(item.update))
        incoming = Incoming(item.body.decode("utf-8", "replace"), origin=origin)
        try:
            _decision, after = await self.talk.decide(key, incoming)
            await self.inbox.settle(item, [Outgoing(key, REPLY)], after)
        except Exception:
            self._failed[item.id] += 1
            if self._failed[item.id] >= TRIES:
                await self.inbox.settle(item, ())
            raise
