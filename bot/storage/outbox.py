"""Messages on their way: sealed until delivered, begun before they are sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import structlog
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ports import Outgoing, Queued
from bot.storage.errors import WrongKeyError
from bot.storage.store import Store
from bot.storage.tables import outbox

_log = structlog.get_logger(__name__)

#: After this long a message that was begun and never ended counts as lost, and is sent again.
LEASE = dt.timedelta(minutes=2)


async def queue(connection: AsyncConnection, store: Store, channel: str, messages: Sequence[Outgoing]) -> None:
    """Put messages on their way within a transaction of the caller's."""
    now, seal = store.now(), store.vault.seal
    rows = [
        {
            "channel": channel,
            "address": seal(message.address.encode()),
            "body": seal(message.body),
            "created_at": now,
            "due_at": now,
            "attempts": 0,
        }
        for message in messages
    ]
    if rows:
        await connection.execute(insert(outbox), rows)


class SealedOutbox:
    """The ``Outbox`` on a database.

    What was begun is not given out again until ``lease`` has passed, ``retry`` sets a new time,
    or ``recover`` says that its sender is gone.
    """

    def __init__(self, store: Store, lease: dt.timedelta = LEASE) -> None:
        self._store, self._lease = store, lease

    async def due(self, channel: str, now: dt.datetime, limit: int) -> Sequence[Queued]:
        """Messages whose time has come, oldest first; each is marked as begun. Raises StorageError.

        One that cannot be opened is left out and logged, and waits for its key.
        """
        free = or_(outbox.c.begun_at.is_(None), outbox.c.begun_at <= now - self._lease)
        wanted = (
            select(outbox.c.id, outbox.c.address, outbox.c.body, outbox.c.attempts)
            .where(outbox.c.channel == channel, outbox.c.due_at <= now, free)
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._store.writing() as connection:
            rows = (await connection.execute(wanted)).all()
            if not rows:
                return []
            begun = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
            await connection.execute(begun.values(begun_at=now, attempts=outbox.c.attempts + 1))
        opened = (self._opened(row.id, row.address, row.body, row.attempts) for row in rows)
        return [item for item in opened if item is not None]

    async def recover(self, channel: str) -> int:
        """Give out again what a sender that is gone had begun: for its successor, at start. Says how many."""
        begun = update(outbox).where(outbox.c.channel == channel, outbox.c.begun_at.is_not(None))
        async with self._store.writing() as connection:
            freed = await connection.execute(begun.values(begun_at=None).returning(outbox.c.id))
            return len(freed.all())

    async def sent(self, item: int) -> None:
        """Erase a message that was delivered. Raises StorageError."""
        await self._erase(item)

    async def retry(self, item: int, at: dt.datetime) -> None:
        """Try again at a later time. Raises StorageError."""
        async with self._store.writing() as connection:
            await connection.execute(update(outbox).where(outbox.c.id == item).values(due_at=at, begun_at=None))

    async def give_up(self, item: int) -> None:
        """Erase a message that can never be delivered (blocked, gone). Raises StorageError."""
        await self._erase(item)

    async def _erase(self, item: int) -> None:
        async with self._store.writing() as connection:
            await connection.execute(delete(outbox).where(outbox.c.id == item))

    def _opened(self, row: int, address: bytes, body: bytes, attempts: int) -> Queued | None:
        try:
            return Queued(row, self._store.vault.open(address).decode(), self._store.vault.open(body), attempts)
        except WrongKeyError:
            _log.error("outbox.unreadable", row=row)
            return None
