"""Outreach that people enter: entries with all that they were, their photos, and their sums."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.activity import Activity, ActivityKind, Attendance
from bot.storage.activity_rows import Change, Entry, Hours, Scope, Total, Version
from bot.storage.activity_tables import activity, activity_version
from bot.storage.staff_tables import staff
from bot.storage.store import Store
from bot.storage.tables import upsert
from bot.storage.teaching_tables import school


class Activities:
    """Entries on a database; notes and photos rest sealed. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(
        self, connection: AsyncConnection, given: Activity, *, staff: int, form: str, photo: bytes | None = None
    ) -> tuple[int, bool]:
        """Enter something; gives its number, and whether it is new: a form that is sent twice enters once."""
        values = {**self._columns(given), "photo": self._sealed(photo), "staff": staff, "form": form, "version": 1}
        row = upsert(connection, activity).values(**values, entered_at=self._store.now())
        made = await connection.execute(row.on_conflict_do_nothing(index_elements=["form"]).returning(activity.c.id))
        number = made.scalar_one_or_none()
        if number is None:
            found = await connection.execute(select(activity.c.id).where(activity.c.form == form))
            return int(found.scalar_one()), False
        await self._write(connection, Change(number, 1, staff), "enter", given)
        return int(number), True

    async def change(self, connection: AsyncConnection, by: Change, given: Activity) -> bool:
        """Let an entry say something else, with a photo where one is given; False where it is another version now."""
        values = self._columns(given) if by.photo is None else {**self._columns(given), "photo": self._sealed(by.photo)}
        return await self._step(connection, by, "change", given, values=values)

    async def drop_photo(self, connection: AsyncConnection, by: Change, given: Activity) -> bool:
        """Take an entry's photo away for good; False where the entry is another version now."""
        return await self._step(connection, by, "photo", given, values={"photo": None})

    async def remove(self, connection: AsyncConnection, by: Change, given: Activity) -> bool:
        """Count an entry no more; False where it is another version now."""
        return await self._step(connection, by, "remove", given, values={"deleted_at": self._store.now()})

    async def restore(self, connection: AsyncConnection, by: Change, given: Activity) -> bool:
        """Count a removed entry again; False where it is another version now."""
        return await self._step(connection, by, "restore", given, values={"deleted_at": None}, removed=True)

    async def one(self, number: int, connection: AsyncConnection | None = None) -> Entry | None:
        """One entry, removed ones too; None where there is none."""
        rows = await self._rows(_entries().where(activity.c.id == number), connection)
        return self._entry(rows[0]) if rows else None

    async def listed(self, scope: Scope, first: dt.date, last: dt.date, *, limit: int = 200) -> Sequence[Entry]:
        """The entries of these days, both ends included, the newest first."""
        wanted = _entries().where(*_counted(scope, first, last)).order_by(activity.c.day.desc(), activity.c.id.desc())
        return [self._entry(row) for row in await self._rows(wanted.limit(limit))]

    async def recent(self, staff: int, limit: int) -> Sequence[Entry]:
        """What somebody entered last, removed ones too."""
        wanted = _entries().where(activity.c.staff == staff).order_by(activity.c.id.desc()).limit(limit)
        return [self._entry(row) for row in await self._rows(wanted)]

    async def history(self, number: int) -> Sequence[Version]:
        """All that an entry was, the first first."""
        wanted = (
            select(activity_version, staff.c.display)
            .join(staff, staff.c.id == activity_version.c.staff)
            .where(activity_version.c.activity == number)
            .order_by(activity_version.c.version)
        )
        return [
            Version(row.version, row.act, row.display, row.at, self._read(row.body)) for row in await self._rows(wanted)
        ]

    async def photo(self, number: int) -> bytes | None:
        """An entry's photo as JPEG; None where it has none."""
        rows = await self._rows(select(activity.c.photo).where(activity.c.id == number))
        return self._store.vault.open(rows[0].photo) if rows and rows[0].photo else None

    async def totals(self, scope: Scope, first: dt.date, last: dt.date) -> Sequence[Total]:
        """What the entries of these days come to, by kind; kinds without entries are left out."""
        sums = [func.sum(activity.c[name]).label(name) for name in ("count", "people", "halves")]
        wanted = select(activity.c.kind, func.count().label("entries"), *sums).group_by(activity.c.kind)
        rows = await self._rows(wanted.where(*_counted(scope, first, last)))
        return [Total(ActivityKind(row[0]), *map(int, row[1:])) for row in sorted(rows)]

    async def hours(self, scope: Scope, first: dt.date, last: dt.date) -> Sequence[Hours]:
        """Half class hours by who entered them and school."""
        wanted = select(activity.c.staff, activity.c.school, func.sum(activity.c.halves))
        at_schools = wanted.where(*_counted(scope, first, last), activity.c.school.is_not(None))
        rows = await self._rows(at_schools.group_by(activity.c.staff, activity.c.school))
        return [Hours(*map(int, row)) for row in sorted(rows)]

    async def _step(
        self,
        connection: AsyncConnection,
        by: Change,
        act: str,
        given: Activity,
        *,
        values: dict[str, Any],
        removed: bool = False,
    ) -> bool:
        is_there = activity.c.deleted_at.is_not(None) if removed else activity.c.deleted_at.is_(None)
        here = (activity.c.id == by.entry, activity.c.version == by.version, is_there)
        done = update(activity).where(*here).values(**values, version=by.version + 1).returning(activity.c.id)
        if (await connection.execute(done)).first() is None:
            return False
        await self._write(connection, by, act, given, step=1)
        return True

    async def _write(
        self, connection: AsyncConnection, by: Change, act: str, given: Activity, *, step: int = 0
    ) -> None:
        body = json.dumps({**asdict(given), "day": given.day.isoformat()}, ensure_ascii=False).encode()
        row = {"activity": by.entry, "version": by.version + step, "act": act, "staff": by.staff}
        kept = {**row, "at": self._store.now(), "body": self._store.vault.seal(body)}
        await connection.execute(insert(activity_version).values(**kept))

    def _columns(self, given: Activity) -> dict[str, Any]:
        return {**asdict(given), "note": self._sealed(given.note.encode() or None)}

    def _sealed(self, content: bytes | None) -> bytes | None:
        return None if content is None else self._store.vault.seal(content)

    def _read(self, body: bytes) -> Activity:
        kept = json.loads(self._store.vault.open(body))
        named = {"kind": ActivityKind(kept["kind"]), "audience": Attendance(kept["audience"])}
        return Activity(**{**kept, **named, "day": dt.date.fromisoformat(kept["day"])})

    def _entry(self, row: Row[Any]) -> Entry:
        note = self._store.vault.open(row.note).decode() if row.note else ""
        kept = Activity(
            kind=ActivityKind(row.kind),
            day=row.day,
            count=row._mapping["count"],
            audience=Attendance(row.audience),
            school=row.school,
            region=row.region,
            place=row.place,
            people=row.people,
            halves=row.halves,
            note=note,
        )
        return Entry(
            id=row.id,
            activity=kept,
            staff=row.staff,
            by=row.display,
            school=row.school_name or "",
            photo=bool(row.has_photo),
            version=row.version,
            entered_at=row.entered_at,
            deleted_at=row.deleted_at,
        )

    async def _rows(self, wanted: Select[Any], connection: AsyncConnection | None = None) -> Sequence[Row[Any]]:
        async with self._store.reading() if connection is None else nullcontext(connection) as chosen:
            rows: Sequence[Row[Any]] = (await chosen.execute(wanted)).all()
        return rows


def _counted(scope: Scope, first: dt.date, last: dt.date) -> tuple[ColumnElement[bool], ...]:
    return (scope.clause(), activity.c.day >= first, activity.c.day <= last, activity.c.deleted_at.is_(None))


def _entries() -> Select[Any]:
    kept = [column for column in activity.c if column.name not in ("photo", "form")]
    has_photo = activity.c.photo.is_not(None).label("has_photo")
    chosen = select(*kept, has_photo, staff.c.display, school.c.name.label("school_name"))
    return chosen.join(staff, staff.c.id == activity.c.staff).outerjoin(school, school.c.id == activity.c.school)
