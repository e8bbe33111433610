"""What the clocks of a case read and set; each within a transaction of the caller's. Everything raises StorageError."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.case_rows import CaseRow
from bot.storage.desk_tables import case_event, case_message, desk_case


async def noted_at(connection: AsyncConnection, number: int) -> dt.datetime | None:
    """When the last note was written; None for none."""
    wanted = select(case_message.c.at).where(case_message.c.case == number, case_message.c.author == "note")
    newest: dt.datetime | None = (await connection.execute(wanted.order_by(case_message.c.id.desc()).limit(1))).scalar()
    return newest


async def owed_since(connection: AsyncConnection, case: CaseRow) -> dt.datetime | None:
    """Since when somebody is awaited: by the child, for what they said first without an answer, else by the case.

    None where that is not known.
    """
    wanted = select(func.max(case_event.c.at)).where(case_event.c.case == case.id, case_event.c.what == "given_back")
    if case.staff_at is None or case.asks > case.heard:
        said = (case_message.c.case == case.id, case_message.c.author == "child")
        wanted = select(func.min(case_message.c.at)).where(*said)
        if case.staff_at is not None:
            wanted = wanted.where(case_message.c.at > case.staff_at)
    elif case.undelivered_at is not None:
        wanted = select(desk_case.c.undelivered_at).where(desk_case.c.id == case.id)
    since: dt.datetime | None = (await connection.execute(wanted)).scalar()
    return since


async def set_due(connection: AsyncConnection, number: int, due_at: dt.datetime | None, rung: int) -> None:
    """When the next answer is due, and how far up people have been alerted."""
    row = update(desk_case).where(desk_case.c.id == number)
    await connection.execute(row.values(due_at=due_at, rung=rung))
