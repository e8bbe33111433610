"""The command ``faxiaohu``: thin doors to ``bot.commands``, whose imports wait until a command needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_desk import add_to as add_desk
from bot.cli_outreach import add_to as add_outreach

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with local variables would print what a child said
    help="法小护：未成年人法治教育与自我保护问答服务",
)
content = typer.Typer(no_args_is_help=True, help="内容：检查、导出、新增话题、看机器怎么理解")
db = typer.Typer(no_args_is_help=True, help="数据库结构")
app.add_typer(content, name="content")
app.add_typer(db, name="db")
add_desk(app)
add_outreach(app)

Reader = Annotated[str | None, typer.Option("--audience", help="student、parent 或 school")]


def main() -> None:
    """Runs the command line in UTF-8 whatever the locale; what can be mended ends in a clear line and exit code 2."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # In a locale that knows no Chinese the words typed arrive as escaped bytes.
    sys.argv[1:] = [os.fsencode(word).decode("utf-8", "replace") for word in sys.argv[1:]]
    from bot.commands.errors import mendable

    with mendable():
        app()


@app.command()
def run() -> None:
    """启动网页聊天；设了令牌就同时启动 Telegram。"""
    from bot.commands.serve import run as serve

    serve()


@app.command()
def demo() -> None:
    """演示：用临时文件夹启动全部功能，带值班员、有标记的样例个案和样例学校。"""
    from bot.commands.demo import demo as show

    show()


@app.command()
def chat(audience: Reader = None) -> None:
    """在终端里聊天。"""
    from bot.commands.talk import chat as talk

    talk(audience)


@app.command()
def ask(
    text: Annotated[list[str] | None, typer.Argument(help="要问的话")] = None,
    audience: Reader = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读 JSON，逐行回答")] = False,
) -> None:
    """问一句，答一句；不留任何记录。"""
    from bot.commands.talk import ask_lines, ask_once

    if jsonl:
        ask_lines()
    else:
        ask_once(" ".join(text or []), audience, as_json=as_json)


@app.command()
def evaluate(
    cv: Annotated[bool, typer.Option("--cv", help="另做交叉验证：轮流留出写例句的人")] = False,
    curve: Annotated[bool, typer.Option("--curve", help="打印选阈值用的曲线")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    page: Annotated[Path | None, typer.Option("--html", help="另存成一个网页")] = None,
) -> None:
    """用没训练过的问题衡量听懂了多少。"""
    from bot.commands.evaluate import evaluate as measure

    measure(cv=cv, curve=curve, as_json=as_json, page=page)


@app.command()
def doctor() -> None:
    """看看配置了什么、缺什么、该做什么。"""
    from bot.commands.doctor import doctor as examine

    examine()


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="备份文件，.tar.gz")]) -> None:
    """备份数据和密钥。"""
    from bot.commands.store import backup_to

    backup_to(target)


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="备份文件")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的数据文件夹")] = False,
) -> None:
    """从备份恢复数据和密钥。"""
    from bot.commands.store import restore_from

    restore_from(archive, force=force)


@db.command("upgrade")
def db_upgrade() -> None:
    """把数据库升级到这个版本的结构。"""
    from bot.commands.store import upgrade_schema

    upgrade_schema()


@db.command("check")
def db_check() -> None:
    """检查数据库结构是不是最新。"""
    from bot.commands.store import check_database

    check_database()


@content.command("check")
def content_check() -> None:
    """检查全部内容：哪个文件、第几行、什么问题、怎么改。"""
    from bot.commands.content import check

    check()


@content.command("export")
def content_export() -> None:
    """把全部内容写成 JSON。"""
    from bot.commands.content import export

    export()


@content.command("new-topic")
def content_new_topic(name: Annotated[str, typer.Argument(help="话题名，如 home.pets")]) -> None:
    """为新话题建好回答和例句两个文件的样子。"""
    from bot.commands.content import new_topic

    new_topic(name)


@content.command("parse")
def content_parse(text: Annotated[list[str], typer.Argument(help="一句话")], audience: Reader = None) -> None:
    """看机器把一句话看成了什么，为什么。"""
    from bot.commands.content import parse

    parse(" ".join(text), audience)


@content.command("sample")
def content_sample(
    topic: Annotated[str | None, typer.Argument(help="话题名；不写就随机挑")] = None,
    number: Annotated[int, typer.Option("-n", help="几句")] = 10,
) -> None:
    """随机看几句例句，连同它们的话题。"""
    from bot.commands.content import sample

    sample(topic, number)


@content.command("reviewed")
def content_reviewed(
    topics: Annotated[list[str], typer.Argument(help="读过的话题")],
    by: Annotated[str, typer.Option(help="谁读的")],
    law: Annotated[bool, typer.Option("--law", help="对照法条读过")] = False,
    tone: Annotated[bool, typer.Option("--tone", help="从读者的角度读过语气")] = False,
) -> None:
    """记下两次审读：两样都读过才算数；改一个字就要重读。"""
    from bot.commands.content import reviewed

    reviewed(topics, by, law=law, tone=tone)
