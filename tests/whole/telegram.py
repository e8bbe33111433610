"""Telegram's side: the stand-in of the channel's tests, which here outlives the bot that talks to it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from tests.channels.telegram.standin import TOKEN, BotApiError, Json, StandIn, _wait

__all__ = ["TOKEN", "Telegram"]


@dataclass(frozen=True, slots=True)
class Line:
    """What was said or pressed in a chat, and when, in seconds of the wall clock."""

    at: float
    chat: int
    text: str
    by_bot: bool = False


@dataclass
class Telegram(StandIn):
    """A newer request for updates ends an older one, as with the real one: a bot that was killed asks no more."""

    lines: list[Line] = field(default_factory=list)
    _turn: int = 0

    def user_says(self, chat: int, user: int, text: str = "", **more: Any) -> Json:
        """As in ``StandIn``; it stands in ``lines``."""
        self.lines.append(Line(time.time(), chat, text))
        return super().user_says(chat, user, text, **more)

    def user_presses(self, chat: int, user: int, data: str) -> Json:
        """As in ``StandIn``; it stands in ``lines``."""
        self.lines.append(Line(time.time(), chat, f"［{data}］"))
        return super().user_presses(chat, user, data)

    async def _do_sendMessage(self, data: Json) -> Json:  # noqa: N802
        sent = await super()._do_sendMessage(data)
        self.lines.append(Line(time.time(), sent["chat"]["id"], sent["text"], by_bot=True))
        return sent

    async def _do_getUpdates(self, data: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        self._turn += 1
        turn = self._turn
        if data.get("offset") is not None:
            self._updates = [update for update in self._updates if update["update_id"] >= data["offset"]]
        until = time.monotonic() + data.get("timeout", 0)
        while not self._updates and (left := until - time.monotonic()) > 0 and not self._ending():
            self._changed.clear()
            await _wait(self._changed, left)
            if turn != self._turn:
                raise BotApiError(409, "Conflict: terminated by other getUpdates request")
        return self._updates[: data.get("limit", 100)]

    def shown(self, chat: int, words: str) -> list[str]:
        """The messages of a chat with these words in them."""
        return [text for text in self.texts(chat) if words in text]

    def claim_buttons(self, chat: int) -> list[int]:
        """The cases that buttons in this chat offer to take, oldest first."""
        rows = (row for message in self.sent if message["chat"]["id"] == chat for row in message["keyboard"])
        pressed = (re.fullmatch(r"claim:(\d+)", button.get("callback_data", "")) for row in rows for button in row)
        return [int(found[1]) for found in pressed if found]
