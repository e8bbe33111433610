"""What every repository is given: the database, the vault and the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.engine import reading, writing
from bot.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Store:
    """A database with its vault; ``now`` gives aware times."""

    engine: AsyncEngine
    vault: Vault
    now: Callable[[], dt.datetime]

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction, kept as a whole or not at all. Raises StorageError."""
        return writing(self.engine)

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that waits for no writer. Raises StorageError."""
        return reading(self.engine)

    async def close(self) -> None:
        """Let go of all connections."""
        await self.engine.dispose()
