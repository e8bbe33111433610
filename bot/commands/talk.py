"""``faxiaohu ask`` and ``chat``."""

from __future__ import annotations

import json
import sys

import typer

from bot.app import clock, make_dialogue, make_service
from bot.channels.console.ask import Asker, answers
from bot.commands.errors import CommandError
from bot.core.audience import Audience
from bot.settings import read_settings


def asker() -> Asker:
    """A dialogue to ask, without a store."""
    settings = read_settings()
    return Asker(make_dialogue(make_service(settings), settings), clock(settings))


def ask_lines() -> None:
    """Answers each line of standard input."""
    for line in answers(asker(), sys.stdin):
        print(line, flush=True)


def ask_once(text: str, audience: str | None, *, as_json: bool) -> None:
    """Answers one question."""
    answer = asker().line(json.dumps({"text": text, "audience": audience}))
    if "error" in answer:
        raise CommandError(answer["error"])
    print(json.dumps(answer, ensure_ascii=False) if as_json else answer["reply"])


def chat(audience: str | None) -> None:
    """A talk in the terminal."""
    from bot.channels.console.chat import converse

    try:
        reader = Audience(audience) if audience else None
    except ValueError:
        raise CommandError("--audience 只能是 student、parent 或 school") from None
    ready = asker()
    try:
        converse(ready.dialogue, ready.now, reader)
    except (KeyboardInterrupt, EOFError):
        raise typer.Exit(0) from None
