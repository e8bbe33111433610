"""Which routes fail: counted as alerts go out, tried anew once a minute, and told to whoever counts on them."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from bot.desk.answers import RefusedError
from bot.desk.carriers import Carrier
from bot.desk.pacing import Pacing, receiver
from bot.storage.errors import StorageError, WrongKeyError
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route

log = structlog.get_logger(__name__)

#: So many failures in a row make a route count as failing.
FAILURES = 3
#: Seconds between two looks at routes that fail.
PROBE = 60.0


@dataclass(slots=True)
class RouteHealth:
    """How the routes do; ``duty`` is told that one began or ceased to fail. ``steady``: seconds that never go back."""

    roster: SealedRoster
    carriers: Mapping[str, Carrier]
    pacing: Pacing
    duty: Callable[[], None] = lambda: None
    steady: Callable[[], float] = time.monotonic
    probing: float = PROBE
    _failures: Counter[int] = field(default_factory=Counter)
    _failing: set[int] = field(default_factory=set)
    _probed: dict[int, float] = field(default_factory=dict)
    _looked: float = float("-inf")

    async def test(self, number: int) -> bool:
        """Send a test by a route, and keep what became of it. False where it failed at once, or is gone."""
        try:
            route = await self.roster.route(number)
        except WrongKeyError:
            await self.failed(number, receiver("", number))
            return False
        return route is not None and await self._said(route, "test")

    async def heeded(self, route: int, to: str, sending: Awaitable[bool | None]) -> bool | None:
        """What became of something on a route; why it was refused is kept for whoever mends the route."""
        try:
            return await sending
        except RefusedError as error:
            log.warning("alerts.refused", route=route, answer=error.number)
            if error.wait:
                self.pacing.hold(to, error.wait)
            await self.roster.route_refused(route, error.number)
            return False

    def worked(self, route: int, to: str, *, mended: bool) -> None:
        """Something arrived by a route, for whoever reads there; ``mended``: it had failed until then."""
        self._failures.pop(route, None)
        self._failing.discard(route)
        self.pacing.worked(to)
        if mended:
            self.duty()

    async def failed(self, route: int, to: str) -> None:
        """Something did not arrive; where a provider asked to wait it is no failure. Raises StorageError."""
        if self.pacing.excused(to):
            return
        self._failures[route] += 1
        if self._failures[route] >= FAILURES and await self.roster.route_fails(route):
            log.error("alerts.route_failing", route=route)
            self._failing.add(route)
            self.duty()

    async def due(self) -> list[int]:
        """Routes that fail and are to be tried anew now; a success makes them count again. Raises StorageError."""
        if self.steady() < self._looked + self.probing / 12:
            return []
        self._looked = self.steady()
        failing = [route.id for route in (await self.roster.read()).routes if route.failing_since is not None]
        if set(failing) != self._failing:  # the bot's own outbox noted it
            for mended in self._failing.difference(failing):
                self._failures.pop(mended, None)
            self._failing = set(failing)
            self.duty()
        for gone in self._probed.keys() - failing:
            del self._probed[gone]
        return [route for route in failing if self._is_due(route)]

    def _is_due(self, route: int) -> bool:
        return self.steady() - self._probed.setdefault(route, self.steady()) >= self.probing

    async def probe(self, number: int) -> None:
        """Send a test by a route that fails, unless it is held back."""
        self._probed[number] = self.steady()
        with contextlib.suppress(StorageError):
            route = await self.roster.route(number)
            if route is not None and self.pacing.held(receiver(route.target, number)) > 0:
                self._probed[number] = float("-inf")
            elif route is not None:
                await self._said(route, "mended")

    async def _said(self, route: Route, key: str) -> bool:
        carrier, to = self.carriers.get(route.kind), receiver(route.target, route.id)
        self.pacing.took(to)
        arrived = False if carrier is None else await self.heeded(route.id, to, carrier.say(route, key))
        if arrived:
            self.worked(route.id, to, mended=await self.roster.route_worked(route.id))
        elif arrived is False:
            await self.failed(route.id, to)
        return arrived is not False
