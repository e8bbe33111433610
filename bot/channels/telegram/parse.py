"""Reads an update of Telegram as a turn of a talk."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.address import addressed, without_mention
from bot.channels.telegram.api import Me
from bot.channels.telegram.slash import read_slash
from bot.core.command import parse_command
from bot.core.message import Attachment, Incoming


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn, and what the channel must know to answer it.

    ``at`` is when it was written (None for a button); ``callback`` the press to confirm; ``stale`` a button that
    this version does not know; ``album`` names the pictures that were sent together.
    """

    chat: int
    user: int
    incoming: Incoming
    at: dt.datetime | None = None
    message: int | None = None
    thread: int | None = None
    callback: str = ""
    album: str = ""
    edited: bool = False
    stale: bool = False

    @property
    def key(self) -> str:
        """The key of the talk that this turn belongs to."""
        return talk_key(self.chat, self.user)


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody blocked the bot: ``key`` names the talk to forget."""

    key: str


def talk_key(chat: int, user: int) -> str:
    """The key of the talk of one person in one chat."""
    return f"{CHANNEL}:{chat}:{user}"


def read_update(body: bytes, me: Me, stop_word: str) -> Turn | Gone | None:
    """The turn in an update, or None where there is nothing to answer.

    Raises ValueError, TypeError or KeyError where it is no update.
    """
    update = Update.de_json(json.loads(body), None)
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if update.my_chat_member is not None:
        change = update.my_chat_member
        left = change.new_chat_member.status == ChatMemberStatus.BANNED and change.chat.type == ChatType.PRIVATE
        return Gone(talk_key(change.chat.id, change.from_user.id)) if left else None
    message = update.message or update.edited_message
    if message is None or not _person(message.from_user, message) or not _readable(message.chat):
        return None
    turn = _said(message, me, stop_word)
    return replace(turn, edited=update.edited_message is not None) if turn else None


def _said(message: Message, me: Me, stop_word: str) -> Turn | None:
    group = message.chat.type != ChatType.PRIVATE
    text = message.text or message.caption or ""
    attachment = _attachment(message)
    slash = read_slash(text, me.username, stop_word)
    if not text and attachment is Attachment.NONE:
        return None  # somebody joined, a message was pinned
    if group and not (slash.ours if slash else addressed(message, me)):
        return None
    if slash is not None:
        incoming = Incoming(slash.text, slash.command, attachment, group)
    else:
        incoming = Incoming(without_mention(text, me) if group else text, "", attachment, group)
    user = message.from_user
    return Turn(
        chat=message.chat.id,
        user=user.id if user else message.chat.id,
        incoming=incoming,
        at=message.edit_date or message.date,
        message=message.message_id,
        thread=message.message_thread_id if message.is_topic_message else None,
        album=message.media_group_id or "",
    )


def _pressed(query: CallbackQuery) -> Turn | None:
    """A press on a button; on a message that Telegram itself no longer shows it still names its chat."""
    message = query.message
    if message is None or not _readable(message.chat):
        return None
    data = query.data or ""
    stale = parse_command(data) is None
    group = message.chat.type != ChatType.PRIVATE
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    incoming = Incoming(command="" if stale else data, group=group)
    return Turn(message.chat.id, query.from_user.id, incoming, thread=thread, callback=query.id, stale=stale)


def _person(user: User | None, message: Message) -> bool:
    """Not another bot; an administrator who writes as the group counts as a person."""
    return user is not None and (not user.is_bot or message.sender_chat is not None)


def _readable(chat: Chat) -> bool:
    return chat.type in (ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP)


def _attachment(message: Message) -> Attachment:
    if message.photo or message.animation:
        return Attachment.PICTURE
    if message.voice or message.audio:
        return Attachment.VOICE
    if message.sticker:
        return Attachment.STICKER
    if message.document:
        return Attachment.FILE
    if message.pinned_message or not message.effective_attachment:
        return Attachment.NONE
    return Attachment.OTHER
