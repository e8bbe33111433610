"""Brings pushes out when they are due: begins runs, reminds, closes, and feeds the outbox a little at a time."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.core.ports import Outgoing
from bot.storage.deliveries import Deliveries, DeliveryState, Due
from bot.storage.outbox import SealedOutbox, queue
from bot.storage.pushes import Pushes
from bot.storage.runs import Runs
from bot.storage.store import Store
from bot.teaching.making import Making
from bot.teaching.plan import Plan
from bot.teaching.starting import Starting

log = structlog.get_logger(__name__)

#: Messages of pushes that lie in a channel's outbox at most; one that was put off for longer does not count.
MOST_QUEUED, SOON = 120, dt.timedelta(seconds=5)
#: No fewer are brought at a time where more are waiting: each time is a transaction.
FEWEST = 40
#: Seconds between two looks: with more to feed, and at rest.
BUSY, IDLE = 0.5, 2.0


@dataclass(slots=True)
class Pusher:
    """The one that brings pushes out. ``wake`` tells the channels' senders that there is work."""

    store: Store
    plan: Plan
    starting: Starting
    making: Making
    wake: Callable[[], None]
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        """Say that something has changed."""
        self._rung.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Bring pushes out until stopped; what fails is logged and tried again."""
        while not stop.is_set():
            try:
                busy = await self.turn()
            except Exception as error:
                # The text of an error can quote a message.
                log.error("pushes.failed", error=type(error).__name__)  # noqa: TRY400
                busy = False
            await self._pause(stop, BUSY if busy else IDLE)

    async def turn(self) -> bool:
        """Do what is due now; says whether there may be more to feed. Raises StorageError."""
        now = self.store.now()
        for number in await Pushes(self.store).due(now):
            await self.starting.start(number)
        for run in await Runs(self.store).to_close(now):
            await self.starting.close(run)
        if self.plan.is_quiet(now):
            return False
        for run in await Runs(self.store).to_remind(now):
            await self.starting.remind(run)
        return await self._feed()

    async def _feed(self) -> bool:
        """Bring the next deliveries into the outbox: each is queued and noted so in one transaction."""
        room = MOST_QUEUED - await self._queued()
        if room < FEWEST:
            return True
        due = await Deliveries(self.store).next(room)
        if not due:
            return False
        made = await self.making.make(due, self.starting.postings)
        async with self.store.writing() as connection:
            deliveries = Deliveries(self.store)
            claimed = await deliveries.claim(connection, list(made), DeliveryState.QUEUED)
            unwanted = [item.id for item in due if item.id not in made]
            await deliveries.claim(connection, unwanted, DeliveryState.DROPPED)
            for channel in self.starting.postings:
                await queue(connection, self.store, channel, _of(channel, due, made, claimed))
        self.wake()
        return len(due) == room

    async def _queued(self) -> int:
        outbox, soon = SealedOutbox(self.store), self.store.now() + SOON
        return sum([await outbox.pushes(channel, soon) for channel in self.starting.postings])

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self._rung, stop)]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        self._rung.clear()


def _of(channel: str, due: Sequence[Due], made: Mapping[int, Outgoing], claimed: set[int]) -> list[Outgoing]:
    return [made[item.id] for item in due if item.channel == channel and item.id in claimed]
