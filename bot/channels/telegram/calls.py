"""The call of the Bot API that a message of the outbox stands for: text, picture, poll, or the end of a poll."""

from __future__ import annotations

import base64
from typing import Any, cast

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, Poll, ReplyParameters
from telegram.constants import ParseMode

from bot.channels.telegram.wire import TelegramMessage, WirePoll
from bot.core.ports import Shown


async def call(bot: Bot, address: str, message: TelegramMessage) -> Shown:
    """Do what a message says in a chat; gives what stands there now. Raises what the library raises."""
    if message.end_poll is not None:
        await bot.stop_poll(address, message.end_poll)
        return Shown(message.end_poll)
    if message.poll is not None:
        made = await _poll(bot, address, message, message.poll)
        return Shown(made.message_id, made.poll.id if made.poll else "")
    made = await (_picture if message.picture else _text)(bot, address, message)
    return Shown(made.message_id)


async def _text(bot: Bot, address: str, message: TelegramMessage) -> Message:
    return await bot.send_message(
        chat_id=address,
        text=message.text,
        parse_mode=ParseMode.HTML,
        reply_markup=_markup(bot, message),
        reply_parameters=_quoted(message),
        message_thread_id=message.thread,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


async def _picture(bot: Bot, address: str, message: TelegramMessage) -> Message:
    return await bot.send_photo(
        chat_id=address,
        photo=base64.b64decode(message.picture),
        caption=message.text or None,
        parse_mode=ParseMode.HTML,
        reply_markup=_markup(bot, message),
        message_thread_id=message.thread,
    )


async def _poll(bot: Bot, address: str, message: TelegramMessage, poll: WirePoll) -> Message:
    return await bot.send_poll(
        chat_id=address,
        question=poll.question,
        options=poll.options,
        is_anonymous=True,
        type=Poll.QUIZ,
        allows_multiple_answers=True if poll.several else None,
        correct_option_ids=cast("Any", poll.right),
        # A Bot API server of one's own may know the older name alone.
        api_kwargs=None if poll.several else {"correct_option_id": poll.right[0]},
        explanation=poll.explanation or None,
        message_thread_id=message.thread,
    )


def _markup(bot: Bot, message: TelegramMessage) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup.de_json({"inline_keyboard": message.keyboard}, bot) if message.keyboard else None


def _quoted(message: TelegramMessage) -> ReplyParameters | None:
    if message.reply_to is None:
        return None
    return ReplyParameters(message.reply_to, allow_sending_without_reply=True)
