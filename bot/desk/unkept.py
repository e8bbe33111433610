"""Calls the people of the desk where the service cannot keep what a child says: no case opens, and no clock runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from bot.desk.answers import RefusedError
from bot.desk.apprising import Apprising
from bot.desk.carriers import APPRISE
from bot.storage.errors import StorageError
from bot.storage.roster import Route, SealedRoster

log = structlog.get_logger(__name__)
#: Seconds between two calls: whoever was called knows, and there is one thing to do.
PAUSE = 900.0


@dataclass(slots=True)
class UnkeptAlarm:
    """Tells by every route that needs no store of ours. What was said, where and by whom is not in it.

    Routes of our own bot go through the outbox, where nothing can be kept either.
    """

    roster: SealedRoster
    apprising: Apprising
    messages: Callable[[], Mapping[str, str]]
    steady: Callable[[], float] = time.monotonic
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

    async def refresh(self) -> None:
        """Remember the routes: they are needed where the database cannot even be read."""
        try:
            routes = [route.id for route in (await self.roster.read()).routes if route.kind == APPRISE]
            opened = [await self.roster.route(number) for number in routes]
            self._known = [route for route in opened if route is not None]
        except StorageError:
            log.warning("desk.unkept_routes_old", routes=len(self._known))

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
