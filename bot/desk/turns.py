"""Which alert is tried when: again and again until it is given up, and never so that one route holds up another."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection

from bot.core.risk import RiskLevel
from bot.storage.alerts import Pending

#: Seconds after it was made at which an alert is tried for the first time, the second, …; then it is given up.
TRIES = (0, 5, 15, 40, 90, 180, 400, 800, 1600, 3200)
#: Sends at once, by one route, and by all routes that are known to fail.
IN_FLIGHT, BY_ONE, BY_FAILING = 16, 2, 8


def pause(item: Pending, now: dt.datetime, since_tried: float) -> float:
    """Seconds until an alert is tried again; after a long standstill not all tries follow one another at once."""
    step = TRIES[min(item.attempts, len(TRIES) - 1)]
    since_made = (now - item.created_at).total_seconds()
    if since_made < 0:  # the clock was set back: only the pause since the last try can be measured
        since_made = math.inf
    between = step - TRIES[max(item.attempts - 1, 0)]
    return max(step - since_made, min(between, TRIES[2]) - since_tried)


def first_things_first(item: Pending) -> tuple[bool, bool, int]:
    """In which order alerts are tried: urgent cases, then what was never tried, then what was made first."""
    return item.level != RiskLevel.URGENT, item.attempts > 0, item.id


def has_room(item: Pending, under_way: Collection[Pending]) -> bool:
    """Whether an alert may be tried beside others: a receiver that hangs costs its own alerts time, nobody else's."""
    if len(under_way) >= IN_FLIGHT or sum(other.route == item.route for other in under_way) >= BY_ONE:
        return False
    return not item.failing or sum(other.failing for other in under_way) < BY_FAILING
