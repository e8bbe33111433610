"""In which order updates are answered: what people write goes before presses in quizzes, and these before polls."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.core.command import TEACHING, parse_command
from bot.core.ports import Received

#: Polls that are read at a time: a class that votes sends one for each vote.
MOST_POLLS = 20


def in_order(items: Sequence[Received]) -> list[Received]:
    """What is to be handled now. A chat's own updates keep their order, and a poll's counts come last."""
    first: list[Received] = []
    presses: dict[int, list[Received]] = {}
    polls: list[Received] = []
    for item in items:
        chat, lesson = _read(item.body)
        if chat == POLL:
            polls.append(item)
        elif lesson:
            presses.setdefault(chat, []).append(item)
        else:
            # Whoever writes now is answered now, and what they pressed before it comes before it.
            first += [*presses.pop(chat, ()), item]
    rest = sorted((item for held in presses.values() for item in held), key=lambda item: item.id)
    return [*first, *rest, *polls[:MOST_POLLS]]


#: Stands for a chat where there is only a poll.
POLL = 0


def talk_of(item: Received) -> tuple[int, int] | None:
    """In which chat an update was made, and by whom; None where that cannot be read, and for a poll."""
    try:
        update = json.loads(item.body)
        query = update.get("callback_query") or {}
        said = query.get("message") or update.get("message") or update.get("edited_message")
        chat = int(said["chat"]["id"])
        return chat, int((query or said).get("from", {}).get("id", chat))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _read(body: bytes) -> tuple[int, bool]:
    """The chat of an update, and whether it is no more than a press in a quiz."""
    try:
        update = json.loads(body)
        if "poll" in update:
            return POLL, False
        query = update.get("callback_query")
        if query is None:
            return _chat(update), False
        command = parse_command(str(query.get("data", "")))
        return int(query["message"]["chat"]["id"]), command is not None and command.verb in TEACHING
    except (ValueError, TypeError, KeyError, AttributeError):
        return -1, False


def _chat(update: dict[str, Any]) -> int:
    message = update.get("message") or update.get("edited_message") or update.get("my_chat_member") or {}
    return int(message.get("chat", {}).get("id", -1))
