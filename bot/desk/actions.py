"""What the clocks of a case can ask to be done, as data, and whom it goes to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.desk.duty import DutyState, Member
from bot.desk.facts import Facts

#: Up to which people were alerted: the holder, the first line, the second, the supervisors, all.
HOLDER, FIRST, SECOND, SUPERVISORS, OTHERS = 0, 1, 2, 3, 4
#: For these reasons whoever is nearest is called to a wait: with nobody on duty, supervisors.
CALLED = frozenset({"opened", "raised", "waiting", "undelivered", "handed_on"})
#: Less often than this nobody is alerted anew where what was made reached nobody.
AGAIN = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Alert:
    """These members of staff, and whoever reads along on the desk's common routes, are to be alerted."""

    reason: str
    rung: int
    to: frozenset[int]


@dataclass(frozen=True, slots=True)
class TellChild:
    """The child is to be told, honestly.

    ``breached``, that the time has passed by which those on duty were to answer; ``unanswered``, that whoever has the
    talk has not; ``left``, that they are gone; ``handed``, that they gave it on; ``alone``, that those on duty went
    without an answer; ``absent``, that nobody is there from the time on at which somebody was to be.
    """

    what: str


@dataclass(frozen=True, slots=True)
class SetDue:
    """The next answer is due then; None while nobody is on duty, or none is owed.

    ``back_at``: as the child has been told, somebody will be there from then on.
    """

    due_at: dt.datetime | None
    rung: int
    back_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The case is taken back from its holder and waits for whoever is on duty."""


Action = Alert | TellChild | SetDue | GiveBack


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due now, and the next moment to look; None where only something new can make anything due."""

    actions: tuple[Action, ...] = ()
    wake: dt.datetime | None = None
    over: bool = False


def nearest(duty: DutyState) -> tuple[int, tuple[Member, ...]]:
    """Who hears first: the first line on duty, else the second, else the supervisors."""
    if duty.first:
        return FIRST, duty.first
    return (SECOND, duty.second) if duty.second else (SUPERVISORS, duty.supervisors)


def beyond(rung: int, duty: DutyState) -> tuple[int, tuple[Member, ...]] | None:
    """Who hears where nobody of a rung can be reached; None where nobody is left."""
    ladder = {SUPERVISORS: duty.supervisors}
    if duty.second:
        ladder[SECOND] = duty.second
    if others := tuple(set(duty.others) - {*duty.first, *duty.second, *duty.supervisors}):
        ladder[OTHERS] = others
    above = min((step for step in ladder if step > rung), default=None)
    return None if above is None else (above, ladder[above])


def ids(members: tuple[Member, ...]) -> frozenset[int]:
    """Their ids."""
    return frozenset(member.id for member in members)


def promised(facts: Facts) -> bool:
    """Whether those on duty were called to this wait, and the child was not told since that none of them answered."""
    called = [item for item in facts.done if item.reason in CALLED]
    if not called or called[-1].rung >= SUPERVISORS:
        return False
    return facts.owned_up_at is None or facts.owned_up_at < called[-1].at


def holder(facts: Facts) -> frozenset[int]:
    """Whoever has the case, and may see it."""
    return frozenset() if facts.holder is None or facts.barred else frozenset({facts.holder})
