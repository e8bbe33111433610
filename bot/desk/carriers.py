"""The two ways by which alerts go out: apprise, and our own bot with a button."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, func, select

from bot.core.decision import Decision, Notice, Reply
from bot.core.outward import Outward
from bot.desk.apprising import Apprising
from bot.desk.wording import AlertWording
from bot.storage.alert_rows import Pending
from bot.storage.alerts import tells_of
from bot.storage.chat_links import ChatLinks
from bot.storage.outbox import Awaited, queue
from bot.storage.roster_types import Route
from bot.storage.store import Store
from bot.storage.tables import outbox

#: The kinds of routes.
APPRISE, TELEGRAM = "apprise", "telegram"
#: What has lain in the outbox for so long is late.
LATE = dt.timedelta(seconds=10)


class Carrier(Protocol):
    """A way of sending: by apprise, or by our own bot. It raises RefusedError where a number says why not."""

    async def alert(self, item: Pending) -> bool | None:
        """Send an alert; whether it went out. None: it is on its way, and what becomes of it is noted elsewhere."""
        ...

    async def several(self, items: Sequence[Pending]) -> bool | None:
        """Send one text that tells of several alerts to one route, gravest first; whether it went out, None as above.

        What becomes of it becomes of all of them.
        """
        ...

    async def say(self, route: Route, key: str) -> bool | None:
        """Send a fixed sentence, such as a test; whether it went out, None as above."""
        ...


@dataclass(frozen=True, slots=True)
class AppriseCarrier:
    """Sends to apprise addresses."""

    apprising: Apprising
    wording: AlertWording

    async def alert(self, item: Pending) -> bool:
        """Send an alert; whether it was taken. Raises RefusedError."""
        return await self.apprising.send(item.target, self.wording.title, self.wording.text(item))

    async def several(self, items: Sequence[Pending]) -> bool:
        """Send one text for all of these; whether it was taken. Raises RefusedError."""
        return await self.apprising.send(items[0].target, self.wording.title, self.wording.several(items))

    async def say(self, route: Route, key: str) -> bool:
        """Send a fixed sentence; whether it was taken. Raises RefusedError."""
        return await self.apprising.send(route.target, self.wording.title, self.wording.say(key))


@dataclass(frozen=True, slots=True)
class BotCarrier:
    """Puts alerts into the outbox of our own bot, which sends them by itself and notes what becomes of them.

    What waits there for other chats tells nothing of an alert: a push may be put off for minutes on purpose.
    ``sent`` wakes its sender.
    """

    store: Store
    outward: Outward
    wording: AlertWording
    sent: Callable[[], None] = lambda: None

    async def alert(self, item: Pending) -> bool | None:
        """Queue an alert, with a button where it can be taken there, once: None, its fate is not known yet.

        False where this one is late, or where its route fails; it stays on its way.
        """
        begun = await self._oldest(outbox.c.alert == (item.within or item.id))
        if begun is None:
            card = self.wording.card(item, takes=await ChatLinks(self.store).takes(item.route))
            await self._queue(item.target, card, item.route, [item.id])
        return False if self._late(begun) or item.failing else None

    async def several(self, items: Sequence[Pending]) -> None:
        """Queue one text for all of these, which counts for each of them when it has arrived."""
        text = Notice(Reply(self.wording.several(items)))
        # It lies here under the one that it names: where that must not be heard of any more, it is taken back.
        numbers = [item.id for item in sorted(items, key=lambda item: item.hushed)]
        await self._queue(items[0].target, text, items[0].route, numbers)

    async def say(self, route: Route, key: str) -> bool | None:
        """Queue a fixed sentence: None; False where something on this route is late: its arrival will tell."""
        if self._late(await self._oldest(outbox.c.route == route.id)):
            return False
        await self._queue(route.target, Notice(Reply(self.wording.say(key))), route.id)
        return None

    async def _queue(self, address: str, decision: Decision, route: int, alerts: Sequence[int] = ()) -> None:
        messages, first = self.outward.outgoing(address, decision), alerts[0] if alerts else None
        async with self.store.writing() as connection:
            await queue(connection, self.store, TELEGRAM, messages, awaited=Awaited(route, first))
            if first is not None:
                await tells_of(connection, first, alerts[1:])
        self.sent()

    def _late(self, begun: dt.datetime | None) -> bool:
        return begun is not None and begun < self.store.now() - LATE

    async def _oldest(self, which: ColumnElement[bool]) -> dt.datetime | None:
        """Since when the oldest of these messages has been on its way; None for none."""
        oldest = select(func.min(outbox.c.created_at)).where(outbox.c.channel == TELEGRAM, which)
        async with self.store.reading() as connection:
            first: dt.datetime | None = (await connection.execute(oldest)).scalar()
        return first
