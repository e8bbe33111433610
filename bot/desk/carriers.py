"""The two ways by which alerts go out: apprise, and our own bot with a button."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.core.decision import Decision, Notice, Reply
from bot.core.outward import Outward
from bot.desk.apprising import Apprising
from bot.desk.wording import AlertWording
from bot.storage.alerts import Pending
from bot.storage.outbox import queue
from bot.storage.roster import Route
from bot.storage.store import Store
from bot.storage.tables import outbox

#: The kinds of routes.
APPRISE, TELEGRAM = "apprise", "telegram"
#: Messages older than this in the outbox say that nothing goes out there.
STUCK = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AppriseCarrier:
    """Sends to apprise addresses."""

    apprising: Apprising
    wording: AlertWording

    async def alert(self, item: Pending) -> bool:
        """Send an alert; whether it went out."""
        return await self.apprising.send(item.target, self.wording.title, self.wording.text(item))

    async def say(self, route: Route, key: str) -> bool:
        """Send a fixed sentence; whether it went out."""
        return await self.apprising.send(route.target, self.wording.title, self.wording.say(key))


@dataclass(frozen=True, slots=True)
class BotCarrier:
    """Puts alerts into the outbox of our own bot, which sends them by itself. ``sent`` wakes its sender."""

    store: Store
    outward: Outward
    wording: AlertWording
    sent: Callable[[], None] = lambda: None

    async def alert(self, item: Pending) -> bool:
        """Queue an alert with its button; False where the bot's messages are stuck."""
        return await self._queue(item.target, self.wording.card(item))

    async def say(self, route: Route, key: str) -> bool:
        """Queue a fixed sentence; False where the bot's messages are stuck."""
        return await self._queue(route.target, Notice(Reply(self.wording.say(key))))

    async def _queue(self, address: str, decision: Decision) -> bool:
        if await self._stuck():
            return False
        async with self.store.writing() as connection:
            await queue(connection, self.store, TELEGRAM, self.outward.outgoing(address, decision))
        self.sent()
        return True

    async def _stuck(self) -> bool:
        oldest = select(func.min(outbox.c.created_at)).where(outbox.c.channel == TELEGRAM)
        async with self.store.reading() as connection:
            first = (await connection.execute(oldest)).scalar()
        return first is not None and first < self.store.now() - STUCK
