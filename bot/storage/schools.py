"""Schools with their vice principals, and classes with their join codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.quiz_types import Band
from bot.storage.staff import MemberState
from bot.storage.staff_tables import staff
from bot.storage.store import Store
from bot.storage.tables import upsert
from bot.storage.teaching_tables import school, school_class, school_member


@dataclass(frozen=True, slots=True)
class School:
    """A school. ``region`` is empty where it has none; ``closed_at`` is None while it goes on."""

    id: int
    name: str
    region: str
    created_at: dt.datetime
    closed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who is, or was, vice principal of a school; ``until`` is None while they are. ``display``: their name."""

    school: int
    staff: int
    display: str
    since: dt.datetime
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class. ``code`` is its join code, eight letters and digits; ``archived_at`` is None while it goes on."""

    id: int
    school: int
    school_name: str
    region: str
    name: str
    band: Band
    code: str
    created_at: dt.datetime
    archived_at: dt.datetime | None = None


class SealedSchools:
    """Schools and classes on a database; join codes rest sealed and are found by pseudonym. Raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def schools(self, numbers: Collection[int] | None = None) -> Sequence[School]:
        """The schools that are not closed, by name; of ``numbers`` alone where they are given."""
        wanted = select(school).where(school.c.closed_at.is_(None)).order_by(school.c.name)
        rows = await self._rows(wanted if numbers is None else wanted.where(school.c.id.in_(list(numbers))))
        return [School(row.id, row.name, row.region, row.created_at, row.closed_at) for row in rows]

    async def school(self, number: int, connection: AsyncConnection | None = None) -> School | None:
        """One school, closed ones too; None where there is none."""
        rows = await self._rows(select(school).where(school.c.id == number), connection)
        return School(*rows[0]) if rows else None

    async def add_school(self, connection: AsyncConnection, name: str, region: str) -> int | None:
        """Make a school, and give its number; None where the name is taken."""
        row = upsert(connection, school).values(name=name, region=region, created_at=self._store.now())
        made = row.on_conflict_do_nothing(index_elements=[school.c.name]).returning(school.c.id)
        number: int | None = (await connection.execute(made)).scalar_one_or_none()
        return number

    async def close_school(self, connection: AsyncConnection, number: int) -> None:
        """The school goes on no more: its vice principals' time ends, and its classes are archived."""
        now = self._store.now()
        await connection.execute(update(school).where(school.c.id == number).values(closed_at=now))
        ended = update(school_member).where(school_member.c.school == number, school_member.c.until.is_(None))
        await connection.execute(ended.values(until=now))
        going = update(school_class).where(school_class.c.school == number, school_class.c.archived_at.is_(None))
        await connection.execute(going.values(archived_at=now))

    async def tenures(self, numbers: Collection[int]) -> Sequence[Tenure]:
        """Who is and was vice principal of these schools, the current ones first."""
        wanted = (
            select(school_member, staff.c.display)
            .join(staff, staff.c.id == school_member.c.staff)
            .where(school_member.c.school.in_(list(numbers)))
            .order_by(school_member.c.until.is_not(None), school_member.c.since)
        )
        rows = await self._rows(wanted)
        return [Tenure(row.school, row.staff, row.display, row.since, row.until) for row in rows]

    async def schools_of(self, member: int, connection: AsyncConnection | None = None) -> set[int]:
        """The open schools where this member of staff is vice principal now."""
        wanted = (
            select(school_member.c.school)
            .join(school, school.c.id == school_member.c.school)
            .join(staff, staff.c.id == school_member.c.staff)
            .where(school_member.c.staff == member, school_member.c.until.is_(None), school.c.closed_at.is_(None))
            .where(staff.c.state == MemberState.ACTIVE)
        )
        return {row.school for row in await self._rows(wanted, connection)}

    async def appoint(self, connection: AsyncConnection, number: int, member: int) -> bool:
        """They are vice principal of the school from now on; False where they were."""
        held = select(school.c.id).where(school.c.id == number).with_for_update()
        await connection.execute(held)
        current = self._current(number, member)
        if (await connection.execute(select(school_member.c.id).where(*current))).first() is not None:
            return False
        row = {"school": number, "staff": member, "since": self._store.now()}
        await connection.execute(insert(school_member).values(**row))
        return True

    async def dismiss(self, connection: AsyncConnection, number: int, member: int) -> bool:
        """They are vice principal of the school no more; False where they were not."""
        ended = update(school_member).where(*self._current(number, member)).values(until=self._store.now())
        return (await connection.execute(ended.returning(school_member.c.id))).first() is not None

    async def classes(self, schools: Collection[int], *, archived: bool = False) -> Sequence[SchoolClass]:
        """The classes of these schools, by school and name; archived ones only where asked for."""
        wanted = self._classes().where(school_class.c.school.in_(list(schools)))
        if not archived:
            wanted = wanted.where(school_class.c.archived_at.is_(None))
        rows = await self._rows(wanted.order_by(school.c.name, school_class.c.name, school_class.c.id))
        return [self._class(row) for row in rows]

    async def class_(self, number: int, connection: AsyncConnection | None = None) -> SchoolClass | None:
        """One class, archived ones too; None where there is none."""
        rows = await self._rows(self._classes().where(school_class.c.id == number), connection)
        return self._class(rows[0]) if rows else None

    async def by_code(self, code: str) -> SchoolClass | None:
        """The class that goes on under this join code, written as it was made; None where there is none."""
        wanted = self._classes().where(
            school_class.c.code_name == self._name(code), school_class.c.archived_at.is_(None)
        )
        rows = await self._rows(wanted)
        return self._class(rows[0]) if rows else None

    async def add_class(self, connection: AsyncConnection, number: int, name: str, *, band: Band, code: str) -> int:
        """Make a class of a school under a fresh join code, and give its number."""
        row = {"school": number, "name": name, "band": band, "created_at": self._store.now(), **self._coded(code)}
        made = await connection.execute(insert(school_class).values(**row).returning(school_class.c.id))
        new: int = made.scalar_one()
        return new

    async def change_class(self, connection: AsyncConnection, number: int, name: str, band: Band) -> None:
        """Give a class another name or age band."""
        await connection.execute(update(school_class).where(school_class.c.id == number).values(name=name, band=band))

    async def recode(self, connection: AsyncConnection, number: int, code: str) -> None:
        """Give a class another join code: the old one is good no more, and whoever joined stays."""
        row = update(school_class).where(school_class.c.id == number)
        await connection.execute(row.values(**self._coded(code)))

    async def archive(self, connection: AsyncConnection, number: int) -> bool:
        """The class goes on no more; False where that was so before."""
        going = update(school_class).where(school_class.c.id == number, school_class.c.archived_at.is_(None))
        ended = going.values(archived_at=self._store.now()).returning(school_class.c.id)
        return (await connection.execute(ended)).first() is not None

    @staticmethod
    def _classes() -> Select[tuple[Any, ...]]:
        chosen = select(school_class, school.c.name.label("school_name"), school.c.region)
        return chosen.join(school, school.c.id == school_class.c.school)

    @staticmethod
    def _current(number: int, member: int) -> tuple[Any, ...]:
        return (school_member.c.school == number, school_member.c.staff == member, school_member.c.until.is_(None))

    def _class(self, row: Any) -> SchoolClass:
        return SchoolClass(
            row.id,
            row.school,
            row.school_name,
            row.region,
            row.name,
            Band(row.band),
            self._store.vault.open(row.code).decode(),
            row.created_at,
            row.archived_at,
        )

    def _coded(self, code: str) -> dict[str, Any]:
        return {"code_name": self._name(code), "code": self._store.vault.seal(code.encode())}

    def _name(self, code: str) -> str:
        return self._store.vault.pseudonym(f"class:{code}")

    async def _rows(self, wanted: Select[Any], connection: AsyncConnection | None = None) -> Sequence[Any]:
        async with self._on(connection) as chosen:
            rows: Sequence[Any] = (await chosen.execute(wanted)).all()
        return rows

    def _on(self, connection: AsyncConnection | None) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._store.reading() if connection is None else nullcontext(connection)
