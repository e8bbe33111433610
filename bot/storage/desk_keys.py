"""Generations of the desk key and who holds them: public halves, and private halves sealed to each holder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.staff_tables import desk_key, desk_key_grant
from bot.storage.store import Store

#: The holder that is a printed code, not a person.
RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class DeskKey:
    """The public half of one generation: what text is sealed to."""

    generation: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Grant:
    """The private half of one generation, sealed to the public key of a holder: a staff id as text, or RECOVERY."""

    generation: int
    holder: str
    sealed: bytes
    holder_public: bytes


class SealedDeskKeys:
    """Desk keys on a database. It never sees a private half."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def current(self, connection: AsyncConnection | None = None) -> DeskKey | None:
        """The newest generation; None before the first set-up. Raises StorageError."""
        wanted = select(desk_key.c.generation, desk_key.c.public).order_by(desk_key.c.generation.desc()).limit(1)
        async with self._on(connection) as open_connection:
            row = (await open_connection.execute(wanted)).first()
        return None if row is None else DeskKey(row.generation, row.public)

    async def grants_of(self, holder: str, connection: AsyncConnection | None = None) -> Sequence[Grant]:
        """What this holder can open, oldest generation first. Raises StorageError."""
        wanted = select(desk_key_grant).where(desk_key_grant.c.holder == holder)
        async with self._on(connection) as open_connection:
            rows = (await open_connection.execute(wanted.order_by(desk_key_grant.c.generation))).all()
        return [Grant(row.generation, row.holder, row.sealed, row.holder_public) for row in rows]

    async def holders(self, connection: AsyncConnection | None = None) -> Mapping[str, bytes]:
        """Who holds the newest generation, with their public keys. Raises StorageError."""
        newest = select(func.max(desk_key.c.generation)).scalar_subquery()
        wanted = select(desk_key_grant.c.holder, desk_key_grant.c.holder_public)
        async with self._on(connection) as open_connection:
            rows = (await open_connection.execute(wanted.where(desk_key_grant.c.generation == newest))).all()
        return {row.holder: row.holder_public for row in rows}

    async def lock(self, connection: AsyncConnection) -> None:
        """Wait until no other transaction changes generations or grants; held to the end of the caller's.

        Without it somebody admitted while the key is rotated would miss the new generation.
        """
        await connection.execute(select(desk_key.c.generation).where(desk_key.c.generation == 1).with_for_update())

    async def begin(self, connection: AsyncConnection, public: bytes) -> int:
        """Begin the next generation, the first one included, and give its number; from now on text is sealed to it."""
        newest = await self.current(connection)
        generation = 1 if newest is None else newest.generation + 1
        row = {"generation": generation, "public": public, "made_at": self._store.now()}
        await connection.execute(insert(desk_key).values(**row))
        return generation

    async def grant(self, connection: AsyncConnection, grants: Iterable[Grant]) -> None:
        """Let holders open generations."""
        rows = [
            {
                "generation": grant.generation,
                "holder": grant.holder,
                "sealed": grant.sealed,
                "holder_public": grant.holder_public,
            }
            for grant in grants
        ]
        if rows:
            await connection.execute(insert(desk_key_grant), rows)

    async def drop(self, connection: AsyncConnection, holder: str) -> None:
        """Take every generation from a holder. What they copied they can still open: rotate."""
        await connection.execute(delete(desk_key_grant).where(desk_key_grant.c.holder == holder))

    def _on(self, connection: AsyncConnection | None) -> contextlib.AbstractAsyncContextManager[AsyncConnection]:
        return self._store.reading(brief=True) if connection is None else contextlib.nullcontext(connection)
