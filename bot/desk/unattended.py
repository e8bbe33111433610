"""What becomes due while nobody is on duty and an answer is owed: no clock runs, and supervisors hear of it."""

from __future__ import annotations

import datetime as dt

from bot.core.risk import RiskLevel
from bot.desk.actions import AGAIN, SUPERVISORS, Alert, Plan, holder, ids
from bot.desk.duty import DutyState
from bot.desk.facts import Facts
from bot.desk.limits import ClockLimits
from bot.desk.running import REMIND
from bot.desk.spans import DAY
from bot.desk.waits import reason_of, stretch_start

#: The local hour at which supervisors hear anew, each day, of what waits with nobody on duty; what is that fresh, not.
MORNING, FRESH = dt.time(9), dt.timedelta(hours=3)
#: Nobody is on duty, and a life may be in danger: supervisors hear of it so many times more.
NOBODY_REMINDERS = 4


def unattended(facts: Facts, duty: DutyState, _limits: ClockLimits, now: dt.datetime) -> Plan:
    """Nobody is on duty: supervisors are told, and it waits for the next shift.

    What reached nobody does not count: it is made anew as soon as somebody can be reached.
    """
    heard = ("opened", "raised", "waiting", "undelivered", "breached", "unattended", "unreached", "absent")
    made = facts.made(stretch_start(facts), *heard)
    reminded = [item for item in made if not item.lost]
    to = ids(duty.supervisors) | holder(facts)
    if not made:
        return Plan((Alert(reason_of(facts), SUPERVISORS, to),))
    count = len([item for item in reminded if item.reason == "unattended"])
    if not reminded:
        at = made[-1].at + AGAIN if duty.others else None
    elif facts.level is RiskLevel.URGENT and count < NOBODY_REMINDERS:
        at = made[-1].at + REMIND
    else:
        at = _morning_after(made[-1].at, now)
    if at is not None and at <= now:
        return Plan((Alert("unattended" if reminded else reason_of(facts), SUPERVISORS, to),))
    return Plan(wake=min(filter(None, (at, duty.back_at, facts.expected)), default=None))


def _morning_after(at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The next morning, by the zone of ``now``, to hear again of what was heard of at a moment."""
    earliest = (at + FRESH).astimezone(now.tzinfo)
    morning = dt.datetime.combine(earliest, MORNING, now.tzinfo)
    return morning if morning >= earliest else dt.datetime.combine(earliest + DAY, MORNING, now.tzinfo)
