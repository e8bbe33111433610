"""What is due in a case: pure rules over what is known of it, who is on duty, and the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from bot.core.desk import CaseState
from bot.desk.actions import (
    HOLDER,
    SUPERVISORS,
    Action,
    Alert,
    GiveBack,
    Plan,
    SetDue,
    TellChild,
    beyond,
    holder,
    ids,
    nearest,
)
from bot.desk.duty import DutyState
from bot.desk.facts import Facts
from bot.desk.limits import ClockLimits
from bot.desk.resting import resting
from bot.desk.running import running
from bot.desk.unattended import unattended
from bot.desk.waits import clock_start, promised_by, reason_of, stretch_start

#: So long after the last word a talk is still going on.
LIVE = dt.timedelta(minutes=15)


def plan(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Plan:
    """What is due in a case at this moment. Doing it and asking again comes to an end: then only ``wake`` is left."""
    if facts.state is CaseState.CLOSED:
        return Plan(over=True)
    for part in (_left, _raised, _fewer, _handed, _unreached, _unowed, _too_far, _stays, _arrival, _put_back, _absent):
        actions = tuple(part(facts, duty, limits, now))
        if actions:
            return Plan(actions)
    clock = running if facts.due_at is not None else unattended
    ahead = (clock if facts.owed else resting)(facts, duty, limits, now)
    if ahead.actions or facts.leaves_at is None:
        return ahead
    return replace(ahead, wake=min(filter(None, (ahead.wake, facts.leaves_at))))


def _left(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Iterator[Action]:
    """Whoever has it is gone while the child waits, or may not see it any more: it is to those on duty as a new one.

    The bot kept silent until now, so the child hears too who reads from here on.
    """
    if facts.waiting or not (facts.barred or (facts.left and facts.owed)):
        return
    rung, members = nearest(duty)
    yield GiveBack()
    yield Alert("opened", rung, ids(members) | holder(facts))
    due = (facts.due_at or promised_by(facts, duty, limits, now)) if duty.on_duty else None
    yield SetDue(due, rung, duty.back_at)
    yield TellChild("left")


def _raised(facts: Facts, duty: DutyState, _limits: ClockLimits, _now: dt.datetime) -> Iterator[Action]:
    """Graver than it was: the line and whoever has it hear at once."""
    # A case that nobody has heard of is alerted as a new one, at its new level.
    unheard = facts.waiting and facts.rung == 0
    if facts.raised_at is None or unheard or facts.made(facts.raised_at, "raised", "opened"):
        return
    rung, members = nearest(duty)
    yield Alert("raised", rung, ids(members) | holder(facts))


def _fewer(facts: Facts, duty: DutyState, _limits: ClockLimits, _now: dt.datetime) -> Iterator[Action]:
    """Whoever heard that it waits may not see it any more: to those who are nearest now it is new."""
    if not facts.waiting or facts.rung == 0 or facts.fewer_at is None:
        return
    rung, members = nearest(duty)
    if facts.told & ids(members) or facts.made(facts.fewer_at, "opened", "raised", "unclaimed", "breached"):
        return
    yield Alert("opened", rung, ids(members))
    yield SetDue(facts.due_at, max(facts.rung, rung))


def _handed(facts: Facts, _duty: DutyState, _limits: ClockLimits, _now: dt.datetime) -> Iterator[Action]:
    """A colleague handed the case over: whoever has it now may not have seen it."""
    if facts.handed_at is not None and facts.holder is not None and not facts.made(facts.handed_at, "transferred"):
        yield Alert("transferred", HOLDER, holder(facts))


def _unreached(facts: Facts, duty: DutyState, limits: ClockLimits, _now: dt.datetime) -> Iterator[Action]:
    """No route of a rung works: the next one hears at once."""
    if facts.unreached is None or not facts.owed:
        return
    since = clock_start(facts, limits) or stretch_start(facts)
    above = beyond(facts.unreached, duty)
    if above is None or any(item.rung >= above[0] for item in facts.made(since, "unreached")):
        return
    yield Alert("unreached", above[0], ids(above[1]))
    yield SetDue(facts.due_at, max(facts.rung, above[0]))


def _unowed(facts: Facts, _duty: DutyState, _limits: ClockLimits, _now: dt.datetime) -> Iterator[Action]:
    if not facts.owed and facts.due_at is not None:
        yield SetDue(None, 0)


def _too_far(facts: Facts, _duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Iterator[Action]:
    """The clock was set back: nobody waits for an answer longer than they would have from now on."""
    latest = now + limits.answer_within(facts.level)
    if facts.due_at is not None and facts.due_at > latest:
        yield SetDue(latest, facts.rung)


def _stays(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Iterator[Action]:
    """The holder stays beyond the shift to whose end the clock was cut: they have the whole time, while they are there.

    Who is in the midst of a talk is not nobody, and the child is told nothing of the kind.
    """
    if facts.leaves_at is None or duty.on_duty or facts.owed_since is None:
        return
    if facts.due_at is not None and facts.due_at <= now:
        due = min(facts.owed_since + limits.answer_within(facts.level), facts.leaves_at)
        if due > now:
            yield SetDue(due, facts.rung)


def _arrival(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Iterator[Action]:
    """A case comes to wait, or somebody comes on duty for one that waits: a clock begins, and the line hears.

    Whoever is there for the talk has the child's words before them: a clock begins, and nobody is rung for each line.
    """
    new = facts.waiting and facts.rung == 0
    if not new and not (facts.owed and facts.due_at is None and (duty.on_duty or facts.attended)):
        return
    reason = reason_of(facts)
    rung, members = nearest(duty)
    # What was promised stays promised, even if nobody saw it pass: then the child is told so.
    due = facts.due_at or promised_by(facts, duty, limits, now)
    if facts.attended and reason == "waiting":
        yield SetDue(due, facts.rung)
        return
    yield Alert(reason, rung, ids(members) | holder(facts))
    yield SetDue(due, rung, duty.back_at if due is None else None)


def _absent(facts: Facts, duty: DutyState, _limits: ClockLimits, now: dt.datetime) -> Iterator[Action]:
    """The child was told when somebody would be there, and nobody is: they hear so once, and supervisors at once."""
    if facts.expected is None or facts.expected > now or facts.due_at is not None or not facts.awaited:
        return
    yield Alert("absent", SUPERVISORS, ids(duty.supervisors) | holder(facts))
    yield TellChild("absent")
    yield SetDue(None, max(facts.rung, SUPERVISORS), duty.back_at)


def _put_back(facts: Facts, _duty: DutyState, _limits: ClockLimits, now: dt.datetime) -> Iterator[Action]:
    """Whoever wrote to the child gave the case back in the midst of the talk: who reads from now on is said, once.

    Later it would be a letter out of nowhere; then the child hears it once they write.
    """
    at = facts.put_back_at
    if at is None or not facts.waiting or facts.staff_at is None or not facts.answered:
        return
    if facts.child_told_at is not None and facts.child_told_at >= at:
        return
    spoke = max(filter(None, (facts.staff_at, facts.child_at)))
    if at - spoke <= LIVE and now - at <= LIVE:
        yield TellChild("handed")
