"""``faxiaohu staff …``: accounts from the console. It only writes rows, so the service may be running."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import typer

from bot.app import content_root, open_store
from bot.commands.errors import CommandError
from bot.content.yamlfile import read_yaml
from bot.settings import Settings, read_settings
from bot.staff.accounts import CONSOLE, Accounts, make_setup_link, post_of, setup_link_needed, sign_in_name
from bot.staff.errors import StaffError
from bot.storage.audit import AuditLog
from bot.storage.staff import MemberState, Role
from bot.storage.store import Store

T = TypeVar("T")


def add(
    name: str, display: str, role: str = Role.COUNSELLOR, line: int = 1, *, region: str = "", school: str = ""
) -> None:
    """Invites somebody and prints their link; a supervisor admits them afterwards."""
    settings = read_settings()
    if region and not (content_root(settings) / "knowledge" / "hotlines" / "regions" / f"{region}.yaml").is_file():
        raise CommandError(f"没有地区“{region}”。请看 knowledge/hotlines/regions 里有哪些")

    async def invited(store: Store) -> str:
        post = post_of(role, str(line), region, school)
        return await Accounts(store, AuditLog(store)).invite(CONSOLE, name, display, post)

    path = _done(settings, invited)
    typer.echo(f"请把这个链接交给本人，3天内有效，只能用一次：\n{link_url(settings, path)}")
    if role != Role.VICE_PRINCIPAL:
        typer.echo("本人设好以后，由一位主管在“人员”页放行，才能看个案。")


def list_members() -> None:
    """Prints everybody, one a line."""
    settings = read_settings()
    words = _words(settings)

    async def lines(store: Store) -> list[str]:
        members = await Accounts(store, AuditLog(store)).records.members()
        return [
            "\t".join((member.name, member.display, words[f"role_{member.role}"], words[f"state_{member.state}"]))
            for member in members
        ]

    for line in _done(settings, lines) or ["还没有人。"]:
        typer.echo(line)


def disable(name: str) -> None:
    """Disables somebody; the desk key is rotated at once."""

    async def disabled(store: Store) -> None:
        accounts = Accounts(store, AuditLog(store))
        account = await accounts.records.account(sign_in_name(name))
        if account is None or account.member.state is MemberState.DISABLED:
            raise StaffError("no_member")
        await accounts.disable(CONSOLE, account.member.id)

    _done(read_settings(), disabled)
    typer.echo("已停用：登录和排班马上失效，手上的个案已交还。看得到个案的人，值班台的钥匙也换了。")


def setup_link() -> None:
    """Prints a link for the first set-up, while there is no desk key."""
    settings = read_settings()

    async def made(store: Store) -> str | None:
        return await make_setup_link(store) if await setup_link_needed(store) else None

    path = _done(settings, made)
    if path is None:
        typer.echo("值班台已经设置过了。主管丢了密码，请到 /staff/recover 用恢复码找回。")
    else:
        typer.echo(f"第一次设置的链接，24小时内有效，只能用一次，不要给别人看：\n{link_url(settings, path)}")


def link_url(settings: Settings, path: str) -> str:
    """A path of the web as a whole address."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (settings.public_url or f"http://{host}:{settings.port}").rstrip("/") + path


def _done(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async def with_store() -> T:
        store = await open_store(settings)
        try:
            return await work(store)
        finally:
            await store.close()

    try:
        return asyncio.run(with_store())
    except StaffError as error:
        told = _words(settings)[error.key.partition(".")[2]]
        raise CommandError(told.format(**error.values)) from None


def _words(settings: Settings) -> Mapping[str, str]:
    root = content_root(settings)
    found = read_yaml(root / "knowledge" / "messages" / "staff.yaml", root)
    return {key: str(text) for key, text in found.items()}
