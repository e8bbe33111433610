"""The commands of the desk: accounts, the log of who did what, sealed exports, drills."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

staff = typer.Typer(no_args_is_help=True, help="值班人员的账号")
audit = typer.Typer(no_args_is_help=True, help="操作记录")
case = typer.Typer(no_args_is_help=True, help="个案的密封导出")


def add_to(app: typer.Typer) -> None:
    """Give these commands to the command line."""
    for name, commands in (("staff", staff), ("audit", audit), ("case", case)):
        app.add_typer(commands, name=name)
    app.command()(drill)


def drill(
    wait: Annotated[bool, typer.Option("--wait", help="等到有人回复，逐步报出用时；没人应答则退出码为 1")] = False,
) -> None:
    """值班演练：放进一条有标记的假求助，走完整条链。"""
    from bot.commands.drill import drill as begin

    begin(wait=wait)


@staff.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="登录用的名字")],
    display: Annotated[str, typer.Argument(help="同事看到的名字")],
    role: Annotated[str, typer.Option(help="counsellor、supervisor 或 vice_principal")] = "counsellor",
    line: Annotated[int, typer.Option(help="第几线：1 或 2")] = 1,
    region: Annotated[str, typer.Option(help="只管这个地区；不写就都管")] = "",
    school: Annotated[str, typer.Option(help="属于哪所学校：这所学校的个案不会到他手里")] = "",
) -> None:
    """邀请一个人，打印给本人的链接。"""
    from bot.commands.staff import add

    add(name, display, role, line, region=region, school=school)


@staff.command("list")
def staff_list() -> None:
    """列出所有人。"""
    from bot.commands.staff import list_members

    list_members()


@staff.command("disable")
def staff_disable(name: Annotated[str, typer.Argument(help="登录用的名字")]) -> None:
    """停用一个人：马上退出登录，交还个案，换值班台的密钥。"""
    from bot.commands.staff import disable

    disable(name)


@staff.command("setup-link")
def staff_setup_link() -> None:
    """打印第一次设置的链接（值班台还没有密钥时）。"""
    from bot.commands.staff import setup_link

    setup_link()


@audit.command("verify")
def audit_verify(
    accept: Annotated[bool, typer.Option("--accept", help="恢复备份之后，认可现在的末尾")] = False,
) -> None:
    """检查操作记录有没有被改过、删过。"""
    from bot.commands.audit import verify

    verify(accept=accept)


@audit.command("show")
def audit_show(number: Annotated[int, typer.Option("--case", help="个案编号")]) -> None:
    """列出一个个案的全部操作记录。"""
    from bot.commands.audit import show

    show(number)


@case.command("open-export")
def case_open_export(
    file: Annotated[Path, typer.Argument(help="密封的导出文件")],
    folder: Annotated[Path | None, typer.Option(help="放到哪个新文件夹")] = None,
) -> None:
    """用口令打开一份密封的导出。"""
    from bot.commands.case_export import open_export

    open_export(file, folder)
