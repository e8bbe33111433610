"""Reads an update of Telegram as a turn of a talk."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.guesses import is_whole_code
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.address import addressed, without_mention
from bot.channels.telegram.api import Me
from bot.channels.telegram.cut import attachment_of, cut_update
from bot.channels.telegram.slash import PRINCIPAL, Errand, Slash, read_slash
from bot.core.command import parse_command
from bot.core.message import Attachment, Incoming, Origin

#: What the button under an alert to people on duty sends.
_CLAIM = re.compile(r"claim:([0-9]{1,18})")


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


@dataclass(frozen=True, slots=True)
class Voted:
    """A poll of ours stands like this now: how many chose each option, and whether it takes no more answers."""

    poll: str
    counts: tuple[int, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is asked of the channel itself; ``value`` is the code, the token or the number of the case.

    ``message`` is the message that asked, ``at`` when it was written (None for a button), ``origin`` the private talk
    of whoever asked.
    """

    errand: Errand
    value: str
    chat: int
    user: int
    origin: Origin
    message: int | None = None
    thread: int | None = None
    callback: str = ""
    at: dt.datetime | None = None

    @property
    def group(self) -> bool:
        """Whether others read along."""
        return self.chat != self.user


#: What an update can be.
Read = Turn | Asked | Gone | Voted | None


def talk_key(chat: int, user: int) -> str:
    """The key of the talk of one person in one chat."""
    return f"{CHANNEL}:{chat}:{user}"


def group_key(chat: int) -> str:
    """The key by which a class knows its group chat."""
    return f"{CHANNEL}:group:{chat}"


def private_origin(user: int, update: int, chat: Chat) -> Origin:
    """The private talk with a person, wherever they wrote; a private chat has the number of its person."""
    group = "" if chat.type == ChatType.PRIVATE else group_key(chat.id)
    return Origin(CHANNEL, talk_key(user, user), str(user), str(update), group)


def read_update(body: bytes, me: Me, stop_word: str) -> Read:
    """The turn or the errand in an update, or None where there is nothing to answer.

    Raises ValueError, TypeError or KeyError where it is no update.
    """
    raw = json.loads(body)
    if "poll" in raw:
        return _voted(raw["poll"])
    update = Update.de_json(cut_update(raw), None)
    number = update.update_id
    if update.callback_query is not None:
        return _pressed(update.callback_query, number)
    if update.my_chat_member is not None:
        change = update.my_chat_member
        left = change.new_chat_member.status == ChatMemberStatus.BANNED and change.chat.type == ChatType.PRIVATE
        return Gone(talk_key(change.chat.id, change.from_user.id)) if left else None
    message = update.message or update.edited_message
    if message is None or not _person(message.from_user, message) or not _readable(message.chat):
        return None
    slash = read_slash(message.text or message.caption or "", me.username, stop_word) or _code(message)
    if slash is not None and slash.errand is not None:
        return _asked(message, slash, number)
    turn = _said(message, attachment_of(raw.get("message") or raw["edited_message"]), me, slash)
    if turn is None:
        return None
    # Who writes as the group has no chat of their own: nobody could answer them later.
    origin = None if message.sender_chat is not None else private_origin(turn.user, number, message.chat)
    incoming = replace(turn.incoming, origin=origin)
    return replace(turn, incoming=incoming, edited=update.edited_message is not None)


def _code(message: Message) -> Slash | None:
    """A code of return that is sent as it is, in private: meant for coming back, and nothing to say to anybody."""
    text, private = (message.text or "").strip(), message.chat.type == ChatType.PRIVATE
    return Slash("", text, ours=True, errand=Errand.BACK) if private and is_whole_code(text) else None


def _voted(poll: Mapping[str, Any]) -> Voted:
    """How a poll stands. Read as it came: the library wants fields that not every server has."""
    counts = tuple(int(option["voter_count"]) for option in poll["options"])
    return Voted(str(poll["id"]), counts, bool(poll.get("is_closed")))


def _asked(message: Message, slash: Slash, number: int) -> Asked | None:
    user = message.from_user
    if user is None or slash.errand is None or message.sender_chat is not None:
        return None
    if message.chat.type != ChatType.PRIVATE and not slash.ours:
        return None
    thread = message.message_thread_id if message.is_topic_message else None
    origin = private_origin(user.id, number, message.chat)
    asked = Asked(slash.errand, slash.text, message.chat.id, user.id, origin, message.message_id, thread)
    return replace(asked, at=message.edit_date or message.date)


def _said(message: Message, attachment: Attachment, me: Me, slash: Slash | None) -> Turn | None:
    group = message.chat.type != ChatType.PRIVATE
    text = message.text or message.caption or ""
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


def _pressed(query: CallbackQuery, number: int) -> Turn | Asked | None:
    """A press on a button; on a message that Telegram itself no longer shows it still names its chat."""
    message = query.message
    if message is None or not _readable(message.chat):
        return None
    data, user = query.data or "", query.from_user.id
    origin = private_origin(user, number, message.chat)
    thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    claimed = _CLAIM.fullmatch(data)
    if claimed is not None:
        return Asked(Errand.CLAIM, claimed[1], message.chat.id, user, origin, thread=thread, callback=query.id)
    if data.startswith(PRINCIPAL):
        value = data.removeprefix(PRINCIPAL)
        return Asked(Errand.TEACH, value, message.chat.id, user, origin, thread=thread, callback=query.id)
    stale = parse_command(data) is None
    group = message.chat.type != ChatType.PRIVATE
    incoming = Incoming(command="" if stale else data, group=group, origin=origin)
    return Turn(message.chat.id, user, incoming, thread=thread, callback=query.id, stale=stale)


def _person(user: User | None, message: Message) -> bool:
    """Not another bot; an administrator who writes as the group counts as a person."""
    return user is not None and (not user.is_bot or message.sender_chat is not None)


def _readable(chat: Chat) -> bool:
    return chat.type in (ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP)
