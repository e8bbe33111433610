"""The watch over open cases: by durable timers, across restarts and kills, on both databases."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.core.content_types import Library
from bot.core.risk import RiskLevel
from bot.desk import durable, holding
from bot.desk import watch as watch_module
from bot.desk.durable import DurableTimers
from bot.desk.limits import ClockLimits
from bot.desk.look import CaseLook, Looked
from bot.desk.news import Event, News
from bot.desk.timers_file import timers_url
from bot.desk.watch import Watch
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault

from ..storage.conftest import postgres, postgres_address  # noqa: F401  (fixtures)
from .world import SHANGHAI, World, until

MARKER = "孩子说的话"
#: Seconds after which something hangs.
PATIENCE = 60.0


def now() -> dt.datetime:
    return dt.datetime.now(SHANGHAI)


def quick(seen: float, answer: float) -> ClockLimits:
    """Limits of parts of a second, for clocks that really run."""
    seconds = dt.timedelta(seconds=1)
    return ClockLimits(seen * seconds, answer * seconds, seen * seconds, answer * seconds)


@pytest.fixture
def real(world: World) -> World:
    """The desk by the real time."""
    world.store = replace(world.store, now=now)
    return world


@asynccontextmanager
async def watching(world: World, folder: Path, news: News | None = None, sweep: float = 20.0) -> AsyncIterator[Watch]:
    watch = Watch(world.store, world.look(), news or News(), timers_url("sqlite:///unused", folder), sweep)
    await watch.start()
    try:
        yield watch
    finally:
        async with asyncio.timeout(PATIENCE):
            await watch.stop()


async def reasons(world: World, case: int) -> list[str]:
    return list(dict.fromkeys(reason for reason, *_ in await world.made(case)))


async def breached(world: World, *cases: int) -> bool:
    return all(["breached" in await reasons(world, case) for case in cases])


async def test_what_is_opened_is_alerted_at_once_and_climbs_by_itself(real: World, tmp_path: Path) -> None:
    await real.staffed()
    real.limits, news = quick(0.5, 1.5), News()
    async with watching(real, tmp_path, news, sweep=3600.0) as watch:
        await watch.rest()
        case = await real.open()
        news.publish(Event("opened", case))
        await until(lambda: breached(real, case))
        # On a slow machine a graver alert may come before a lesser one, which then says nothing new.
        climb = iter(("opened", "warning", "unclaimed", "breached"))
        assert all(reason in climb for reason in await reasons(real, case))
        assert (await reasons(real, case))[0] == "opened"

        async def told() -> bool:
            return len(await real.to_child()) == 1

        await until(told)


async def test_who_leaves_the_talk_hands_the_case_over_at_that_moment(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "MIDST", dt.timedelta(seconds=1))
    _, _, boss = await real.staffed()
    case, news = await real.open(RiskLevel.DISCLOSURE), News()
    await real.take(case, boss)
    look, freed = real.look(), []
    watch = Watch(
        real.store, replace(look, freed=freed.append), news, timers_url("sqlite:///unused", tmp_path), sweep=3600.0
    )
    await watch.start()

    async def waits() -> bool:
        return str((await real.row(case)).state) == "waiting" and freed == [case]

    await until(waits)
    async with asyncio.timeout(PATIENCE):
        await watch.stop()
    assert "opened" in await reasons(real, case)
    assert len(await real.to_child()) == 1


async def test_old_cases_are_looked_at_one_after_the_other(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, a new one need not wait for them."""
    await real.staffed()
    cases = [await real.open() for _ in range(6)]
    look, under_way, most = CaseLook.look, 0, 0

    async def counted(self: CaseLook, number: int, unreached: int | None = None) -> Looked:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await look(self, number, unreached)
        finally:
            under_way -= 1

    async def nothing(_timers: DurableTimers, _case: int) -> None:
        """No timer runs: the sweep alone looks."""

    monkeypatch.setattr(CaseLook, "look", counted)
    monkeypatch.setattr(DurableTimers, "ensure", nothing)
    async with watching(real, tmp_path) as watch:
        await watch.rest()
    assert most == 1
    for case in cases:
        assert await reasons(real, case) == ["opened"]


