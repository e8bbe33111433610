"""A talk in the terminal, drawn with Rich."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from bot.channels.text import call_lines, contact_line, law_line
from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.decision import Decision, Reply, Support
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming
from bot.core.session import Session

WIDTH = 78


def converse(dialogue: Dialogue, now: Callable[[], dt.datetime], audience: Audience | None) -> None:
    """Talks until the person leaves (end of input, or an empty line after 退出)."""
    console, messages = Console(highlight=False), dialogue.library.messages
    session = Session(audience=audience)
    decision, session, _ = dialogue.respond(Incoming(command=str(Command(Verb.START))), session, now())
    show(console, decision, messages)
    while True:
        line = console.input(f"[bold cyan]{messages['console.prompt']}[/] ")
        if line.strip() in messages["console.leave"].split():
            console.print(messages["console.goodbye"])
            return
        decision, session, _ = dialogue.respond(_incoming(line, decision.reply), session, now())
        show(console, decision, messages)


def _incoming(line: str, before: Reply) -> Incoming:
    """The words typed, or the button whose number was typed."""
    number = line.strip()
    if number.isdecimal() and 0 < int(number) <= len(before.choices):
        return Incoming(command=before.choices[int(number) - 1].command)
    return Incoming(text=line)


def show(console: Console, decision: Decision, messages: Mapping[str, str]) -> None:
    """Draws a decision as a panel, its buttons numbered."""
    style = "red" if isinstance(decision, Support) else "cyan"
    title = decision.reply.title or messages["console.name"]
    console.print(Panel(_body(decision.reply, messages), title=escape(title), border_style=style, width=WIDTH))


def _body(reply: Reply, messages: Mapping[str, str]) -> str:
    lines = [f"[italic]{escape(reply.note)}[/]"] if reply.note else []
    lines.append(f"[bold]{escape(reply.lead)}[/]")
    lines += [f"{place}. {escape(step)}" for place, step in enumerate(reply.steps, 1)]
    lines += [escape(reply.more)] if reply.more else []
    lines += [f"[dim]· {escape(law_line(line))}[/]" for line in reply.law]
    for line in reply.contacts:
        lines.append(f"[green]☎ {escape(contact_line(line, messages))}[/]")
        lines += [f"   [dim]{escape(told)}[/]" for told in call_lines(line, messages)]
    lines += [f"[cyan]\\[{place}] {escape(item.label)}[/]" for place, item in enumerate(reply.choices, 1)]
    return "\n".join(lines)
