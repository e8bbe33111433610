"""Who asked to see where a child is answered, who granted it, and who looked at it afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.desk_tables import desk_case, identity_release
from bot.storage.store import Store

ReleaseRow = Row[Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is kept: the case, by whom, and the reason sealed to a generation of the desk key."""

    case: int
    by: int
    generation: int
    reason: bytes


class ReleaseRecords:
    """Releases on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, connection: AsyncConnection, asked: Asked, *, urgent: bool) -> int:
        """Keep a request, or with ``urgent`` what one person released at once; gives its number."""
        row = {
            "case": asked.case,
            "asked_by": asked.by,
            "asked_at": self._store.now(),
            "generation": asked.generation,
            "reason": asked.reason,
            "urgent": urgent,
        }
        made = await connection.execute(insert(identity_release).values(**row).returning(identity_release.c.id))
        number: int = made.scalar_one()
        return number

    async def grant(
        self, connection: AsyncConnection, number: int, by: int, *, since: dt.datetime
    ) -> ReleaseRow | None:
        """A second person grants what another asked since then; None where they are the same, or it was before."""
        row = _awaited(number, by, since)
        granted = row.values(granted_by=by, granted_at=self._store.now()).returning(identity_release)
        found: ReleaseRow | None = (await connection.execute(granted)).first()
        return found

    async def refuse(
        self, connection: AsyncConnection, number: int, by: int, *, since: dt.datetime
    ) -> ReleaseRow | None:
        """A second person refuses what another asked since then; None where it waits no more."""
        row = _awaited(number, by, since)
        now = self._store.now()
        refused = row.values(reviewed_by=by, reviewed_at=now, ended_at=now).returning(identity_release)
        found: ReleaseRow | None = (await connection.execute(refused)).first()
        return found

    async def review(self, connection: AsyncConnection, number: int, by: int, *, right: bool) -> ReleaseRow | None:
        """A second person has looked at an urgent release, and ends it where it was wrong.

        None where they released it, or somebody has looked.
        """
        row = update(identity_release).where(
            identity_release.c.id == number,
            identity_release.c.asked_by != by,
            identity_release.c.urgent.is_(True),
            identity_release.c.reviewed_at.is_(None),
        )
        now = self._store.now()
        looked = {"reviewed_by": by, "reviewed_at": now, "ended_at": None if right else now}
        reviewed = row.values(**looked).returning(identity_release)
        found: ReleaseRow | None = (await connection.execute(reviewed)).first()
        return found

    async def release(self, number: int) -> ReleaseRow | None:
        """One of them; None where there is none."""
        async with self._store.reading() as connection:
            return (await connection.execute(select(identity_release).where(identity_release.c.id == number))).first()

    async def live(self, case: int, by: int, since: dt.datetime) -> ReleaseRow | None:
        """What was released to this person since then and not ended, the newest; None where nothing was."""
        released = or_(
            identity_release.c.granted_at > since,
            identity_release.c.urgent.is_(True) & (identity_release.c.asked_at > since),
        )
        theirs = (identity_release.c.case == case, identity_release.c.asked_by == by)
        rows = await self._some(*theirs, identity_release.c.ended_at.is_(None), released)
        return rows[0] if rows else None

    async def of_case(self, case: int) -> Sequence[ReleaseRow]:
        """Every release of a case, the newest first."""
        return await self._some(identity_release.c.case == case)

    async def waiting(self, since: dt.datetime) -> Sequence[ReleaseRow]:
        """What was asked since then and neither granted nor refused, the newest first."""
        return await self._some(
            identity_release.c.granted_at.is_(None),
            identity_release.c.ended_at.is_(None),
            identity_release.c.urgent.is_(False),
            identity_release.c.asked_at > since,
        )

    async def unreviewed(self) -> Sequence[ReleaseRow]:
        """Urgent releases at which nobody has looked, the newest first."""
        return await self._some(identity_release.c.urgent.is_(True), identity_release.c.reviewed_at.is_(None))

    async def decided(self, by: int, since: dt.datetime) -> Sequence[ReleaseRow]:
        """What this person asked, or released, on which another decided since then, the newest first."""
        decided = or_(identity_release.c.granted_at > since, identity_release.c.reviewed_at > since)
        return await self._some(identity_release.c.asked_by == by, decided)

    async def newest(self, limit: int = 100) -> Sequence[ReleaseRow]:
        """All of them, the newest first."""
        return (await self._some())[:limit]

    async def drop_before(self, connection: AsyncConnection, moment: dt.datetime) -> int:
        """Delete releases older than this, but those of cases under legal hold; says how many."""
        old = delete(identity_release).where(*_had_its_time(moment))
        return len((await connection.execute(old.returning(identity_release.c.id))).all())

    async def any_before(self, connection: AsyncConnection, moment: dt.datetime) -> bool:
        """Whether ``drop_before`` would delete any."""
        old = select(identity_release.c.id).where(*_had_its_time(moment)).limit(1)
        return (await connection.execute(old)).first() is not None

    async def _some(self, *where: ColumnElement[bool]) -> Sequence[ReleaseRow]:
        wanted = select(identity_release).where(*where).order_by(identity_release.c.id.desc())
        async with self._store.reading() as connection:
            return (await connection.execute(wanted)).all()


def _had_its_time(moment: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    held = select(desk_case.c.id).where(desk_case.c.held)
    return identity_release.c.asked_at < moment, identity_release.c.case.not_in(held)


def _awaited(number: int, by: int, since: dt.datetime) -> Update:
    """A request that another person made since then, and that still waits for a second one."""
    return update(identity_release).where(
        identity_release.c.id == number,
        identity_release.c.asked_by != by,
        identity_release.c.asked_at > since,
        identity_release.c.granted_at.is_(None),
        identity_release.c.ended_at.is_(None),
        identity_release.c.urgent.is_(False),
    )
