"""Calls the people of the desk where the service cannot keep what a child says: no case opens, and no clock runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.desk.answers import RefusedError
from bot.desk.apprising import Apprising
from bot.desk.carriers import APPRISE
from bot.desk.news import Event, News
from bot.storage.errors import WrongKeyError
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Roster, Route

log = structlog.get_logger(__name__)
#: Seconds between two calls: whoever was called knows, and there is one thing to do.
PAUSE = 900.0
#: Seconds after which the routes are read again: another process may have changed them; and after they could not be.
LASTING, AGAIN = 3_600.0, 60.0
#: Seconds after which a database that does not answer is one that cannot be read.
READING = 10.0
#: After which news the routes may be others.
_CHANGES = frozenset({"duty", "missed"})


@dataclass(slots=True)
class UnkeptAlarm:
    """Tells by every route that needs no store of ours. What was said, where and by whom is not in it.

    Routes of our own bot go through the outbox, where nothing can be kept either.
    """

    roster: SealedRoster
    apprising: Apprising
    messages: Callable[[], Mapping[str, str]]
    steady: Callable[[], float] = time.monotonic
    lasting: float = LASTING
    _called_at: float | None = None
    _known: Sequence[Route] = ()
    _calling: set[asyncio.Task[None]] = field(default_factory=set)

    def heard(self) -> None:
        """Somebody in danger was sent to 110, and nobody of the desk will see it."""
        log.error("desk.unkept")
        now = self.steady()
        if self._called_at is not None and now - self._called_at < PAUSE:
            return
        self._called_at = now
        calling = asyncio.get_running_loop().create_task(self._call())
        self._calling.add(calling)
        calling.add_done_callback(self._calling.discard)

    async def run(self, news: News, stop: asyncio.Event) -> None:
        """Keep the routes known until stopped: read at start, after each change of the desk, and after a while."""
        ended = asyncio.ensure_future(stop.wait())
        try:
            async with news.listening() as told:
                while not stop.is_set():
                    while not told.empty():  # one reading is enough for all of these
                        told.get_nowait()
                    wait = self.lasting if await self.refresh() else AGAIN
                    change = asyncio.ensure_future(_change(told))
                    await asyncio.wait({change, ended}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
                    change.cancel()
        finally:
            ended.cancel()

    async def refresh(self) -> bool:
        """Remember the routes: they are needed where the database cannot even be read. False where it could not be."""
        try:
            async with asyncio.timeout(READING):
                self._known = [route async for route in storeless(self.roster, await self.roster.read())]
        except Exception as error:  # whatever it is, those who are known must be called
            log.warning("desk.unkept_routes_old", routes=len(self._known), error=type(error).__name__)
            return False
        return True

    async def settle(self) -> None:
        """Wait for the calls that are being made."""
        await asyncio.gather(*self._calling)

    async def _call(self) -> None:
        await self.refresh()
        arrived = await asyncio.gather(*(self._tell(route) for route in self._known))
        if not any(arrived):
            # Nobody knows yet: the next such turn calls again.
            self._called_at = None
        log.error("desk.unkept_called", routes=len(arrived), arrived=sum(arrived))

    async def _tell(self, route: Route) -> bool:
        messages = self.messages()
        try:
            return await self.apprising.send(route.target, messages["alerts.title"], messages["alerts.unkept"])
        except RefusedError:
            return False


async def storeless(source: SealedRoster, roster: Roster) -> AsyncIterator[Route]:
    """Its routes that need no store of ours, with their targets. Raises StorageError.

    One that was damaged, or sealed with another key, does not keep the others from being called.
    """
    for known in roster.routes:
        if known.kind != APPRISE:
            continue
        try:
            route = await source.route(known.id)
        except WrongKeyError:
            continue
        if route is not None and route.target:
            yield route


async def _change(told: asyncio.Queue[Event]) -> None:
    """Wait for news after which the routes may be others."""
    while (await told.get()).what not in _CHANGES:
        pass
