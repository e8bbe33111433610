"""Cuts an update to what is read of it: where a server lacks a field that the library wants, no word may be lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram.constants import MessageAttachmentType, MessageEntityType

from bot.core.message import Attachment

Raw = Mapping[str, Any]

#: What is read of a message besides people, chats and mentions.
_PLAIN = ("message_id", "date", "edit_date", "text", "caption", "media_group_id", "message_thread_id")
_MENTIONS = (MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION)
#: The first of these that a message has says what came with it, or instead of words.
_KINDS = {
    "photo": Attachment.PICTURE,
    "animation": Attachment.PICTURE,
    "voice": Attachment.VOICE,
    "audio": Attachment.VOICE,
    "sticker": Attachment.STICKER,
    "document": Attachment.FILE,
}


def cut_update(raw: Raw) -> dict[str, Any]:
    """An update with only what is read of it. Raises KeyError where something has no id."""
    kept = _only(raw, "update_id", "my_chat_member")
    kept |= {name: cut_message(raw[name]) for name in ("message", "edited_message") if raw.get(name)}
    query = raw.get("callback_query")
    if query:
        pressed = _only(query, "id", "data", "chat_instance") | {"from": _user(query["from"])}
        if query.get("message"):
            pressed["message"] = cut_message(query["message"])
        kept["callback_query"] = pressed
    return kept


def cut_message(raw: Raw) -> dict[str, Any]:
    """A message with only what is read of it; the words of a checklist are its text."""
    kept = _only(raw, *_PLAIN, "is_topic_message")
    kept |= {name: _chat(raw[name]) for name in ("chat", "sender_chat") if raw.get(name)}
    kept |= {name: _mentions(raw[name]) for name in ("entities", "caption_entities") if raw.get(name)}
    if raw.get("from"):
        kept["from"] = _user(raw["from"])
    if raw.get("reply_to_message"):
        kept["reply_to_message"] = cut_message(_only(raw["reply_to_message"], "message_id", "date", "chat", "from"))
    if raw.get("checklist"):
        tasks = raw["checklist"].get("tasks", ())
        kept["text"] = "\n".join(filter(None, (raw["checklist"].get("title"), *(task.get("text") for task in tasks))))
    return kept


def attachment_of(raw: Raw) -> Attachment:
    """What a message brings besides words."""
    for name, kind in _KINDS.items():
        if raw.get(name):
            return kind
    return Attachment.OTHER if any(raw.get(name) for name in MessageAttachmentType) else Attachment.NONE


def _only(raw: Raw, *names: str) -> dict[str, Any]:
    return {name: raw[name] for name in names if name in raw}


def _user(raw: Raw) -> dict[str, Any]:
    # The library wants a name; here nobody's is read.
    return {"id": raw["id"], "is_bot": raw.get("is_bot", False), "first_name": ""}


def _chat(raw: Raw) -> dict[str, Any]:
    return {"id": raw["id"], "type": raw["type"]}


def _mentions(raw: list[Raw]) -> list[dict[str, Any]]:
    found = (entity for entity in raw if entity.get("type") in _MENTIONS)
    return [
        _only(entity, "type", "offset", "length") | ({"user": _user(entity["user"])} if entity.get("user") else {})
        for entity in found
    ]
