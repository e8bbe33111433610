"""Whether something said in a group is said to the bot."""

from __future__ import annotations

import re

from telegram import Message
from telegram.constants import MessageEntityType

from bot.channels.telegram.api import Me


def addressed(message: Message, me: Me) -> bool:
    """Whether a message replies to the bot or mentions it."""
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
        return True
    entities = {**message.parse_entities(), **message.parse_caption_entities()}
    for entity, text in entities.items():
        if entity.type == MessageEntityType.MENTION and text.lower() == f"@{me.username}".lower():
            return True
        if entity.type == MessageEntityType.TEXT_MENTION and entity.user is not None and entity.user.id == me.id:
            return True
    return False


def without_mention(text: str, me: Me) -> str:
    """The text without the bot's name."""
    return re.sub(rf"@{re.escape(me.username)}\b", " ", text, flags=re.IGNORECASE).strip()
