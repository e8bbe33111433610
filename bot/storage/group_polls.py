"""What came of quiz polls in groups: how many chose each option, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.errors import WrongKeyError
from bot.storage.store import Store
from bot.storage.teaching_tables import class_group, group_poll, push_run


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """A poll that still takes answers, and the message that it stands in."""

    channel: str
    message: int
    address: str = field(repr=False)


class GroupPolls:
    """Polls on a database, known by pseudonyms. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def heard(self, poll: str, counts: Sequence[int], *, closed: bool) -> None:
        """A poll stands like this now. One that is not known, or whose run is over, changes nothing."""
        folded = select(push_run.c.id).where(push_run.c.folded_at.is_not(None))
        row = update(group_poll).where(
            group_poll.c.poll == self._store.vault.pseudonym(poll), group_poll.c.run.not_in(folded)
        )
        values = {"counts": ",".join(map(str, counts))} | ({"closed_at": self._store.now()} if closed else {})
        async with self._store.writing(light=True) as connection:
            await connection.execute(row.values(**values))

    async def ending(self, connection: AsyncConnection, run: int) -> Sequence[OpenPoll]:
        """The polls of a run that nobody has closed; they count as closed from now on."""
        wanted = (
            select(class_group.c.channel, class_group.c.address, group_poll.c.message)
            .join(class_group, class_group.c.id == group_poll.c.class_group)
            .where(group_poll.c.run == run, group_poll.c.closed_at.is_(None), group_poll.c.message.is_not(None))
            .where(class_group.c.gone_at.is_(None))
            .order_by(group_poll.c.question)
        )
        rows = (await connection.execute(wanted)).all()
        ended = update(group_poll).where(group_poll.c.run == run, group_poll.c.closed_at.is_(None))
        await connection.execute(ended.values(closed_at=self._store.now()))
        polls = (self._opened(row.channel, row.message, row.address) for row in rows)
        return [poll for poll in polls if poll is not None]

    def _opened(self, channel: str, message: int, address: bytes) -> OpenPoll | None:
        try:
            return OpenPoll(channel, message, self._store.vault.open(address).decode())
        except WrongKeyError:
            return None
