"""The commands of outreach: tokens for other systems, and the safety scorecard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

token = typer.Typer(no_args_is_help=True, help="别的系统读普法成效数据用的令牌")


def add_to(app: typer.Typer) -> None:
    """Give these commands to the command line."""
    app.add_typer(token, name="token")
    app.command()(scorecard)


def scorecard(
    out: Annotated[Path | None, typer.Option(help="写到哪个文件夹；不写就放在数据文件夹里，由网页显示")] = None,
) -> None:
    """安全成绩单：重新量一遍，写成公开的一页（HTML 和 JSON）。"""
    from bot.commands.scorecard import scorecard as measure

    measure(out)


@token.command("add")
def token_add(
    name: Annotated[str, typer.Argument(help="给哪个平台用")],
    region: Annotated[str, typer.Option(help="只看这个地区；不写就都能看")] = "",
    days: Annotated[int, typer.Option(help="多少天有效")] = 365,
) -> None:
    """发一个令牌，只显示一次。"""
    from bot.commands.token import add

    add(name, region, days)


@token.command("list")
def token_list() -> None:
    """列出所有令牌（不显示令牌本身）。"""
    from bot.commands.token import list_tokens

    list_tokens()


@token.command("revoke")
def token_revoke(number: Annotated[int, typer.Argument(help="令牌的编号")]) -> None:
    """作废一个令牌，马上生效。"""
    from bot.commands.token import revoke

    revoke(number)
