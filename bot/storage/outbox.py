"""Messages on their way: sealed until delivered, begun before they are sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ports import Lane, Outgoing, Queued, Shown
from bot.storage.alerts import alert_arrived
from bot.storage.case_rows import undelivered
from bot.storage.desk_tables import case_message
from bot.storage.errors import WrongKeyError
from bot.storage.roster import route_fails
from bot.storage.settling import settle_lost, settle_sent
from bot.storage.store import Store
from bot.storage.tables import outbox

_log = structlog.get_logger(__name__)

#: After this long a message that was begun and never ended counts as lost, and is sent again.
LEASE = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Awaited:
    """Who waits for the fate of messages.

    ``route``, ``alert``: they go to people on duty by this route, and are this alert, whose fate is theirs. ``case``:
    they go to its child from people on duty, who hear where they never arrive.
    """

    route: int | None = None
    alert: int | None = None
    case: int | None = None


UNAWAITED = Awaited()


async def queue(
    connection: AsyncConnection,
    store: Store,
    channel: str,
    messages: Sequence[Outgoing],
    *,
    awaited: Awaited = UNAWAITED,
) -> None:
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
            "lane": message.lane,
            "delivery": message.delivery,
            "route": awaited.route,
            "alert": awaited.alert,
            "case": awaited.case,
        }
        for message in messages
    ]
    if rows:
        await connection.execute(insert(outbox), rows)


async def read_elsewhere(connection: AsyncConnection, case: int, *, moved: bool) -> None:
    """What is on its way to the child of a case was read with the code: nobody need hear where it never arrives.

    ``moved``: it goes on elsewhere, and what still waits for the place that was left is taken back. Not so what was
    written before the person had a code: that is read nowhere else.
    """
    theirs = outbox.c.case == case
    if moved:
        said = (case_message.c.case == case, case_message.c.author.in_(("staff", "service")))
        unread = select(func.max(case_message.c.at)).where(*said, case_message.c.for_child.is_(None)).scalar_subquery()
        await connection.execute(delete(outbox).where(theirs, or_(unread.is_(None), outbox.c.created_at > unread)))
    await connection.execute(update(outbox).where(theirs).values(case=None))


class SealedOutbox:
    """The ``Outbox`` on a database.

    What was begun is not given out again until ``lease`` has passed, ``retry`` sets a new time,
    or ``recover`` says that its sender is gone. ``lost`` is told, after the transaction, of each case whose child
    something never reaches. ``hears`` says whether an alert may still be sent; without it each may.
    """

    def __init__(
        self,
        store: Store,
        lease: dt.timedelta = LEASE,
        lost: Callable[[int], None] = lambda _case: None,
        hears: Callable[[int], Awaitable[bool]] | None = None,
    ) -> None:
        self._store, self._lease, self._lost, self._hears = store, lease, lost, hears

    async def due(self, channel: str, now: dt.datetime, limit: int, lane: Lane | None = None) -> Sequence[Queued]:
        """Messages whose time has come, replies first, then oldest first; each is marked as begun. Raises StorageError.

        One that cannot be opened is left out and logged, and waits for its key.
        """
        free = or_(outbox.c.begun_at.is_(None), outbox.c.begun_at <= now - self._lease)
        of_lane = (outbox.c.lane == lane,) if lane is not None else ()
        which = (outbox.c.channel == channel, outbox.c.due_at <= now, free, *of_lane)
        async with self._store.reading(brief=True) as connection:
            # A look costs less than a turn to write, for which others wait, and mostly there is nothing.
            if (await connection.execute(select(outbox.c.id).where(*which).limit(1))).first() is None:
                return []
        wanted = (
            select(outbox.c.id, outbox.c.address, outbox.c.body, outbox.c.attempts, outbox.c.lane, outbox.c.alert)
            .where(*which)
            .order_by(outbox.c.lane, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._store.writing(brief=True) as connection:
            rows = (await connection.execute(wanted)).all()
            if not rows:
                return []
            begun = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
            await connection.execute(begun.values(begun_at=now, attempts=outbox.c.attempts + 1))
        opened = [self._opened(row) for row in rows if row.alert is None or await self._is_heard(row)]
        return [item for item in opened if item is not None]

    async def _is_heard(self, row: Any) -> bool:
        if self._hears is None or await self._hears(row.alert):
            return True
        async with self._store.writing() as connection:
            await self._erased(connection, row.id)
        return False

    async def recover(self, channel: str) -> int:
        """Give out again what a sender that is gone had begun: for its successor, at start. Says how many."""
        begun = update(outbox).where(outbox.c.channel == channel, outbox.c.begun_at.is_not(None))
        async with self._store.writing() as connection:
            freed = await connection.execute(begun.values(begun_at=None).returning(outbox.c.id))
            return len(freed.all())

    async def sent(self, item: int, shown: Shown | None = None) -> None:
        """Erase a message that was delivered, and settle its delivery. Raises StorageError."""
        await self.sent_all({item: shown})

    async def sent_all(self, items: Mapping[int, Shown | None]) -> None:
        """The same for several at once. Raises StorageError."""
        async with self._store.writing(brief=True) as connection:
            for item, shown in items.items():
                row = await self._erased(connection, item)
                if row is not None and row.delivery is not None:
                    await settle_sent(connection, self._store, row.delivery, shown or Shown())
                if row is not None and row.route is not None:
                    await alert_arrived(connection, self._store, row.route, row.alert)

    async def retry(self, item: int, at: dt.datetime) -> None:
        """Try again at a later time. Raises StorageError."""
        async with self._store.writing(brief=True) as connection:
            await connection.execute(update(outbox).where(outbox.c.id == item).values(due_at=at, begun_at=None))

    async def give_up(self, item: int, *, gone: bool = False) -> None:
        """Erase a message that can never be delivered, and tell whoever waits for its fate. Raises StorageError."""
        async with self._store.writing() as connection:
            row = await self._erased(connection, item)
            if row is not None and row.delivery is not None:
                await settle_lost(connection, self._store, row.delivery, gone=gone)
            if row is not None and row.route is not None:
                await route_fails(connection, row.route, self._store.now())
                _log.error("outbox.alert_lost", route=row.route)
            if row is not None and row.case is not None:
                await undelivered(connection, row.case, self._store.now())
                _log.warning("outbox.answer_lost", case=row.case)
        if row is not None and row.case is not None:
            self._lost(row.case)

    async def pushes(self, channel: str, until: dt.datetime) -> int:
        """How many messages of pushes lie here that are due by then."""
        wanted = select(func.count()).where(
            outbox.c.channel == channel, outbox.c.lane == Lane.PUSH, outbox.c.due_at <= until
        )
        async with self._store.reading() as connection:
            return int((await connection.execute(wanted)).scalar_one())

    @staticmethod
    async def _erased(connection: AsyncConnection, item: int) -> Any:
        row = delete(outbox).where(outbox.c.id == item)
        fate = (outbox.c.delivery, outbox.c.route, outbox.c.alert, outbox.c.case)
        return (await connection.execute(row.returning(*fate))).first()

    def _opened(self, row: Any) -> Queued | None:
        open_ = self._store.vault.open
        try:
            return Queued(row.id, open_(row.address).decode(), open_(row.body), row.attempts, Lane(row.lane))
        except WrongKeyError:
            _log.error("outbox.unreadable", row=row.id)
            return None
