"""Who is on duty when, and how they are reached: members, shifts, days off and alert routes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.desk_tables import alert
from bot.storage.roster_types import DESK_ROLES, DayOff, Person, Roster, Route, Shift
from bot.storage.staff_tables import alert_route, day_off, desk_key, desk_key_grant, shift, staff
from bot.storage.store import Store

#: What else is written, with the number of what changed, in the transaction of the change.
Note = Callable[[AsyncConnection, int], Awaitable[None]]


#: The routes by which anybody can be alerted: of who left, the history may hold a stump.
_ROUTES = (
    select(alert_route)
    .outerjoin(staff, staff.c.id == alert_route.c.staff)
    .where(or_(alert_route.c.staff.is_(None), staff.c.state != "disabled"))
    .order_by(alert_route.c.id)
)


class SealedRoster:
    """The roster on a database; targets of routes rest under the server's key. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self) -> Roster:
        """All of it, without the targets of routes."""
        async with self._store.reading(brief=True) as connection:
            newest = (await connection.execute(select(func.max(desk_key.c.generation)))).scalar()
            return Roster(
                await _people(connection, newest),
                tuple(map(_shift, (await connection.execute(select(shift).order_by(shift.c.id))).all())),
                tuple(map(_day_off, (await connection.execute(select(day_off).order_by(day_off.c.id))).all())),
                tuple(map(_route, (await connection.execute(_ROUTES)).all())),
                newest is not None,
            )

    async def add_shift(self, new: Shift, note: Note | None = None) -> int:
        """Add hours. Gives their id."""
        row = {
            "staff": new.staff,
            "weekdays": "".join("1" if day in new.weekdays else "0" for day in range(7)),
            "day": new.day,
            "starts": new.starts.strftime("%H:%M"),
            "ends": new.ends.strftime("%H:%M"),
        }
        return await self._added(shift, row, note)

    async def remove_shift(self, number: int, note: Note | None = None) -> bool:
        """Remove hours; False where they were gone."""
        return await self._removed(shift, number, note)

    async def add_day_off(self, new: DayOff, note: Note | None = None) -> int:
        """Add days off. Gives their id."""
        return await self._added(day_off, {"staff": new.staff, "first": new.first, "last": new.last}, note)

    async def remove_day_off(self, number: int, note: Note | None = None) -> bool:
        """Remove days off; False where they were gone."""
        return await self._removed(day_off, number, note)

    async def add_route(self, new: Route, note: Note | None = None) -> int:
        """Add a way to be alerted; its target is sealed. Gives its id."""
        sealed = self._store.vault.seal(new.target.encode())
        row = {"staff": new.staff, "kind": new.kind, "label": new.label, "target": sealed}
        return await self._added(alert_route, row, note)

    async def route(self, number: int) -> Route | None:
        """One route with its target, None where there is none. Raises WrongKeyError."""
        async with self._store.reading() as connection:
            row = (await connection.execute(select(alert_route).where(alert_route.c.id == number))).first()
        return None if row is None else _route(row, self._store.vault.open(row.target).decode())

    async def remove_route(self, number: int, note: Note | None = None) -> bool:
        """Remove a route with what was sent by it; what a case's history tells of it stays. False where it was gone."""
        async with self._store.writing() as connection:
            await connection.execute(delete(alert).where(alert.c.route == number))
            return await _remove(connection, alert_route, number, note)

    async def route_worked(self, number: int) -> bool:
        """Something went out by a route; True where it had been failing."""
        async with self._store.writing() as connection:
            return await route_worked(connection, number, self._store.now())

    async def route_fails(self, number: int) -> bool:
        """A route counts as failing; True where that is new."""
        async with self._store.writing() as connection:
            return await route_fails(connection, number, self._store.now())

    async def route_refused(self, number: int, answer: int | None) -> None:
        """What was sent by a route was refused, with this number; the next that arrives makes it forgotten."""
        async with self._store.writing() as connection:
            row = update(alert_route).where(alert_route.c.id == number).values(refused=answer)
            await connection.execute(row)

    async def _added(self, table: Any, row: dict[str, Any], note: Note | None) -> int:
        async with self._store.writing() as connection:
            number: int = (await connection.execute(insert(table).values(**row).returning(table.c.id))).scalar_one()
            if note is not None:
                await note(connection, number)
        return number

    async def _removed(self, table: Any, number: int, note: Note | None) -> bool:
        async with self._store.writing() as connection:
            return await _remove(connection, table, number, note)


async def _remove(connection: AsyncConnection, table: Any, number: int, note: Note | None) -> bool:
    row = delete(table).where(table.c.id == number).returning(table.c.id)
    gone = (await connection.execute(row)).first() is not None
    if gone and note is not None:
        await note(connection, number)
    return gone


async def route_worked(connection: AsyncConnection, number: int, now: dt.datetime) -> bool:
    """Something went out by a route, within a transaction of the caller's; True where it had been failing."""
    failing = update(alert_route).where(alert_route.c.id == number, alert_route.c.failing_since.is_not(None))
    mended = failing.values(failing_since=None).returning(alert_route.c.id)
    was = (await connection.execute(mended)).first() is not None
    await connection.execute(update(alert_route).where(alert_route.c.id == number).values(last_ok=now, refused=None))
    return was


async def route_fails(connection: AsyncConnection, number: int, now: dt.datetime) -> bool:
    """A route counts as failing, within a transaction of the caller's; True where that is new."""
    new = update(alert_route).where(alert_route.c.id == number, alert_route.c.failing_since.is_(None))
    row = new.values(failing_since=now).returning(alert_route.c.id)
    return (await connection.execute(row)).first() is not None


async def routes_to(connection: AsyncConnection, people: frozenset[int], *, only_own: bool = False) -> Sequence[int]:
    """The routes of these people and of the whole desk, within a transaction of the caller's.

    ``only_own``: the whole desk is left in peace, unless one of them has no route of their own.
    """
    wanted = select(alert_route.c.id, alert_route.c.staff).where(
        or_(alert_route.c.staff.is_(None), alert_route.c.staff.in_(people))
    )
    rows = (await connection.execute(wanted.order_by(alert_route.c.id))).all()
    if only_own and people <= {row.staff for row in rows}:
        rows = [row for row in rows if row.staff is not None]
    return [row.id for row in rows]


async def _people(connection: AsyncConnection, newest: int | None) -> tuple[Person, ...]:
    held = select(desk_key_grant.c.holder).where(desk_key_grant.c.generation == newest)
    holders = set((await connection.execute(held)).scalars())
    routed = set((await connection.execute(select(alert_route.c.staff))).scalars())
    wanted = select(staff).where(staff.c.state == "active", staff.c.role.in_(DESK_ROLES)).order_by(staff.c.id)
    return tuple(
        Person(
            row.id,
            row.display,
            row.role,
            row.line,
            row.region,
            row.school,
            str(row.id) in holders,
            not routed.isdisjoint({None, row.id}),
        )
        for row in await connection.execute(wanted)
    )


def _shift(row: Row[Any]) -> Shift:
    weekdays = frozenset(day for day, on in enumerate(row.weekdays) if on == "1")
    return Shift(
        row.staff, dt.time.fromisoformat(row.starts), dt.time.fromisoformat(row.ends), weekdays, row.day, row.id
    )


def _day_off(row: Row[Any]) -> DayOff:
    return DayOff(row.staff, row.first, row.last, row.id)


def _route(row: Row[Any], target: str = "") -> Route:
    proved = row.linked_at is not None
    return Route(row.id, row.staff, row.kind, row.label, row.last_ok, row.failing_since, row.refused, target, proved)
