"""Writes to somebody first: their private chat is the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.channels.telegram.render import code_page, keyboard, outward_pages
from bot.channels.telegram.wire import TelegramMessage
from bot.core.decision import Decision
from bot.core.ports import Lane, Outgoing


@dataclass(frozen=True, slots=True)
class TelegramOutward:
    """The ``Outward`` of Telegram. ``now`` gives local time.

    A ``Relayed`` decision holds the words of the person on duty, and shows them plainly under their mark; whether it
    is still the child who reads is asked first by the desk. Every other is the service's own: what a locked screen
    shows of it begins with a line that says nothing.
    """

    messages: Mapping[str, str]
    now: Callable[[], dt.datetime]

    def outgoing(self, address: str, decision: Decision) -> Sequence[Outgoing]:
        """The messages that say this, in order."""
        made = laid_out(address, decision, outward_pages(decision, self.messages, self.now()), self.messages)
        return [replace(message, lane=Lane.URGENT) for message in made]


def laid_out(address: str, decision: Decision, texts: Sequence[str], messages: Mapping[str, str]) -> list[Outgoing]:
    """Pages with the buttons under the last, and the code of return as a message that can be deleted by itself."""
    buttons = keyboard(decision.reply.choices)
    made = [TelegramMessage(text, buttons if text is texts[-1] else []) for text in texts]
    receipt = decision.reply.receipt
    if receipt is not None and receipt.code:
        made.append(TelegramMessage(code_page(receipt.code, messages)))
    return [Outgoing(address, message.dump()) for message in made]
