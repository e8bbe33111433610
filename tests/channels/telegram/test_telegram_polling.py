"""Updates are stored before they are acknowledged, and none is answered twice or lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest
from pydantic import SecretStr
from standin import TOKEN, BotApiError, Fault, eventually
from telegram_world import ScriptedTalk, World

from bot.channels.telegram.errors import TokenMissingError, TokenRejectedError
from bot.channels.telegram.pace import Pace

PUPIL = 501


async def test_a_second_delivery_of_an_update_is_answered_once(world: World) -> None:
    await world.runs()
    update = world.telegram.user_says(PUPIL, PUPIL, "压岁钱")
    await world.sees(PUPIL, "答：压岁钱")
    world.telegram.deliver(update)
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["答：压岁钱", "答：到此为止"]


async def test_a_crash_between_storing_and_answering_loses_and_doubles_nothing(
    world: World, scripted: ScriptedTalk
) -> None:
    scripted.hold = asyncio.Event()
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "压岁钱")
    await eventually(lambda: world.telegram.waiting == 0)
    await world.crashes()
    scripted.hold = None
    await world.runs()
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["答：压岁钱", "答：到此为止"]


async def test_a_restart_answers_nothing_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.runs()
    update = world.telegram.user_says(PUPIL, PUPIL, "一")
    await world.sees(PUPIL, "答：一")
    await world.stops()
    world.telegram.deliver(update)
    await world.runs()
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["答：一", "答：到此为止"]


async def test_a_bot_that_counts_anew_loses_nothing(world: World) -> None:
    await world.inbox.put("telegram", 900_000_000, b"{}")
    world.telegram.user_says(PUPIL, PUPIL, "一")
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "二")
    await world.sees(PUPIL, "答：一", "答：二")


async def test_what_came_while_the_bot_was_down_is_answered(world: World) -> None:
    world.telegram.user_says(PUPIL, PUPIL, "有人吗")
    await world.runs()
    await world.sees(PUPIL, "答：有人吗")
    assert all(not call.data.get("drop_pending_updates") for call in world.telegram.called("deleteWebhook"))


async def test_nothing_is_acknowledged_that_could_not_be_stored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = world.channel()
    put, failures = channel.inbox.put, iter([True, True])

    async def broken(name: str, update: int, body: bytes) -> bool:
        if next(failures, False):
            raise OSError("disk full")
        return await put(name, update, body)

    monkeypatch.setattr(channel.inbox, "put", broken)
    monkeypatch.setattr(world, "channel", lambda: channel)
    world.telegram.user_says(PUPIL, PUPIL, "有人吗")
    await world.runs()
    await world.sees(PUPIL, "答：有人吗")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("getUpdates", BotApiError(500, "Internal Server Error"), times=2),
        Fault("getUpdates", BotApiError(502, "Bad Gateway"), times=2),
        Fault("getUpdates", BotApiError(409, "Conflict: terminated by other getUpdates request"), times=2),
        Fault("getUpdates", BotApiError(429, "Too Many Requests: retry after 1", retry_after=1)),
        Fault("getUpdates", drop="before", times=2),
        Fault("getUpdates", drop="after", times=2),
        Fault("getMe", drop="before", times=2),
        Fault("setMyCommands", BotApiError(500, "Internal Server Error")),
        Fault("setMyCommands", BotApiError(400, "Bad Request: BOT_COMMAND_INVALID")),
    ],
    ids=lambda fault: f"{fault.method}-{fault.error.code if fault.error else fault.drop}",
)
async def test_trouble_on_the_way_is_waited_out(world: World, fault: Fault) -> None:
    world.telegram.faults.append(fault)
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "还在吗")
    await world.sees(PUPIL, "答：还在吗")


async def test_a_poll_that_never_answers_is_given_up_and_asked_again(world: World, slow: Callable[..., Pace]) -> None:
    world.telegram.faults.append(Fault("getUpdates", delay=30.0))
    # Only the watch can end this one: the library itself would wait for much longer.
    world.pace = slow(poll=1, stall_grace=0.2, request=60.0)
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "还在吗")
    await world.sees(PUPIL, "答：还在吗")


async def test_a_token_that_telegram_rejects_is_one_clear_error(world: World) -> None:
    world.configured(telegram_token=SecretStr("1:wrong"))
    with pytest.raises(TokenRejectedError) as raised:
        await world.channel().run(asyncio.Event())
    assert str(raised.value) == world.messages["telegram.token_rejected"]
    assert "1:wrong" not in repr(raised.value)


@pytest.mark.parametrize("method", ["deleteWebhook", "getUpdates"])
async def test_a_token_withdrawn_while_running_ends_the_run(world: World, method: str) -> None:
    world.telegram.faults.append(Fault(method, BotApiError(401, "Unauthorized")))
    with pytest.raises(TokenRejectedError):
        await world.channel().run(asyncio.Event())


async def test_without_a_token_it_says_what_is_missing(world: World) -> None:
    world.configured(telegram_token=None)
    with pytest.raises(TokenMissingError, match="FAXIAOHU_TELEGRAM_TOKEN"):
        await world.channel().run(asyncio.Event())


async def test_logs_hold_neither_the_token_nor_what_is_said(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    world.telegram.faults += [
        Fault("getUpdates", drop="after"),
        Fault("sendMessage", BotApiError(500, "Internal Server Error")),
    ]
    await world.runs()
    pupil = 7_712_345_678
    world.telegram.user_says(pupil, pupil, "出错的秘密")
    world.telegram.user_says(pupil, pupil, "一个秘密")
    await world.sees(pupil, "答：一个秘密")
    await world.stops()
    captured = capfd.readouterr()
    written = captured.out + captured.err + caplog.text
    assert "telegram." in written
    for secret in (TOKEN, "秘密", str(pupil)):
        assert secret not in written
