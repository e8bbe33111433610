"""Answers an alarming message at once while the store fails: it is filed when the store works and it comes again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.channels.telegram.api import Me
from bot.channels.telegram.parse import Turn, read_update
from bot.channels.telegram.quiet import report
from bot.channels.telegram.reply import Replies
from bot.channels.telegram.wire import TelegramMessage
from bot.channels.unkept import SteadyTalk, unkept
from bot.core.decision import Decision, Notice, Reply

#: Turns remembered as answered, so that one that comes again and again is answered once.
REMEMBERED = 10_000


@dataclass(slots=True)
class Unstored:
    """What is said without a store. ``send`` reaches Telegram directly, past the outbox, and says whether it did."""

    me: Me
    talk: SteadyTalk
    messages: Mapping[str, str]
    now: Callable[[], dt.datetime]
    send: Callable[[str, TelegramMessage], Awaitable[bool]]
    _answered: dict[str, bool] = field(default_factory=dict)

    async def answer(self, body: bytes) -> bool:
        """Answer an update that could not be stored or handled; True where it is one that must not be lost.

        Raises nothing.
        """
        try:
            turn = read_update(body, self.me, self.messages["telegram.stop_word"])
            return await self._answered_turn(turn) if isinstance(turn, Turn) and not turn.stale else False
        except Exception as error:
            report("telegram.turn_failed", error)
            return False

    async def put_off(self, turn: Turn) -> None:
        """Say that a message is kept and not yet handled: a person it was for has not seen it. Raises nothing."""
        try:
            await self._send(turn, Notice(Reply(self.messages["telegram.put_off"])))
        except Exception as error:
            report("telegram.turn_failed", error)

    async def _answered_turn(self, turn: Turn) -> bool:
        name = turn.incoming.origin.delivery if turn.incoming.origin else ""
        if not name or name in self._answered:
            return self._answered.get(name, False)
        decision = unkept(self.talk, turn.incoming, self.messages)
        if len(self._answered) > REMEMBERED:
            self._answered.clear()
        if decision is None:
            self._answered[name] = False
            return False
        # One that Telegram did not take is tried again when the update comes again.
        if await self._send(turn, decision):
            self._answered[name] = True
        return True

    async def _send(self, turn: Turn, decision: Decision) -> bool:
        replies = Replies(self.me, self.messages, self.now).outgoing(turn, decision)
        return all([await self.send(each.address, TelegramMessage.load(each.body)) for each in replies])
