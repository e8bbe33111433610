"""Sends one message, and says whether it arrived, may arrive later, or never will."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

import structlog
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.wire import TelegramMessage

log = structlog.get_logger(__name__)


class Fate(Enum):
    """What became of a message."""

    DELIVERED = "delivered"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate, and for LATER the seconds that Telegram asks to wait; None where it names none."""

    fate: Fate
    seconds: float | None = None


def seconds_of(duration: float | dt.timedelta) -> float:
    """A duration of the library in seconds."""
    return duration.total_seconds() if isinstance(duration, dt.timedelta) else float(duration)


async def deliver(bot: Bot, address: str, message: TelegramMessage) -> Outcome:
    """Send a message to a chat. Raises nothing of the Bot API's."""
    try:
        await _send(bot, address, message)
    except ChatMigrated as error:
        return await deliver(bot, str(error.new_chat_id), message)
    except RetryAfter as error:
        return Outcome(Fate.LATER, seconds_of(error.retry_after))
    except Forbidden:
        log.info("telegram.chat_closed")
        return Outcome(Fate.NEVER)
    except BadRequest as error:
        return _refused(error)
    except (NetworkError, InvalidToken, TelegramError) as error:
        log.warning("telegram.sending_failed", error=type(error).__name__)
        return Outcome(Fate.LATER)
    return Outcome(Fate.DELIVERED)


def _refused(error: BadRequest) -> Outcome:
    reason = error.message.lower()
    if "message is not modified" in reason:
        return Outcome(Fate.DELIVERED)
    gone = "chat not found" in reason or "deactivated" in reason
    # Telegram's reason can quote the message, so it is not logged.
    log.log(20 if gone else 40, "telegram.chat_gone" if gone else "telegram.message_refused")
    return Outcome(Fate.NEVER)


async def _send(bot: Bot, address: str, message: TelegramMessage) -> None:
    markup = InlineKeyboardMarkup.de_json({"inline_keyboard": message.keyboard}, bot) if message.keyboard else None
    quoted = None
    if message.reply_to is not None:
        quoted = ReplyParameters(message.reply_to, allow_sending_without_reply=True)
    await bot.send_message(
        chat_id=address,
        text=message.text,
        parse_mode=ParseMode.HTML,
        reply_markup=markup,
        reply_parameters=quoted,
        message_thread_id=message.thread,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
