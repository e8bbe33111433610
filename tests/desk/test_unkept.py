"""Where the service cannot keep what a child says, whoever watches it and the people of the desk hear of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import text

from bot import status as status_module
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming
from bot.core.ports import SessionStore
from bot.core.talk import StoredTalk
from bot.desk.answers import RefusedError
from bot.desk.apprising import Apprising
from bot.desk.service import CaseDesk
from bot.desk.unkept import PAUSE, UnkeptAlarm
from bot.status import make_status
from bot.storage.engine import reading
from bot.storage.errors import DatabaseFullError
from bot.storage.inbox import SealedInbox
from bot.storage.roster import Route
from bot.storage.store import FAILING
from bot.storage.talks import SealedTalks

from .world import World

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
