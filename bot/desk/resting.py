"""What comes up again of a case in which nothing is owed, and which nobody has ended: silence may be danger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.core.risk import RiskLevel
from bot.desk.actions import (
    AGAIN,
    HOLDER,
    SUPERVISORS,
    Action,
    Alert,
    GiveBack,
    Plan,
    SetDue,
    beyond,
    holder,
    ids,
    nearest,
)
from bot.desk.duty import DutyState
from bot.desk.facts import Done, Facts
from bot.desk.limits import ClockLimits
from bot.desk.spans import DAY

#: After so many reminders in vain supervisors hear as well.
ABOVE = 2
#: Beyond so many doublings a pause is longer than any limit.
DOUBLINGS = 16
#: So many times whoever comes on duty hears of a case that nobody has, later ever less often. Of a grave one each
#: shift hears.
SHIFTS = 3


def resting(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Plan:
    """Who is asked to look at it again, and when: its holder, then the line, then supervisors, with longer pauses.

    Whoever does anything in it begins the pauses anew; whoever wrote in a note what was done is asked but once a day.
    A holder who is gone gives it to those on duty. Of a case that nobody has whoever comes on duty hears, whatever its
    level: nobody else will think of it. What reached nobody was no reminder, and is made anew once somebody can be
    reached.
    """
    if facts.left and not facts.waiting and duty.on_duty:
        return Plan(tuple(_handed_on(duty)))
    since = max(filter(None, (facts.opened_at, facts.taken_at, facts.staff_at, facts.tended_at, facts.noted_at)))
    made = facts.made(since, "silent", "handed_on")
    arrived = [item for item in made if not item.lost]
    if unheard := _unheard(facts, duty, made):
        return Plan((unheard,))
    if _told_again(facts, arrived, now) and (new := _come_since(facts, duty)):
        return Plan((Alert("handed_on", nearest(duty)[0], new),))
    comes = duty.back_at if facts.waiting else None
    lost = bool(made) and made[-1].lost
    if not (lost or grave(facts) or facts.level is RiskLevel.DISCLOSURE) or (lost and not duty.others):
        return Plan(wake=comes)
    at = (made[-1].at if made else since) + (AGAIN if lost else _pause(facts, limits, _in_vain(facts, arrived)))
    if not grave(facts) and not duty.on_duty and duty.back_at is not None:
        at = max(at, duty.back_at)
    if at > now:
        return Plan(wake=min(filter(None, (at, comes))))
    if lost and made[-1].reason == "handed_on":
        return Plan((Alert("handed_on", nearest(duty)[0], ids(nearest(duty)[1])),))
    return Plan((_again(facts, duty, _in_vain(facts, made)),))


def grave(facts: Facts) -> bool:
    """Whether silence must not last: a life may be in danger, or no person has answered yet."""
    return facts.level is RiskLevel.URGENT or not facts.answered


def _handed_on(duty: DutyState) -> Iterator[Action]:
    rung, members = nearest(duty)
    yield GiveBack()
    yield Alert("handed_on", rung, ids(members))
    # No clock runs, and the child hears nothing: they await no answer.
    yield SetDue(None, rung)


def _unheard(facts: Facts, duty: DutyState, made: list[Done]) -> Alert | None:
    """Nobody of whoever was asked to look at a grave case can be reached: the next ones hear at once."""
    if facts.unreached is None or not grave(facts) or not made or made[-1].rung > facts.unreached:
        return None
    above = beyond(facts.unreached, duty)
    return None if above is None else Alert("silent", above[0], ids(above[1]))


def _told_again(facts: Facts, made: list[Done], now: dt.datetime) -> bool:
    """Whether whoever comes on duty hears of a case that nobody has: one that is not grave rings ever less often."""
    told = [item.at for item in made if item.reason == "handed_on"]
    if grave(facts) or len(told) < SHIFTS:
        return True
    return now >= told[-1] + 2 * DAY * (1 << min(len(told) - SHIFTS, DOUBLINGS))


def _in_vain(facts: Facts, made: list[Done]) -> int:
    """How often they were reminded; to hear as the first shift of a case that is new to them is no reminder."""
    counted = made[1:] if made and made[0].reason == "handed_on" else made
    return len([item for item in counted if item.reason == "silent" or not grave(facts)])


def _come_since(facts: Facts, duty: DutyState) -> frozenset[int]:
    """Who came on duty and heard nothing yet of a case that nobody has."""
    if not facts.waiting:
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
