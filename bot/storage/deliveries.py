"""The queue of pushes: one row for each chat, that lasts over crashes and is settled once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audience import Audience
from bot.storage.errors import WrongKeyError
from bot.storage.push_types import PushState
from bot.storage.store import Store
from bot.storage.tables import UtcTime, outbox
from bot.storage.teaching_tables import class_group, delivery, enrolment, push, push_run, school_class

#: Between two messages to a group: Telegram takes 20 a minute, and people answer one by one.
STEP = dt.timedelta(seconds=5)


class DeliveryState(StrEnum):
    """What became of a delivery. ``queued``: it lies in the outbox; ``gone``: its chat is no more."""

    WAITING = "waiting"
    QUEUED = "queued"
    SENT = "sent"
    GONE = "gone"
    DROPPED = "dropped"


class What(StrEnum):
    """What is delivered."""

    PUSH = "push"
    REMINDER = "reminder"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to make up now. ``address`` is None where nobody is to be written to any more.

    ``step`` counts the messages to a group: 0 what it is about, then the questions.
    """

    id: int
    run: int
    class_: int
    what: What
    step: int
    group: bool
    channel: str
    reader: Audience | None
    address: str | None = field(repr=False)


class Deliveries:
    """Deliveries on a database; changes are part of a transaction of the caller's. All raise StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def to_people(
        self, connection: AsyncConnection, run: int, to: Select[Any], *, what: What, due_at: dt.datetime
    ) -> int:
        """Put deliveries to these enrolments (``people`` or ``reached``) into the queue, once; says how many."""
        rows = to.add_columns(
            literal(run),
            literal(str(what)),
            literal(0),
            literal(str(DeliveryState.WAITING)),
            literal(due_at, UtcTime()),
        )
        names = ["class_", "enrolment", "run", "what", "step", "state", "due_at"]
        made = await connection.execute(insert(delivery).from_select(names, rows))
        return made.rowcount

    async def to_groups(
        self, connection: AsyncConnection, run: int, class_: int, *, what: What, due_at: dt.datetime, steps: int = 1
    ) -> int:
        """Put so many messages for each group chat of a class into the queue, a while apart; says how many."""
        wanted = select(class_group.c.id).where(class_group.c.class_ == class_, class_group.c.gone_at.is_(None))
        groups = (await connection.execute(wanted.order_by(class_group.c.id))).scalars()
        common = {"run": run, "class_": class_, "what": what, "state": DeliveryState.WAITING}
        rows = [
            common | {"class_group": group, "step": step, "due_at": due_at + step * STEP}
            for group in groups
            for step in range(steps)
        ]
        if rows:
            await connection.execute(insert(delivery), rows)
        return len(rows)

    async def next(self, limit: int) -> Sequence[Due]:
        """The deliveries whose turn it is, oldest first; none of a push that is paused."""
        person = and_(enrolment.c.id == delivery.c.enrolment, enrolment.c.gone_at.is_(None))
        group = and_(class_group.c.id == delivery.c.class_group, class_group.c.gone_at.is_(None))
        wanted = (
            select(
                delivery.c.id,
                delivery.c.run,
                delivery.c.class_.label("class_"),
                delivery.c.what,
                delivery.c.step,
                delivery.c.class_group,
                enrolment.c.reader,
                func.coalesce(enrolment.c.channel, class_group.c.channel).label("channel"),
                func.coalesce(enrolment.c.address, class_group.c.address).label("address"),
                or_(school_class.c.archived_at.is_not(None), push.c.state == PushState.CANCELLED).label("over"),
            )
            .join(push_run, push_run.c.id == delivery.c.run)
            .join(push, push.c.id == push_run.c.push)
            .join(school_class, school_class.c.id == delivery.c.class_)
            .outerjoin(enrolment, person)
            .outerjoin(class_group, group)
            .where(
                delivery.c.state == DeliveryState.WAITING,
                delivery.c.due_at <= self._store.now(),
                push.c.state != PushState.PAUSED,
            )
            .order_by(delivery.c.id)
            .limit(limit)
        )
        async with self._store.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return [self._due(row) for row in rows]

    async def claim(self, connection: AsyncConnection, numbers: Collection[int], state: DeliveryState) -> set[int]:
        """Bring these that still wait into another state, unless their push was paused; says which."""
        going = select(push_run.c.id).join(push, push.c.id == push_run.c.push).where(push.c.state != PushState.PAUSED)
        row = update(delivery).where(
            delivery.c.id.in_(numbers), delivery.c.state == DeliveryState.WAITING, delivery.c.run.in_(going)
        )
        settled = self._store.now() if state is DeliveryState.DROPPED else None
        made = row.values(state=state, settled_at=settled).returning(delivery.c.id)
        return set((await connection.execute(made)).scalars())

    async def mark(self, connection: AsyncConnection, numbers: Collection[int], state: DeliveryState) -> None:
        """Bring deliveries into another state."""
        if numbers:
            settled = None if state in (DeliveryState.WAITING, DeliveryState.QUEUED) else self._store.now()
            row = update(delivery).where(delivery.c.id.in_(numbers))
            await connection.execute(row.values(state=state, settled_at=settled))

    async def take_back(self, connection: AsyncConnection, number: int, state: DeliveryState) -> None:
        """What of a push lies in the outbox and was not begun is taken out: it waits again, or is dropped.

        With ``dropped``, what waits is dropped too.
        """
        runs = select(push_run.c.id).where(push_run.c.push == number)
        of_push = select(delivery.c.id).where(delivery.c.run.in_(runs), delivery.c.state == DeliveryState.QUEUED)
        unsent = delete(outbox).where(outbox.c.delivery.in_(of_push), outbox.c.begun_at.is_(None))
        taken = (await connection.execute(unsent.returning(outbox.c.delivery))).scalars().all()
        await self.mark(connection, taken, state)
        if state is DeliveryState.DROPPED:
            await self._drop(connection, delivery.c.run.in_(runs))

    async def close(self, connection: AsyncConnection, run: int) -> None:
        """The run is over: what still waits of it is dropped."""
        await self._drop(connection, delivery.c.run == run)

    async def counts(self, run: int, what: What = What.PUSH) -> Mapping[int, Mapping[DeliveryState, int]]:
        """How many messages of a run stand where, by class."""
        wanted = (
            select(delivery.c.class_.label("class_"), delivery.c.state, func.count().label("many"))
            .where(delivery.c.run == run, delivery.c.what == what)
            .group_by(delivery.c.class_, delivery.c.state)
        )
        found: dict[int, dict[DeliveryState, int]] = {}
        async with self._store.reading() as connection:
            for row in await connection.execute(wanted):
                found.setdefault(row.class_, {})[DeliveryState(row.state)] = row.many
        return found

    async def _drop(self, connection: AsyncConnection, which: Any) -> None:
        row = update(delivery).where(which, delivery.c.state == DeliveryState.WAITING)
        await connection.execute(row.values(state=DeliveryState.DROPPED, settled_at=self._store.now()))

    def _due(self, row: Row[Any]) -> Due:
        address = None if row.over or row.address is None else self._opened(row.address)
        reader = Audience(row.reader) if row.reader else None
        group = row.class_group is not None
        return Due(row.id, row.run, row.class_, What(row.what), row.step, group, row.channel or "", reader, address)

    def _opened(self, sealed: bytes) -> str | None:
        try:
            return self._store.vault.open(sealed).decode()
        except WrongKeyError:
            return None


def people(
    class_: int, readers: Collection[str], channels: Collection[str], *, classes: Collection[int]
) -> Select[Any]:
    """The enrolments of a class that a push to ``classes`` goes to: each chat once, though it be in several."""
    other = enrolment.alias()
    first = select(func.min(other.c.id)).where(
        other.c.talk == enrolment.c.talk,
        other.c.class_.in_(classes),
        other.c.reader.in_(readers),
        other.c.gone_at.is_(None),
    )
    return (
        select(enrolment.c.class_, enrolment.c.id)
        .where(
            enrolment.c.class_ == class_,
            enrolment.c.reader.in_(readers),
            enrolment.c.channel.in_(channels),
            enrolment.c.gone_at.is_(None),
            enrolment.c.id == first.scalar_subquery(),
        )
        .order_by(enrolment.c.id)
    )


def reached(run: int) -> Select[Any]:
    """The enrolments that a run's push reached, in the order of the push."""
    return (
        select(delivery.c.class_, delivery.c.enrolment)
        .where(
            delivery.c.run == run,
            delivery.c.what == What.PUSH,
            delivery.c.enrolment.is_not(None),
            delivery.c.state == DeliveryState.SENT,
        )
        .order_by(delivery.c.id)
    )
