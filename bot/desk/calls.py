"""Calls of this process at the next moments of cases. A restart loses them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

#: Seconds that a case waits for its next moment at the most, and at the least.
LONGEST, SHORTEST = 6 * 3600.0, 0.2


def seconds_until(moment: dt.datetime | None, now: dt.datetime) -> float:
    """How long to wait for a moment; the longest where there is none."""
    if moment is None:
        return LONGEST
    return min(max((moment - now).total_seconds(), SHORTEST), LONGEST)


@dataclass(frozen=True, slots=True)
class _Call:
    at: dt.datetime
    handle: asyncio.TimerHandle


@dataclass(slots=True)
class Calls:
    """One call for each case at the most, by the running loop; ``called`` hears of which case the moment has come."""

    now: Callable[[], dt.datetime]
    called: Callable[[int], None]
    _calls: dict[int, _Call] = field(default_factory=dict)

    def set(self, case: int, at: dt.datetime) -> None:
        """Call at a moment, and not at the one that was set before."""
        self.drop(case)
        handle = asyncio.get_running_loop().call_later(seconds_until(at, self.now()), self._call, case)
        self._calls[case] = _Call(at, handle)

    def before(self, case: int, moment: dt.datetime) -> bool:
        """Whether a call comes before a moment."""
        call = self._calls.get(case)
        return call is not None and call.at < moment

    def drop(self, case: int) -> None:
        """Do not call, where a call was set."""
        if (call := self._calls.pop(case, None)) is not None:
            call.handle.cancel()

    def drop_all(self) -> None:
        """Call no more for any case."""
        for case in list(self._calls):
            self.drop(case)

    def _call(self, case: int) -> None:
        del self._calls[case]
        self.called(case)
