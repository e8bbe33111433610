"""What is queued arrives: in order, within the limits, and again where its result was lost."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence

import pytest
from standin import BotApiError, Fault, eventually
from telegram_world import World

from bot.channels.telegram.limits import Limits
from bot.channels.telegram.pace import Pace, Rate
from bot.channels.telegram.wire import TelegramMessage
from bot.core.ports import Lane, Outgoing, Queued
from bot.storage.outbox import SealedOutbox

PUPIL, OTHER, CLASS = 501, 502, -1001
NUMBERS = itertools.count(1)


async def queue(world: World, chat: int, *texts: str) -> None:
    """Messages that lie in the outbox."""
    for text in texts:
        world.telegram.chats.setdefault(chat, "private")
        await world.inbox.put("telegram", next(NUMBERS), b"{}")
        item = (await world.inbox.pending("telegram"))[-1]
        await world.inbox.settle(item, [Outgoing(str(chat), TelegramMessage(text).dump())])


async def left(world: World) -> int:
    """Messages still in the outbox, whenever they are due."""
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    return len(await world.outbox.due("telegram", later, 1000))


async def test_a_send_whose_result_was_lost_is_repeated_once(world: World) -> None:
    world.telegram.faults.append(Fault("sendMessage", drop="after"))
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "问")
    await eventually(lambda: len(world.telegram.called("sendMessage")) == 2)
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["答：问", "答：问", "答：到此为止"]


async def test_a_send_that_never_reached_telegram_is_repeated_and_seen_once(world: World) -> None:
    world.telegram.faults.append(Fault("sendMessage", drop="before", times=3))
    await world.runs()
    world.telegram.user_says(PUPIL, PUPIL, "问")
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["答：问", "答：到此为止"]


async def test_a_crash_while_sending_repeats_no_more_than_was_in_flight(world: World) -> None:
    await queue(world, PUPIL, "一", "二", "三")
    world.telegram.faults.append(Fault("sendMessage", delay=30.0))
    await world.runs()
    await eventually(lambda: world.telegram.called("sendMessage"))
    await world.crashes()
    await world.runs()
    await world.sees(PUPIL, "一", "二", "三")
    await eventually(lambda: len(world.telegram.called("sendMessage")) >= 4)
    assert sorted(world.telegram.texts(PUPIL)).count("二") == 1
    assert sorted(world.telegram.texts(PUPIL)).count("三") == 1


async def test_order_is_kept_when_the_first_must_be_repeated(world: World) -> None:
    await queue(world, PUPIL, *"一二三四五")
    world.telegram.faults.append(Fault("sendMessage", BotApiError(500, "Internal Server Error"), times=2))
    await world.runs()
    await world.sees(PUPIL, "五")
    assert world.telegram.texts(PUPIL) == list("一二三四五")


class LateToSay(SealedOutbox):
    """Says that a message was put back only when the sender has looked again, as a slow disk may."""

    looks = 0

    async def due(self, channel: str, now: dt.datetime, limit: int, lane: Lane | None = None) -> Sequence[Queued]:
        self.looks += 1
        return await super().due(channel, now, limit, lane)

    async def retry(self, item: int, at: dt.datetime) -> None:
        await super().retry(item, at)
        enough = self.looks + 4 * len(Lane)
        await eventually(lambda: self.looks > enough)


async def test_what_is_given_out_while_it_is_put_back_is_neither_lost_nor_late(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(World, "outbox", LateToSay(world.store))
    await queue(world, PUPIL, *"一二三")
    world.telegram.faults.append(Fault("sendMessage", BotApiError(500, "Internal Server Error")))
    await world.runs()
    await world.sees(PUPIL, "一", "二", "三")
    assert world.telegram.texts(PUPIL) == list("一二三")


async def test_retry_after_is_honoured(world: World) -> None:
    error = BotApiError(429, "Too Many Requests: retry after 1", retry_after=1)
    world.telegram.faults.append(Fault("sendMessage", error))
    await queue(world, PUPIL, "一", "二")
    await world.runs()
    await world.sees(PUPIL, "一", "二")
    first, second, _ = world.telegram.called("sendMessage")
    assert second.at - first.at >= 1.0


async def test_who_blocked_the_bot_is_not_written_to_again(world: World) -> None:
    world.telegram.chats[PUPIL] = "private"
    world.telegram.blocked.add(PUPIL)
    await queue(world, PUPIL, "一")
    await queue(world, OTHER, "二")
    await queue(world, 404, "三")
    del world.telegram.chats[404]
    await world.runs()
    await world.sees(OTHER, "二")
    await eventually(lambda: len(world.telegram.called("sendMessage")) == 3)
    await world.stops()
    assert await left(world) == 0


@pytest.mark.parametrize("reason", ["message is not modified: exactly the same", "can't parse entities: oops"])
async def test_what_repeating_cannot_mend_is_not_repeated(world: World, reason: str) -> None:
    world.telegram.faults.append(Fault("sendMessage", BotApiError(400, f"Bad Request: {reason}")))
    await queue(world, PUPIL, "一", "二")
    await world.runs()
    await world.sees(PUPIL, "二")
    await world.stops()
    assert await left(world) == 0


async def test_a_group_that_became_a_supergroup_is_followed(world: World) -> None:
    world.telegram.chats[-2002] = "supergroup"
    error = BotApiError(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-2002)
    world.telegram.faults.append(Fault("sendMessage", error))
    await queue(world, CLASS, "一")
    await world.runs()
    await world.sees(-2002, "一")


def test_telegrams_published_limits_are_kept() -> None:
    limits = Limits(Pace())
    assert limits.wait("1", 0.0) == 0.0
    limits.count("1", 0.0)
    assert limits.wait("1", 0.4) == pytest.approx(0.6)
    assert limits.wait("2", 0.4) == 0.0
    for chat in range(2, 31):
        limits.count(str(chat), 0.5)
    assert limits.wait("99", 0.5, Lane.URGENT) == pytest.approx(0.5)
    assert limits.wait("99", 0.5) == pytest.approx(1.0)
    for second in range(20):
        limits.count("-7", 10.0 + second)
    assert limits.wait("-7", 30.0) == pytest.approx(40.0)


async def test_one_chat_gets_one_message_a_moment_while_others_go_on(world: World, slow: Callable[..., Pace]) -> None:
    world.pace = slow(chat=Rate(1, 1.0))
    await queue(world, PUPIL, "一", "二", "三")
    await queue(world, OTHER, "四")
    await world.runs()
    await world.sees(PUPIL, "一", "二", "三")
    times = {str(call.data["text"]): call.at for call in world.telegram.called("sendMessage")}
    # Half a second is left for a busy machine.
    assert times["二"] - times["一"] >= 0.5
    assert times["三"] - times["二"] >= 0.5
    assert times["四"] < times["二"]


async def test_a_group_has_a_limit_of_its_own_and_nobody_waits_for_it(world: World, slow: Callable[..., Pace]) -> None:
    world.pace = slow(group=Rate(2, 1.5), patience=0.1)
    await queue(world, CLASS, *"一二三")
    await queue(world, PUPIL, "四")
    await world.runs()
    await world.sees(CLASS, "一", "二", "三")
    times = {str(call.data["text"]): call.at for call in world.telegram.called("sendMessage")}
    assert times["三"] - times["一"] >= 0.75
    assert times["四"] < times["三"]


async def test_the_whole_bot_stays_below_its_limit(world: World, slow: Callable[..., Pace]) -> None:
    world.pace = slow(overall=Rate(5, 0.5))
    for chat in range(600, 612):
        await queue(world, chat, "推送")
    await world.runs()
    await eventually(lambda: len(world.telegram.sent) == 12)
    times = [call.at for call in world.telegram.called("sendMessage")]
    assert times[-1] - times[0] >= 0.4  # 5 at once, 5 after half a second, 2 after another


async def test_a_graceful_stop_finishes_what_is_in_flight_and_keeps_the_rest(
    world: World, slow: Callable[..., Pace]
) -> None:
    world.pace = slow(chat=Rate(1, 60.0), patience=120.0)
    await queue(world, PUPIL, "一", "二")
    world.telegram.faults.append(Fault("sendMessage", delay=0.5))
    await world.runs()
    await eventually(lambda: world.telegram.called("sendMessage"))
    await world.stops()
    assert world.telegram.texts(PUPIL) == ["一"]
    rest = await world.outbox.due("telegram", dt.datetime.now(dt.UTC), 10)
    assert [TelegramMessage.load(item.body).text for item in rest] == ["二"]


async def test_a_store_that_fails_does_not_make_a_person_read_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = world.channel()
    sent, failures = channel.outbox.sent, iter([True])

    async def broken(item: int, shown: object = None) -> None:
        if next(failures, False):
            await channel.outbox.retry(item, dt.datetime.now(dt.UTC))
            raise OSError("disk full")
        await sent(item)

    monkeypatch.setattr(channel.outbox, "sent", broken)
    monkeypatch.setattr(world, "channel", lambda: channel)
    await queue(world, PUPIL, "一")
    await world.runs()
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == ["一", "答：到此为止"]
