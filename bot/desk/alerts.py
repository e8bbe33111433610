"""Sends alerts as soon as they are made, again and again until they arrive, and tells when a rung cannot be reached."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import structlog

from bot.desk.carriers import Carrier
from bot.desk.duty import Scope, eligible, overheard
from bot.desk.pacing import Pacing, receiver
from bot.desk.route_health import PROBE, RouteHealth
from bot.desk.turns import TRIES, next_turn, pause
from bot.storage.alert_rows import RELEASED, Pending
from bot.storage.alerts import SealedAlerts
from bot.storage.errors import StorageError
from bot.storage.roster import SealedRoster

log = structlog.get_logger(__name__)

#: Seconds between two looks at an empty table.
IDLE = 15.0


@dataclass(slots=True)
class AlertSender:
    """Empties the table of alerts until it is stopped.

    ``unreached`` is told the case and the rung where every route of a rung has failed; ``duty`` that a route began
    or ceased to fail. ``steady`` gives seconds that never go back.
    """

    alerts: SealedAlerts
    roster: SealedRoster
    carriers: dict[str, Carrier]
    now: Callable[[], dt.datetime]
    unreached: Callable[[int, int], Awaitable[None]]
    duty: Callable[[], None] = lambda: None
    steady: Callable[[], float] = time.monotonic
    probing: float = PROBE
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _under_way: dict[int, Pending] = field(default_factory=dict)
    _tried: dict[int, float] = field(default_factory=dict)
    _failed: set[int] = field(default_factory=set)
    _pacing: Pacing = field(init=False)
    _routes: RouteHealth = field(init=False)

    def __post_init__(self) -> None:
        self._pacing = Pacing(self.steady)
        self._routes = RouteHealth(
            self.roster, self.carriers, self._pacing, self.duty, steady=self.steady, probing=self.probing
        )

    def ring(self) -> None:
        """There is something to send."""
        self._bell.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until stopped; what is being sent then goes again at the next start, since nobody knows its fate."""
        ending = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                wait = await self._round()
                ringing = asyncio.ensure_future(self._bell.wait())
                await asyncio.wait({ending, ringing}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
                ringing.cancel()
        finally:
            ending.cancel()
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def settle(self) -> None:
        """One round, and the end of what it began: for tests and for a single command."""
        await self._round()
        await asyncio.gather(*self._tasks.values())

    async def test(self, route: int) -> bool:
        """Send a test by a route, and keep what became of it. False where it failed at once, or is gone."""
        return await self._routes.test(route)

    async def _round(self) -> float:
        """Begin whatever is due. Gives the seconds until something else will be."""
        self._bell.clear()
        try:
            pending = await self.alerts.pending()
            failing = await self._routes.due()
        except StorageError as error:
            log.error("alerts.store_failed", error=type(error).__name__)  # noqa: TRY400  (the trace says nothing more)
            return 1.0
        for number in (self._tried.keys() | self._failed) - {item.id for item in pending}:
            self._forget(number)
        idle = [item for item in pending if item.id not in self._tasks]
        turn = next_turn(idle, self._under_way.values(), self._pacing, self._due_in)
        for items in turn.texts:
            self._under_way[items[0].id] = items[0]
            self._begin([item.id for item in items], self._handle(items))
        for item in turn.passed_on:
            if item.id not in self._failed:
                self._begin([item.id], self._pass_on(item))
        for route in failing:
            if -route not in self._tasks:
                self._begin([-route], self._routes.probe(route))
        return min([IDLE, *turn.waits])

    def _due_in(self, item: Pending) -> float:
        return pause(item, self.now(), self.steady() - self._tried.get(item.id, float("-inf")))

    def _begin(self, numbers: Sequence[int], work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.update(dict.fromkeys(numbers, task))
        task.add_done_callback(partial(self._ended, numbers))

    def _ended(self, numbers: Sequence[int], _task: asyncio.Task[None]) -> None:
        for number in numbers:
            self._tasks.pop(number, None)
            self._under_way.pop(number, None)
        self._bell.set()

    async def _handle(self, items: Sequence[Pending]) -> None:
        """Send an alert, or one text for several by one route: it arrives, fails or is put back as a whole."""
        try:
            begun = [fitting for item in items if (fitting := await self._begun(item)) is not None]
            if not begun:
                return
            route, numbers = begun[0].route, [item.id for item in begun]
            to = receiver(begun[0].target, route)
            # What cannot be opened counts as failed, so that others are alerted and nobody relies on the route.
            carrier = self.carriers.get(begun[0].route_kind) if begun[0].target else None
            arrived = False if carrier is None else await self._routes.heeded(route, to, _by(carrier, begun))
            if arrived:
                self._routes.worked(route, to, mended=await self.alerts.sent(*numbers))
                for number in numbers:
                    self._forget(number)
            elif arrived is False and self._pacing.excused(to):
                await self.alerts.put_back(numbers)
            elif arrived is False:
                for item in begun:
                    await self._not_sent(item)
                await self._routes.failed(route, to)
        except StorageError as error:
            log.error("alerts.store_failed", error=type(error).__name__)  # noqa: TRY400

    async def _begun(self, item: Pending) -> Pending | None:
        """An alert that is tried now, as it may go out; None where it must not, or need not any more."""
        self._tried[item.id] = self.steady()
        fitting = await self._fitting(item)
        if fitting is None:
            await self._drop(item)
        if fitting is None or not await self.alerts.begin(item.id):
            self._forget(item.id)
            return None
        return fitting

    async def hears(self, number: int) -> bool:
        """Whether whom an alert goes to may still see its case: what waited in an outbox is not sent otherwise."""
        item = await self.alerts.one(number)
        if item is None or await self._fitting(item) is not None:
            return True
        await self._drop(item)
        return False

    async def _fitting(self, item: Pending) -> Pending | None:
        """The alert as it may go out; None where whom it goes to may not see the case any more."""
        if not (item.school or item.outsiders_only):
            return item
        # A release may be reviewed by a supervisor of another region.
        region = "" if item.reason == RELEASED else item.region
        people, scope = (await self.roster.read()).people, Scope(region, item.school, item.outsiders_only)
        if item.staff is None:
            return replace(item, hushed=overheard(people, scope))
        return item if any(person.id == item.staff for person in eligible(people, scope)) else None

    async def _drop(self, item: Pending) -> None:
        await self.alerts.give_up(item.id)
        await self._climb(item)

    async def _not_sent(self, item: Pending) -> None:
        self._failed.add(item.id)
        log.warning("alerts.failed", case=item.case, route=item.route, attempt=item.attempts + 1)
        if item.attempts + 1 >= len(TRIES):
            await self.alerts.give_up(item.id)
        await self._climb(item)

    async def _pass_on(self, item: Pending) -> None:
        """It waits on a route that fails or is held back: whether the next rung must hear does not wait as well."""
        self._failed.add(item.id)
        with contextlib.suppress(StorageError):
            await self._climb(item)

    async def _climb(self, item: Pending) -> None:
        """Where nobody hears of what was made together with this, the next rung does."""
        group = await self.alerts.siblings(item)
        tried = all(
            row.id in self._failed or row.failed_at or (row.attempts > 1 and row.sent_at is None) for row in group
        )
        if tried and not any(row.sent_at for row in group):
            await self.unreached(item.case, item.rung)

    def _forget(self, number: int) -> None:
        self._tried.pop(number, None)
        self._failed.discard(number)


def _by(carrier: Carrier, items: Sequence[Pending]) -> Awaitable[bool | None]:
    return carrier.alert(items[0]) if len(items) == 1 else carrier.several(items)
