"""Who looks after an urgent release of an address, and which releases nobody could look after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.desk.duty import Scope, eligible, may_see, reachable
from bot.desk.worker import scope_of
from bot.storage.casework import SealedCasework
from bot.storage.releases import ReleaseRecords, ReleaseRow
from bot.storage.roster import Person, Roster
from bot.storage.store import Store


def reviewers(roster: Roster, scope: Scope, released_by: int) -> tuple[Person, ...]:
    """Who may review what this person released in a case of this scope.

    Supervisors who may see the case. Where none of them can be reached, colleagues who may see it as well; where none
    of those can, supervisors of other regions, who see the reason and not the case. All hold the desk key.
    """
    others = [person for person in roster.people if person.keyed and person.id != released_by]
    near = [person for person in eligible(roster.people, scope) if person in others]
    far = [person for person in others if person.supervisor and may_see(person, replace(scope, region=""))]
    found: dict[int, Person] = {}
    for step in ([person for person in near if person.supervisor], near, far):
        found |= {person.id: person for person in step}
        if any(reachable(person, roster) for person in found.values()):
            break
    return tuple(found.values())


async def reviewers_of(store: Store, roster: Roster, row: ReleaseRow) -> frozenset[int]:
    """Ids of who may review a release. Raises StorageError."""
    case = await SealedCasework(store).case(row.case)
    found = () if case is None else reviewers(roster, scope_of(case), row.asked_by)
    return frozenset(person.id for person in found)


async def unreviewable(store: Store, roster: Roster) -> Sequence[ReleaseRow]:
    """Urgent releases that wait for a review of which nobody is capable. Raises StorageError."""
    waiting = await ReleaseRecords(store).unreviewed()
    return [row for row in waiting if not await reviewers_of(store, roster, row)]