@pytest.mark.parametrize("waits_in", ["start", "ensure"])
async def test_while_the_timers_wait_for_their_database_the_clocks_go_without_them(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits_in: str
) -> None:
    await real.staffed()
    real.limits, free, timers = quick(0.3, 0.6), asyncio.Event(), getattr(DurableTimers, waits_in)

    async def waits(*given: object) -> object:
        await free.wait()
        return await timers(*given)

    monkeypatch.setattr(DurableTimers, waits_in, waits)
    cases = [await real.open(talk=f"telegram:{number}") for number in range(3)]
    watch = Watch(real.store, real.look(), News(), timers_url("sqlite:///unused", tmp_path), sweep=2.0)
    starting = asyncio.create_task(watch.start())

    async def all_breached() -> bool:
        return await breached(real, *cases) and watch.timers_late

    async def all_set() -> bool:
        return all(watch._timers.runs(case) for case in cases) and not watch.timers_late

    await until(all_breached)
    assert not any(watch._timers.runs(case) for case in cases)
    free.set()
    await starting
    await until(all_set)
    async with asyncio.timeout(PATIENCE):
        await watch.stop()


async def test_a_timer_that_has_been_set_and_then_hangs_is_gone_without(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await real.staffed()
    real.limits, asked, news = quick(0.5, 1.5), 0, News()
    ask = Watch._ask

    async def once(watch: Watch, case: int) -> float | None:
        nonlocal asked
        asked += 1
        if asked > 1:
            await asyncio.Event().wait()
        return await ask(watch, case)

    monkeypatch.setattr(Watch, "_ask", once)
    monkeypatch.setattr(watch_module, "LATE", dt.timedelta(seconds=0.1))
    async with watching(real, tmp_path, news, sweep=3600.0) as watch:
        await watch.rest()
        case = await real.open()
        news.publish(Event("opened", case))
        await until(lambda: breached(real, case))


async def test_timers_that_cannot_be_waited_for_do_not_keep_the_service_from_ending(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    async def waits(_timers: DurableTimers, _case: int) -> None:
        await never.wait()

    await real.staffed()
    await real.open()
    monkeypatch.setattr(DurableTimers, "ensure", waits)
    async with watching(real, tmp_path, sweep=0.1) as watch:

        async def late() -> bool:
            return watch.timers_late

        await until(late)


async def test_a_restart_in_the_middle_goes_on_where_it_was(real: World, tmp_path: Path) -> None:
    await real.staffed()
    real.limits = quick(1.0, 2.0)
    case = await real.open()
    async with watching(real, tmp_path):

        async def under_way() -> bool:
            return "opened" in await reasons(real, case) and _workflows(tmp_path) == [(f"case-{case}", "PENDING")]

        await until(under_way)
    for _ in range(2):
        async with watching(real, tmp_path):
            pass
    async with watching(real, tmp_path):
        await until(lambda: breached(real, case))
    assert max(Counter(await real.made(case)).values()) == 1
    assert len(await real.to_child()) == 1
    names = _workflows(tmp_path)
    assert [name for name, _ in names] == [f"case-{case}"]


async def test_a_case_closed_ends_its_timer_and_one_opened_again_gets_another(real: World, tmp_path: Path) -> None:
    from sqlalchemy import update

    from bot.storage.desk_tables import desk_case

    await real.staffed()
    news = News()
    case = await real.open()
    async with watching(real, tmp_path, news):

        async def state(name: str, wanted: str) -> bool:
            return dict(_workflows(tmp_path)).get(name) == wanted

        await until(lambda: state(f"case-{case}", "PENDING"))
        for number, is_state in ((f"case-{case}", "closed"), (f"case-{case}-2", "waiting")):
            async with real.store.writing() as connection:
                await connection.execute(update(desk_case).values(state=is_state))
            news.publish(Event("closed", case))
            await until(lambda number=number, is_state=is_state: state(number, _as_status(is_state)))


def _as_status(state: str) -> str:
    return "CANCELLED" if state == "closed" else "PENDING"


async def test_the_sweep_finds_a_case_of_which_nobody_told(real: World, tmp_path: Path) -> None:
    await real.staffed()
    async with watching(real, tmp_path, sweep=0.2):
        case = await real.open(RiskLevel.DISCLOSURE)

        async def alerted() -> bool:
            return await reasons(real, case) == ["opened"]

        await until(alerted)


async def test_an_earlier_moment_shortens_a_long_wait(real: World, tmp_path: Path) -> None:
    await real.staffed()
    news = News()
    real.limits = replace(quick(0.5, 1.5), seen=dt.timedelta(hours=1), answer=dt.timedelta(hours=2))
    async with watching(real, tmp_path, news, sweep=3600.0) as watch:
        await watch.rest()
        case = await real.open(RiskLevel.DISCLOSURE)
        news.publish(Event("opened", case))

        async def waits() -> bool:
            return watch._timers.runs(case) and case in watch._sleeps

        await until(waits)
        from sqlalchemy import update

        from bot.storage.desk_tables import desk_case

        raised = {"level": "urgent", "raised_at": now(), "child_at": now(), "due_at": now() + real.limits.urgent_answer}
        async with real.store.writing() as connection:
            await connection.execute(update(desk_case).values(**raised))
        news.publish(Event("raised", case))
        await until(lambda: breached(real, case))


async def test_a_case_of_an_older_program_whose_timer_took_other_steps_gets_a_new_one(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await real.staffed()
    case = await real.open()
    names = (f"case-{case}", f"case-{case}-2")

    async def states(*wanted: str) -> bool:
        return _workflows(tmp_path) == list(zip(names, wanted, strict=False))

    with monkeypatch.context() as older:
        older.setattr(durable, "VERSION", "desk-0")
        async with watching(real, tmp_path):
            await until(lambda: states("PENDING"))
    async with watching(real, tmp_path) as watch:
        await until(lambda: states("CANCELLED", "PENDING"))
        assert watch._timers.runs(case)


async def test_work_in_threads_goes_on_after_the_watch_has_stopped(real: World, tmp_path: Path) -> None:
    """DBOS takes the executor of the loop that it runs in; that must not be the service's."""
    await real.staffed()
    await real.open()
    async with watching(real, tmp_path):
        pass
    assert await asyncio.to_thread(lambda: 1) == 1


async def test_the_timers_keep_nothing_but_numbers(real: World, tmp_path: Path) -> None:
    await real.staffed()
    case = await real.open(talk=f"telegram:{MARKER}")
    async with watching(real, tmp_path):

        async def alerted() -> bool:
            return await reasons(real, case) == ["opened"]

        await until(alerted)
    kept, mode = _kept(tmp_path)
    assert MARKER.encode() not in kept
    assert b"chat-1" not in kept
    assert mode & 0o077 == 0


async def test_the_same_on_postgresql(postgres_address: str, library: Library, tmp_path: Path) -> None:  # noqa: F811
    await upgrade(postgres_address)
    store = Store(make_engine(postgres_address), Vault(bytes(range(32))), now)
    world = World(store, now, library, quick(0.5, 1.5))  # type: ignore[arg-type]
    await world.staffed()
    case = await world.open()
    for _ in range(2):
        watch = Watch(store, world.look(), News(), timers_url(postgres_address, tmp_path))
        await watch.start()
        await until(lambda: breached(world, case))
        await watch.stop()
    assert max(Counter(await world.made(case)).values()) == 1
    await store.close()
    assert _kept(tmp_path) == (b"", 0)


async def test_kill_minus_nine_at_random_points_loses_and_doubles_nothing(
    real: World, tmp_path: Path, sqlite_file: Path
) -> None:
    await real.staffed()
    real.limits = quick(1.0, 4.0)
    cases = [await real.open(talk=f"telegram:{number}") for number in range(3)]
    for _ in range(6):
        child = await _child(sqlite_file, tmp_path)
        await asyncio.sleep(random.uniform(0.05, 0.6))  # when it is killed is the matter
        os.kill(child.pid, signal.SIGKILL)
        await child.wait()
    child = await _child(sqlite_file, tmp_path)

    await until(lambda: breached(real, *cases), 30)
    child.terminate()
    await child.wait()
    for case in cases:
        assert max(Counter(await real.made(case)).values()) == 1
        told = [row.value for row in await real.work.events(case) if row.what == "told_child"]
        assert told == ["breached:1"]
    assert len(await real.to_child()) == len(cases)


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "faxiaohu.sqlite3"


async def _child(database: Path, folder: Path) -> asyncio.subprocess.Process:
    script = Path(__file__).with_name("watch_alone.py")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.desk.{script.stem}", str(database), str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"launching\n"
    return child


def _kept(folder: Path) -> tuple[bytes, int]:
    files = sorted(folder.glob("dbos.sqlite3*"))
    return b"".join(path.read_bytes() for path in files), max((path.stat().st_mode for path in files), default=0)


def _workflows(folder: Path) -> list[tuple[str, str]]:
    engine = create_engine(f"sqlite:///{folder / 'dbos.sqlite3'}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT workflow_uuid, status FROM workflow_status ORDER BY created_at"))
        found = [(row[0], row[1]) for row in rows]
    engine.dispose()
    return found


def test_a_damaged_file_of_timers_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "dbos.sqlite3").write_bytes(b"no database at all" * 100)

    timers_url("sqlite:///unused", tmp_path)

    with closing(sqlite3.connect(tmp_path / "dbos.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchall() == [(0,)]
    assert (tmp_path / "dbos.sqlite3.damaged").exists()
