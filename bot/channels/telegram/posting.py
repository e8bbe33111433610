"""Brings pushes to chats: one message each, and native quiz polls to groups."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.channels.telegram.parse import talk_key
from bot.channels.telegram.render import keyboard, pages
from bot.channels.telegram.wire import TelegramMessage, WirePoll
from bot.core.decision import Decision
from bot.core.ports import Lane, Outgoing
from bot.core.posting import Poll


@dataclass(frozen=True, slots=True)
class TelegramPosting:
    """The ``Posting`` of Telegram. ``now`` gives local time."""

    messages: Mapping[str, str]
    now: Callable[[], dt.datetime]

    def talk(self, address: str) -> str:
        """The key of the private talk at an address."""
        return talk_key(int(address), int(address))

    def message(self, address: str, decision: Decision) -> Outgoing:
        """The message that says this; what is longer than one message is left out, since a push is short."""
        text = pages(decision, self.messages, self.now())[0]
        return _pushed(address, TelegramMessage(text, keyboard(decision.reply.choices)))

    def picture(self, address: str, png: bytes) -> Outgoing:
        """The message that shows a picture, for somebody who asked for it."""
        return Outgoing(address, TelegramMessage("", picture=base64.b64encode(png).decode()).dump())

    def poll(self, address: str, poll: Poll) -> Outgoing:
        """The native quiz poll that asks a group, answered unnamed."""
        made = WirePoll(poll.ask, list(poll.options), list(poll.right), poll.explain, poll.several)
        return _pushed(address, TelegramMessage("", poll=made))

    def end_poll(self, address: str, message: int) -> Outgoing:
        """What ends the poll in this message."""
        return _pushed(address, TelegramMessage("", end_poll=message))


def _pushed(address: str, message: TelegramMessage) -> Outgoing:
    return Outgoing(address, message.dump(), Lane.PUSH)
