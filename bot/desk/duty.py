"""Who is on duty for a case at a moment, and when somebody will be: pure logic over the roster."""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.desk.school_names import same_school
from bot.desk.spans import days_around, merged, spans_of
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Person, Roster

#: Days ahead in which the next shift is looked for; further off nothing is promised.
AHEAD = 14


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a case decides who may see it: its region, its school, and the wish for nobody of any school."""

    region: str = ""
    school: str = ""
    outsiders_only: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may be alerted. ``line`` is 1 or 2; ``since`` when they are on shift, None where they are not."""

    id: int
    line: int
    region: str
    school: str
    supervisor: bool
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class DutyState:
    """Who is on duty. ``back_at`` is the next moment at which somebody will be, where nobody is now; None: unknown.

    ``until``: without a gap somebody is on duty until then, as far as is looked ahead; None where nobody is.

    ``first`` and ``second`` are on shift, hold the desk key and can be reached; ``others`` are all who hold it and can
    be reached, on shift or not. ``supervisors`` are all of them, on shift or not: they are told where nobody else is.
    Where not one of them can be reached ``others`` stand in for them: better somebody off duty than nobody.
    """

    on_duty: bool = False
    back_at: dt.datetime | None = None
    first: tuple[Member, ...] = ()
    second: tuple[Member, ...] = ()
    supervisors: tuple[Member, ...] = ()
    others: tuple[Member, ...] = ()
    until: dt.datetime | None = None


def may_see(person: Person, scope: Scope) -> bool:
    """Whether a case of this scope may ever reach this person; an empty region fits all."""
    if scope.region and person.region and person.region != scope.region:
        return False
    return not (same_school(person.school, scope.school) or (scope.outsiders_only and person.school.strip()))


def eligible(people: Sequence[Person], scope: Scope) -> list[Person]:
    """Who may see a case of this scope; a region counts only where somebody looks after it.

    That is somebody who can read cases and has a way to be alerted, be it out of order.
    """
    found = [person for person in people if may_see(person, scope)]
    if scope.region and not any(person.keyed and person.routed for person in found):
        # Better a person from elsewhere than nobody at all.
        return [person for person in people if may_see(person, replace(scope, region=""))]
    return found


def overheard(people: Sequence[Person], scope: Scope) -> bool:
    """Whether a colleague reads along with the whole desk whose school, or any, is to hear nothing of it."""
    return not all(may_see(person, replace(scope, region="")) for person in people)


def reachable(person: Person, roster: Roster) -> bool:
    """Whether an alert can reach them: a route of their own, or of the whole desk, that is not failing."""
    return any(route.failing_since is None and route.staff in (None, person.id) for route in roster.routes)


def duty_at(roster: Roster, scope: Scope, moment: dt.datetime, zone: dt.tzinfo) -> DutyState:
    """Who is on duty for a case of this scope at an aware moment."""
    allowed = eligible(roster.people, scope)
    ready = [person for person in allowed if person.keyed and reachable(person, roster)]
    near = {person.id: merged(spans_of(person.id, roster, zone, days_around(moment, zone, 1))) for person in ready}
    since = {number: span.begins for number, spans in near.items() for span in spans if span.holds(moment)}
    on_shift = [person for person in ready if person.id in since]
    covered = merged(span for spans in near.values() for span in spans)
    supervisors = [person for person in allowed if person.supervisor]
    if not any(reachable(person, roster) for person in supervisors):
        supervisors = ready or supervisors
    return DutyState(
        bool(on_shift),
        None if on_shift else next_shift(ready, roster, moment, zone),
        tuple(_member(person, since) for person in on_shift if person.line == 1),
        tuple(_member(person, since) for person in on_shift if person.line != 1),
        tuple(_member(person, since) for person in supervisors),
        tuple(_member(person, since) for person in ready),
        next((span.ends for span in covered if span.holds(moment)), None),
    )


def is_on_shift(person: Person, roster: Roster, moment: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether the roster has this person now."""
    return any(span.holds(moment) for span in spans_of(person.id, roster, zone, days_around(moment, zone, 0)))


def next_shift(people: list[Person], roster: Roster, moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """When the next of these people comes on shift, in UTC; None within the days that are looked ahead."""
    latest = moment.astimezone(dt.UTC) + dt.timedelta(days=AHEAD)
    coming = (
        span.begins
        for person in people
        for span in spans_of(person.id, roster, zone, days_around(moment, zone, AHEAD))
        if moment < span.begins <= latest
    )
    return min(coming, default=None)


def _member(person: Person, since: Mapping[int, dt.datetime]) -> Member:
    return Member(person.id, person.line, person.region, person.school, person.supervisor, since.get(person.id))


@dataclass(frozen=True, slots=True)
class DutyBoard:
    """The roster as it is at this moment. Everything raises StorageError.

    ``lasting``: seconds for which ``recent`` goes by what was read before.
    """

    roster: SealedRoster
    zone: dt.tzinfo
    now: Callable[[], dt.datetime]
    lasting: float = 0.0
    _kept: deque[tuple[float, Roster]] = field(default_factory=lambda: deque(maxlen=1))

    async def recent(self) -> Roster:
        """The roster as it was a moment ago: for what every turn of every talk asks, and every look at a case."""
        now = time.monotonic()
        for at, roster in self._kept:
            if now < at + self.lasting:
                return roster
        roster = await self.roster.read()
        self._kept.append((now, roster))
        return roster

    def forget(self) -> None:
        """The roster has changed: it is read anew."""
        self._kept.clear()

    async def state(self, scope: Scope) -> DutyState:
        """Who is on duty for a case of this scope. Before the desk has a key nobody is."""
        return duty_at(await self.roster.read(), scope, self.now(), self.zone)

    async def eligible(self, scope: Scope) -> frozenset[int]:
        """Ids of the staff that may ever see a case of this scope."""
        roster = await self.roster.read()
        return frozenset(person.id for person in eligible(roster.people, scope))
