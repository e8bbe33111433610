"""How many turns came from one sender within the last minute."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW = 60.0
#: Senders remembered at most; the longest silent are dropped first.
REMEMBERED = 20_000


@dataclass(slots=True)
class Flood:
    """Counts turns by sender, in a sliding window of a minute.

    ``clock`` gives seconds that never go back.
    """

    limit: int
    clock: Callable[[], float] = time.monotonic
    _seen: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def over(self, sender: str) -> bool:
        """Count one more turn of this sender, and say whether it is beyond the limit."""
        now = self.clock()
        times = self._seen.setdefault(sender, deque(maxlen=self.limit + 1))
        self._seen.move_to_end(sender)
        times.append(now)
        while times[0] <= now - WINDOW:
            times.popleft()
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return len(times) > self.limit

    def count(self, sender: str) -> int:
        """How many turns of this sender there were; of those beyond the limit one is known."""
        since = self.clock() - WINDOW
        return sum(at > since for at in self._seen.get(sender, ()))
