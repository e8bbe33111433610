"""Who may see what of outreach: a vice principal their own schools, a counsellor or supervisor their region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.outreach.queries import EVERYWHERE, Scope
from bot.storage import activity_rows
from bot.storage.schools import School, SealedSchools
from bot.storage.staff import Member, Role
from bot.storage.store import Store

#: Names of choices, besides the numbers of schools and the codes of regions.
ALL, SCHOOL, REGION = "all", "school", "region"


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody chose to look at. ``scopes``: of the counts, told together; ``entries``: of what people entered.

    ``name`` is as it stands in an address: all, school:3, region:east.
    """

    name: str
    scopes: tuple[Scope, ...]
    entries: activity_rows.Scope
    school: School | None = None
    region: str | None = None

    @property
    def grave(self) -> bool:
        """Whether figures about harm may be told of it: never of schools."""
        return not any(scope.school for scope in self.scopes)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a member may look at; ``region`` is None where it is everywhere: ``regions`` are its parts."""

    member: Member
    schools: tuple[School, ...]
    region: str | None
    regions: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Whether they see their own schools alone."""
        return self.member.role is Role.VICE_PRINCIPAL

    @property
    def everything(self) -> Place:
        """All that they may see, together."""
        if self.own:
            numbers = frozenset(school.id for school in self.schools)
            scopes = tuple(Scope(school=number) for number in sorted(numbers))
            return Place(ALL, scopes, activity_rows.Scope(schools=numbers, staff=self.member.id))
        scope = EVERYWHERE if self.region is None else Scope(region=self.region)
        return Place(ALL, (scope,), activity_rows.Scope(region=self.region), region=self.region)

    def place(self, name: str) -> Place | None:
        """One of the places that they may see; None for any other."""
        kind, _, which = name.partition(":")
        if name in ("", ALL):
            return self.everything
        if kind == SCHOOL:
            found = next((school for school in self.schools if str(school.id) == which), None)
            return None if found is None else of_school(found)
        mine = self.regions if self.region is None else (self.region,)
        return of_region(which) if kind == REGION and not self.own and which in mine else None


def of_school(school: School) -> Place:
    """A school as a place."""
    entries = activity_rows.Scope(schools=frozenset((school.id,)))
    return Place(f"{SCHOOL}:{school.id}", (Scope(school=school.id),), entries, school=school)


def of_region(code: str) -> Place:
    """A region as a place; empty for a service's own where it has no code."""
    return Place(f"{REGION}:{code}", (Scope(region=code),), activity_rows.Scope(region=code), region=code)


async def sight_of(store: Store, member: Member, regions: Sequence[str] = ()) -> Sight:
    """What a member may see now; ``regions``: those that have figures or may. Raises StorageError."""
    region = member.post.region or None
    kept = SealedSchools(store)
    schools: Sequence[School] = ()
    if member.role is Role.VICE_PRINCIPAL:
        numbers = await kept.schools_of(member.id) if member.active else set()
        schools = await kept.schools(numbers)
    elif member.role is Role.SUPERVISOR:
        schools = [school for school in await kept.schools() if region in (None, school.region)]
    return Sight(member, tuple(schools), region, tuple(regions))
