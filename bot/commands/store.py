"""``faxiaohu db …``, ``backup`` and ``restore``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from bot.commands.errors import sentence
from bot.settings import Settings, read_settings
from bot.storage.archive import Manifest
from bot.storage.backup import backup, restore
from bot.storage.keycheck import key_problem
from bot.storage.keys import KEY_FILE
from bot.storage.lock import DataFolderLock
from bot.storage.schema import problems, upgrade


def upgrade_schema() -> None:
    """Brings the tables up to date."""
    settings = read_settings()
    asyncio.run(upgrade(settings.database))
    typer.echo("数据库结构已是最新")


def check_database() -> None:
    """Says whether the tables are up to date and the key opens them; exit code 1 where not."""
    settings = read_settings()
    found = asyncio.run(problems(settings.database))
    for problem in found:
        typer.echo(str(problem))
    if found:
        typer.echo("请运行 faxiaohu db upgrade")
    _require_key(settings)
    if found:
        raise typer.Exit(1)
    typer.echo("数据库结构是最新的，密钥对得上")


def backup_to(target: Path) -> None:
    """Backs up data and keys, while the service runs."""
    settings = read_settings()
    manifest = backup(settings.data_dir, settings.database, target)
    typer.echo(f"已备份到 {target}（结构版本 {manifest.revision}）。{_kept(settings, manifest)}")


def restore_from(archive: Path, *, force: bool) -> None:
    """Restores data and keys; the service must not be running."""
    settings = read_settings()
    with DataFolderLock(settings.data_dir):
        restore(archive, settings.data_dir, settings.database, force=force)
    typer.echo(f"已恢复到 {settings.data_dir}")
    _require_key(settings)


def _require_key(settings: Settings) -> None:
    """Says that the key does not belong to the data, and ends with exit code 1."""
    problem = asyncio.run(key_problem(settings.database, settings.data_dir, settings.given_key))
    if problem is not None:
        typer.secho(sentence(problem), fg="red")
        raise typer.Exit(1)


def _kept(settings: Settings, manifest: Manifest) -> str:
    """Where the key is that opens this backup."""
    if KEY_FILE not in manifest.sha256:
        return "密钥不在备份里，请另外保管：没有它，备份打不开"
    if asyncio.run(key_problem(settings.database, settings.data_dir, None)) is not None:
        return "里面的 server.key 打不开这份数据，请另外保管它原来的密钥"
    return "里面有密钥，请妥善保管"
