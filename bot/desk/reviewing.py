"""Who is a second person for the release of an address, before or after it, and which releases have none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.desk.duty import Scope, eligible, may_see, reachable
from bot.desk.worker import scope_of
from bot.storage.casework import SealedCasework
from bot.storage.letting_in import LetIn, LettingIn
from bot.storage.releases import ReleaseRecords, ReleaseRow
from bot.storage.roster_types import Person, Roster
from bot.storage.store import Store

#: How long somebody who was let in, or helped back after a loss, may still be whoever did it.
SETTLING = dt.timedelta(days=7)


def seconds(people: Sequence[Person], asked_by: int, let_in: LetIn) -> Sequence[Person]:
    """Who of these people may grant what this person asked.

    Never whoever let them in lately, or was let in by them. Of those whom the same third let in only where nobody
    else is there: in the first week of a desk they are all there are.
    """
    apart, beside = _apart(people, asked_by, let_in)
    return apart or beside


def reviewers(roster: Roster, scope: Scope, released_by: int, let_in: LetIn) -> tuple[Person, ...]:
    """Who may review what this person released in a case of this scope; those let in lately as for ``seconds``.

    Where nobody else is left, whoever let them in, or was let in, reviews: a desk of two would stay red for days.
    """
    others = [person for person in roster.people if person.keyed and person.id != released_by]
    found = (_reviewers(roster, scope, group) for group in (*_apart(others, released_by, let_in), others))
    return next(filter(None, found), ())


async def seconds_of(store: Store, roster: Roster, row: ReleaseRow) -> frozenset[int]:
    """Ids of who may grant a request. Raises StorageError."""
    case = await SealedCasework(store).case(row.case)
    people = [] if case is None else [person for person in eligible(roster.people, scope_of(case)) if person.keyed]
    return frozenset(person.id for person in seconds(people, row.asked_by, await lately_let_in(store)))


async def reviewers_of(store: Store, roster: Roster, row: ReleaseRow) -> frozenset[int]:
    """Ids of who may review a release. Raises StorageError."""
    case = await SealedCasework(store).case(row.case)
    found = () if case is None else reviewers(roster, scope_of(case), row.asked_by, await lately_let_in(store))
    return frozenset(person.id for person in found)


async def unreviewable(store: Store, roster: Roster) -> Sequence[ReleaseRow]:
    """Urgent releases that wait for a review of which nobody is capable. Raises StorageError."""
    waiting = await ReleaseRecords(store).unreviewed()
    return [row for row in waiting if not await reviewers_of(store, roster, row)]


async def lately_let_in(store: Store) -> LetIn:
    """Who has not settled in yet. Raises StorageError."""
    return await LettingIn(store).since(store.now() - SETTLING)


def _apart(people: Sequence[Person], one: int, let_in: LetIn) -> tuple[Sequence[Person], Sequence[Person]]:
    """Those who have nothing to do with this one's way in, and those as well whom the same third let in."""
    beside = [person for person in people if person.id != one and not _one_hand(person.id, one, let_in)]
    mine = let_in.get(one, frozenset())
    return [person for person in beside if not mine & let_in.get(person.id, frozenset())], beside


def _one_hand(person: int, other: int, let_in: LetIn) -> bool:
    """Whether one of them may be the other, who chose or handed on what the first signs in with."""
    for newcomer, helper in ((person, other), (other, person)):
        by = let_in.get(newcomer)
        if by is not None and (not by or helper in by):
            return True
    return False


def _reviewers(roster: Roster, scope: Scope, group: Sequence[Person]) -> tuple[Person, ...]:
    """Who of a group reviews.

    Supervisors who may see the case. Where none of them can be reached, colleagues who may see it as well; where none
    of those can, supervisors of other regions, who see the reason and not the case. All hold the desk key.
    """
    near = [person for person in eligible(roster.people, scope) if person in group]
    far = [person for person in group if person.supervisor and may_see(person, replace(scope, region=""))]
    found: dict[int, Person] = {}
    for step in ([person for person in near if person.supervisor], near, far):
        found |= {person.id: person for person in step}
        if any(reachable(person, roster) for person in found.values()):
            break
    return tuple(found.values())
