"""What every repository is given: the database, the vault and the clock."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
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
    _line: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)

    def writing(
        self, *, light: bool = False, brief: bool = False, ahead: bool = False
    ) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction, kept as a whole or not at all. Raises StorageError.

        ``light``: what a power cut may take, such as the memory of a talk; nothing of a case. ``brief``: a few rows
        by their keys, at once; never what walks through a table. ``ahead``: goes before others that wait to write, as
        a child's report and its alerts do.
        """
        if self.engine.dialect.name != "sqlite":
            return writing(self.engine)
        return self._in_turn(light=light, brief=brief, ahead=ahead)

    def reading(self, *, brief: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that waits for no writer; ``brief`` as with ``writing``. Raises StorageError."""
        return reading(self.engine, brief=brief and self.engine.dialect.name == "sqlite")

    async def close(self) -> None:
        """Let go of all connections."""
        await self.engine.dispose()

    @asynccontextmanager
    async def _in_turn(self, *, light: bool, brief: bool, ahead: bool) -> AsyncIterator[AsyncConnection]:
        # SQLite has one writer, and whoever finds it busy sleeps and tries again: under load most time goes by asleep.
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(PATIENCE):
                    # Of the others only the first of the line waits for the turn, so who goes ahead waits for one.
                    for lock in (self._turn,) if ahead else (self._line, self._turn):
                        await held.enter_async_context(lock)
            except TimeoutError:
                raise DatabaseLockedError from None
            yield await held.enter_async_context(writing(self.engine, light=light, brief=brief))
