"""Where the service cannot keep what a child says, whoever watches it and the people of the desk hear of it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog
from sqlalchemy import text

from bot import status as status_module
from bot.assembly import DeskParts
from bot.commands.jobs import jobs
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming
from bot.core.ports import SessionStore
from bot.core.talk import StoredTalk
from bot.desk import unkept as unkept_module
from bot.desk.answers import RefusedError
from bot.desk.apprising import Apprising
from bot.desk.news import Event, News
from bot.desk.service import CaseDesk
from bot.desk.unkept import PAUSE, UnkeptAlarm
from bot.settings import Settings
from bot.status import make_status
from bot.storage.engine import reading
from bot.storage.errors import DatabaseFullError, DatabaseUnreachableError
from bot.storage.inbox import SealedInbox
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Roster, Route
from bot.storage.store import FAILING
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault

from .world import World, until

REPORT = "我爸昨天又用皮带打我，腿上全是印子"


@dataclass
class Sends:
    """Takes what would be sent by apprise, or refuses it."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    works: bool = True

    async def send(self, target: str, title: str, text: str) -> bool:
        self.sent.append((target, text))
        if not self.works:
            raise RefusedError(93000)
        return True


@dataclass
class Steady:
    """Seconds that a test counts."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def _full(world: World) -> None:
    async with reading(world.store.engine) as connection:
        await connection.execute(text("PRAGMA max_page_count = 1"))
    inbox = SealedInbox(world.store, SealedTalks(world.store, dt.timedelta(hours=2)))
    with pytest.raises(DatabaseFullError):
        await inbox.put("telegram", 1, bytes(range(65, 91)) * 3000)


async def _stands() -> Mapping[str, object]:
    return {"on_duty": 1}


async def test_whoever_watches_hears_that_nothing_can_be_kept(world: World, tmp_path: Path) -> None:
    status = make_status(lambda: None, _stands, world.store, tmp_path)
    assert (await status())["status"] == "ok"

    await _full(world)

    assert await status() == {"status": "failing", "database": "keeps nothing", "content": "current", "on_duty": 1}
    world.clock.forward(seconds=FAILING.total_seconds() + 1)
    assert (await status())["status"] == "ok"


async def test_whoever_watches_hears_that_the_room_is_running_out(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_module, "has_room", lambda _folder: False)

    told = await make_status(lambda: None, _stands, world.store, tmp_path)()

    assert (told["status"], told["database"]) == ("failing", "no room")


async def test_the_people_of_the_desk_are_called_by_all_routes_that_need_no_store_and_once_at_a_time(
    world: World,
) -> None:
    await world.key()
    await world.roster.add_route(Route(0, None, label="group", target="json://group"))
    await world.roster.add_route(Route(0, None, "telegram", "bot", target="12"))
    await world.roster.add_route(Route(0, await world.person("boss", "supervisor"), label="boss", target="json://boss"))
    sends, steady = Sends(), Steady()
    alarm = UnkeptAlarm(world.roster, cast("Apprising", sends), lambda: world.library.messages, steady)

    for _ in range(3):
        alarm.heard()
        await alarm.settle()
    assert [target for target, _ in sends.sent] == ["json://group", "json://boss"]
    assert {said for _, said in sends.sent} == {world.library.messages["alerts.unkept"]}

    steady.now = PAUSE + 1
    alarm.heard()
    await alarm.settle()
    assert len(sends.sent) == 4


async def test_where_no_route_takes_it_the_next_who_is_in_danger_calls_again(world: World) -> None:
    await world.roster.add_route(Route(0, None, label="group", target="json://group"))
    sends = Sends(works=False)
    alarm = UnkeptAlarm(world.roster, cast("Apprising", sends), lambda: world.library.messages, Steady())

    for _ in range(2):
        alarm.heard()
        await alarm.settle()

    assert len(sends.sent) == 2


class Database(SealedRoster):
    """A roster whose database can be away, or silent; it counts how often it was read."""

    failure: Exception | None = None
    silent = False
    read_times = 0

    async def read(self) -> Roster:
        if self.failure is not None:
            raise self.failure
        if self.silent:
            await asyncio.Event().wait()
        roster = await super().read()
        self.read_times += 1
        return roster

    async def read_again(self, times: int) -> bool:
        return self.read_times >= times


def _alarm(world: World, roster: SealedRoster, sends: Sends) -> UnkeptAlarm:
    return UnkeptAlarm(roster, cast("Apprising", sends), lambda: world.library.messages, Steady())


async def _called(alarm: UnkeptAlarm, sends: Sends) -> list[str]:
    alarm.heard()
    await alarm.settle()
    return [target for target, _ in sends.sent]


@asynccontextmanager
async def _running(keeping: Coroutine[Any, Any, None], stop: asyncio.Event) -> AsyncIterator[None]:
    """A job that is stopped, and has ended, afterwards."""
    job = asyncio.create_task(keeping)
    yield
    stop.set()
    await job


async def test_a_route_typed_after_the_start_is_called_where_the_database_is_gone(world: World, tmp_path: Path) -> None:
    parts = DeskParts(Settings(data_dir=tmp_path / "data"), world.store, lambda: world.library, world.clock)
    roster, sends, stop = Database(world.store), Sends(), asyncio.Event()
    alarm = parts.unkept = _alarm(world, roster, sends)
    application: Any = SimpleNamespace(desk=parts, store=world.store, settings=parts.settings, drills=(None, None))
    *others, keeping = islice(jobs(application, stop), 3)
    for other in others:
        other.close()

    async with _running(keeping, stop):
        await until(lambda: roster.read_again(1))
        await world.roster.add_route(Route(0, None, label="group", target="json://group"))
        parts.news.publish(Event("opened", 1))
        parts.news.publish(Event("duty"))
        await until(lambda: roster.read_again(2))
    roster.failure = DatabaseUnreachableError()

    assert await _called(alarm, sends) == ["json://group"]
    assert roster.read_times == 2


async def test_a_route_that_another_process_has_added_is_known_after_a_while(world: World) -> None:
    roster, sends, stop = Database(world.store), Sends(), asyncio.Event()
    alarm = _alarm(world, roster, sends)
    alarm.lasting = 0.0

    async with _running(alarm.run(News(), stop), stop):
        await until(lambda: roster.read_again(1))
        await world.roster.add_route(Route(0, None, label="group", target="json://group"))
        seen = roster.read_times
        await until(lambda: roster.read_again(seen + 2))
    roster.failure = DatabaseUnreachableError()

    assert await _called(alarm, sends) == ["json://group"]


@pytest.mark.parametrize(
    "failure", [DatabaseUnreachableError(), ValueError("第一中学"), None], ids=["away", "broken", "silent"]
)
async def test_those_who_are_known_are_called_whatever_stands_against_reading(
    world: World, failure: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.roster.add_route(Route(0, None, label="group", target="json://group"))
    roster, sends, stop = Database(world.store), Sends(), asyncio.Event()
    alarm, news = _alarm(world, roster, sends), News()
    await alarm.refresh()
    roster.failure, roster.silent = failure, failure is None
    if roster.silent:
        monkeypatch.setattr(unkept_module, "READING", 0.0)

    with structlog.testing.capture_logs() as logs:
        async with _running(alarm.run(news, stop), stop):
            assert await _called(alarm, sends) == ["json://group"]

    assert "desk.unkept_routes_old" in {line["event"] for line in logs}
    assert "第一中学" not in str(logs)


async def test_a_route_of_another_key_keeps_no_other_from_being_called(world: World) -> None:
    foreign = SealedRoster(replace(world.store, vault=Vault(bytes(32))))
    await foreign.add_route(Route(0, None, label="old key", target="json://old"))
    await world.roster.add_route(Route(0, None, label="group", target="json://group"))
    sends = Sends()

    assert await _called(_alarm(world, world.roster, sends), sends) == ["json://group"]


async def test_only_what_is_alarming_calls_them(dialogue: Dialogue, world: World) -> None:
    called: list[bool] = []
    talk = StoredTalk(
        lambda: dialogue,
        cast("SessionStore", None),
        world.store.now,
        cast("CaseDesk", None),
        unkept=lambda: called.append(True),
    )

    talk.without_desk(Incoming(text="压岁钱归谁"))
    assert not called
    talk.without_desk(Incoming(text=REPORT))
    assert called == [True]
