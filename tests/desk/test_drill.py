"""Drills: by the real talk through the whole chain, on a schedule, and followed from another process."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from sqlalchemy import update

from bot.assembly import DeskParts
from bot.channels.drill.channel import DrillChannel
from bot.commands.drill import follow
from bot.commands.errors import CommandError
from bot.core.dialogue import Dialogue
from bot.core.talk import StoredTalk
from bot.desk.drill import DrillSchedule, drill_health
from bot.desk.limits import ClockLimits
from bot.desk.news import News
from bot.desk.service import CaseDesk
from bot.settings import Settings
from bot.storage.cleaning import clean
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.desk_tables import desk_case
from bot.storage.drills import SealedDrills
from bot.storage.inbox import SealedInbox
from bot.storage.talks import SealedTalks

from .world import SHANGHAI, World


def channel_of(world: World, dialogue: Dialogue) -> DrillChannel:
    talks = SealedTalks(world.store, dt.timedelta(hours=2))
    desk = CaseDesk(world.store, SealedDeskKeys(world.store), world.board, world.limits)
    talk = StoredTalk(lambda: dialogue, talks, world.store.now, desk)
    return DrillChannel(world.store, talk, SealedInbox(world.store, talks), world.outbox(), idle=0.05)


async def place(world: World) -> int:
    return await SealedDrills(world.store).place(world.library.messages["alerts.drill_text"])


async def test_a_drill_opens_a_marked_case_by_the_real_talk_and_its_reply_ends_here(
    world: World, dialogue: Dialogue
) -> None:
    await world.staffed()
    channel, number = channel_of(world, dialogue), await place(world)
    await channel.once()
    times = await SealedDrills(world.store).times(number)
    assert times.case is not None
    row = await world.row(times.case)
    assert (row.synthetic, row.channel, row.state) == (True, "drill", "waiting")
    await channel.once()
    assert await world.to_child("drill") == []
    assert "drill_reply" in [event.what for event in await world.work.events(times.case)]
    await world.look().look(times.case)
    (item, *_) = await world.alerts.pending()
    assert item.synthetic


async def test_each_drill_is_a_case_of_its_own(world: World, dialogue: Dialogue) -> None:
    await world.staffed()
    channel = channel_of(world, dialogue)
    for _ in range(2):
        await place(world)
        world.clock.forward(seconds=1)
        await channel.once()
    assert len(await world.work.queue()) == 2


def schedule(world: World, days: int, *, chance: bool = True) -> DrillSchedule:
    text = world.library.messages["alerts.drill_text"]
    return DrillSchedule(world.store, world.board, News(), days, lambda: text, lambda: chance)


async def test_a_schedule_begins_drills_only_when_due_and_only_while_somebody_is_on_duty(
    world: World, dialogue: Dialogue
) -> None:
    assert await schedule(world, 7).look() is None
    await world.staffed()
    assert await schedule(world, 0).look() is None
    assert await schedule(world, 7, chance=False).look() is None
    assert await schedule(world, 7).look() is not None
    await channel_of(world, dialogue).once()
    assert await schedule(world, 7).look() is None
    world.clock.forward(days=7)
    assert await schedule(world, 7).look() is not None


async def test_a_drill_that_waits_for_the_channel_is_not_begun_twice(world: World) -> None:
    await world.staffed()
    assert await schedule(world, 7).look() is not None
    world.clock.forward(minutes=1)
    assert await schedule(world, 7).look() is None


async def test_silence_shows_in_health_and_an_answer_does_too(world: World, dialogue: Dialogue) -> None:
    await world.staffed()

    async def state() -> str:
        return (await drill_health(world.store, world.limits, SHANGHAI, world.library.messages)).state

    assert await state() == "never"
    number = await place(world)
    await channel_of(world, dialogue).once()
    assert await state() == "waits"
    world.clock.forward(minutes=31)
    assert await state() == "silent"
    case = (await SealedDrills(world.store).times(number)).case
    async with world.store.writing() as connection:
        taken = world.clock() - dt.timedelta(minutes=30)
        await connection.execute(update(desk_case).where(desk_case.c.id == case).values(taken_at=taken))
    assert await state() == "good"


async def test_a_drill_that_opens_no_case_shows_until_one_does(
    world: World, dialogue: Dialogue, tmp_path: Path
) -> None:
    first, *_ = await world.staffed()
    parts = DeskParts(Settings(data_dir=tmp_path / "data"), world.store, lambda: world.library, world.clock)

    async def state() -> tuple[str, bool]:
        health = await drill_health(world.store, world.limits, SHANGHAI, world.library.messages)
        assert "{" not in health.line
        return health.state, "drill" in (await parts.status())["desk"]  # type: ignore[operator]

    number = await place(world)
    await channel_of(world, dialogue).once()
    case = (await SealedDrills(world.store).times(number)).case
    assert case is not None
    await world.take(case, first)
    world.clock.forward(days=7)
    await clean(world.store)
    assert await state() == ("good", False)

    await place(world)
    assert await state() == ("waits", False)
    world.clock.forward(seconds=21)
    assert await state() == ("lost", True)
    inbox = SealedInbox(world.store, SealedTalks(world.store, dt.timedelta(hours=2)))
    (given_up,) = await inbox.pending("drill")
    await inbox.settle(given_up, ())
    world.clock.forward(days=20)
    await clean(world.store)
    assert await state() == ("lost", True)

    await place(world)
    await channel_of(world, dialogue).once()
    assert await state() == ("waits", False)


async def test_a_drill_that_nobody_ended_ends_by_itself(world: World, dialogue: Dialogue) -> None:
    await world.staffed()
    await place(world)
    await channel_of(world, dialogue).once()
    world.clock.forward(hours=2)
    await schedule(world, 0).look()
    assert await world.work.queue() == []


@pytest.fixture
def real(world: World) -> World:
    world.store = replace(world.store, now=lambda: dt.datetime.now(SHANGHAI))
    return world


def limits(seconds: float) -> ClockLimits:
    time = dt.timedelta(seconds=seconds)
    return ClockLimits(time, time, time, time)


async def test_who_waits_is_told_each_step_with_its_time(
    real: World, dialogue: Dialogue, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_ = await real.staffed()
    channel, number, messages = channel_of(real, dialogue), await place(real), real.library.messages
    following = asyncio.create_task(follow(real.store, number, limits(60), messages))
    await channel.once()
    case = (await SealedDrills(real.store).times(number)).case
    assert case is not None
    await real.take(case, first)
    async with real.store.writing() as connection:
        await connection.execute(update(desk_case).values(seen_at=real.store.now(), answered_at=real.store.now()))
    await following
    told = capsys.readouterr().out
    assert all(messages[f"alerts.drill_step_{step}"] in told for step in ("opened", "seen", "taken", "answered"))


async def test_silence_ends_with_code_one(real: World, dialogue: Dialogue, capsys: pytest.CaptureFixture[str]) -> None:
    await real.staffed()
    channel, number = channel_of(real, dialogue), await place(real)
    await channel.once()
    with pytest.raises(typer.Exit) as ended:
        await follow(real.store, number, limits(0.3), real.library.messages)
    assert ended.value.exit_code == 1
    assert real.library.messages["alerts.drill_silence"] in capsys.readouterr().out


async def test_without_a_running_service_that_is_said(world: World) -> None:
    number = await place(world)
    world.clock.forward(seconds=30)
    with pytest.raises(CommandError):
        await follow(world.store, number, limits(1), world.library.messages)
