"""``faxiaohu token …``: who may read the published figures by machine."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from bot.app import content_root, open_store
from bot.commands.errors import CommandError
from bot.settings import Settings, read_settings
from bot.storage.api_tokens import ApiToken, ApiTokens
from bot.storage.store import Store

T = TypeVar("T")
LONGEST_NAME, MOST_DAYS = 64, 3650


def add(name: str, region: str, days: int) -> None:
    """Makes a token and prints it this once."""
    settings = read_settings()
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise CommandError(f"名称写平台的名字，1 到 {LONGEST_NAME} 个字")
    if not 0 < days <= MOST_DAYS:
        raise CommandError(f"有效天数写 1 到 {MOST_DAYS}")
    if region and not (content_root(settings) / "knowledge" / "hotlines" / "regions" / f"{region}.yaml").is_file():
        raise CommandError(f"没有地区“{region}”。请看 knowledge/hotlines/regions 里有哪些")
    number, token = _done(settings, lambda tokens: tokens.make(name, region, dt.timedelta(days=days)))
    typer.echo(f"{number} 号令牌，{days} 天有效，只显示这一次，请直接交给对方的管理员：", err=True)
    typer.echo(token)


def list_tokens() -> None:
    """Prints every token without its secret, one a line."""
    settings = read_settings()
    now = dt.datetime.now(settings.zone)
    found = _done(settings, lambda tokens: tokens.listed())
    for token in found:
        typer.echo(_line(token, now))
    if not found:
        typer.echo("还没有令牌。")


def revoke(number: int) -> None:
    """Makes a token worthless at once."""
    if not _done(read_settings(), lambda tokens: tokens.revoke(number)):
        raise CommandError("没有这个编号的令牌，或者早已作废")
    typer.echo("已作废，马上生效。")


def _line(token: ApiToken, now: dt.datetime) -> str:
    ended = "已作废" if token.revoked_at else "已过期"
    until = token.expires_at.astimezone(now.tzinfo).date().isoformat()
    state = f"到 {until}" if token.good(now) else ended
    return "\t".join((str(token.id), token.name, token.region or "全部地区", state))


def _done(settings: Settings, work: Callable[[ApiTokens], Awaitable[T]]) -> T:
    async def with_store() -> T:
        store: Store = await open_store(settings)
        try:
            return await work(ApiTokens(store))
        finally:
            await store.close()

    return asyncio.run(with_store())
