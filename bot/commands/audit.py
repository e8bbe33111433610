"""``faxiaohu audit …``: whether the log of who did what is whole, and what it says of a case."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence

import typer

from bot.app import content_root, open_store
from bot.content.yamlfile import read_yaml
from bot.desk.audit import SHOWN, WITNESS_FILE, AuditWitness
from bot.settings import Settings, read_settings
from bot.storage.audit import AuditLine, AuditLog, Verdict


def verify(*, accept: bool = False) -> None:
    """Reads the whole log; exit code 1 where it does not fit. ``accept``: take its end as it is, after a restore."""
    settings = read_settings()
    words = records_words(settings)
    verdict, witnessed = asyncio.run(_verdict(settings, accept=accept))
    if verdict.flaw is not None:
        typer.secho(words[f"log_wrong_{verdict.flaw.wrong}"].format(seq=verdict.flaw.seq), fg="red")
        raise typer.Exit(1)
    shown = verdict.head.digest[:SHOWN]
    typer.echo(words["command_good"].format(lines=verdict.lines, seq=verdict.head.seq, digest=shown))
    if accept:
        typer.echo(words["command_accepted"])
    elif not witnessed:
        typer.echo(words["command_unwitnessed"].format(file=settings.data_dir / WITNESS_FILE))


def show(case: int) -> None:
    """Prints every line of a case, oldest first."""
    settings = read_settings()
    words = records_words(settings)
    lines = asyncio.run(_lines(settings, case))
    if not lines:
        typer.echo(words["command_none"].format(case=case))
        raise typer.Exit(1)
    for line in lines:
        local = dt.datetime.fromisoformat(line.at).astimezone(settings.zone).strftime("%Y-%m-%d %H:%M:%S")
        typer.echo(f"{line.seq}  {local}  {line.actor}  {_named(words, line)}  {line.detail}".rstrip())


def records_words(settings: Settings) -> Mapping[str, str]:
    """The sentences of ``knowledge/messages/records.yaml``. Raises ContentError."""
    root = content_root(settings)
    return {name: str(text) for name, text in read_yaml(root / "knowledge/messages/records.yaml", root).items()}


def _named(words: Mapping[str, str], line: AuditLine) -> str:
    return words.get("action_" + line.action.replace(".", "_"), line.action)


async def _verdict(settings: Settings, *, accept: bool) -> tuple[Verdict, bool]:
    store = await open_store(settings)
    try:
        witness = AuditWitness(store, settings.data_dir)
        verdict = await (witness.accept() if accept else witness.verify())
        return verdict, witness.known() is not None
    finally:
        await store.close()


async def _lines(settings: Settings, case: int) -> Sequence[AuditLine]:
    store = await open_store(settings)
    try:
        return await AuditLog(store).of_case(case)
    finally:
        await store.close()
