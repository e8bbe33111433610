"""Slash commands and the payloads of deep links, as the service's own commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.guesses import may_be_code
from bot.core.audience import Audience
from bot.core.command import Command, Verb, parse_command

#: The commands that are offered in Telegram's menu, in its order.
MENU = ("start", "help", "role", "class", "hotlines", "human", "back", "delete", "stop")
#: Further commands that are meant for this bot in a group, though they name no bot.
OURS = (*MENU, "join", "leave", "bind")
#: What the payload of a link begins with by which a member of staff says that this chat is theirs.
DUTY = "duty_"
_VERBS = {"start": Verb.START, "help": Verb.HELP, "role": Verb.ROLES, "hotlines": Verb.HOTLINES, "human": Verb.HUMAN}
_SLASH = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL)
_DUTY_LINK = re.compile(DUTY + r"[A-Za-z0-9_-]{8,59}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
#: The code of a class, with what people write between its signs.
_CLASS_CODE = re.compile(r"[A-Za-z0-9]{4}[\s-]?[A-Za-z0-9]{4}")
_JOIN_LINK = re.compile(r"join_([A-Za-z0-9]{8})")
_CLASSES = ("class", "classes", "leave")
#: What vice principals ask in a chat of their own, and what the buttons begin with that they are shown.
_PRINCIPALS = ("myclasses", "push", "results", "activity")
PRINCIPAL = "vp:"


class Errand(StrEnum):
    """What is asked of the channel itself, and never reaches the talk."""

    BACK = "back"  # come back to a talk by its code
    DELETE = "delete"  # delete this chat
    LINK = "link"  # this chat is a member of staff's
    CLAIM = "claim"  # take a case
    BIND = "bind"  # this group chat is a class's
    TEACH = "teach"  # a vice principal's classes, pushes and results


@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command: what it asks for, the words after it, and whether in a group it is meant for this bot.

    With an ``errand`` it is for the channel itself, and ``text`` is what the errand needs.
    """

    command: str
    text: str
    ours: bool
    errand: Errand | None = None


def read_slash(text: str, username: str, stop_word: str) -> Slash | None:
    """The slash command that a text is, or None. The words after it stay: their risk is read too."""
    found = _SLASH.fullmatch(text.strip())
    if found is None:
        return None
    name, rest = found["name"].lower(), (found["rest"] or "").strip()
    ours = found["bot"].lower() == username.lower() if found["bot"] else name in OURS
    if name == "stop":
        return Slash("", f"{stop_word} {rest}".strip() if rest else stop_word, ours)
    errand = _errand(name, rest)
    if errand is not None:
        given = {Errand.LINK: rest.removeprefix(DUTY), Errand.TEACH: name}
        return Slash("", given.get(errand, rest), ours, errand)
    if name == "start":
        linked = _linked(rest)
        return Slash(linked or str(Verb.START), "" if linked else rest, ours)
    if name == "role" and rest in set(Audience):
        return Slash(str(Command(Verb.ROLE, rest)), "", ours)
    if name == "join":
        code = _CLASS_CODE.fullmatch(rest)
        return Slash(str(Command(Verb.JOIN, rest if code else "")), "" if code else rest, ours)
    if name in _CLASSES:
        return Slash(str(Verb.CLASSES), rest, ours)
    if name in _VERBS:
        return Slash(str(_VERBS[name]), rest, ours)
    return Slash("" if rest else str(Verb.HELP), rest, ours)


def _errand(name: str, rest: str) -> Errand | None:
    """What the command asks of the channel. Words after it are words: they go to the talk, and their risk is read."""
    if name == "back" and (not rest or may_be_code(rest)):
        return Errand.BACK
    if name == "delete" and not rest:
        return Errand.DELETE
    if name == "bind" and (not rest or _CLASS_CODE.fullmatch(rest)):
        return Errand.BIND
    if name == "start" and _DUTY_LINK.fullmatch(rest):
        return Errand.LINK
    if name in _PRINCIPALS and not rest:
        return Errand.TEACH
    # The desk's page tells staff to type this line.
    if name == "link" and _TOKEN.fullmatch(rest):
        return Errand.LINK
    return None


def _linked(payload: str) -> str:
    """The command in a deep link's payload, which holds no dot or colon: ``topic-bullying-victim``, ``human``.

    The code of a class stands behind a low line: ``join_K7M2PQ9X``.
    """
    joining = _JOIN_LINK.fullmatch(payload)
    if joining is not None:
        return str(Command(Verb.JOIN, joining[1]))
    verb, _, value = payload.partition("-")
    command = f"{verb}:{value.replace('-', '.')}" if value else verb
    return command if payload and parse_command(command) is not None else ""
