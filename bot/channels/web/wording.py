"""Sentences of the page that depend on who reads or on a setting, taken from the messages files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup, escape

from bot.core.audience import Audience
from bot.core.command import TEACHING, Command, Verb, parse_command
from bot.core.content_types import Library
from bot.core.decision import Choice, Decision, Notice

#: A number after one of these is meant to be called.
LETTERS = "ABCDEFGH"
_CALLED = re.compile(r"(?<=[打拨问找])(\d{3,6})(?!\d)")


def role_choices(library: Library) -> tuple[Choice, ...]:
    """Buttons to say who one is."""
    return tuple(Choice(library.messages[f"buttons.role_{who}"], str(Command(Verb.ROLE, who))) for who in Audience)


def suggestions(library: Library, audience: Audience) -> tuple[Choice, ...]:
    """Questions to begin with, for this reader; a topic that the content has not is left out."""
    lines = library.messages[f"web.questions_{audience}"].splitlines()
    pairs = [(topic, label) for topic, _, label in (line.strip().partition(" ") for line in lines)]
    return tuple(Choice(label, str(Command(Verb.TOPIC, topic))) for topic, label in pairs if topic in library.topics)


def way_back(library: Library) -> tuple[Choice, ...]:
    """What is asked first of whoever came back by their code: they may not be safe any more."""
    return (Choice(library.messages["buttons.tell_safe"], str(Command(Verb.TELL, Verb.SAFE))),)


def with_suggestions(decision: Decision, command: str, library: Library) -> Decision:
    """The decision; after a role was chosen, with questions for that reader as buttons."""
    chosen = parse_command(command)
    if chosen is None or chosen.verb is not Verb.ROLE or not isinstance(decision, Notice) or decision.reply.choices:
        return decision
    choices = suggestions(library, decision.audience or Audience.STUDENT)
    return replace(decision, reply=replace(decision.reply, choices=choices))


def command_label(command: str, library: Library) -> str:
    """What the button of a command says: shown as what the visitor said."""
    found = parse_command(command)
    if found is None:
        return ""
    if found.verb is Verb.TOPIC:
        topic = library.topics.get(found.value)
        return topic.title if topic else ""
    if found.verb in TEACHING:
        option = found.value.rpartition(".")[2]
        letter = LETTERS[int(option)] if option.isascii() and option.isdecimal() and int(option) < len(LETTERS) else ""
        return library.messages[f"teach_web.said_{found.verb}"].format(letter=letter)
    # Who asked whether it is still the child stands in the button, not in its words.
    value = "" if found.verb is Verb.HERE else found.value
    key = f"buttons.{found.verb}_{value}" if value else f"buttons.{found.verb}"
    return library.messages.get(key, "")


def is_topical(command: str) -> bool:
    """Whether a button leads to a topic."""
    found = parse_command(command)
    return found is not None and found.verb is Verb.TOPIC


def sections(text: str) -> tuple[tuple[str, str], ...]:
    """Headings and bodies of a text whose paragraphs are parted by blank lines."""
    parts = (part.strip().partition("\n") for part in text.split("\n\n"))
    return tuple((heading, body) for heading, _, body in parts)


def lifetime(minutes: int, messages: Mapping[str, str]) -> str:
    """A period in words: whole hours where it is that, else minutes."""
    hours, rest = divmod(minutes, 60)
    return (
        messages["web.lifetime_minutes"].format(n=minutes) if rest else messages["web.lifetime_hours"].format(n=hours)
    )


def callable_numbers(text: str, library: Library) -> Markup:
    """The text, escaped, with known hotlines as links to call or to write to."""

    def link(found: re.Match[str]) -> str:
        line = library.hotlines.get(found[1])
        if line is None:
            return found[1]
        return f'<a class="number" href="{"sms" if line.sms else "tel"}:{found[1]}">{found[1]}</a>'

    return Markup(_CALLED.sub(link, str(escape(text))))  # noqa: S704  (escaped in this very line)
