"""Chats of staff: alert routes of a kind of our own, whose target is the chat."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.desk_tables import alert_route, staff
from bot.storage.errors import WrongKeyError
from bot.storage.store import Store

TELEGRAM = "telegram"


class ChatLinks:
    """Whose chat is whose. There are few, so they are opened one by one. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def owner(self, chat: str) -> int | None:
        """The active member of staff whose own chat this is; None for nobody's."""
        async with self._store.reading() as connection:
            return await self._owner(connection, chat)

    async def keep(self, connection: AsyncConnection, member: int, chat: str, label: str) -> bool:
        """Keep a chat as theirs, in place of an earlier one; False where it is a colleague's."""
        owner = await self._owner(connection, chat)
        if owner is not None:
            return owner == member
        row = {"target": self._store.vault.seal(chat.encode()), "label": label, "failing_since": None}
        own = (alert_route.c.kind == TELEGRAM, alert_route.c.staff == member)
        changed = update(alert_route).where(*own).values(**row).returning(alert_route.c.id)
        if (await connection.execute(changed)).first() is None:
            await connection.execute(insert(alert_route).values(kind=TELEGRAM, staff=member, **row))
        return True

    async def _owner(self, connection: AsyncConnection, chat: str) -> int | None:
        wanted = (
            select(alert_route.c.staff, alert_route.c.target)
            .join(staff, staff.c.id == alert_route.c.staff)
            .where(alert_route.c.kind == TELEGRAM, staff.c.state == "active")
        )
        for row in await connection.execute(wanted):
            if self._opened(row.target) == chat:
                member: int = row.staff
                return member
        return None

    def _opened(self, target: bytes) -> str | None:
        try:
            return self._store.vault.open(target).decode()
        except WrongKeyError:
            return None
