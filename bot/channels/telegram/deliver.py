"""Sends one message, and says whether it arrived, may arrive later, or never will."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import Enum

import structlog
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.calls import call
from bot.channels.telegram.parse import group_key
from bot.channels.telegram.quiet import report
from bot.channels.telegram.wire import TelegramMessage
from bot.core.ports import Shown

log = structlog.get_logger(__name__)


class Fate(Enum):
    """What became of a message."""

    DELIVERED = "delivered"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate, and for LATER the seconds that Telegram asks to wait; None where it names none.

    ``gone``: it will never arrive because the chat is blocked or no more. ``shown``: what stands in the chat now.
    """

    fate: Fate
    seconds: float | None = None
    gone: bool = False
    shown: Shown | None = None


def seconds_of(duration: float | dt.timedelta) -> float:
    """A duration of the library in seconds."""
    return duration.total_seconds() if isinstance(duration, dt.timedelta) else float(duration)


async def deliver(bot: Bot, address: str, message: TelegramMessage) -> Outcome:
    """Send a message to a chat. Raises nothing of the Bot API's."""
    try:
        shown = await call(bot, address, message)
    except ChatMigrated as error:
        return await _followed(bot, error.new_chat_id, message)
    except RetryAfter as error:
        return Outcome(Fate.LATER, seconds_of(error.retry_after))
    except Forbidden:
        log.info("telegram.chat_closed")
        return Outcome(Fate.NEVER, gone=True)
    except BadRequest as error:
        return _refused(error)
    except (NetworkError, InvalidToken, TelegramError) as error:
        log.warning("telegram.sending_failed", error=type(error).__name__)
        return Outcome(Fate.LATER)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        # Telegram took it, and the library could not read the answer: sent again, it would come twice.
        report("telegram.answer_unreadable", error)
        return Outcome(Fate.DELIVERED)
    return Outcome(Fate.DELIVERED, shown=shown)


async def _followed(bot: Bot, chat: int, message: TelegramMessage) -> Outcome:
    outcome = await deliver(bot, str(chat), message)
    if outcome.fate is not Fate.DELIVERED:
        return outcome
    shown = replace(outcome.shown or Shown(), moved=str(chat), moved_talk=group_key(chat))
    return replace(outcome, shown=shown)


def _refused(error: BadRequest) -> Outcome:
    reason = error.message.lower()
    if "message is not modified" in reason or "poll has already been closed" in reason:
        return Outcome(Fate.DELIVERED)
    gone = "chat not found" in reason or "deactivated" in reason or "was kicked" in reason
    # Telegram's reason can quote the message, so it is not logged.
    log.log(20 if gone else 40, "telegram.chat_gone" if gone else "telegram.message_refused")
    return Outcome(Fate.NEVER, gone=gone)
