"""How long an answer has been owed, why, and until when: pure reckoning over what is known of a case."""

from __future__ import annotations

import datetime as dt

from bot.desk.duty import DutyState
from bot.desk.facts import Facts
from bot.desk.limits import ClockLimits


def promised_by(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> dt.datetime | None:
    """By when an answer is due that is owed from now on: before everybody has gone, None where nobody is there."""
    if not (duty.on_duty or facts.attended):
        return None
    there = max(filter(None, (duty.until, facts.leaves_at)), default=None)
    return min(filter(None, (now + limits.answer_within(facts.level), there)))


def clock_start(facts: Facts, limits: ClockLimits) -> dt.datetime | None:
    """When the clock that runs began; one that was cut to the end of a shift, not before somebody was awaited."""
    if facts.due_at is None:
        return None
    began = facts.due_at - limits.answer_within(facts.level)
    return min(max(began, facts.owed_since or began), facts.due_at)


def reason_of(facts: Facts) -> str:
    """Why an answer is owed."""
    if facts.waiting:
        return "opened"
    return "undelivered" if facts.undelivered else "waiting"


def stretch_start(facts: Facts) -> dt.datetime:
    """Since when this wait without a clock lasts, at the latest: the last thing that a person did."""
    return max(filter(None, (facts.opened_at, facts.taken_at, facts.staff_at)))
