"""Chats of staff: alert routes of a kind of our own, whose target is the chat.

A typed target only hears. A chat is somebody's own once they proved it with a token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.desk_tables import alert
from bot.storage.errors import WrongKeyError
from bot.storage.staff_tables import alert_route, staff
from bot.storage.store import Store

TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True)
class _Chat:
    route: int
    target: str | None
    linked: bool


class ChatLinks:
    """Whose chat is whose. There are few, so they are opened one by one. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def owner(self, chat: str) -> int | None:
        """The active member of staff who linked this chat; None for nobody's."""
        async with self._store.reading() as connection:
            return await self._owner(connection, chat)

    async def takes(self, route: int) -> bool:
        """Whether a case may be taken where this route leads: all of the desk read there, or its owner alone."""
        known = or_(alert_route.c.staff.is_(None), alert_route.c.linked_at.is_not(None))
        async with self._store.reading() as connection:
            found = await connection.execute(select(alert_route.c.id).where(alert_route.c.id == route, known))
            return found.first() is not None

    async def keep(self, connection: AsyncConnection, member: int, chat: str, label: str) -> bool:
        """Keep a chat as theirs, in place of an earlier or a typed one; False where it is a colleague's."""
        owner = await self._owner(connection, chat)
        if owner is not None:
            return owner == member
        now = self._store.now()
        row = {"target": self._store.vault.seal(chat.encode()), "label": label, "failing_since": None, "linked_at": now}
        chats = await self._chats(connection, member)
        place = _place(chats, chat)
        if place is None:
            await connection.execute(insert(alert_route).values(kind=TELEGRAM, staff=member, **row))
            return True
        await connection.execute(update(alert_route).where(alert_route.c.id == place.route).values(**row))
        # The same chat would hear everything twice.
        twice = [other.route for other in chats if other.target == chat and other is not place]
        await connection.execute(delete(alert).where(alert.c.route.in_(twice)))
        await connection.execute(delete(alert_route).where(alert_route.c.id.in_(twice)))
        return True

    async def _owner(self, connection: AsyncConnection, chat: str) -> int | None:
        wanted = (
            select(alert_route.c.staff, alert_route.c.target)
            .join(staff, staff.c.id == alert_route.c.staff)
            .where(alert_route.c.kind == TELEGRAM, alert_route.c.linked_at.is_not(None), staff.c.state == "active")
        )
        for row in await connection.execute(wanted):
            if self._opened(row.target) == chat:
                member: int = row.staff
                return member
        return None

    async def _chats(self, connection: AsyncConnection, member: int) -> Sequence[_Chat]:
        own = select(alert_route).where(alert_route.c.kind == TELEGRAM, alert_route.c.staff == member)
        rows = await connection.execute(own.order_by(alert_route.c.id))
        return [_Chat(row.id, self._opened(row.target), row.linked_at is not None) for row in rows]

    def _opened(self, target: bytes) -> str | None:
        try:
            return self._store.vault.open(target).decode()
        except WrongKeyError:
            return None


def _place(chats: Sequence[_Chat], chat: str) -> _Chat | None:
    """Which of their chats a linked one replaces: the earlier one, what was typed for it, or a number never proved.

    Such a number may be a stranger's. A group that was typed stays.
    """
    linked = [one for one in chats if one.linked]
    typed = [one for one in chats if one.target == chat]
    unproved = [one for one in chats if one.target is not None and not one.target.startswith("-")]
    return next(iter([*linked, *typed, *unproved]), None)
