"""What comes up again of a case in which nothing is owed, and which nobody has ended: silence may be danger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.core.risk import RiskLevel
from bot.desk.actions import HOLDER, SUPERVISORS, Action, Alert, GiveBack, Plan, SetDue, holder, ids, nearest
from bot.desk.duty import DutyState
from bot.desk.facts import Facts
from bot.desk.limits import ClockLimits

#: After so many reminders in vain supervisors hear as well.
ABOVE = 2
#: Beyond so many doublings a pause is longer than any limit.
DOUBLINGS = 16


def resting(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Plan:
    """Who is asked to look at it again, and when: its holder, then the line, then supervisors, with longer pauses.

    Whoever does anything in it begins the pauses anew; whoever wrote in a note what was done is asked but once a day.
    A holder who is gone gives it to those on duty.
    """
    if facts.left and not facts.waiting and duty.on_duty:
        return Plan(tuple(_handed_on(facts, duty)))
    if new := _come_since(facts, duty):
        return Plan((Alert("handed_on", nearest(duty)[0], new),))
    if not (grave(facts) or facts.level is RiskLevel.DISCLOSURE):
        return Plan()
    since = max(filter(None, (facts.opened_at, facts.taken_at, facts.staff_at, facts.tended_at, facts.noted_at)))
    made = facts.made(since, "silent", "handed_on")
    asked = len([item for item in made if item.reason == "silent"])
    at = (made[-1].at if made else since) + _pause(facts, limits, asked)
    if not grave(facts) and not duty.on_duty and duty.back_at is not None:
        at = max(at, duty.back_at)
    return Plan((_again(facts, duty, asked),)) if at <= now else Plan(wake=at)


def grave(facts: Facts) -> bool:
    """Whether silence must not last: a life may be in danger, or no person has answered yet."""
    return facts.level is RiskLevel.URGENT or not facts.answered


def _handed_on(facts: Facts, duty: DutyState) -> Iterator[Action]:
    rung, members = nearest(duty)
    yield GiveBack()
    if grave(facts):
        yield Alert("handed_on", rung, ids(members))
    # No clock runs, and the child hears nothing: they await no answer.
    yield SetDue(None, rung)


def _come_since(facts: Facts, duty: DutyState) -> frozenset[int]:
    """Who came on duty and heard nothing yet of a grave case that nobody has."""
    if not (facts.waiting and grave(facts)):
        return frozenset()
    members = nearest(duty)[1]
    return frozenset(
        member.id for member in members if member.since is not None and not facts.heard_by(member.id, member.since)
    )


def _pause(facts: Facts, limits: ClockLimits, asked: int) -> dt.timedelta:
    noted = facts.noted_at is not None and facts.child_at is not None and facts.noted_at >= facts.child_at
    first = limits.urgent_rest if grave(facts) and not noted else limits.rest
    return min(first * (1 << min(asked, DOUBLINGS)), limits.rest)


def _again(facts: Facts, duty: DutyState, asked: int) -> Alert:
    own = holder(facts)
    if own and not asked and not facts.left:
        return Alert("silent", HOLDER, own)
    rung, members = nearest(duty)
    if asked < ABOVE:
        return Alert("silent", rung, ids(members) | own)
    return Alert("silent", SUPERVISORS, ids(members) | ids(duty.supervisors) | own)
