"""How fast a receiver may be written to where a service that is sent too much in a minute takes nothing for a while."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

#: Services whose robots take only so many texts a minute, by the scheme of their addresses. Whatever else is addressed
#: hears of each alert by itself and at once, until it says that it was too much.
FEW_A_MINUTE = ("dingtalk", "wecombot", "feishu", "lark")
#: In so many seconds so many alerts go out to one receiver each in a text of its own: of a crowd of one place fewer,
#: which leaves the others to everybody else. Then one text tells of all that wait, so many seconds after the last such
#: one. DingTalk and WeCom take 20 a minute, this comes to 15.
MINUTE, ALONE, ALONE_OF_CROWD, GAP = 60.0, 10, 4, 15.0
#: A receiver that took nothing for so many seconds, however often, is no more in a rush: nobody hears by it.
RUSH = 1800.0


def few_a_minute(target: str) -> bool:
    """Whether an address is that of a robot that takes only so many texts a minute."""
    return _scheme(target) in FEW_A_MINUTE


def receiver(target: str, route: int) -> str:
    """What takes the texts of a route: a robot may be the target of several routes, and its limit counts for all.

    Whom a robot is to call by name stands in its address as well. A route without a target stands for itself.
    """
    if few_a_minute(target):
        robot = target.partition("://")[2].rpartition("@")[2]
        return f"{_scheme(target)}://{re.split('[/?]', robot, maxsplit=1)[0].strip()}"
    return target.strip() or str(route)


def _scheme(target: str) -> str:
    return target.partition("://")[0].strip().lower()


@dataclass(slots=True)
class Pacing:
    """What went out to each receiver of late, and which are held back. ``steady`` gives seconds that never go back."""

    steady: Callable[[], float]
    _sent: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _gathered: dict[str, float] = field(default_factory=dict)
    _held: dict[str, tuple[float, float]] = field(default_factory=dict)

    def took(self, to: str, *, gathered: bool = False) -> None:
        """Something is sent to a receiver, with a text of its own, or ``gathered`` with others."""
        self._sent[to].append(self.steady())
        if gathered:
            self._gathered[to] = self.steady()

    def alone(self, to: str, *, crowd: bool) -> bool:
        """Whether an alert may have a text of its own; ``crowd``: it is of a crowd of one place."""
        sent = self._sent[to]
        while sent and sent[0] <= self.steady() - MINUTE:
            sent.popleft()
        return len(sent) < (ALONE_OF_CROWD if crowd else ALONE)

    def gap(self, to: str) -> float:
        """Seconds until a text may tell of all that wait for a receiver."""
        return self._gathered[to] + GAP - self.steady() if to in self._gathered else 0.0

    def hold(self, to: str, seconds: float) -> None:
        """A service says that it was too much: nothing is sent for so long."""
        now = self.steady()
        since, until = self._held.get(to, (now, now))
        self._held[to] = (since if now < until + MINUTE else now, now + seconds)

    def held(self, to: str) -> float:
        """Seconds until a receiver may be written to again; 0 or less where it may."""
        return self._held[to][1] - self.steady() if to in self._held else 0.0

    def returns(self, to: str) -> bool:
        """Whether a receiver that was held back may be written to again, and has taken nothing yet."""
        return to in self._held and self.held(to) <= 0

    def excused(self, to: str) -> bool:
        """Whether a receiver is held back whose routes are not therefore out of order."""
        return self.held(to) > 0 and self.steady() - self._held[to][0] < RUSH

    def worked(self, to: str) -> None:
        """A receiver took something."""
        self._held.pop(to, None)
