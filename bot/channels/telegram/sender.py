"""Sends what is due in the outbox, within Telegram's limits, chat by chat in order; no reply waits behind a push."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog
from telegram import Bot

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.brake import Brake
from bot.channels.telegram.deliver import Fate, Outcome, deliver
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.pace import Bell, Pace, unless_stopped
from bot.channels.telegram.quiet import report
from bot.channels.telegram.settle import Settler
from bot.channels.telegram.wire import TelegramMessage
from bot.core.ports import Lane, Outbox, Queued

log = structlog.get_logger(__name__)

#: Messages taken from the outbox at a time, replies and pushes each.
IN_HAND = 30
#: Pushes that are being sent at the same time. Where the network holds them up, no more arrive at once than these and
#: those of a second: together no more than Telegram takes.
FLYING = 8
#: Pushes are taken no fewer at a time: each taking is a transaction, and replies need the store.
FEWEST_PUSHES = 10
#: Seconds between two looks whether an earlier lane of the chat has ended.
BEHIND = 0.05
#: With the longest pause between tries, about nine hours.
MOST_FAILURES = 120
#: What follows a message that was put off comes due just after it, and waits for it no longer than this.
STEP, LONGEST_HOLD = dt.timedelta(milliseconds=1), dt.timedelta(minutes=1)


#: A chat, and which of its queues.
Place = tuple[str, Lane]


@dataclass(frozen=True, slots=True)
class Hold:
    """A message that was put off: what follows it in its chat and lane waits for it."""

    item: int
    until: dt.datetime


@dataclass(slots=True)
class Sender:
    """Empties the outbox until it is stopped. A chat has a queue for each lane; none waits for a later one."""

    bot: Bot
    outbox: Outbox
    now: Callable[[], dt.datetime]
    work: Bell
    pace: Pace
    _lanes: dict[Place, deque[Queued]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _in_hand: dict[int, Queued] = field(default_factory=dict)
    _delivered: dict[int, Outcome] = field(default_factory=dict)
    _holds: dict[Place, Hold] = field(default_factory=dict)
    _brake: Brake = field(default_factory=Brake)
    _failures: Counter[int] = field(default_factory=Counter)
    _flying: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FLYING))
    _limits: Limits = field(init=False)
    _settler: Settler = field(init=False)

    def __post_init__(self) -> None:
        self._settler = Settler(self.outbox)
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
        for lane in Lane:
            for item in await self._due(lane, stop):
                self._take_in_hand(item, stop)

    def _take_in_hand(self, item: Queued, stop: asyncio.Event) -> None:
        if item.id in self._in_hand:
            return
        self._in_hand[item.id] = item
        place = _place(item)
        if place in self._lanes:
            self._lanes[place].append(item)
            return
        self._lanes[place] = deque([item])
        task = asyncio.create_task(self._lane(place, stop))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _due(self, lane: Lane, stop: asyncio.Event) -> Sequence[Queued]:
        free = self._free(lane)
        if free <= 0 or (lane is Lane.PUSH and (free < FEWEST_PUSHES or self._brake.pause(_steady()))):
            return ()
        try:
            return await self.outbox.due(CHANNEL, self.now(), free, lane)
        except Exception as error:
            report("telegram.outbox_failed", error)
            await unless_stopped(stop, asyncio.sleep(self.pace.idle))
            return ()

    async def _lane(self, place: Place, stop: asyncio.Event) -> None:
        """One chat's replies or pushes, one after the other."""
        lane = self._lanes[place]
        while lane:
            item = lane.popleft()
            try:
                await self._handle(item, stop)
            except Exception as error:
                report("telegram.outbox_failed", error)
            finally:
                self._let_go(item)
        del self._lanes[place]
        if place[1] is not Lane.PUSH or self._free(Lane.PUSH) >= FEWEST_PUSHES:
            self.work.ring()

    def _free(self, lane: Lane) -> int:
        """How many more of a lane may be taken in hand."""
        return IN_HAND - sum(each.lane is lane for each in self._in_hand.values())

    async def _handle(self, item: Queued, stop: asyncio.Event) -> None:
        if item.id not in self._delivered:
            async with self._flying if item.lane is Lane.PUSH else contextlib.nullcontext():
                if not await self._admitted(item, stop):
                    return
                outcome = await self._deliver(item)
            if item.lane is Lane.PUSH:
                self._brake.told(outcome.seconds, _steady())
            if outcome.fate is Fate.LATER:
                self._failures[item.id] += 1
                wait = self.pace.delay(self._failures[item.id] - 1) if outcome.seconds is None else outcome.seconds
                await self._put_off(item, wait)
                return
            self._failures.pop(item.id, None)
            if outcome.fate is Fate.NEVER:
                await self.outbox.give_up(item.id, gone=outcome.gone)
                return
            # Remembered until the row is gone: a store in trouble must not make a person read the same over and over.
            self._delivered[item.id] = outcome
        sent = self._settler.sent if item.lane is Lane.PUSH else self.outbox.sent
        await sent(item.id, self._delivered[item.id].shown)
        del self._delivered[item.id]

    async def _admitted(self, item: Queued, stop: asyncio.Event) -> bool:
        """Waits for its turn; False where it went back to the outbox instead."""
        hold = self._hold(item)
        if hold is not None:
            await self._back(item, max(hold.until, self.now()) + STEP)
            return False
        while wait := self._wait(item):
            if wait > self.pace.patience:
                await self._put_off(item, wait)
                return False
            await unless_stopped(stop, asyncio.sleep(wait))
            if stop.is_set():
                break
        if stop.is_set():
            await self._back(item, self.now())
            return False
        self._limits.count(item.address, _steady(), item.lane)
        return True

    def _wait(self, item: Queued) -> float:
        pause = self._brake.pause(_steady()) if item.lane is Lane.PUSH else 0.0
        behind = BEHIND if any((item.address, lane) in self._lanes for lane in _before(item.lane)) else 0.0
        return max(pause, behind, self._limits.wait(item.address, _steady(), item.lane))

    def _hold(self, item: Queued) -> Hold | None:
        """What this message must wait for: one before it in its lane, or any of an earlier lane that was put off."""
        own = self._holds.get(_place(item))
        if own is not None and (item.id <= own.item or self.now() >= own.until + LONGEST_HOLD):
            del self._holds[_place(item)]
            own = None
        # What was put off goes first although its time has come: it may not have been looked for since.
        before = (self._holds.get((item.address, lane)) for lane in _before(item.lane))
        over = self.now() - LONGEST_HOLD
        return own or next((hold for hold in before if hold is not None and over < hold.until), None)

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
        self._holds[_place(item)] = Hold(item.id, until)
        await self._back(item, until)

    async def _back(self, item: Queued, at: dt.datetime) -> None:
        """Back to the outbox: let go first, for it may be given out again before we hear that it is there."""
        self._let_go(item)
        await self.outbox.retry(item.id, at)

    def _let_go(self, item: Queued) -> None:
        if self._in_hand.get(item.id) is item:
            del self._in_hand[item.id]


def _before(lane: Lane) -> Iterator[Lane]:
    return (each for each in Lane if each < lane)


def _place(item: Queued) -> Place:
    return item.address, item.lane


def _steady() -> float:
    return asyncio.get_running_loop().time()
