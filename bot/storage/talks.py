"""Talks between turns: sealed under a pseudonym, for a short while."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ports import TalkAfter
from bot.core.session import Session
from bot.storage.errors import WrongKeyError
from bot.storage.store import Store
from bot.storage.tables import talk, upsert
from bot.storage.vault import Vault


class SealedTalks:
    """The ``SessionStore`` on a database. A talk is new again after ``memory`` without a turn."""

    def __init__(self, store: Store, memory: dt.timedelta) -> None:
        self._store, self._memory = store, memory

    async def load(self, key: str) -> Session:
        """The talk of this key; a new one where there is none, it expired or cannot be opened."""
        name = self._store.vault.pseudonym(key)
        wanted = select(talk.c.session).where(talk.c.pseudonym == name, talk.c.expires_at > self._store.now())
        async with self._store.reading() as connection:
            sealed = (await connection.execute(wanted)).scalar_one_or_none()
        return Session() if sealed is None else _opened(self._store.vault, sealed)

    async def save(self, key: str, session: Session) -> None:
        """Keep the talk. Raises StorageError."""
        async with self._store.writing() as connection:
            await self.keep(connection, TalkAfter(key, session))

    async def keep(self, connection: AsyncConnection, after: TalkAfter) -> None:
        """Keep a talk within a transaction of the caller's."""
        now = self._store.now()
        kept = {
            "session": self._store.vault.seal(after.session.dump()),
            "updated_at": now,
            "expires_at": now + self._memory,
        }
        row = upsert(connection, talk).values(pseudonym=self._store.vault.pseudonym(after.key), **kept)
        await connection.execute(row.on_conflict_do_update(index_elements=[talk.c.pseudonym], set_=kept))

    async def forget(self, key: str) -> None:
        """Erase the talk. Raises StorageError."""
        async with self._store.writing() as connection:
            await connection.execute(delete(talk).where(talk.c.pseudonym == self._store.vault.pseudonym(key)))


def _opened(vault: Vault, sealed: bytes) -> Session:
    try:
        return Session.load(vault.open(sealed))
    except (WrongKeyError, ValueError, TypeError, KeyError):
        return Session()
