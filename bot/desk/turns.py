"""Which alert is tried when: again and again until it is given up, and never so that one route holds up another."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from bot.core.risk import RiskLevel
from bot.desk.pacing import Pacing, few_a_minute, receiver
from bot.storage.alert_rows import RELEASED, Pending
from bot.storage.chat_links import TELEGRAM

#: Seconds after it was made at which an alert is tried for the first time, the second, …; then it is given up.
TRIES = (0, 5, 15, 40, 90, 180, 400, 800, 1600, 3200)
#: Sends at once, by one route, and by all routes that are known to fail.
IN_FLIGHT, BY_ONE, BY_FAILING = 16, 2, 8
#: Seconds: sooner than this something is looked at again only where it rings, and a route that is held back for longer
#: is one by which nobody hears for now.
MOMENT, SOON = 0.05, 15.0


@dataclass(slots=True)
class Turn:
    """What is to be done now: texts for one alert or several, and alerts of which the next rung must hear meanwhile.

    ``waits``: in how many seconds something else will be due.
    """

    texts: list[Sequence[Pending]] = field(default_factory=list)
    passed_on: list[Pending] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def next_turn(
    pending: Collection[Pending], under_way: Collection[Pending], pacing: Pacing, due_in: Callable[[Pending], float]
) -> Turn:
    """What is to be done now with alerts of which none is being sent, while those ``under_way`` are."""
    turn, begun, rush = Turn(), list(under_way), defaultdict[int, list[Pending]](list)
    for item in sorted(pending, key=lambda item: first_things_first(item, pacing)):
        to = receiver(item.target, item.route)
        wait, held = due_in(item), pacing.held(to) if paced(item) else 0.0
        if wait > 0:
            turn.waits.append(max(wait, held, MOMENT))
        elif held > 0 or not has_room(item, begun):
            turn.waits += [max(held, MOMENT)] if held > 0 else []
            turn.passed_on += [item] if item.failing or held > SOON else []
        elif may_be_gathered(item) and not pacing.alone(to, crowd=item.crowd):
            rush[item.route].append(item)
        else:
            begun.append(item)
            turn.texts.append([item])
            if paced(item):
                pacing.took(to)
    for items in rush.values():
        to = receiver(items[0].target, items[0].route)
        if (wait := pacing.gap(to)) > 0:
            turn.waits.append(max(wait, MOMENT))
        else:
            turn.texts.append(items)
            pacing.took(to, gathered=True)
    return turn


def pause(item: Pending, now: dt.datetime, since_tried: float) -> float:
    """Seconds until an alert is tried again; after a long standstill not all tries follow one another at once."""
    step = TRIES[min(item.attempts, len(TRIES) - 1)]
    since_made = (now - item.created_at).total_seconds()
    if since_made < 0:  # the clock was set back: only the pause since the last try can be measured
        since_made = math.inf
    between = step - TRIES[max(item.attempts - 1, 0)]
    return max(step - since_made, min(between, TRIES[2]) - since_tried)


def first_things_first(item: Pending, pacing: Pacing) -> tuple[bool, bool, bool, int, int]:
    """In which order alerts are tried: urgent cases, and of these and of the others a crowd of one place last.

    Then what was never tried, then what was made first. Where nothing could be sent for a while the newest case comes
    first: of the others more was tried, by more ways.
    """
    newest = -item.case if pacing.returns(receiver(item.target, item.route)) else 0
    return item.level != RiskLevel.URGENT, item.crowd, item.attempts > 0, newest, item.id


def paced(item: Pending) -> bool:
    """Whether trying an alert sends something: what waits in the outbox of our own bot is only looked for."""
    return item.route_kind != TELEGRAM or item.attempts == 0


def may_be_gathered(item: Pending) -> bool:
    """Whether a text that tells of several may tell of this: not of what must be reviewed, nor of drills."""
    few = item.route_kind == TELEGRAM or few_a_minute(item.target)
    return few and paced(item) and not (item.failing or item.synthetic or item.reason == RELEASED)


def has_room(item: Pending, under_way: Collection[Pending]) -> bool:
    """Whether an alert may be tried beside others: a receiver that hangs costs its own alerts time, nobody else's."""
    if len(under_way) >= IN_FLIGHT or sum(other.route == item.route for other in under_way) >= BY_ONE:
        return False
    return not item.failing or sum(other.failing for other in under_way) < BY_FAILING
