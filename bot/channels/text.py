"""A reply as plain text, for the terminal and for chats without layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.core.decision import Clarify, Contact, Decision, LawLine, Reply


def plain_text(decision: Decision, messages: Mapping[str, str]) -> str:
    """The whole reply as lines. Where it asks back, what can be chosen stands at the end, numbered."""
    reply = decision.reply
    options = [item.label for item in reply.choices] if isinstance(decision, Clarify) else []
    return "\n".join([*_lines(reply, messages), *(f"{place}. {label}" for place, label in enumerate(options, 1))])


def contact_line(line: Contact, messages: Mapping[str, str]) -> str:
    """One hotline: number, name, what for, and whether somebody answers now."""
    state = {True: "render.open", False: "render.closed", None: "render.unknown_hours"}[line.open]
    by = f"（{messages['render.sms']}）" if line.sms else ""
    return f"{line.number}{by} {line.name}：{line.purpose}（{messages[state]}）"


def call_lines(line: Contact, messages: Mapping[str, str]) -> list[str]:
    """What to say when calling, as a line of its own; none where it is not known."""
    return [messages["chat.call"].format(call=line.call)] if line.call else []


def law_line(line: LawLine) -> str:
    """One citation with what it says: the Decision in its own words, other law by our gloss."""
    return f"{line.label}：{line.quote or line.gist}"


def _lines(reply: Reply, messages: Mapping[str, str]) -> Iterator[str]:
    if reply.note:
        yield reply.note
    yield reply.lead
    if reply.steps:
        yield messages["render.steps"]
        yield from (f"{place}. {step}" for place, step in enumerate(reply.steps, 1))
    if reply.more:
        yield reply.more
    if reply.law:
        yield messages["render.law"]
        yield from (f"· {law_line(line)}" for line in reply.law)
    if reply.contacts:
        yield messages["render.contacts"]
        for line in reply.contacts:
            yield f"· {contact_line(line, messages)}"
            yield from (f"  {told}" for told in call_lines(line, messages))
