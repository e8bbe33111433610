"""Pushes: what is sent to classes, by whom, and when it is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.push_types import Push, PushDraft, PushKind, PushState, readers_of
from bot.storage.staff import MemberState
from bot.storage.staff_tables import staff as staff_table
from bot.storage.store import Store
from bot.storage.teaching_tables import push, push_class, school_class, school_member


class Pushes:
    """Pushes on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def push(self, number: int, connection: AsyncConnection | None = None) -> Push | None:
        """One push; None where there is none. With a connection it is locked until that transaction ends."""
        wanted = select(push).where(push.c.id == number)
        if connection is not None:
            return next(iter(await _read(connection, wanted.with_for_update())), None)
        return next(iter(await self._some(wanted)), None)

    async def of(self, staff: int) -> Sequence[Push]:
        """The pushes that somebody made, newest first."""
        return await self._some(select(push).where(push.c.staff == staff).order_by(push.c.id.desc()))

    async def asked(self) -> Sequence[Push]:
        """The pushes that wait for a second person, oldest first."""
        return await self._some(select(push).where(push.c.state == PushState.ASKED).order_by(push.c.id))

    async def allowed(
        self, staff: int, classes: Collection[int], connection: AsyncConnection | None = None
    ) -> frozenset[int]:
        """Those of these classes that are not archived and lie in a school whose vice principal this is now."""
        wanted = (
            select(school_class.c.id)
            .join(school_member, school_member.c.school == school_class.c.school)
            .join(staff_table, staff_table.c.id == school_member.c.staff)
            .where(
                staff_table.c.state == MemberState.ACTIVE,
                school_class.c.id.in_(classes),
                school_class.c.archived_at.is_(None),
                school_member.c.staff == staff,
                school_member.c.until.is_(None),
            )
        )
        if connection is not None:
            return frozenset((await connection.execute(wanted)).scalars())
        async with self._store.reading() as own:
            return frozenset((await own.execute(wanted)).scalars())

    async def make(self, connection: AsyncConnection, staff: int, draft: PushDraft, state: PushState) -> int:
        """Keep a new push; gives its number."""
        now = self._store.now()
        row = _columns(draft) | {"staff": staff, "state": state, "created_at": now, "updated_at": now}
        made = await connection.execute(insert(push).values(**row).returning(push.c.id))
        number: int = made.scalar_one()
        await _set_classes(connection, number, draft.classes)
        return number

    async def change(self, connection: AsyncConnection, number: int, draft: PushDraft, state: PushState) -> None:
        """Put another content in its place, approved by nobody yet."""
        row = _columns(draft) | {"state": state, "approved_by": None, "updated_at": self._store.now()}
        await connection.execute(update(push).where(push.c.id == number).values(**row))
        await _set_classes(connection, number, draft.classes)

    async def move(self, connection: AsyncConnection, number: int, state: PushState, **values: Any) -> None:
        """Bring a push into another state; ``values``: ``next_at``, ``approved_by``."""
        row = {"state": state, "updated_at": self._store.now(), **values}
        await connection.execute(update(push).where(push.c.id == number).values(**row))

    async def leave_school(self, connection: AsyncConnection, staff: int, school: int) -> None:
        """Somebody leaves a school: their pushes go no more to its classes; one left without a class is cancelled."""
        theirs = select(push.c.id).where(
            push.c.staff == staff, push.c.state.not_in((PushState.DONE, PushState.CANCELLED))
        )
        numbers = list((await connection.execute(theirs)).scalars())
        at_school = select(school_class.c.id).where(school_class.c.school == school)
        await connection.execute(
            delete(push_class).where(push_class.c.push.in_(numbers), push_class.c.class_.in_(at_school))
        )
        remaining = select(push_class.c.push).where(push_class.c.push.in_(numbers))
        left = set((await connection.execute(remaining)).scalars())
        for number in set(numbers) - left:
            await self.move(connection, number, PushState.CANCELLED, next_at=None)

    async def due(self, now: dt.datetime) -> Sequence[int]:
        """The pushes whose next run is due, the earliest first."""
        wanted = select(push.c.id).where(push.c.state == PushState.SCHEDULED, push.c.next_at <= now)
        async with self._store.reading() as connection:
            return list((await connection.execute(wanted.order_by(push.c.next_at, push.c.id))).scalars())

    async def _some(self, wanted: Select[Any]) -> Sequence[Push]:
        async with self._store.reading() as connection:
            return await _read(connection, wanted)


async def _read(connection: AsyncConnection, wanted: Select[Any]) -> Sequence[Push]:
    rows = (await connection.execute(wanted)).all()
    classes: dict[int, list[int]] = {row.id: [] for row in rows}
    pairs = select(push_class.c.push, push_class.c.class_.label("class_")).where(push_class.c.push.in_(classes))
    for pair in await connection.execute(pairs.order_by(push_class.c.place, push_class.c.class_)):
        classes[pair.push].append(pair.class_)
    return [_push(row, classes[row.id]) for row in rows]


def _push(row: Row[Any], classes: Sequence[int]) -> Push:
    given = dict(row._mapping)
    given |= {"kind": PushKind(row.kind), "state": PushState(row.state), "readers": readers_of(row.readers)}
    return Push(classes=tuple(classes), **given)


def _columns(draft: PushDraft) -> dict[str, Any]:
    row = {each.name: getattr(draft, each.name) for each in fields(draft) if each.name != "classes"}
    return row | {"readers": ",".join(draft.readers)}


async def _set_classes(connection: AsyncConnection, number: int, classes: Sequence[int]) -> None:
    await connection.execute(delete(push_class).where(push_class.c.push == number))
    rows = [{"push": number, "class_": class_, "place": place} for place, class_ in enumerate(dict.fromkeys(classes))]
    await connection.execute(insert(push_class), rows)
