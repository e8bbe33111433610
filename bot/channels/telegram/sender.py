"""Sends what is due in the outbox, within Telegram's limits, chat by chat in order."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from telegram import Bot

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.deliver import Fate, Outcome, deliver
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.pace import Bell, Pace, unless_stopped
from bot.channels.telegram.quiet import report
from bot.channels.telegram.wire import TelegramMessage
from bot.core.ports import Outbox, Queued

log = structlog.get_logger(__name__)

#: Messages taken from the outbox at a time.
IN_HAND = 30
#: With the longest pause between tries, about nine hours.
MOST_FAILURES = 120
#: What follows a message that was put off comes due just after it, and waits for it no longer than this.
STEP, LONGEST_HOLD = dt.timedelta(milliseconds=1), dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hold:
    """A message that was put off: what follows it in its chat waits for it."""

    item: int
    until: dt.datetime


@dataclass(slots=True)
class Sender:
    """Empties the outbox until it is stopped."""

    bot: Bot
    outbox: Outbox
    now: Callable[[], dt.datetime]
    work: Bell
    pace: Pace
    _lanes: dict[str, deque[Queued]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _in_hand: set[int] = field(default_factory=set)
    _delivered: set[int] = field(default_factory=set)
    _holds: dict[str, Hold] = field(default_factory=dict)
    _failures: Counter[int] = field(default_factory=Counter)
    _limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self._limits = Limits(self.pace)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until stopped; what is being sent then is finished, what is not goes back."""
        try:
            while not stop.is_set():
                await self._take(stop)
                await unless_stopped(stop, self.work.wait(self.pace.idle))
            await asyncio.gather(*self._tasks)
        finally:
            for task in self._tasks:
                task.cancel()

    async def _take(self, stop: asyncio.Event) -> None:
        self._limits.tidy(_steady())
        for item in await self._due(stop):
            if item.id in self._in_hand:
                continue
            self._in_hand.add(item.id)
            if item.address in self._lanes:
                self._lanes[item.address].append(item)
                continue
            self._lanes[item.address] = deque([item])
            task = asyncio.create_task(self._lane(item.address, stop))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _due(self, stop: asyncio.Event) -> Sequence[Queued]:
        free = IN_HAND - len(self._in_hand)
        try:
            return await self.outbox.due(CHANNEL, self.now(), free) if free > 0 else ()
        except Exception as error:
            report("telegram.outbox_failed", error)
            await unless_stopped(stop, asyncio.sleep(self.pace.idle))
            return ()

    async def _lane(self, address: str, stop: asyncio.Event) -> None:
        """One chat's messages, one after the other."""
        lane = self._lanes[address]
        while lane:
            item = lane.popleft()
            try:
                await self._handle(item, stop)
            except Exception as error:
                report("telegram.outbox_failed", error)
            finally:
                self._in_hand.discard(item.id)
        del self._lanes[address]
        self.work.ring()

    async def _handle(self, item: Queued, stop: asyncio.Event) -> None:
        if item.id not in self._delivered:
            if not await self._admitted(item, stop):
                return
            outcome = await self._deliver(item)
            if outcome.fate is Fate.LATER:
                self._failures[item.id] += 1
                wait = self.pace.delay(self._failures[item.id] - 1) if outcome.seconds is None else outcome.seconds
                await self._put_off(item, wait)
                return
            self._failures.pop(item.id, None)
            if outcome.fate is Fate.NEVER:
                await self.outbox.give_up(item.id)
                return
        # Remembered until the row is gone: a store in trouble must not make a person read the same thing over and over.
        self._delivered.add(item.id)
        await self.outbox.sent(item.id)
        self._delivered.discard(item.id)

    async def _admitted(self, item: Queued, stop: asyncio.Event) -> bool:
        """Waits for its turn; False where it went back to the outbox instead."""
        hold = self._holds.get(item.address)
        if hold is not None and item.id > hold.item and self.now() < hold.until + LONGEST_HOLD:
            await self.outbox.retry(item.id, max(hold.until, self.now()) + STEP)
            return False
        self._holds.pop(item.address, None)
        while wait := self._limits.wait(item.address, _steady()):
            if wait > self.pace.patience:
                await self._put_off(item, wait)
                return False
            await unless_stopped(stop, asyncio.sleep(wait))
            if stop.is_set():
                break
        if stop.is_set():
            await self.outbox.retry(item.id, self.now())
            return False
        self._limits.count(item.address, _steady())
        return True

    async def _deliver(self, item: Queued) -> Outcome:
        if self._failures[item.id] >= MOST_FAILURES:
            log.error("telegram.message_given_up", failures=MOST_FAILURES)
            return Outcome(Fate.NEVER)
        try:
            message = TelegramMessage.load(item.body)
        except (ValueError, TypeError) as error:
            report("telegram.message_unreadable", error)
            return Outcome(Fate.NEVER)
        return await deliver(self.bot, item.address, message)

    async def _put_off(self, item: Queued, seconds: float) -> None:
        """Later, and whatever else goes to this chat after it."""
        until = self.now() + dt.timedelta(seconds=seconds)
        self._holds[item.address] = Hold(item.id, until)
        await self.outbox.retry(item.id, until)


def _steady() -> float:
    return asyncio.get_running_loop().time()
