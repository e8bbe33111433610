"""Watches open cases: at once when something happens, and by durable timers when a time comes.

A timer that sleeps is not woken. Where the next moment has come nearer, and where the timer lets itself be waited for,
since DBOS waits for its own database without end, the process itself is there: a call of its loop. A restart loses the
calls and no moment, for it looks at every open case.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy import URL

from bot.desk.calls import Calls, seconds_until
from bot.desk.durable import DurableTimers
from bot.desk.look import CaseLook, Looked
from bot.desk.news import Event, News
from bot.storage.casework import SealedCasework
from bot.storage.errors import StorageError
from bot.storage.store import Store

log = structlog.get_logger(__name__)
#: Seconds between two looks for open cases over which no timer runs.
SWEEP = 20.0
#: Seconds that the timers have to leave in good order; they can be taken up as they are.
LEAVE = 10.0
#: Seconds between two cases of a sweep for which nothing asked.
BREATH = 0.05
#: Seconds that a timer waits after a failure of the database.
AGAIN = 5.0
#: How late a timer may be before it is gone without.
LATE = dt.timedelta(seconds=2)
#: What changes nothing that a clock looks at.
_IDLE = frozenset({"seen"})


@dataclass(slots=True)
class Watch:
    """The watch over all open cases. Only the running service starts it, holding the data folder's lock.

    ``timers`` is made by the watch, so that tests can give it a database of its own.
    """

    store: Store
    look: CaseLook
    news: News
    url: URL
    sweep: float = SWEEP
    _timers: DurableTimers = field(init=False)
    _calls: Calls = field(init=False)
    _jobs: list[asyncio.Task[None]] = field(default_factory=list)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _walk: asyncio.Lock = field(default_factory=asyncio.Lock)
    _dirty: dict[int, int | None] = field(default_factory=dict)
    _busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _sleeps: dict[int, dt.datetime] = field(default_factory=dict)
    _unset: dict[int, Looked] = field(default_factory=dict)
    _to_set: asyncio.Event = field(default_factory=asyncio.Event)
    _launch: asyncio.Task[None] | None = None
    _since: float | None = None

    def __post_init__(self) -> None:
        self._timers = DurableTimers(self.url, self._ask)
        self._calls = Calls(self.store.now, self._touch)

    async def start(self) -> None:
        """Begin to look at every open case, listen from now on, and launch the timers; raises what stops these."""
        listening = asyncio.Event()
        self._jobs = [asyncio.create_task(self._listen(listening))]
        await listening.wait()
        self._jobs.append(asyncio.create_task(self._sweep()))
        self._wanted.set()
        self._since = time.monotonic()
        self._launch = asyncio.create_task(self._timers.start())
        await asyncio.wait({self._launch}, timeout=SWEEP)
        if self._launch.done():
            self._launch.result()
        self._jobs.append(asyncio.create_task(self._set_timers(self._launch)))

    async def stop(self) -> None:
        """Stop watching; the timers are taken up where they are at the next start."""
        await _cancelled(*self._jobs)
        if self._launch is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE):
                    await asyncio.wait({self._launch})
                    await self._timers.stop()
        # Timers that were asking until now have named moments.
        self._calls.drop_all()
        await _cancelled(*self._busy.values())

    @property
    def timers_late(self) -> bool:
        """Whether the timers let themselves be waited for: then clocks go by calls of the loop and by the sweep."""
        return self._since is not None and time.monotonic() - self._since > self.sweep

    async def unreached(self, case: int, rung: int) -> None:
        """Every route of a rung has failed: the next one is alerted at once."""
        self._touch(case, rung)

    async def rest(self) -> None:
        """Wait until nothing is being looked at."""
        while self._busy or self._wanted.is_set() or self._walk.locked():
            await asyncio.gather(asyncio.sleep(0), *self._busy.values(), return_exceptions=True)

    def _touch(self, case: int, unreached: int | None = None) -> None:
        before = self._dirty.get(case)
        self._dirty[case] = before if unreached is None else max(unreached, before or 0)
        if case not in self._busy:
            self._busy[case] = asyncio.create_task(self._work(case))

    async def _work(self, case: int) -> None:
        try:
            while case in self._dirty:
                await self._guarded(lambda: self._once(case, self._dirty.pop(case)))
        finally:
            self._busy.pop(case, None)

    async def _once(self, case: int, unreached: int | None) -> None:
        """What is due is done at once; the timer is set by it afterwards, and nobody waits for that."""
        looked = self._unset[case] = await self.look.look(case, unreached)
        self._to_set.set()
        self._call_in_time(case, looked)

    def _call_in_time(self, case: int, looked: Looked) -> None:
        if looked.over or looked.wake is None:
            self._calls.drop(case)
            return
        sleeps = self._sleeps.get(case)
        timed = sleeps is not None and self.store.now() < sleeps <= looked.wake
        self._calls.set(case, looked.wake + LATE if timed else looked.wake)

    async def _set_timers(self, launch: asyncio.Task[None]) -> None:
        """One timer after the other, for as long as each takes."""
        await asyncio.wait({launch})
        if (error := launch.exception()) is not None:
            log.error("desk.timers_failed", error=type(error).__name__)
            return
        while True:
            self._since = None
            await self._to_set.wait()
            self._to_set.clear()
            while self._unset:
                case = next(iter(self._unset))
                self._since = time.monotonic()
                await self._guarded(partial(self._set, case, self._unset.pop(case)))

    async def _set(self, case: int, looked: Looked) -> None:
        if looked.over:
            self._sleeps.pop(case, None)
            await self._timers.end(case)
        else:
            await self._timers.ensure(case)

    async def _ask(self, case: int) -> float | None:
        """A timer asks: what is due is done, and it hears how long to sleep."""
        self._sleeps.pop(case, None)
        try:
            looked = await self.look.look(case)
        except StorageError as error:
            log.error("desk.look_failed", case=case, error=type(error).__name__)  # noqa: TRY400
            return AGAIN
        if looked.over:
            return None
        wait = seconds_until(looked.wake, self.store.now())
        sleeps = self._sleeps[case] = self.store.now() + dt.timedelta(seconds=wait)
        # What was found meanwhile may be nearer, and keeps its call.
        if not self._calls.before(case, sleeps):
            self._calls.set(case, sleeps + LATE)
        return wait

    async def _listen(self, listening: asyncio.Event) -> None:
        async with self.news.listening() as told:
            listening.set()
            while True:
                event: Event = await told.get()
                if event.case is not None and event.what not in _IDLE:
                    self._touch(event.case)
                elif event.what in ("duty", "missed"):
                    self.look.board.forget()
                    self._wanted.set()

    async def _all(self, breath: float = 0.0) -> None:
        """One case after the other, with so many seconds between two.

        A new case, and whoever writes meanwhile, must not wait for hundreds of old ones; where something asks for
        another walk there is no more breath.
        """
        rows = await SealedCasework(self.store).queue()
        for row in rows:
            self._touch(row.id)
            await asyncio.wait({self._busy[row.id]})
            if not self._wanted.is_set():
                await asyncio.sleep(min(breath, self.sweep / len(rows)))

    async def _sweep(self) -> None:
        """Timers that are missing are started, and what another process changed is seen."""
        while True:
            breath = 0.0
            try:
                await asyncio.wait_for(self._wanted.wait(), self.sweep)
            except TimeoutError:
                breath = BREATH
            async with self._walk:
                self._wanted.clear()
                await self._guarded(partial(self._all, breath))

    async def _guarded(self, doing: Callable[[], Awaitable[None]]) -> None:
        """The watch outlives whatever fails once; the sweep comes by again."""
        try:
            await doing()
        except Exception as error:  # the timers' library may raise anything; its words are not logged
            log.error("desk.watch_failed", error=type(error).__name__)  # noqa: TRY400


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
