"""Alerts to people on duty: made once for a reason, a round and a route, sent until they arrive or are given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import CaseState
from bot.storage.alert_rows import ALERTED, EVEN_CLOSED, RAISED, UNTIL_TAKEN, WHOLE, Fate, Pending, as_pending
from bot.storage.case_rows import EXPECTED, FEWER, TOLD_CHILD, CaseRow, note
from bot.storage.desk_tables import alert, case_event, desk_case
from bot.storage.errors import WrongKeyError
from bot.storage.roster import route_worked, routes_to
from bot.storage.staff_tables import alert_route
from bot.storage.store import Store
from bot.storage.tables import outbox, upsert


class SealedAlerts:
    """Alerts on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def locked(self, connection: AsyncConnection, case: int) -> CaseRow | None:
        """The case, which nobody else changes until the transaction ends; None where there is none."""
        return (await connection.execute(select(desk_case).where(desk_case.c.id == case).with_for_update())).first()

    async def history(self, connection: AsyncConnection, case: int) -> Sequence[CaseRow]:
        """The events of a case that clocks care for, oldest first.

        Alerts that were made, transfers, rises, that it was given back, what the child was told, that fewer may see it.
        """
        cared = (ALERTED, "transferred", "given_back", TOLD_CHILD, EXPECTED, FEWER, *RAISED)
        wanted = select(case_event).where(case_event.c.case == case, case_event.c.what.in_(cared))
        return (await connection.execute(wanted.order_by(case_event.c.id))).all()

    async def told(self, connection: AsyncConnection, case: int) -> frozenset[int]:
        """Whoever was ever alerted of a case by a route of their own."""
        wanted = select(alert_route.c.staff).join(alert, alert.c.route == alert_route.c.id)
        mine = wanted.where(alert.c.case == case, alert_route.c.staff.is_not(None))
        return frozenset((await connection.execute(mine)).scalars())

    async def fates(self, connection: AsyncConnection, case: int) -> Mapping[tuple[str, int], Fate]:
        """What became of the alerts of a case, by reason and round. Those of routes that are gone are not known."""
        wanted = select(alert.c.reason, alert.c.round, alert.c.sent_at, alert.c.failed_at, alert_route.c.staff)
        found: dict[tuple[str, int], Fate] = {}
        for row in await connection.execute(wanted.join(alert_route).where(alert.c.case == case)):
            before = found.get((row.reason, row.round), Fate())
            lost = row.sent_at is None and row.failed_at is not None
            found[row.reason, row.round] = Fate(before.lost and lost, before.to | {row.staff})
        return found

    async def make(self, connection: AsyncConnection, case: int, *, reason: str, rung: int, to: frozenset[int]) -> int:
        """Alert these people, and everybody by the desk's common routes. Says by how many routes.

        The holder alone (rung 0) is alerted by their own routes, where they have one.
        """
        last = select(func.max(alert.c.round)).where(alert.c.case == case, alert.c.reason == reason)
        number = ((await connection.execute(last)).scalar() or 0) + 1
        routes = await routes_to(connection, to, only_own=rung == 0)
        for route in routes:
            row = upsert(connection, alert).values(
                case=case,
                reason=reason,
                round=number,
                route=route,
                rung=rung,
                created_at=self._store.now(),
                attempts=0,
            )
            await connection.execute(row.on_conflict_do_nothing(index_elements=["case", "reason", "round", "route"]))
        value = f"{reason}:{rung}:{number}:{len(routes)}"
        await note(connection, case, self._store.now(), what=ALERTED, value=value)
        return len(routes)

    async def pending(self) -> Sequence[Pending]:
        """What is neither sent nor given up, oldest first."""
        wanted = WHOLE.where(alert.c.sent_at.is_(None), alert.c.failed_at.is_(None)).order_by(alert.c.id)
        async with self._store.reading(brief=True) as connection:
            rows = (await connection.execute(wanted)).all()
        return [as_pending(row, self._opened(row.target)) for row in rows]

    async def one(self, number: int) -> Pending | None:
        """One alert, whatever became of it; None where there is none."""
        async with self._store.reading(brief=True) as connection:
            row = (await connection.execute(WHOLE.where(alert.c.id == number))).first()
        return None if row is None else as_pending(row, self._opened(row.target))

    async def begin(self, number: int) -> bool:
        """An attempt begins: counted first, so that attempts stay bounded whatever crashes.

        False where it needs no sending any more: it was sent or given up, or the case has moved on. A power cut may
        take the count, and that it was sent: then it is sent once more.
        """
        row = update(alert).where(alert.c.id == number, alert.c.sent_at.is_(None), alert.c.failed_at.is_(None))
        async with self._store.writing(light=True, brief=True, ahead=True) as connection:
            begun = row.values(attempts=alert.c.attempts + 1).returning(alert.c.case, alert.c.reason)
            found = (await connection.execute(begun)).first()
            if found is None:
                return False
            state = (await connection.execute(select(desk_case.c.state).where(desk_case.c.id == found.case))).scalar()
            ended = state == CaseState.CLOSED and found.reason not in EVEN_CLOSED
            stale = ended or (state == CaseState.TAKEN and found.reason in UNTIL_TAKEN)
            if stale:
                await connection.execute(row.values(failed_at=self._store.now()))
            return not stale

    async def put_back(self, numbers: Sequence[int]) -> None:
        """What was begun was no attempt: nothing may be sent by its route for now."""
        row = update(alert).where(alert.c.id.in_(numbers), alert.c.attempts > 0)
        async with self._store.writing(light=True, brief=True, ahead=True) as connection:
            await connection.execute(row.values(attempts=alert.c.attempts - 1))

    async def sent(self, *numbers: int) -> bool:
        """They went out, by one route. True where it had been failing, which it does no more."""
        async with self._store.writing(light=True, brief=True, ahead=True) as connection:
            mended = False
            for number in numbers:
                route = (await connection.execute(select(alert.c.route).where(alert.c.id == number))).scalar()
                arrived = route is not None and await alert_arrived(connection, self._store, route, number)
                mended = mended or arrived
            return mended

    async def give_up(self, number: int) -> None:
        """It was tried often enough."""
        async with self._store.writing() as connection:
            await connection.execute(update(alert).where(alert.c.id == number).values(failed_at=self._store.now()))
            await connection.execute(update(alert).where(alert.c.within == number).values(attempts=0, within=None))

    async def siblings(self, item: Pending) -> Sequence[CaseRow]:
        """The alerts made together with this one, itself included: their ids, attempts and fates."""
        wanted = select(alert.c.id, alert.c.attempts, alert.c.sent_at, alert.c.failed_at).where(
            alert.c.case == item.case, alert.c.reason == item.reason, alert.c.round == item.round
        )
        async with self._store.reading(brief=True) as connection:
            rows: Sequence[Any] = (await connection.execute(wanted)).all()
        return rows

    async def of_case(self, case: int) -> Sequence[Row[Any]]:
        """Every alert of a case, oldest first."""
        async with self._store.reading() as connection:
            return (await connection.execute(select(alert).where(alert.c.case == case).order_by(alert.c.id))).all()

    def _opened(self, target: bytes) -> str:
        try:
            return self._store.vault.open(target).decode()
        except WrongKeyError:
            return ""


