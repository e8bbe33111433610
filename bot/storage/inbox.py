"""Updates of the channels: stored sealed before they are acknowledged, handled once."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import func, select, update

from bot.core.ports import Outgoing, Received, TalkAfter
from bot.storage.errors import WrongKeyError
from bot.storage.outbox import queue
from bot.storage.store import Store
from bot.storage.tables import inbox, upsert
from bot.storage.talks import SealedTalks

_log = structlog.get_logger(__name__)


class SealedInbox:
    """The ``Inbox`` on a database; ``talks`` keeps the talk in the same transaction."""

    def __init__(self, store: Store, talks: SealedTalks) -> None:
        self._store, self._talks = store, talks
        self._unreadable: set[int] = set()

    async def put(self, channel: str, update: int, body: bytes) -> bool:
        """Store an update; False where this one was stored before. Raises StorageError."""
        async with self._store.writing(brief=True) as connection:
            row = upsert(connection, inbox).values(
                channel=channel,
                update_number=update,
                body=self._store.vault.seal(body),
                received_at=self._store.now(),
            )
            added = row.on_conflict_do_nothing(index_elements=[inbox.c.channel, inbox.c.update_number])
            return (await connection.execute(added.returning(inbox.c.id))).first() is not None

    async def pending(self, channel: str) -> Sequence[Received]:
        """The updates not yet settled, in the order in which they came. Raises StorageError.

        One that cannot be opened is left out, logged once, and waits for its key: it must not stop the others.
        """
        wanted = (
            select(inbox.c.id, inbox.c.update_number, inbox.c.body)
            .where(inbox.c.channel == channel, inbox.c.settled_at.is_(None))
            .order_by(inbox.c.id)
        )
        async with self._store.reading(brief=True) as connection:
            rows = (await connection.execute(wanted)).all()
        opened = (self._opened(row.id, row.update_number, row.body) for row in rows)
        return [item for item in opened if item is not None]

    async def last(self, channel: str) -> int | None:
        """The greatest update number stored for the channel; None for none, or after a quiet week (see cleaning)."""
        wanted = select(func.max(inbox.c.update_number)).where(inbox.c.channel == channel)
        async with self._store.reading() as connection:
            greatest: int | None = (await connection.execute(wanted)).scalar_one()
        return greatest

    async def settle(self, item: Received, replies: Sequence[Outgoing], talk: TalkAfter | None = None) -> None:
        """Erase the update's body, queue its replies and keep the talk, in one transaction.

        Nothing happens where it was settled before. Raises StorageError.
        """
        now = self._store.now()
        filed = None
        open_row = update(inbox).where(inbox.c.id == item.id, inbox.c.settled_at.is_(None))
        filing = talk is not None and talk.filing is not None
        async with self._store.writing(brief=True, ahead=filing) as connection:
            channel = (
                await connection.execute(open_row.values(body=None, settled_at=now).returning(inbox.c.channel))
            ).scalar_one_or_none()
            if channel is None:
                return
            await queue(connection, self._store, channel, replies)
            if talk is not None:
                filed = await self._talks.keep(connection, talk)
        self._talks.announce(filed)

    def _opened(self, row: int, number: int, sealed: bytes) -> Received | None:
        try:
            return Received(row, number, self._store.vault.open(sealed))
        except WrongKeyError:
            if row not in self._unreadable:
                self._unreadable.add(row)
                _log.error("inbox.unreadable", row=row)
            return None
