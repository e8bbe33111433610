"""``faxiaohu doctor``: what is configured, what is missing, what to do."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import typer

from bot.app import content_root, keyed_store
from bot.assembly import clock_limits
from bot.commands.errors import sentence
from bot.content.checks import check_content
from bot.content.load import load_library
from bot.content.problems import ContentError
from bot.desk.drill import DrillHealth, drill_health
from bot.desk.health import DeskHealth, desk_health, doubtful_schools
from bot.settings import Settings, read_settings
from bot.storage.depths import Overdue, overdue_cases
from bot.storage.errors import StorageError
from bot.storage.keycheck import key_problem
from bot.storage.keys import KEY_FILE
from bot.storage.roster import SealedRoster
from bot.storage.schema import problems

#: Less free room than this on the data folder's disk is told.
ROOM = 500 * 1024 * 1024


class State(StrEnum):
    """How a part stands."""

    GOOD = "好"
    DUE = "提醒"
    BAD = "要改"


#: What the last drill has shown; where people were silent, or never asked, it is time for one.
DRILLED = {"good": State.GOOD, "waits": State.GOOD, "lost": State.BAD}
COLOURS = {State.GOOD: "green", State.DUE: "yellow", State.BAD: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """How a part stands, and what to do."""

    state: State
    text: str


def doctor() -> None:
    """Prints every finding as soon as it is made; exit code 1 where something must be mended."""
    settings, bad = read_settings(), False
    for item in (item for part in PARTS for item in part(settings)):
        typer.secho(f"[{item.state}] {item.text}", fg=COLOURS[item.state])
        bad = bad or item.state is State.BAD
    if bad:
        raise typer.Exit(1)


def _data(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    yield Finding(State.GOOD, f"数据文件夹 {folder}" + ("" if folder.exists() else "（第一次启动时建立）"))
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if shutil.disk_usage(nearest).free < ROOM:
        yield Finding(State.BAD, "磁盘空间不足 500 MB，请清理")


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None and not (settings.data_dir / "faxiaohu.sqlite3").exists():
        yield Finding(State.GOOD, "数据库会在第一次启动时建立")
        return
    found: list[StorageError] = asyncio.run(problems(settings.database))
    for problem in found:
        yield Finding(State.BAD, f"数据库：{problem}（结构旧了就运行 faxiaohu db upgrade）")
    if not found:
        yield Finding(State.GOOD, "数据库结构是最新的")


def _key(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is not None or (settings.data_dir / "faxiaohu.sqlite3").exists():
        problem = asyncio.run(key_problem(settings.database, settings.data_dir, settings.given_key))
        if problem is not None:
            yield Finding(State.BAD, sentence(problem))
            return
    if settings.key is not None:
        yield Finding(State.GOOD, "密钥由 FAXIAOHU_KEY 给出，不在数据文件夹里")
        return
    where = settings.data_dir / KEY_FILE
    yield Finding(State.DUE, f"密钥和数据放在一起（{where}）。正式使用请把它移到 FAXIAOHU_KEY，见 deploy/RUNBOOK.md")


def _people(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None and not (settings.data_dir / "faxiaohu.sqlite3").exists():
        yield Finding(State.BAD, "没有真人值班：还没有启动过。先运行 faxiaohu run，用它给的链接设置值班台")
        return
    try:
        health, drilled, doubtful, late = asyncio.run(_desk(settings))
    except (StorageError, ContentError):
        return  # told by the other parts
    yield Finding(State.GOOD if health.on_duty else State.BAD, health.line)
    yield from (Finding(State.BAD, problem.text) for problem in health.problems)
    if late.waiting:
        told = f"{late.waiting} 件求助过了时间还没有人回，其中 {late.unseen} 件没有人打开过"
        yield Finding(State.BAD, f"{told}。请马上打开值班台，并打电话叫人")
    if doubtful:
        told = f"{doubtful} 位值班人员的学校写法和名单里的相近又不一样，请在“人员”里改成名单上的写法（“排班”里有名字）"
        yield Finding(State.DUE, told)
    yield Finding(DRILLED.get(drilled.state, State.DUE), drilled.line)


async def _desk(settings: Settings) -> tuple[DeskHealth, DrillHealth, int, Overdue]:
    messages = load_library(content_root(settings)).messages
    store = await keyed_store(settings)
    try:
        health = await desk_health(store, settings.zone, messages)
        doubtful = len(await doubtful_schools(store, await SealedRoster(store).read()))
        drilled = await drill_health(store, clock_limits(settings), settings.zone, messages)
        return health, drilled, doubtful, await overdue_cases(store, store.now())
    finally:
        await store.close()


def _telegram(settings: Settings) -> Iterator[Finding]:
    if settings.telegram_token is None:
        yield Finding(State.DUE, "没有设置 FAXIAOHU_TELEGRAM_TOKEN，只开网页")
    elif settings.telegram_mode == "webhook" and not settings.public_url.startswith("https://"):
        yield Finding(State.BAD, "Telegram webhook 需要 https 的 FAXIAOHU_PUBLIC_URL")
    else:
        yield Finding(State.GOOD, f"Telegram 已设置（{settings.telegram_mode}）")


def _web(settings: Settings) -> Iterator[Finding]:
    outside = settings.host not in ("127.0.0.1", "::1", "localhost")
    if outside and not settings.secure_cookies:
        yield Finding(State.BAD, "网页对外开放却没有设 FAXIAOHU_SECURE_COOKIES=true，请放在 HTTPS 反向代理之后")
    yield Finding(State.GOOD, f"网页监听 {settings.host}:{settings.port}")
    if not settings.operator:
        yield Finding(State.DUE, "没有设置 FAXIAOHU_OPERATOR，页面上不显示运营单位")


def _content(settings: Settings) -> Iterator[Finding]:
    found = check_content(content_root(settings))
    wrong = sum(not problem.mild for problem in found)
    expired = sum(problem.mild and "过期" in problem.what for problem in found)
    unsure = sum(problem.mild and "核实" in problem.what for problem in found)
    if wrong:
        yield Finding(State.BAD, f"内容有 {wrong} 处要改，请运行 faxiaohu content check")
    if expired:
        yield Finding(State.DUE, f"{expired} 个话题的审读已过期")
    if unsure:
        yield Finding(State.DUE, f"{unsure} 个电话还没有人打过核实")
    yield from _signatures(settings)


def _signatures(settings: Settings) -> Iterator[Finding]:
    try:
        topics = load_library(content_root(settings)).topics.values()
    except ContentError:
        return
    unsigned = sum(not (topic.review and topic.review.signed_off) for topic in topics)
    if unsigned:
        yield Finding(State.DUE, f"{unsigned} 个话题还没有具名律师签字，页面和 README 已说明")


def _font(_settings: Settings) -> Iterator[Finding]:
    from bot.charts.font import writes_chinese

    if writes_chinese():
        yield Finding(State.GOOD, "有汉字字体，图表能写汉字")
    else:
        yield Finding(
            State.DUE, "没有找到汉字字体，图表里的汉字写不出来。请安装 fonts-noto-cjk（或 fonts-wqy-microhei）"
        )


PARTS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _data,
    _database,
    _key,
    _people,
    _telegram,
    _web,
    _content,
    _font,
)
