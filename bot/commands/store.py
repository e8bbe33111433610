"""``faxiaohu db …``, ``backup`` and ``restore``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from bot.settings import read_settings
from bot.storage.backup import backup, restore
from bot.storage.lock import DataFolderLock
from bot.storage.schema import problems, upgrade


def upgrade_schema() -> None:
    """Brings the tables up to date."""
    settings = read_settings()
    asyncio.run(upgrade(settings.database))
    typer.echo("数据库结构已是最新")


def check_database() -> None:
    """Says whether the tables are up to date; exit code 1 where they are not."""
    found = asyncio.run(problems(read_settings().database))
    for problem in found:
        typer.echo(str(problem))
    if found:
        typer.echo("请运行 faxiaohu db upgrade")
        raise typer.Exit(1)
    typer.echo("数据库结构是最新的")


def backup_to(target: Path) -> None:
    """Backs up data and keys, while the service runs."""
    settings = read_settings()
    manifest = backup(settings.data_dir, settings.database, target)
    kept = "密钥由 FAXIAOHU_KEY 给出，不在备份里，请另外保管" if settings.key else "里面有密钥，请妥善保管"
    typer.echo(f"已备份到 {target}（结构版本 {manifest.revision}）。{kept}")


def restore_from(archive: Path, *, force: bool) -> None:
    """Restores data and keys; the service must not be running."""
    settings = read_settings()
    with DataFolderLock(settings.data_dir):
        restore(archive, settings.data_dir, settings.database, force=force)
    typer.echo(f"已恢复到 {settings.data_dir}")
