"""What reaches Telegram at once, past the outbox: best effort, and never more often than asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.deliver import Fate, deliver
from bot.channels.telegram.wire import TelegramMessage

log = structlog.get_logger(__name__)

#: Seconds that one of these calls may take.
PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Direct:
    """Calls that raise nothing."""

    bot: Bot

    async def confirm(self, callback: str, text: str = "") -> bool:
        """Tell Telegram that a press arrived, with words to show over the button; says whether Telegram took it."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.bot.answer_callback_query(callback, text=text or None, show_alert=bool(text))
        except (TelegramError, TimeoutError) as error:
            log.debug("telegram.press_not_confirmed", error=type(error).__name__)
            return False
        return True

    async def erase(self, chat: int, message: int) -> None:
        """Take a message out of a chat, where Telegram lets it."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.bot.delete_message(chat, message)
        except (TelegramError, TimeoutError) as error:
            log.debug("telegram.message_not_erased", error=type(error).__name__)

    async def send(self, address: str, message: TelegramMessage) -> bool:
        """Send a message; False where it may still be sent later."""
        return (await deliver(self.bot, address, message)).fate is not Fate.LATER
