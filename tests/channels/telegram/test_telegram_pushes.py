"""Pushes on their way: they leave room, and no reply waits behind one; polls in groups and their counts."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from standin import BotApiError, Fault, eventually
from telegram_world import World

from bot.channels.telegram.brake import LAST, MANY, Brake
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.order import in_order
from bot.channels.telegram.pace import Pace, Rate
from bot.channels.telegram.posting import TelegramPosting
from bot.channels.telegram.wire import TelegramMessage
from bot.core.ports import Lane, Outgoing, Queued, Received
from bot.core.posting import Poll, Spoken
from bot.storage.outbox import SealedOutbox, queue

PUPIL, OTHER, CLASS = 501, 502, -1001
POLL = Poll("捡到银行卡怎么办？", ("自己用", "交给警察"), (1,), "卡不是你的。")


async def push(world: World, chat: int, *texts: str) -> None:
    """Pushes that lie in the outbox."""
    world.telegram.chats.setdefault(chat, "private")
    pushed = [Outgoing(str(chat), TelegramMessage(text).dump(), Lane.PUSH) for text in texts]
    async with world.store.writing() as connection:
        await queue(connection, world.store, "telegram", pushed)


async def test_a_disclosure_is_answered_at_once_while_a_push_goes_out(world: World, slow: Callable[..., Pace]) -> None:
    world.pace = slow(pushes=Rate(10, 1.0), overall=Rate(30, 1.0), replies=Rate(28, 1.0), chat=Rate(1, 1.0))
    for chat in range(1000, 1200):
        await push(world, chat, "推送")
    await push(world, PUPIL, "推送")
    await world.runs()
    await eventually(lambda: len(world.telegram.sent) > 10)
    world.telegram.user_says(PUPIL, PUPIL, "他打我")
    await world.sees(PUPIL, "这不是你的错")
    # At ten a second, two hundred pushes take twenty.
    assert len(world.telegram.sent) < 100


async def test_a_reply_does_not_wait_for_a_push_that_was_put_off_in_its_chat(world: World) -> None:
    error = BotApiError(429, "Too Many Requests: retry after 30", retry_after=30)
    world.telegram.faults.append(Fault("sendMessage", error))
    await push(world, PUPIL, "推送")
    await world.runs()
    await eventually(lambda: world.telegram.called("sendMessage"))
    world.telegram.user_says(PUPIL, PUPIL, "问")
    await world.sees(PUPIL, "答：问")
    assert world.telegram.texts(PUPIL) == ["答：问"]


async def test_a_push_waits_for_a_reply_that_was_put_off(world: World) -> None:
    error = BotApiError(429, "Too Many Requests: retry after 1", retry_after=1)
    world.telegram.faults.append(Fault("sendMessage", error))
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "问")
    await eventually(lambda: world.telegram.called("sendMessage"))
    await push(world, PUPIL, "推送")
    await world.sees(PUPIL, "答：问", "推送")


async def test_a_push_that_comes_due_before_the_reply_is_looked_for_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, waits, began = SealedOutbox.due, 1.0, 0.0

    async def late(outbox: SealedOutbox, *asked: Any) -> Sequence[Queued]:
        """No reply is found until the push has been, once both were due."""
        nonlocal began
        if began and asked[-1] is not Lane.PUSH:
            return ()
        found = await due(outbox, *asked)
        if found and asked[-1] is Lane.PUSH and began and asyncio.get_running_loop().time() > began + waits:
            began = 0.0
        return found

    monkeypatch.setattr(SealedOutbox, "due", late)
    error = BotApiError(429, "Too Many Requests: retry after 1", retry_after=int(waits))
    world.telegram.faults.append(Fault("sendMessage", error))
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "问")
    await eventually(lambda: world.telegram.called("sendMessage"))
    began = asyncio.get_running_loop().time()
    await push(world, PUPIL, "推送")
    await eventually(lambda: len(world.telegram.texts(PUPIL)) == 2)
    assert world.telegram.texts(PUPIL) == ["答：问", "推送"]


async def test_replies_are_given_out_before_pushes(world: World) -> None:
    await push(world, PUPIL, "推送")
    await push(world, OTHER, "推送")
    async with world.store.writing() as connection:
        reply = [Outgoing("9", TelegramMessage(text).dump(), lane) for text, lane in (("答", 0), ("救", Lane.URGENT))]
        await queue(connection, world.store, "telegram", reply)
    given = await world.outbox.due("telegram", dt.datetime.now(dt.UTC), 3)
    assert [TelegramMessage.load(item.body).text for item in given] == ["救", "答", "推送"]


def test_pushes_go_evenly_and_leave_room_for_replies_and_these_for_what_is_urgent() -> None:
    limits, pace = Limits(Pace()), Pace()
    sent = 0
    for tick in range(1000):
        while limits.wait(str(sent), tick / 1000, Lane.PUSH) == 0:
            limits.count(str(sent), tick / 1000, Lane.PUSH)
            sent += 1
    assert sent == pace.pushes.count
    assert limits.wait("a", 0.999) == 0
    for number in range(pace.replies.count - pace.pushes.count):
        limits.count(f"reply{number}", 0.999)
    assert limits.wait("a", 0.999) > 0
    assert limits.wait("a", 0.999, Lane.PUSH) > 0
    assert limits.wait("a", 0.999, Lane.URGENT) == 0


def test_a_push_just_sent_holds_back_no_reply_in_its_chat_but_the_other_way_round() -> None:
    limits = Limits(Pace())
    limits.count("1", 0.0, Lane.PUSH)
    assert limits.wait("1", 0.1) == 0
    limits.count("1", 0.1)
    assert limits.wait("1", 0.2, Lane.PUSH) == pytest.approx(0.9)
    for second in range(20):
        limits.count("-7", 10.0 + second, Lane.PUSH)
    assert limits.wait("-7", 31.0) > 0


def test_all_pushes_wait_when_telegram_refuses_many_of_them() -> None:
    brake = Brake()
    for _ in range(MANY - 1):
        brake.told(7.0, 0.0)
    assert brake.pause(0.0) == 0
    for _ in range(LAST):
        brake.told(None, 0.0)
    brake.told(7.0, 0.0)
    assert brake.pause(0.0) == 0
    for _ in range(MANY):
        brake.told(7.0, 1.0)
    assert brake.pause(2.0) == pytest.approx(6.0)


def received(number: int, **content: object) -> Received:
    return Received(number, number, json.dumps({"update_id": number, **content}).encode())


def press(number: int, chat: int, data: str) -> Received:
    return received(number, callback_query={"data": data, "message": {"chat": {"id": chat}}})


def test_what_people_write_is_answered_before_presses_in_quizzes_and_these_before_polls() -> None:
    items = [
        received(1, poll={"id": "7"}),
        press(2, PUPIL, "pick:1.0.2"),
        press(3, OTHER, "pick:1.0.1"),
        press(4, OTHER, "next:1"),
        press(5, 77, "human"),
        received(6, message={"chat": {"id": PUPIL}, "text": "他打我"}),
        Received(7, 7, b"nonsense"),
    ]
    assert [item.id for item in in_order(items)] == [5, 2, 6, 7, 3, 4, 1]
    many = [received(number, poll={}) for number in range(100)]
    assert 0 < len(in_order(many)) < 100


class Heard:
    def __init__(self) -> None:
        self.counts: list[tuple[str, tuple[int, ...], bool]] = []

    async def heard(self, poll: str, counts: object, *, closed: bool) -> None:
        self.counts.append((poll, tuple(counts), closed))  # type: ignore[call-overload]


async def test_a_poll_in_a_group_is_anonymous_and_its_counts_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, channel = Heard(), world.channel()
    channel.polls = heard
    monkeypatch.setattr(world, "channel", lambda: channel)
    posting = TelegramPosting(world.messages, lambda: dt.datetime.now(dt.UTC))
    world.telegram.chats[CLASS] = "supergroup"
    async with world.store.writing() as connection:
        await queue(connection, world.store, "telegram", [posting.poll(str(CLASS), POLL)])
    await world.runs()
    await eventually(lambda: world.telegram.polls)
    ((number, poll),) = world.telegram.polls.items()
    world.telegram.votes(number, 1, 1, 0)
    await eventually(lambda: heard.counts)
    async with world.store.writing() as connection:
        ending = [posting.end_poll(str(CLASS), poll["message"])] * 2
        await queue(connection, world.store, "telegram", ending)
    await eventually(lambda: len(heard.counts) == 2 and len(world.telegram.called("stopPoll")) == 2)
    assert heard.counts == [(number, (1, 2), False), (number, (1, 2), True)]
    assert "allowed_updates" not in world.telegram.called("getUpdates")[0].data or "poll" in str(
        world.telegram.called("getUpdates")[0].data["allowed_updates"]
    )


class Asked:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def ask(self, chat: str, asked: str) -> Spoken:
        from bot.core.decision import Choice

        self.asked.append((chat, asked))
        return Spoken("你的班级", (Choice("发小测", "new"),))


async def test_a_vice_principals_commands_and_buttons_work_in_private_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, channel = Asked(), world.channel()
    channel.principals = asked
    monkeypatch.setattr(world, "channel", lambda: channel)
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "/myclasses")
    await world.sees(PUPIL, "你的班级")
    (button,) = world.telegram.buttons(PUPIL)
    assert button["callback_data"] == "vp:new"
    world.telegram.user_presses(PUPIL, PUPIL, "vp:new")
    await eventually(lambda: len(asked.asked) == 2)
    world.telegram.user_says(CLASS, PUPIL, "/push@faxiaohu_bot")
    await eventually(lambda: world.telegram.texts(CLASS))
    assert asked.asked == [(str(PUPIL), "myclasses"), (str(PUPIL), "new")]
    assert "你的班级" not in world.telegram.texts(CLASS)


async def test_a_picture_arrives(world: World) -> None:
    posting = TelegramPosting(world.messages, lambda: dt.datetime.now(dt.UTC))
    world.telegram.chats[PUPIL] = "private"
    async with world.store.writing() as connection:
        await queue(connection, world.store, "telegram", [posting.picture(str(PUPIL), b"\x89PNG picture")])
    await world.runs()
    await eventually(lambda: world.telegram.called("sendPhoto"))
