"""Updates that failed: when each is tried again, and what waits for it meanwhile."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.channels.telegram.order import talk_of
from bot.channels.telegram.pace import Pace
from bot.core.ports import Received
from bot.storage.errors import StorageError

#: After so many failures of one update, what came after it in its talk goes on.
TRIES = 3
#: A chat and a person in it; None where that cannot be read.
Talk = tuple[int, int] | None


@dataclass(slots=True)
class Tried:
    """An update that failed. ``since`` and ``due`` are in seconds of the clock.

    ``stored``: it was the store that failed last, and may work again at any time. ``before`` is the last update of
    its talk that came later and brought it forward.
    """

    talk: Talk
    since: float
    failures: int = 0
    due: float = 0.0
    vital: bool = False
    stored: bool = False
    before: int = 0


@dataclass(slots=True)
class Again:
    """Remembers what failed until it is settled. ``clock`` gives seconds that never go back."""

    pace: Pace
    clock: Callable[[], float] = time.monotonic
    _tried: dict[int, Tried] = field(default_factory=dict)
    _holding: dict[Talk, int] = field(default_factory=dict)

    def ready(self, items: Sequence[Received]) -> tuple[list[Received], list[Received]]:
        """What may be tried now of all that is pending, and what is tried after that: it failed often."""
        if not self._tried:
            return list(items), []
        self._forget_all_but({item.id for item in items})
        newest = {talk_of(item): item.id for item in items if item.id not in self._tried}
        now, first, then = self.clock(), list[Received](), list[Received]()
        for item in items:
            tried = self._tried.get(item.id)
            if tried is None:
                first.append(item)
                continue
            if tried.due <= now or self._brought_forward(tried, newest.get(tried.talk, 0)):
                early = tried.vital or tried.failures < TRIES or tried.talk in newest
                (first if early else then).append(item)
        return first, then

    def pause(self) -> float:
        """Seconds until something is tried again, as far as is known."""
        return max(0.0, min((tried.due for tried in self._tried.values()), default=math.inf) - self.clock())

    def holds(self, item: Received) -> bool:
        """Whether it waits for an earlier one of its talk, which is being worked on or has failed only a little."""
        return bool(self._holding) and item.id not in self._tried and talk_of(item) in self._holding

    def holds_for_the_store(self, item: Received) -> bool:
        """Whether what it waits for could not be stored when it was last tried."""
        tried = self._tried.get(self._holding[talk_of(item)]) if self.holds(item) else None
        return tried is not None and tried.stored

    def begun(self, item: Received) -> None:
        """Note that it is worked on beside the others: what came after it in its talk waits."""
        self._hold(talk_of(item), item)
        if item.id in self._tried:
            self._tried[item.id].due = math.inf

    def failed(self, item: Received, error: Exception, *, vital: bool) -> int:
        """Note a failure, and when to try again; gives how many it were."""
        tried = self._tried.setdefault(item.id, Tried(talk_of(item), self.clock()))
        tried.vital, tried.stored = vital, isinstance(error, StorageError)
        pause = self.pace.delay(tried.failures)
        tried.due = self.clock() + (min(pause, self.pace.retry_vital) if vital or tried.stored else pause)
        tried.failures += 1
        self._let_go(item)
        if tried.failures < TRIES:
            self._hold(tried.talk, item)
        return tried.failures

    def kept_enough(self, item: Received) -> bool:
        """Whether it has failed for so long that it is no use to try it again."""
        return self.clock() - self._tried[item.id].since >= self.pace.keep

    def first_put_off(self, item: Received) -> bool:
        """Whether it is the only one of its talk that its talk does not wait for any more."""
        talk = self._tried[item.id].talk
        return sum(tried.talk == talk and tried.failures >= TRIES for tried in self._tried.values()) == 1

    def settled(self, item: Received) -> None:
        """Note that it is done with: the store works, so what failed for the store alone waits no longer."""
        self._let_go(item)
        self._tried.pop(item.id, None)
        for tried in self._tried.values():
            if tried.stored and tried.failures >= TRIES:
                tried.due = self.clock()

    def _brought_forward(self, tried: Tried, newer: int) -> bool:
        """Whoever writes again is answered in the order in which they wrote, should the store work by now.

        Once for each new update: while the store fails, those of others must not wait for this again and again.
        """
        if not tried.stored or tried.failures < TRIES or newer <= tried.before:
            return False
        tried.before, tried.due = newer, self.clock()
        return True

    def _forget_all_but(self, pending: set[int]) -> None:
        """What is pending no more was settled after all: its talk must not wait for it."""
        self._tried = {number: tried for number, tried in self._tried.items() if number in pending}
        self._holding = {talk: number for talk, number in self._holding.items() if number in pending}

    def _hold(self, talk: Talk, item: Received) -> None:
        if talk is not None:
            self._holding[talk] = item.id

    def _let_go(self, item: Received) -> None:
        talk = talk_of(item) if self._holding else None
        if self._holding.get(talk) == item.id:
            del self._holding[talk]
