"""Watches open cases: at once when something happens, and by durable timers when a time comes.

The sweep needs no timer: while DBOS waits for its own database, which it does without end, clocks go by the sweep.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import URL, make_url

from bot.desk.durable import DurableTimers
from bot.desk.look import CaseLook, Looked
from bot.desk.news import Event, News
from bot.storage.casework import SealedCasework
from bot.storage.errors import StorageError
from bot.storage.store import Store

log = structlog.get_logger(__name__)
FILE = "dbos.sqlite3"
#: Seconds between two looks for open cases over which no timer runs.
SWEEP = 20.0
#: Seconds that the timers have to leave in good order; they can be taken up as they are.
LEAVE = 10.0
#: Seconds between two cases of a sweep for which nothing asked.
BREATH = 0.05
#: Seconds that a timer waits at the most, and at the least; and after a failure of the database.
LONGEST, SHORTEST, AGAIN = 6 * 3600.0, 0.2, 5.0
#: What changes nothing that a clock looks at.
_IDLE = frozenset({"seen"})


def timers_url(database: str, data_dir: Path) -> URL:
    """Where DBOS keeps its state: beside the SQLite store, or in the same PostgreSQL, in a schema of its own."""
    url = make_url(database)
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    path = data_dir / FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _set_aside(path)
    path.touch(mode=0o600)
    _keep_a_log(path)
    return URL.create("sqlite", database=str(path))


def _set_aside(path: Path) -> None:
    """A damaged file must not keep the service from children: the sweep makes all timers anew."""
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return  # busy or out of reach: told by whoever opens it
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        log.error("desk.timers_damaged", set_aside=f"{FILE}.damaged")
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.replace(path.with_name(f"{path.name}.damaged{ending}"))


def _keep_a_log(path: Path) -> None:
    """A write-ahead log, once for the file's life: without it each step of a timer waits three times for the disk."""
    with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


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
    _jobs: list[asyncio.Task[None]] = field(default_factory=list)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _walk: asyncio.Lock = field(default_factory=asyncio.Lock)
    _dirty: dict[int, int | None] = field(default_factory=dict)
    _busy: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _asked: dict[int, dt.datetime | None] = field(default_factory=dict)
    _unset: dict[int, Looked] = field(default_factory=dict)
    _to_set: asyncio.Event = field(default_factory=asyncio.Event)
    _launch: asyncio.Task[None] | None = None
    _since: float | None = None

    def __post_init__(self) -> None:
        self._timers = DurableTimers(self.url, self._ask)

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
        for job in (*self._jobs, *self._busy.values()):
            job.cancel()
        await asyncio.gather(*self._jobs, *self._busy.values(), return_exceptions=True)
        if self._launch is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE):
                    await asyncio.wait({self._launch})
                    await self._timers.stop()

    @property
    def timers_late(self) -> bool:
        """Whether the timers let themselves be waited for: then the sweep alone looks at clocks."""
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
        self._unset[case] = await self.look.look(case, unreached)
        self._to_set.set()

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
        started = not looked.over and await self._timers.ensure(case)
        if not started and self._outdated(case, looked):
            await self._timers.wake(case)

    def _outdated(self, case: int, looked: Looked) -> bool:
        """Whether the timer sleeps beyond the next moment: a timer that is early only asks again."""
        if looked.over:
            return self._timers.runs(case)
        asked = self._asked.get(case)
        return looked.wake is not None and (asked is None or looked.wake < asked)

    async def _ask(self, case: int) -> float | None:
        """A timer asks: what is due is done, and it hears how long to wait."""
        try:
            looked = await self.look.look(case)
        except StorageError as error:
            log.error("desk.look_failed", case=case, error=type(error).__name__)  # noqa: TRY400
            return AGAIN
        if looked.over:
            self._asked.pop(case, None)
            return None
        wait = LONGEST
        if looked.wake is not None:
            wait = min(max((looked.wake - self.store.now()).total_seconds(), SHORTEST), LONGEST)
        self._asked[case] = self.store.now() + dt.timedelta(seconds=wait)
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
