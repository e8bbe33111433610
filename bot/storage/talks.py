"""Talks between turns: sealed under a pseudonym, for a short while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ports import TalkAfter
from bot.core.session import Session
from bot.storage.cases import SealedCases
from bot.storage.casework import SealedCasework
from bot.storage.counts import Counts
from bot.storage.errors import WrongKeyError
from bot.storage.filed import Filed
from bot.storage.store import Store
from bot.storage.tables import talk, upsert_for
from bot.storage.takings import SealedTakings
from bot.storage.vault import Vault


class SealedTalks:
    """The ``SessionStore`` on a database. A talk is new again after ``memory`` without a turn.

    ``filed`` is told, after the transaction, of each case that was opened or added to.
    """

    def __init__(
        self, store: Store, memory: dt.timedelta, filed: Callable[[Filed], None] = lambda _filed: None
    ) -> None:
        self._store, self._memory, self._filed = store, memory, filed
        self._cases, self._takings, self._counts = SealedCases(store), SealedTakings(store), Counts(store)
        self._casework = SealedCasework(store)

    async def load(self, key: str) -> Session:
        """The talk of this key; a new one where there is none, it expired or cannot be opened."""
        asked = {"name": self._store.vault.pseudonym(key), "now": self._store.now()}
        async with self._store.reading(brief=True) as connection:
            sealed = (await connection.execute(_LOAD, asked)).scalar_one_or_none()
        return Session() if sealed is None else _opened(self._store.vault, sealed)

    async def save(self, after: TalkAfter) -> None:
        """Keep the talk, and what it gives the desk and the classes. Raises StorageError."""
        filing = after.filing is not None
        light = not filing and after.lesson is None
        async with self._store.writing(light=light, brief=True, ahead=filing) as connection:
            filed = await self.keep(connection, after)
        self.announce(filed)

    def announce(self, filed: Filed | None) -> None:
        """Tell of a case, once the transaction that filed it is over."""
        if filed is not None:
            self._filed(filed)

    async def keep(self, connection: AsyncConnection, after: TalkAfter) -> Filed | None:
        """Keep a talk and what it gives, within a transaction of the caller's; ``announce`` what it says."""
        now = self._store.now()
        kept = {
            "session": self._store.vault.seal(after.session.dump()),
            "updated_at": now,
            "expires_at": now + self._memory,
        }
        row = {"pseudonym": self._store.vault.pseudonym(after.key), **kept}
        await connection.execute(_kept(connection.dialect.name), row)
        if after.private is not None:
            await self.keep(connection, after.private)
        learnt = after.lesson is not None and await self._takings.keep(connection, after.lesson)
        filed = await self._cases.file(connection, after.filing) if after.filing else None
        if after.told is not None:
            await self._casework.caught_up(connection, after.told.case, after.told.what)
        await self._counts.turn(connection, after, filed, learnt=learnt)
        return filed

    async def forget(self, key: str) -> None:
        """Erase the talk. Raises StorageError."""
        async with self._store.writing() as connection:
            await connection.execute(delete(talk).where(talk.c.pseudonym == self._store.vault.pseudonym(key)))


#: Statements of every turn are built once: making one costs more than running it.
_LOAD = select(talk.c.session).where(
    talk.c.pseudonym == bindparam("name", type_=talk.c.pseudonym.type),
    talk.c.expires_at > bindparam("now", type_=talk.c.expires_at.type),
)


@cache
def _kept(dialect: str) -> Any:
    row = upsert_for(dialect, talk)
    again = {name: row.excluded[name] for name in ("session", "updated_at", "expires_at")}
    return row.on_conflict_do_update(index_elements=[talk.c.pseudonym], set_=again)


def _opened(vault: Vault, sealed: bytes) -> Session:
    try:
        return Session.load(vault.open(sealed))
    except (WrongKeyError, ValueError, TypeError, KeyError):
        return Session()
