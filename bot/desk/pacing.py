"""How fast a route may be used where a service that is sent too much within a minute takes nothing for a while."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

#: In so many seconds so many alerts go out by one route each in a text of its own: of a crowd of one place fewer, which
#: leaves the others to everybody else. Then one text tells of all that wait, so many seconds after the last such one.
#: DingTalk and WeCom take 20 a minute, this comes to 15.
MINUTE, ALONE, ALONE_OF_CROWD, GAP = 60.0, 10, 4, 15.0
#: A route that took nothing for so many seconds, however often, is no more in a rush: nobody hears by it.
RUSH = 1800.0


@dataclass(slots=True)
class Pacing:
    """What went out by each route of late, and which are held back. ``steady`` gives seconds that never go back."""

    steady: Callable[[], float]
    _sent: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _gathered: dict[int, float] = field(default_factory=dict)
    _held: dict[int, tuple[float, float]] = field(default_factory=dict)

    def took(self, route: int, *, gathered: bool = False) -> None:
        """Something is sent by a route, with a text of its own, or ``gathered`` with others."""
        self._sent[route].append(self.steady())
        if gathered:
            self._gathered[route] = self.steady()

    def alone(self, route: int, *, crowd: bool) -> bool:
        """Whether an alert may have a text of its own; ``crowd``: it is of a crowd of one place."""
        sent = self._sent[route]
        while sent and sent[0] <= self.steady() - MINUTE:
            sent.popleft()
        return len(sent) < (ALONE_OF_CROWD if crowd else ALONE)

    def gap(self, route: int) -> float:
        """Seconds until a text may tell of all that wait for a route."""
        return self._gathered[route] + GAP - self.steady() if route in self._gathered else 0.0

    def hold(self, route: int, seconds: float) -> None:
        """A service says that it was too much: nothing is sent for so long."""
        now = self.steady()
        since, until = self._held.get(route, (now, now))
        self._held[route] = (since if now < until + MINUTE else now, now + seconds)

    def held(self, route: int) -> float:
        """Seconds until a route may be used again; 0 or less where it may."""
        return self._held[route][1] - self.steady() if route in self._held else 0.0

    def excused(self, route: int) -> bool:
        """Whether a route is held back that is not therefore out of order."""
        return self.held(route) > 0 and self.steady() - self._held[route][0] < RUSH

    def worked(self, route: int) -> None:
        """Something arrived by a route."""
        self._held.pop(route, None)
