"""From a decision to the messages that go out, with what a group and an edit ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.channels.receipt import with_way_to_code
from bot.channels.telegram.api import Me
from bot.channels.telegram.outward import laid_out
from bot.channels.telegram.parse import Turn
from bot.channels.telegram.render import Keyboard, keyboard, link_button, pages
from bot.channels.telegram.wire import TelegramMessage
from bot.core.command import Verb
from bot.core.decision import Decision, Handoff
from bot.core.ports import Lane, Outgoing
from bot.core.risk import RiskLevel


@dataclass(frozen=True, slots=True)
class Replies:
    """Makes the outgoing messages of a turn. ``now`` gives local time."""

    me: Me
    messages: Mapping[str, str]
    now: Callable[[], dt.datetime]

    def outgoing(self, turn: Turn, decision: Decision) -> list[Outgoing]:
        """The messages that answer a turn, in order; the keyboard is under the last page of the answer."""
        urgent = decision.risk.alarming or decision.reply.receipt is not None
        lane = Lane.URGENT if urgent else Lane.REPLY
        return [replace(message, lane=lane) for message in self._messages(turn, self._fitted(turn, decision))]

    def _messages(self, turn: Turn, decision: Decision) -> list[Outgoing]:
        texts = pages(decision, self.messages, self.now())
        if not turn.incoming.group:
            return laid_out(str(turn.chat), decision, texts, self.messages)
        buttons = self._group_buttons(decision)
        # In a group a reply shows whom it answers; who disclosed something is not pointed at.
        quoted = None if _personal(decision) else turn.message
        return [
            Outgoing(
                str(turn.chat),
                TelegramMessage(text, buttons if text is texts[-1] else [], quoted, turn.thread).dump(),
            )
            for text in texts
        ]

    def _fitted(self, turn: Turn, decision: Decision) -> Decision:
        """Nothing about how somebody feels, and nothing of a case, in a group; an edit is acknowledged."""
        reply = decision.reply
        if turn.incoming.group:
            reply = replace(reply, note="", receipt=None)
        if turn.edited and not decision.risk.alarming:
            reply = replace(reply, lead=f"{self.messages['chat.edited']}\n{reply.lead}")
        return with_way_to_code(replace(decision, reply=reply), self.messages)

    def _group_buttons(self, decision: Decision) -> Keyboard:
        private = link_button(self.messages["telegram.private_button"], self.me.private_link(Verb.HUMAN))
        if decision.risk.alarming or isinstance(decision, Handoff):
            return private
        return [*keyboard(decision.reply.choices), *(private if _personal(decision) else [])]


def _personal(decision: Decision) -> bool:
    return decision.risk.level.rank >= RiskLevel.CONCERN.rank
