"""Schools, their vice principals and their classes: who may see and change what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.audience import Audience
from bot.core.quiz_types import Band
from bot.storage.audit import AuditLog
from bot.storage.enrolments import Group, SealedEnrolments
from bot.storage.pushes import Pushes
from bot.storage.schools import School, SchoolClass, SealedSchools, Tenure
from bot.storage.staff import Member, MemberState, Role, StaffRecords
from bot.storage.store import Store
from bot.teaching.codes import new_code
from bot.teaching.errors import TeachingError

LONGEST_SCHOOL, LONGEST_CLASS = 60, 30
#: More classes than any school has, and than a page can show.
MOST_CLASSES = 200
#: The age bands of pupils.
PUPILS = (Band.SIX, Band.TEN, Band.THIRTEEN, Band.SIXTEEN)


class Classes:
    """What may be done with schools and classes. Raises TeachingError where it may not, and StorageError.

    A supervisor makes schools of their region and appoints; a vice principal works with the classes of the schools
    where they are appointed now. Everything that is changed is written in the audit log.
    """

    def __init__(self, store: Store, audit: AuditLog) -> None:
        self.store, self._audit = store, audit
        self.schools_kept, self.enrolments = SealedSchools(store), SealedEnrolments(store)
        self._staff, self._pushes = StaffRecords(store), Pushes(store)

    async def schools(self, member: Member) -> Sequence[School]:
        """The schools that this member may see."""
        if member.role is Role.SUPERVISOR:
            return [item for item in await self.schools_kept.schools() if _in_region(member, item.region)]
        return await self.schools_kept.schools(await self._taught(member))

    async def school(self, member: Member, number: int) -> School:
        """One of the schools that this member may see."""
        found = next((item for item in await self.schools(member) if item.id == number), None)
        if found is None:
            raise TeachingError("no_school")
        return found

    async def tenures(self, member: Member, number: int) -> Sequence[Tenure]:
        """Who is and was vice principal of a school, the current ones first."""
        await self.school(member, number)
        return await self.schools_kept.tenures([number])

    async def vice_principals(self, member: Member, region: str = "") -> Sequence[Member]:
        """Whom a supervisor may appoint to a school of this region."""
        _supervisor(member)
        people = await self._staff.members()
        return [who for who in people if _may_teach(who) and _in_region(who, region) and _in_region(member, region)]

    async def add_school(self, member: Member, name: str, region: str) -> int:
        """A supervisor makes a school; gives its number."""
        _supervisor(member)
        if not _in_region(member, region):
            raise TeachingError("other_region")
        name = _named(name, LONGEST_SCHOOL)
        async with self.store.writing() as connection:
            number = await self.schools_kept.add_school(connection, name, region)
            if number is None:
                raise TeachingError("school_known")
            await self._audit(connection, member.holder, "school.add", None, str(number))
        return number

    async def close_school(self, member: Member, number: int) -> None:
        """A supervisor closes a school: nobody is its vice principal any more, and its classes are archived."""
        _supervisor(member)
        await self.school(member, number)
        async with self.store.writing() as connection:
            await self.schools_kept.close_school(connection, number)
            await self._audit(connection, member.holder, "school.close", None, str(number))

    async def appoint(self, member: Member, number: int, staff: int, *, instead_of: int | None = None) -> None:
        """A supervisor appoints a vice principal to a school; ``instead_of`` hands over to them and leaves."""
        _supervisor(member)
        school = await self.school(member, number)
        new = await self._staff.member(staff)
        if new is None or not _may_teach(new):
            raise TeachingError("not_a_vice_principal")
        if not _in_region(new, school.region):
            raise TeachingError("other_region")
        if instead_of == staff:
            raise TeachingError("same_person")
        async with self.store.writing() as connection:
            if instead_of is not None and not await self.schools_kept.dismiss(connection, number, instead_of):
                raise TeachingError("not_appointed")
            if instead_of is not None:
                await self._pushes.leave_school(connection, instead_of, number)
            await self.schools_kept.appoint(connection, number, staff)
            before = f" {instead_of}" if instead_of is not None else ""
            await self._audit(connection, member.holder, "school.appoint", None, f"{number} {staff}{before}")

    async def dismiss(self, member: Member, number: int, staff: int) -> None:
        """A supervisor ends a vice principal's time at a school."""
        _supervisor(member)
        await self.school(member, number)
        async with self.store.writing() as connection:
            if not await self.schools_kept.dismiss(connection, number, staff):
                raise TeachingError("not_appointed")
            await self._pushes.leave_school(connection, staff, number)
            await self._audit(connection, member.holder, "school.dismiss", None, f"{number} {staff}")

    async def classes(self, member: Member, *, archived: bool = False) -> Sequence[SchoolClass]:
        """The classes that this member may see."""
        schools = [item.id for item in await self.schools(member)]
        return await self.schools_kept.classes(schools, archived=archived)

    async def class_(self, member: Member, number: int) -> SchoolClass:
        """One of the classes that this member may see, archived ones too."""
        found = await self.schools_kept.class_(number)
        if found is None or found.school not in {item.id for item in await self.schools(member)}:
            raise TeachingError("no_class")
        return found

    async def own_class(self, member: Member, number: int) -> SchoolClass:
        """A class that goes on, which this member may change: they are vice principal of its school now."""
        found = await self.schools_kept.class_(number)
        if found is None or found.archived_at is not None or found.school not in await self._taught(member):
            raise TeachingError("no_class")
        return found

    async def add_class(self, member: Member, school: int, name: str, band: str) -> SchoolClass:
        """A vice principal makes a class of a school of theirs, with a fresh join code."""
        if school not in await self._taught(member):
            raise TeachingError("no_school")
        name, chosen = _named(name, LONGEST_CLASS), _band(band)
        there = await self.schools_kept.classes([school])
        if len(there) >= MOST_CLASSES:
            raise TeachingError("too_many_classes")
        if any(item.name == name for item in there):
            raise TeachingError("class_known")
        async with self.store.writing() as connection:
            number = await self.schools_kept.add_class(connection, school, name, band=chosen, code=new_code())
            await self._audit(connection, member.holder, "class.add", None, f"{school} {number}")
        return await self.own_class(member, number)

    async def change_class(self, member: Member, number: int, name: str, band: str) -> None:
        """Give a class another name or age band."""
        await self.own_class(member, number)
        name, chosen = _named(name, LONGEST_CLASS), _band(band)
        async with self.store.writing() as connection:
            await self.schools_kept.change_class(connection, number, name, chosen)
            await self._audit(connection, member.holder, "class.change", None, str(number))

    async def new_code(self, member: Member, number: int) -> SchoolClass:
        """Give a class another join code: the old one opens nothing any more."""
        await self.own_class(member, number)
        async with self.store.writing() as connection:
            await self.schools_kept.recode(connection, number, new_code())
            await self._audit(connection, member.holder, "class.code", None, str(number))
        return await self.own_class(member, number)

    async def archive(self, member: Member, number: int) -> None:
        """The class goes on no more: its code is good no more, and nothing is pushed to it."""
        await self.own_class(member, number)
        async with self.store.writing() as connection:
            await self.schools_kept.archive(connection, number)
            await self._audit(connection, member.holder, "class.archive", None, str(number))

    async def counts(self, classes: Sequence[SchoolClass]) -> Mapping[int, Mapping[Audience, int]]:
        """How many joined each class, by reader; never who."""
        return await self.enrolments.counts([item.id for item in classes])

    async def groups(self, classes: Sequence[SchoolClass]) -> Sequence[Group]:
        """The group chats of these classes."""
        return await self.enrolments.groups([item.id for item in classes])

    async def teaches(self, staff: int, school: int) -> bool:
        """Whether this member of staff is vice principal of this school now."""
        return school in await self.schools_kept.schools_of(staff)

    async def _taught(self, member: Member) -> set[int]:
        if member.role is not Role.VICE_PRINCIPAL or not member.active:
            return set()
        return await self.schools_kept.schools_of(member.id)


def _may_teach(member: Member) -> bool:
    return member.role is Role.VICE_PRINCIPAL and member.state is not MemberState.DISABLED


def _in_region(member: Member, region: str) -> bool:
    return member.post.region in ("", region)


def _supervisor(member: Member) -> None:
    if member.role is not Role.SUPERVISOR or not member.active:
        raise TeachingError("not_yours")


def _named(name: str, longest: int) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise TeachingError("name_missing")
    if len(plain) > longest:
        raise TeachingError("name_too_long")
    return plain


def _band(value: str) -> Band:
    if value not in PUPILS:
        raise TeachingError("band")
    return Band(value)
