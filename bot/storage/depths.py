"""How much waits to be done: how many rows and since when, and nothing of what is in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.core.ports import Lane
from bot.storage.case_rows import OPEN
from bot.storage.desk_tables import alert, desk_case
from bot.storage.store import Store
from bot.storage.tables import inbox, outbox


@dataclass(frozen=True, slots=True)
class Depth:
    """How many wait in a channel, and since when the first does; ``push``: of what goes out, pushes and not replies."""

    channel: str
    waiting: int
    since: dt.datetime
    push: bool = False


async def inbox_depths(store: Store) -> Sequence[Depth]:
    """What came in and is not handled yet; channels where nothing waits are left out. Raises StorageError."""
    wanted = (
        select(inbox.c.channel, func.count(), func.min(inbox.c.received_at, type_=inbox.c.received_at.type))
        .where(inbox.c.settled_at.is_(None))
        .group_by(inbox.c.channel)
    )
    async with store.reading() as connection:
        return [Depth(channel, count, since) for channel, count, since in await connection.execute(wanted)]


async def outbox_depths(store: Store, channels: Collection[str]) -> Sequence[Depth]:
    """What is to go out by these channels and has not arrived; where nothing waits is left out. Raises StorageError.

    Replies are one number: how many of them are words for somebody in danger is nobody's to count.
    """
    push = (outbox.c.lane == Lane.PUSH).label("push")
    since = func.min(outbox.c.created_at, type_=outbox.c.created_at.type)
    wanted = select(outbox.c.channel, push, func.count(), since).where(outbox.c.channel.in_(list(channels)))
    async with store.reading() as connection:
        rows = (await connection.execute(wanted.group_by(outbox.c.channel, push))).all()
    return [Depth(channel, count, first, bool(is_push)) for channel, is_push, count, first in rows]


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many cases wait for an answer beyond their time, and how many of them nobody has opened."""

    waiting: int
    unseen: int


async def overdue_cases(store: Store, before: dt.datetime, *, drills: bool = False) -> Overdue:
    """The open cases whose answer was due before this moment; with ``drills`` those of drills too.

    Raises StorageError.
    """
    late = desk_case.c.state.in_(OPEN) & (desk_case.c.due_at < before)
    wanted = select(func.count(), func.count().filter(desk_case.c.seen_at.is_(None)))
    wanted = wanted.where(late if drills else late & desk_case.c.synthetic.is_(False))
    async with store.reading() as connection:
        waiting, unseen = (await connection.execute(wanted)).one()
    return Overdue(waiting, unseen)


async def late_alerts(store: Store, before: dt.datetime) -> int:
    """Alerts that were made before this moment and neither arrived nor were given up. Raises StorageError."""
    waiting = (alert.c.sent_at.is_(None), alert.c.failed_at.is_(None), alert.c.created_at < before)
    async with store.reading() as connection:
        return int((await connection.execute(select(func.count()).where(*waiting))).scalar_one())
