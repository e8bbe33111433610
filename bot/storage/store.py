"""What every repository is given: the database, the vault and the clock."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.engine import reading, writing
from bot.storage.errors import (
    DatabaseFullError,
    DatabaseLockedError,
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    NotADatabaseError,
)
from bot.storage.vault import Vault

#: Seconds for which somebody who wants to write waits for the others of this process.
PATIENCE = 15.0


@dataclass(slots=True)
class _Keeping:
    """When something could not be kept last."""

    failed_at: dt.datetime | None = None


#: For so long after something could not be kept the store counts as failing: a writing that changes nothing succeeds on
#: a full disk too, and whoever watches looks once a minute.
FAILING = dt.timedelta(minutes=10)
#: What says that nothing can be kept, whatever it is; other errors are of what was to be kept.
UNABLE = (
    DatabaseFullError,
    DatabaseLockedError,
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    NotADatabaseError,
)


@dataclass(frozen=True, slots=True)
class Store:
    """A database with its vault; ``now`` gives aware times."""

    engine: AsyncEngine
    vault: Vault
    now: Callable[[], dt.datetime]
    _keeping: _Keeping = field(default_factory=_Keeping, repr=False, compare=False)
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
            return self._noted(writing(self.engine))
        return self._noted(self._in_turn(light=light, brief=brief, ahead=ahead))

    @property
    def failing(self) -> bool:
        """Whether something could not be kept of late: no room, no right to write, no database, or one that is held."""
        failed = self._keeping.failed_at
        return failed is not None and abs(self.now() - failed) < FAILING

    def reading(self, *, brief: bool = False) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that waits for no writer; ``brief`` as with ``writing``. Raises StorageError."""
        return reading(self.engine, brief=brief and self.engine.dialect.name == "sqlite")

    async def close(self) -> None:
        """Let go of all connections."""
        await self.engine.dispose()

    @asynccontextmanager
    async def _noted(self, transaction: AbstractAsyncContextManager[AsyncConnection]) -> AsyncIterator[AsyncConnection]:
        try:
            async with transaction as connection:
                yield connection
        except UNABLE:
            self._keeping.failed_at = self.now()
            raise

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
