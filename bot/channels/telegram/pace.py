"""How long things wait: timeouts, pauses, limits; and the small tools that wait."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` in any ``seconds``."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds and rates. Overall, chat and group are those that Telegram publishes for bots.

    Pushes stay below them, overall and in a group: replies must find room, and among these what is urgent.
    ``retry_vital`` is the longest pause where somebody in danger may be waiting; ``keep``, for how long what somebody
    wrote is tried before they are told that it failed.
    """

    poll: int = 30
    stall_grace: float = 20.0
    request: float = 10.0
    idle: float = 1.0
    retry_first: float = 1.0
    retry_most: float = 300.0
    retry_vital: float = 15.0
    keep: float = 86_400.0
    patience: float = 3.0
    overall: Rate = Rate(30, 1.0)
    chat: Rate = Rate(1, 1.0)
    group: Rate = Rate(20, 60.0)
    replies: Rate = Rate(28, 1.0)
    pushes: Rate = Rate(22, 1.0)
    group_pushes: Rate = Rate(15, 60.0)

    def delay(self, failures: int) -> float:
        """The pause before another try after this many failures, in seconds: doubled each time."""
        return float(min(self.retry_most, self.retry_first * 2 ** min(failures, 20)))


class Bell:
    """Wakes the task that waits for work."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Say that there is work."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Return when there is work, or after so long: work may come from elsewhere too."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """The result of the work; None where the stop came first, which cancels the work."""
    task, end = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        end.cancel()
        await asyncio.gather(task, end, return_exceptions=True)
