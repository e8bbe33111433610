"""What the drills of a stretch of time have shown together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bot.desk.drill import drill_state
from bot.desk.limits import ClockLimits
from bot.storage.drills import DrillTimes, SealedDrills
from bot.storage.store import Store


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """How many drills there were and how many were taken within the time to answer; middle times in seconds."""

    drills: int
    in_time: int
    sent: float | None = None
    taken: float | None = None
    answered: float | None = None


async def drill_record(store: Store, limits: ClockLimits, since: dt.datetime) -> DrillRecord:
    """The drills since then that are decided: answered, or waited for in vain. Raises StorageError."""
    now = store.now()
    states = [(times, drill_state(times, limits, now)) for times in await SealedDrills(store).since(since)]
    decided = [times for times, state in states if state != "waits"]
    good = sum(state == "good" for _, state in states)
    return DrillRecord(
        len(decided),
        good,
        _middle(decided, lambda times: times.sent),
        _middle(decided, lambda times: times.taken),
        _middle(decided, lambda times: times.answered),
    )


def _middle(drills: Sequence[DrillTimes], step: Callable[[DrillTimes], dt.datetime | None]) -> float | None:
    found = [(moment - times.opened).total_seconds() for times in drills if times.opened and (moment := step(times))]
    return median(found) if found else None