async def alert_arrived(connection: AsyncConnection, store: Store, route: int, number: int | None) -> bool:
    """Something arrived by a route, and was this alert where there is one, within a transaction of the caller's.

    True where the route had been failing, which it does no more.
    """
    if number is not None:
        told = or_(alert.c.id == number, alert.c.within == number)
        await connection.execute(update(alert).where(told).values(sent_at=store.now(), within=None))
    return await route_worked(connection, route, store.now())


async def tells_of(connection: AsyncConnection, number: int, others: Sequence[int] = ()) -> None:
    """The text that goes out for an alert tells of these others as well, and of no more than these.

    Within a transaction of the caller's.
    """
    before = or_(alert.c.id == number, alert.c.within == number)
    await connection.execute(update(alert).where(before).values(within=None))
    await connection.execute(update(alert).where(alert.c.id.in_(others)).values(within=number))


async def take_back(connection: AsyncConnection, case: int) -> None:
    """What waits in the outbox for common routes is written anew: it may tell more than all who read there may hear."""
    common = select(alert.c.id).join(alert_route, alert_route.c.id == alert.c.route)
    which = common.where(alert.c.case == case, alert_route.c.staff.is_(None))
    taken = delete(outbox).where(outbox.c.alert.in_(which)).returning(outbox.c.alert)
    numbers = (await connection.execute(taken)).scalars().all()
    anew = update(alert).where(or_(alert.c.id.in_(numbers), alert.c.within.in_(numbers)))
    await connection.execute(anew.values(attempts=0, failed_at=None, within=None))
