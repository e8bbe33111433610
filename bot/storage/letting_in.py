"""Who let whom in, or helped them back after a loss: until they have settled in, both may be one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.staff_tables import staff
from bot.storage.store import Store

#: By member: in whose hands the way in was. Empty: it was the printed recovery code, whoever had that.
LetIn = Mapping[int, frozenset[int]]


class LettingIn:
    """The last way in of each member on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def joins(self, connection: AsyncConnection, member: int, by: int | None) -> None:
        """A member used a link that somebody made; None: it was made at the server's console."""
        await connection.execute(update(staff).where(staff.c.id == member).values(link_by=by))

    async def admitted(self, connection: AsyncConnection, member: int, by: int) -> None:
        """A member got the desk key from somebody."""
        came = {"admitted_by": by, "admitted_at": self._store.now()}
        await connection.execute(update(staff).where(staff.c.id == member).values(**came))

    async def recovered(self, connection: AsyncConnection, member: int) -> None:
        """A member came back by the printed code, with nobody who knows them."""
        came = {"link_by": None, "admitted_by": None, "admitted_at": self._store.now()}
        await connection.execute(update(staff).where(staff.c.id == member).values(**came))

    async def since(self, moment: dt.datetime) -> LetIn:
        """Whoever was let in since then, and by whom."""
        async with self._store.reading() as connection:
            rows = (await connection.execute(select(staff).where(staff.c.admitted_at > moment))).all()
        return {row.id: frozenset(by for by in (row.link_by, row.admitted_by) if by is not None) for row in rows}
