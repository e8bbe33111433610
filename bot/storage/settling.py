"""What becomes of a push's delivery as its message leaves the outbox, in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ports import Shown
from bot.storage.counts import Counts
from bot.storage.deliveries import DeliveryState
from bot.storage.store import Store
from bot.storage.tables import upsert
from bot.storage.teaching_tables import class_group, delivery, enrolment, group_poll


async def settle_sent(connection: AsyncConnection, store: Store, number: int, shown: Shown) -> None:
    """It arrived: noted, with the poll that it was, and with the chat's new address where that moved."""
    row = await _settle(connection, store, number, DeliveryState.SENT)
    if row is None:
        return
    await Counts(store).pushed(connection, number)
    if shown.moved and row.class_group is not None:
        await _follow(connection, store, row.class_group, shown)
    if shown.poll and row.step > 0:
        poll = {
            "poll": store.vault.pseudonym(shown.poll),
            "run": row.run,
            "class_": row.class_,
            "question": row.step - 1,
            "counts": "",
            "class_group": row.class_group,
            "message": shown.message,
        }
        made = upsert(connection, group_poll).values(**poll)
        await connection.execute(made.on_conflict_do_nothing(index_elements=["poll"]))


async def settle_lost(connection: AsyncConnection, store: Store, number: int, *, gone: bool) -> None:
    """It will never arrive; ``gone``: its chat blocked the bot or is no more, and is written to no more."""
    row = await _settle(connection, store, number, DeliveryState.GONE if gone else DeliveryState.DROPPED)
    if row is None or not gone:
        return
    if row.class_group is not None:
        group = update(class_group).where(class_group.c.id == row.class_group)
        await connection.execute(group.values(gone_at=store.now()))
    if row.enrolment is not None:
        talk = select(enrolment.c.talk).where(enrolment.c.id == row.enrolment).scalar_subquery()
        theirs = update(enrolment).where(enrolment.c.talk == talk, enrolment.c.gone_at.is_(None))
        await connection.execute(theirs.values(gone_at=store.now()))


async def _follow(connection: AsyncConnection, store: Store, number: int, shown: Shown) -> None:
    """A group's chat has moved; where the new one was bound by itself meanwhile, that one stays."""
    chat = store.vault.pseudonym(shown.moved_talk)
    known = select(class_group.c.id).where(class_group.c.chat == chat, class_group.c.id != number)
    taken = (await connection.execute(known)).first() is not None
    address = store.vault.seal(shown.moved.encode())
    values = {"gone_at": store.now()} if taken else {"address": address, "chat": chat}
    await connection.execute(update(class_group).where(class_group.c.id == number).values(**values))


async def _settle(connection: AsyncConnection, store: Store, number: int, state: DeliveryState) -> Row[Any] | None:
    columns = (delivery.c.class_.label("class_"), delivery.c.run, delivery.c.enrolment)
    row = update(delivery).where(delivery.c.id == number).values(state=state, settled_at=store.now())
    made = row.returning(*columns, delivery.c.class_group, delivery.c.step)
    return (await connection.execute(made)).first()
