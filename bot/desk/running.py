"""What becomes due as a clock runs: warning, escalation, breach and its reminders, and what the child then hears."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.desk.actions import (
    HOLDER,
    SECOND,
    SUPERVISORS,
    Action,
    Alert,
    Plan,
    SetDue,
    TellChild,
    holder,
    ids,
    nearest,
    promised,
)
from bot.desk.duty import DutyState, Member
from bot.desk.facts import Facts
from bot.desk.limits import ClockLimits
from bot.desk.waits import clock_start

#: After a breach everybody is reminded again and again, at first every quarter of an hour, later less often.
REMIND, REMIND_LATER = dt.timedelta(minutes=15), dt.timedelta(hours=2)
SOON_REMINDERS, MOST_REMINDERS = 16, 100
#: What is alerted, in the order of gravity: once a graver one went out, a lesser one says nothing new.
LADDER = ("warning", "opened", "raised", "unclaimed", "breached", "unattended")


def running(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Plan:
    """A clock runs: of what has become due the gravest is done, else the next moment is named."""
    rungs = list(_rungs(facts, duty, limits))
    for at, alert in reversed(rungs):
        if at <= now:
            graver = LADDER[LADDER.index(alert.reason) :]
            if facts.made(at, *graver):
                break
            return Plan(tuple(_with_child(facts, duty, alert)))
    over = facts.due_at is not None and facts.due_at <= now
    if over and not (duty.on_duty or facts.attended):
        last = Alert("unattended", SUPERVISORS, ids(duty.supervisors) | holder(facts))
        return Plan(tuple(_with_child(facts, duty, last)))
    if new := _come_since(facts, duty, over=over):
        return Plan((Alert("unattended" if over else "opened", nearest(duty)[0], ids(new)),))
    ahead = [at for at, _ in rungs if at > now]
    return Plan(wake=min(ahead, default=None))


def _come_since(facts: Facts, duty: DutyState, *, over: bool) -> tuple[Member, ...]:
    """Who came on duty and heard nothing yet of a case that waits: of one that is overdue the second line as well."""
    if not (facts.waiting or over):
        return ()
    members = (*duty.first, *duty.second) if over else nearest(duty)[1]
    return tuple(
        member for member in members if member.since is not None and not facts.heard_by(member.id, member.since)
    )


def _rungs(facts: Facts, duty: DutyState, limits: ClockLimits) -> Iterator[tuple[dt.datetime, Alert]]:
    """What is alerted at which moments of the clock that runs, in the order of time."""
    began, due = clock_start(facts, limits), facts.due_at
    if began is None or due is None:
        return
    own = holder(facts)
    if facts.waiting:
        seen = limits.seen_within(facts.level)
        rung, members = nearest(duty)
        yield began + limits.warn * seen, Alert("warning", rung, ids(members))
        yield began + seen, Alert("unclaimed", SECOND, ids(duty.second or duty.supervisors))
    else:
        yield began + limits.warn * (due - began), Alert("warning", HOLDER, own)
    above = ids(duty.second) | ids(duty.supervisors) | own
    yield due, Alert("breached", SUPERVISORS, above)
    reminder = _next_reminder(facts, due)
    if reminder is not None:
        yield reminder, Alert("unattended", SUPERVISORS, above | ids(duty.first))


def _next_reminder(facts: Facts, due: dt.datetime) -> dt.datetime | None:
    made = facts.made(due, "breached", "unattended")
    heard = len([item for item in made if not item.lost])
    if not made or heard > MOST_REMINDERS:
        return None
    return made[-1].at + (REMIND if heard <= SOON_REMINDERS else REMIND_LATER)


def _with_child(facts: Facts, duty: DutyState, alert: Alert) -> Iterator[Action]:
    yield alert
    # What was promised was not kept; without anybody on duty nothing new is promised.
    over = alert.reason in ("breached", "unattended") and not (duty.on_duty or facts.attended)
    # Whose last words were answered waits for nobody, though their case does.
    if facts.awaited and alert.reason == "breached":
        yield from _owned_up(facts, duty)
    elif facts.awaited and over:
        yield TellChild("alone")
    yield SetDue(None if over else facts.due_at, max(facts.rung, alert.rung), duty.back_at if over else None)


def _owned_up(facts: Facts, duty: DutyState) -> Iterator[Action]:
    """What a child hears of a clock that ran out; nothing where nobody was promised, and nobody spoken to.

    Whoever takes a case beyond their shift is seeing to it: the child was told that nobody is there.
    """
    if duty.on_duty or not facts.attended or promised(facts):
        yield TellChild("breached")
    elif facts.child_at is not None and facts.taken_at is not None and facts.child_at >= facts.taken_at:
        yield TellChild("unanswered")
