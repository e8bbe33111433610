"""Slash commands and the payloads of deep links, as the service's own commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.guesses import may_be_code
from bot.core.audience import Audience
from bot.core.command import Command, Verb, parse_command

#: The commands that are offered in Telegram's menu, in its order.
MENU = ("start", "help", "role", "hotlines", "human", "back", "delete", "stop")
#: What the payload of a link begins with by which a member of staff says that this chat is theirs.
DUTY = "duty_"
_VERBS = {"start": Verb.START, "help": Verb.HELP, "role": Verb.ROLES, "hotlines": Verb.HOTLINES, "human": Verb.HUMAN}
_SLASH = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL)
_DUTY_LINK = re.compile(DUTY + r"[A-Za-z0-9_-]{8,59}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Errand(StrEnum):
    """What is asked of the channel itself, and never reaches the talk."""

    BACK = "back"  # come back to a talk by its code
    DELETE = "delete"  # delete this chat
    LINK = "link"  # this chat is a member of staff's
    CLAIM = "claim"  # take a case


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
    ours = found["bot"].lower() == username.lower() if found["bot"] else name in MENU
    if name == "stop":
        return Slash("", f"{stop_word} {rest}".strip() if rest else stop_word, ours)
    errand = _errand(name, rest)
    if errand is not None:
        return Slash("", rest.removeprefix(DUTY) if errand is Errand.LINK else rest, ours, errand)
    if name == "start":
        linked = _linked(rest)
        return Slash(linked or str(Verb.START), "" if linked else rest, ours)
    if name == "role" and rest in set(Audience):
        return Slash(str(Command(Verb.ROLE, rest)), "", ours)
    if name in _VERBS:
        return Slash(str(_VERBS[name]), rest, ours)
    return Slash("" if rest else str(Verb.HELP), rest, ours)


def _errand(name: str, rest: str) -> Errand | None:
    """What the command asks of the channel. Words after it are words: they go to the talk, and their risk is read."""
    if name == "back" and (not rest or may_be_code(rest)):
        return Errand.BACK
    if name == "delete" and not rest:
        return Errand.DELETE
    if name == "start" and _DUTY_LINK.fullmatch(rest):
        return Errand.LINK
    # The desk's page tells staff to type this line.
    if name == "link" and _TOKEN.fullmatch(rest):
        return Errand.LINK
    return None


def _linked(payload: str) -> str:
    """The command in a deep link's payload, which holds no dot or colon: ``topic-bullying-victim``, ``human``."""
    verb, _, value = payload.partition("-")
    command = f"{verb}:{value.replace('-', '.')}" if value else verb
    return command if payload and parse_command(command) is not None else ""
