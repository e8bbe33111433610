"""Updates that failed: when each is tried again, and what waits for it meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.channels.telegram.order import POLL, UNKNOWN, chat_of
from bot.channels.telegram.pace import Pace
from bot.core.ports import Received

#: After so many failures of one update, what came after it in its chat goes on.
TRIES = 3


@dataclass(slots=True)
class Tried:
    """An update that failed. ``since`` and ``due`` are in seconds of the clock."""

    chat: int
    since: float
    failures: int = 0
    due: float = 0.0


@dataclass(slots=True)
class Again:
    """Remembers what failed until it is settled. ``clock`` gives seconds that never go back."""

    pace: Pace
    clock: Callable[[], float] = time.monotonic
    _tried: dict[int, Tried] = field(default_factory=dict)
    _holding: dict[int, int] = field(default_factory=dict)

    def ready(self, items: Sequence[Received]) -> list[Received]:
        """Those that may be tried now."""
        now = self.clock()
        return [item for item in items if item.id not in self._tried or self._tried[item.id].due <= now]

    def holds(self, item: Received) -> bool:
        """Whether it waits for an earlier one of its chat, which has failed only a little."""
        return bool(self._holding) and item.id not in self._tried and chat_of(item) in self._holding

    def failed(self, item: Received) -> int:
        """Note a failure, and when to try again; gives how many it were."""
        tried = self._tried.setdefault(item.id, Tried(chat_of(item), self.clock()))
        tried.due = self.clock() + self.pace.delay(tried.failures)
        tried.failures += 1
        self._let_go(item)
        if tried.failures < TRIES and tried.chat not in (POLL, UNKNOWN):
            self._holding[tried.chat] = item.id
        return tried.failures

    def kept_enough(self, item: Received) -> bool:
        """Whether it has failed for so long that it is no use to try it again."""
        return self.clock() - self._tried[item.id].since >= self.pace.keep

    def first_put_off(self, item: Received) -> bool:
        """Whether it is the only one of its chat that its chat does not wait for any more."""
        chat = self._tried[item.id].chat
        return sum(tried.chat == chat and tried.failures >= TRIES for tried in self._tried.values()) == 1

    def settled(self, item: Received) -> None:
        """Note that it is done with."""
        self._let_go(item)
        self._tried.pop(item.id, None)

    def _let_go(self, item: Received) -> None:
        tried = self._tried.get(item.id)
        if tried is not None and self._holding.get(tried.chat) == item.id:
            del self._holding[tried.chat]
