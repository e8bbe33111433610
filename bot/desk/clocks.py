"""What is due in a case: pure rules over what is known of it, who is on duty, and the time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from bot.core.desk import CaseState
from bot.core.risk import RiskLevel
from bot.desk.actions import (
    AGAIN,
    HOLDER,
    SECOND,
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
    promised,
)
from bot.desk.duty import DutyState, Member
from bot.desk.facts import Facts
from bot.desk.limits import ClockLimits
from bot.desk.resting import resting
from bot.desk.spans import DAY

#: After a breach everybody is reminded again and again, at first every quarter of an hour, later less often.
REMIND, REMIND_LATER = dt.timedelta(minutes=15), dt.timedelta(hours=2)
SOON_REMINDERS, MOST_REMINDERS = 16, 100
#: The local hour at which supervisors hear anew, each day, of what waits with nobody on duty; what is that fresh, not.
MORNING, FRESH = dt.time(9), dt.timedelta(hours=3)
#: Nobody is on duty, and a life may be in danger: supervisors hear of it so many times more.
NOBODY_REMINDERS = 4
#: So long after the last word a talk is still going on.
LIVE = dt.timedelta(minutes=15)
#: What is alerted, in the order of gravity: once a graver one went out, a lesser one says nothing new.
LADDER = ("warning", "opened", "raised", "unclaimed", "breached", "unattended")


def plan(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Plan:
    """What is due in a case at this moment. Doing it and asking again comes to an end: then only ``wake`` is left."""
    if facts.state is CaseState.CLOSED:
        return Plan(over=True)
    for part in (_left, _raised, _fewer, _handed, _unreached, _unowed, _too_far, _stays, _arrival, _put_back, _absent):
        actions = tuple(part(facts, duty, limits, now))
        if actions:
            return Plan(actions)
    clock = _running if facts.due_at is not None else _without_clock
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
    due = (facts.due_at or _promise(facts, duty, limits, now)) if duty.on_duty else None
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
    since = _began(facts, limits) or _stretch(facts)
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
    reason = _wait(facts)
    rung, members = nearest(duty)
    # What was promised stays promised, even if nobody saw it pass: then the child is told so.
    due = facts.due_at or _promise(facts, duty, limits, now)
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


def _without_clock(facts: Facts, duty: DutyState, _limits: ClockLimits, now: dt.datetime) -> Plan:
    """Nobody is on duty: supervisors are told, and it waits for the next shift.

    What reached nobody does not count: it is made anew as soon as somebody can be reached.
    """
    heard = ("opened", "raised", "waiting", "undelivered", "breached", "unattended", "unreached", "absent")
    made = facts.made(_stretch(facts), *heard)
    reminded = [item for item in made if not item.lost]
    to = ids(duty.supervisors) | holder(facts)
    if not made:
        return Plan((Alert(_wait(facts), SUPERVISORS, to),))
    count = len([item for item in reminded if item.reason == "unattended"])
    if not reminded:
        at = made[-1].at + AGAIN if duty.others else None
    elif facts.level is RiskLevel.URGENT and count < NOBODY_REMINDERS:
        at = made[-1].at + REMIND
    else:
        at = _morning_after(made[-1].at, now)
    if at is not None and at <= now:
        return Plan((Alert("unattended" if reminded else _wait(facts), SUPERVISORS, to),))
    return Plan(wake=min(filter(None, (at, duty.back_at, facts.expected)), default=None))


def _morning_after(at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The next morning, by the zone of ``now``, to hear again of what was heard of at a moment."""
    earliest = (at + FRESH).astimezone(now.tzinfo)
    morning = dt.datetime.combine(earliest, MORNING, now.tzinfo)
    return morning if morning >= earliest else dt.datetime.combine(earliest + DAY, MORNING, now.tzinfo)


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


def _running(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> Plan:
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
    began, due = _began(facts, limits), facts.due_at
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


def _promise(facts: Facts, duty: DutyState, limits: ClockLimits, now: dt.datetime) -> dt.datetime | None:
    """By when an answer is due that is owed from now on: before everybody has gone, None where nobody is there."""
    if not (duty.on_duty or facts.attended):
        return None
    there = max(filter(None, (duty.until, facts.leaves_at)), default=None)
    return min(filter(None, (now + limits.answer_within(facts.level), there)))


def _began(facts: Facts, limits: ClockLimits) -> dt.datetime | None:
    """When the clock that runs began; one that was cut to the end of a shift, not before somebody was awaited."""
    if facts.due_at is None:
        return None
    began = facts.due_at - limits.answer_within(facts.level)
    return min(max(began, facts.owed_since or began), facts.due_at)


def _wait(facts: Facts) -> str:
    """Why an answer is owed."""
    if facts.waiting:
        return "opened"
    return "undelivered" if facts.undelivered else "waiting"


def _stretch(facts: Facts) -> dt.datetime:
    """Since when this wait without a clock lasts, at the latest: the last thing that a person did."""
    return max(filter(None, (facts.opened_at, facts.taken_at, facts.staff_at)))
