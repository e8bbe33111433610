"""Answers become counts a day after their quiz has ended, and nothing is left of who gave them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.results import enrolled
from bot.storage.store import Store
from bot.storage.tallies import FEWEST, Origin, Turnout, live_options, live_turnout
from bot.storage.teaching_tables import push, push_class, push_run, run_tally, taking, taking_answer, tally

#: How long answers are kept one by one after a run has ended.
KEPT = dt.timedelta(hours=24)


async def fold(store: Store) -> int:
    """Fold every run of a quiz that ended a day ago, each in a transaction; says how many. Raises StorageError."""
    ended = func.coalesce(push_run.c.closed_at, push_run.c.closes_at) <= store.now() - KEPT
    left = select(taking.c.id).where(taking.c.run == push_run.c.id).exists()
    due = select(push_run.c.id).where(push_run.c.version.is_not(None), ended, or_(push_run.c.folded_at.is_(None), left))
    async with store.reading() as connection:
        runs = (await connection.execute(due.order_by(push_run.c.id))).scalars().all()
    for run in runs:
        async with store.writing() as connection:
            await _fold(connection, run, store.now())
    return len(runs)


async def _fold(connection: AsyncConnection, run: int, now: dt.datetime) -> None:
    claim = update(push_run).where(push_run.c.id == run, push_run.c.folded_at.is_(None)).values(folded_at=now)
    number = (await connection.execute(claim.returning(push_run.c.push))).scalar()
    # What comes in after folding is not counted twice: it goes.
    if number is not None:
        turnout = await live_turnout(connection, {run: True})
        await _keep_turnout(connection, run, turnout, await _invited(connection, number))
        await _keep_options(connection, run, {row.class_id for row in turnout if row.finished >= FEWEST})
    takings = select(taking.c.id).where(taking.c.run == run)
    await connection.execute(delete(taking_answer).where(taking_answer.c.taking.in_(takings)))
    await connection.execute(delete(taking).where(taking.c.run == run))


async def _invited(connection: AsyncConnection, number: int) -> dict[int, int]:
    """How many were asked in each class that a push goes to."""
    readers = (await connection.execute(select(push.c.readers).where(push.c.id == number))).scalar_one()
    classes = (await connection.execute(select(push_class.c.class_).where(push_class.c.push == number))).scalars().all()
    found = await connection.execute(enrolled(classes, readers.split(",")))
    return {**dict.fromkeys(classes, 0), **{row.class_: row.many for row in found}}


async def _keep_turnout(
    connection: AsyncConnection, run: int, turnout: Collection[Turnout], invited: dict[int, int]
) -> None:
    took = {row.class_id: row for row in turnout}
    rows = [
        {
            "run": run,
            "class_": class_id,
            "source": Origin.PERSON,
            "invited": invited.get(class_id, 0),
            "started": took[class_id].started if class_id in took else 0,
            "finished": took[class_id].finished if class_id in took else 0,
        }
        for class_id in sorted({*invited, *took})
    ]
    if rows:
        await connection.execute(insert(run_tally), rows)


async def _keep_options(connection: AsyncConnection, run: int, classes: Collection[int]) -> None:
    """Where fewer than five finished nothing may be shown, so nothing is kept."""
    rows = [
        {
            "run": run,
            "class_": row.class_id,
            "source": row.origin,
            "question": row.question,
            "option": row.option,
            "count": row.count,
        }
        for row in await live_options(connection, run, classes, over=True)
    ]
    if rows:
        await connection.execute(insert(tally), rows)
