"""The connection to the Bot API, made so that neither the token nor a message reaches a log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.errors import TokenRejectedError
from bot.channels.telegram.pace import Pace, Result, unless_stopped
from bot.channels.telegram.quiet import silence_libraries

log = structlog.get_logger(__name__)

#: The kinds of update that are asked for.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "poll")
#: Where an update's own JSON lies among the fields that the library does not know.
RAW = "raw"


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account."""

    id: int
    username: str

    def private_link(self, payload: str) -> str:
        """A link that opens the private chat with the bot."""
        return f"https://t.me/{self.username}?start={payload}"


class UpdatesRequest(HTTPXRequest):
    """Keeps each update as it came: the library would refuse a whole batch for one that it cannot read."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The server's answer, each update wrapped so that only its number is read."""
        answer = HTTPXRequest.parse_json_payload(payload)
        result = answer.get("result")
        if isinstance(result, list):
            answer["result"] = [{"update_id": update["update_id"], RAW: update} for update in result]
        return answer


def make_bot(token: str, api: str, pace: Pace) -> Bot:
    """A bot of this token at this Bot API; connects to nothing yet."""
    silence_libraries()
    timeouts: dict[str, Any] = dict.fromkeys(("read_timeout", "connect_timeout", "pool_timeout"), pace.request)
    return Bot(
        token,
        base_url=f"{api.rstrip('/')}/bot",
        request=HTTPXRequest(**timeouts),
        get_updates_request=UpdatesRequest(connection_pool_size=2, **timeouts),
    )


async def introduce(bot: Bot) -> Me:
    """The bot's own account, with the connection opened. Raises TokenRejectedError, or what the network raises."""
    try:
        await bot.initialize()
    except InvalidToken:
        # The library's own text holds the token.
        raise TokenRejectedError from None
    return Me(bot.id, bot.username)


async def insist(stop: asyncio.Event, pace: Pace, call: Callable[[], Coroutine[Any, Any, Result]]) -> Result | None:
    """The result of a call, made again for as long as only the network is in the way; None where stopped.

    Raises TokenRejectedError, and BadRequest where Telegram refuses the call itself.
    """
    failures = 0
    while not stop.is_set():
        try:
            return await unless_stopped(stop, call())
        except InvalidToken:
            raise TokenRejectedError from None
        except BadRequest:
            raise
        except TelegramError as error:
            log.warning("telegram.not_reached", error=type(error).__name__)
        await unless_stopped(stop, asyncio.sleep(pace.delay(failures)))
        failures += 1
    return None
