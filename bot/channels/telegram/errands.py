"""What is asked of the channel itself: come back by code, delete this chat, take a case, say whose chat this is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.channels.guesses import Guesses, is_whole_code
from bot.channels.receipt import clock_line, spoken_time
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.api import Me
from bot.channels.telegram.parse import Asked, group_key
from bot.channels.telegram.render import LONGEST_DATA, Keyboard, Line, link_button, split
from bot.channels.telegram.slash import PRINCIPAL, Errand
from bot.channels.telegram.wire import TelegramMessage
from bot.core.claims import Claims
from bot.core.lessons import Boards
from bot.core.message import Origin
from bot.core.ports import Outgoing
from bot.core.posting import Principals, Spoken
from bot.core.returns import Returned, Returns
from bot.core.talk import Talk

#: What Telegram shows over a button that was pressed, in characters at most.
LONGEST_CONFIRMATION = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """The people on duty and the classes, as far as this channel leads to them."""

    returns: Returns
    claims: Claims
    guesses: Guesses
    boards: Boards
    principals: Principals


@dataclass(frozen=True, slots=True)
class Hands:
    """What is done at once, not by the outbox. ``confirm`` says whether the words were shown over the button.

    ``erase`` takes a message out of a chat, where Telegram lets it.
    """

    confirm: Callable[[str, str], Awaitable[bool]]
    erase: Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Errands:
    """Runs errands. Everything here can be done twice without harm, since a crash repeats it."""

    me: Me
    talk: Talk
    desk: Desk
    hands: Hands
    messages: Mapping[str, str]
    now: Callable[[], dt.datetime]

    async def run(self, asked: Asked) -> Sequence[Outgoing]:
        """Do what is asked; gives the messages that answer it. Raises what the desk's store raises."""
        if asked.errand is Errand.CLAIM:
            return await self._claim(asked)
        if asked.errand is Errand.BACK and asked.value:
            await self._erase(asked)
        if asked.errand is Errand.BIND:
            return await self._bind(asked)
        if asked.errand is Errand.TEACH:
            return await self._teach(asked)
        if asked.group:
            private = link_button(self.messages["telegram.private_button"], self.me.private_link("start"))
            return self._said(asked, self.messages["telegram.only_private"], private)
        if asked.errand is Errand.LINK:
            return self._said(asked, await self.desk.claims.link(asked.origin.address, asked.value))
        if asked.errand is Errand.DELETE:
            await self.talk.forget(asked.origin.talk, asked=True)
            return self._said(asked, f"{self.messages['receipt.deleted']}\n{self.messages['telegram.deleted']}")
        return await self._back(asked)

    async def too_many(self, asked: Asked, *, told: bool) -> Sequence[Outgoing]:
        """Somebody asks faster than people do: the code is hidden all the same, not tried; ``told``: say so."""
        if is_whole_code(asked.value):
            await self._erase(asked)
        return self._said(asked, self.messages["chat.too_fast"]) if told else ()

    async def _erase(self, asked: Asked) -> None:
        """Whoever holds the code can read the talk: it must not stay in the chat."""
        if asked.message is not None:
            await self.hands.erase(asked.chat, asked.message)

    async def _claim(self, asked: Asked) -> Sequence[Outgoing]:
        text = await self.desk.claims.claim(asked.origin.address, int(asked.value))
        shown = await self.hands.confirm(asked.callback, text[:LONGEST_CONFIRMATION])
        # A press that Telegram no longer knows, after an outage: the answer must not be lost.
        return () if shown else self._said(asked, text)

    async def _teach(self, asked: Asked) -> Sequence[Outgoing]:
        if asked.callback:
            await self.hands.confirm(asked.callback, "")
        if asked.group:
            return self._said(asked, self.messages["telegram.only_private"])
        spoken = await self.desk.principals.ask(asked.origin.address, asked.value)
        return self._said(asked, spoken.text, _buttons(spoken)) if spoken.text else ()

    async def _bind(self, asked: Asked) -> Sequence[Outgoing]:
        if not asked.group:
            return self._said(asked, self.messages["teach_chat.bind_private"])
        group = Origin(CHANNEL, group_key(asked.chat), str(asked.chat))
        return self._said(asked, await self.desk.boards.bind(group, asked.origin.address, asked.value))

    async def _back(self, asked: Asked) -> Sequence[Outgoing]:
        guesses, place = self.desk.guesses, asked.origin.talk
        if not is_whole_code(asked.value):
            key = "receipt.back_wrong" if asked.value else "telegram.back_how"
            return self._said(asked, self.messages[key])
        if not guesses.begin(place):
            return self._said(asked, self.messages["receipt.back_too_many"])
        try:
            returned = await self.desk.returns.open(asked.value, asked.origin)
        except Exception:
            guesses.right(place)
            raise
        if returned is None:
            return self._said(asked, self.messages["receipt.back_wrong"])
        guesses.right(place)
        return self._pages(asked, split(self._told(returned)))

    def _told(self, returned: Returned) -> list[Line]:
        """The talk, oldest first; its first line says nothing of what it is about."""
        now, messages = self.now(), self.messages
        names = {"child": "receipt.you", "staff": "receipt.person", "service": "receipt.service"}
        lines = [Line(messages["receipt.neutral"]), Line("")]
        lines += [Line(messages["receipt.back_closed" if returned.closed else "receipt.back_open"])]
        lines += [Line(clock_line(returned.receipt, now, messages))]
        for said in returned.messages:
            head = f"{spoken_time(said.at, now, messages)} {messages[names[said.author]]}"
            lines += [Line(""), Line(head, bold=True), *(Line(part) for part in said.text.split("\n"))]
        return lines

    def _said(self, asked: Asked, text: str, keyboard: Keyboard | None = None) -> Sequence[Outgoing]:
        return self._pages(asked, split(Line(part) for part in text.split("\n")), keyboard)

    @staticmethod
    def _pages(asked: Asked, texts: Sequence[str], keyboard: Keyboard | None = None) -> Sequence[Outgoing]:
        made = [TelegramMessage(text, keyboard or [], thread=asked.thread) for text in texts]
        return [Outgoing(str(asked.chat), message.dump()) for message in made]


def _buttons(spoken: Spoken) -> Keyboard:
    """One a row: they hold names."""
    rows = [[{"text": each.label, "callback_data": f"{PRINCIPAL}{each.command}"}] for each in spoken.choices]
    return [row for row in rows if len(row[0]["callback_data"].encode()) <= LONGEST_DATA]
