"""What every repository is given: the database, the vault and the clock."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.engine import reading, writing
from bot.storage.errors import DatabaseLockedError
from bot.storage.vault import Vault

#: Seconds for which somebody who wants to write waits for the others of this process.
PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Store:
    """A database with its vault; ``now`` gives aware times."""

    engine: AsyncEngine
    vault: Vault
    now: Callable[[], dt.datetime]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)

    def writing(self, *, light: bool = False, brief: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction, kept as a whole or not at all. Raises StorageError.

        ``light``: what a power cut may take, such as the memory of a talk; nothing of a case. ``brief``: a few rows
        by their keys, at once; never what walks through a table.
        """
        return self._in_turn(light, brief) if self.engine.dialect.name == "sqlite" else writing(self.engine)

    def reading(self, *, brief: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that waits for no writer; ``brief`` as with ``writing``. Raises StorageError."""
        return reading(self.engine, brief=brief and self.engine.dialect.name == "sqlite")

    async def close(self) -> None:
        """Let go of all connections."""
        await self.engine.dispose()

    @asynccontextmanager
    async def _in_turn(self, light: bool, brief: bool) -> AsyncIterator[AsyncConnection]:
        # SQLite has one writer, and whoever finds it busy sleeps and tries again: under load most time goes by asleep.
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turn.acquire()
        except TimeoutError:
            raise DatabaseLockedError from None
        try:
            async with writing(self.engine, light=light, brief=brief) as connection:
                yield connection
        finally:
            self._turn.release()
