"""Deletes what has had its time, and leaves no trace of it in the log of the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Delete, and_, delete, func, or_, select, text

from bot.storage.enrolments import SealedEnrolments
from bot.storage.filed import DRILL
from bot.storage.outreach_tables import reached
from bot.storage.store import Store
from bot.storage.tables import inbox, talk

#: How long the number of a settled update is kept, to know it again. Longer than any channel delivers anew.
SETTLED_KEPT = dt.timedelta(days=1)
#: The greatest number is kept longer, to go on from there; channels may number anew after a quiet week.
#: That of the last drill is kept until the next one: that nothing came of it must not be forgotten.
LAST_KEPT = dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many rows went."""

    talks: int
    updates: int
    reached: int = 0


async def clean(store: Store) -> Cleaned:
    """Delete expired talks, settled updates of yesterday and who was reached before today, then empty SQLite's log.

    Enrolments that have ended go too. Raises StorageError.
    """
    now = store.now()
    past = delete(reached).where(reached.c.day < now.date().isoformat()).returning(reached.c.name)
    expired = delete(talk).where(talk.c.expires_at <= now).returning(talk.c.pseudonym)
    async with store.writing() as connection:
        talks = len((await connection.execute(expired)).all())
        updates = len((await connection.execute(_settled_before(now).returning(inbox.c.id))).all())
        names = len((await connection.execute(past)).all())
        await SealedEnrolments(store).tidy(connection)
    await _truncate(store)
    return Cleaned(talks, updates, names)


def _settled_before(now: dt.datetime) -> Delete:
    newest = inbox.alias()
    greatest = select(func.max(newest.c.update_number)).where(newest.c.channel == inbox.c.channel).scalar_subquery()
    forgettable = and_(inbox.c.settled_at <= now - SETTLED_KEPT, inbox.c.update_number < greatest)
    quiet = and_(inbox.c.settled_at <= now - LAST_KEPT, inbox.c.channel != DRILL)
    return delete(inbox).where(or_(forgettable, quiet))


async def _truncate(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        return
    async with store.reading() as connection:
        await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
