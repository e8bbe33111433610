"""The command ``faxiaohu``: thin doors to the program. Imports wait until a command needs them: it starts fast."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="法小护：未成年人法治教育与自我保护问答服务")


def main() -> None:
    """Runs the command line, with UTF-8 whatever the locale; mistakes that can be mended end in one clear line."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


def _asker() -> Any:
    from bot.app import clock, make_dialogue, make_service
    from bot.channels.console.ask import Asker
    from bot.settings import read_settings

    settings = read_settings()
    return Asker(make_dialogue(make_service(settings), settings), clock(settings))


@app.command()
def ask(
    text: Annotated[list[str] | None, typer.Argument(help="要问的话")] = None,
    audience: Annotated[str | None, typer.Option(help="student、parent 或 school")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读 JSON，逐行回答")] = False,
) -> None:
    """问一句，答一句；不留任何记录。"""
    import json

    from bot.channels.console.ask import answers

    asker = _asker()
    if jsonl:
        for line in answers(asker, sys.stdin):
            print(line, flush=True)
        return
    answer = asker.line(json.dumps({"text": " ".join(text or []), "audience": audience}))
    print(json.dumps(answer, ensure_ascii=False) if as_json or "error" in answer else answer["reply"])
    if "error" in answer:
        raise typer.Exit(2)
