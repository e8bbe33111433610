from __future__ import annotations

import asyncio
import datetime as dt

from bot.core.ports import Outgoing
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import LEASE, SealedOutbox
from bot.storage.store import Store

from .conftest import Clock


async def _queue(inbox: SealedInbox, *bodies: bytes, channel: str = "telegram") -> None:
    number = (await inbox.last(channel) or 0) + 1
    await inbox.put(channel, number, b"question")
    (item,) = await inbox.pending(channel)
    await inbox.settle(item, [Outgoing("chat", body) for body in bodies])


async def test_what_is_begun_is_not_given_out_twice(inbox: SealedInbox, outbox: SealedOutbox, clock: Clock) -> None:
    await _queue(inbox, b"one")
    (item,) = await outbox.due("telegram", clock(), 10)
    assert (item.address, item.body, item.attempts) == ("chat", b"one", 0)
    assert await outbox.due("telegram", clock(), 10) == []


async def test_the_oldest_come_first_and_no_more_than_asked_for(
    inbox: SealedInbox, outbox: SealedOutbox, clock: Clock
) -> None:
    await _queue(inbox, b"one", b"two", b"three")
    assert [item.body for item in await outbox.due("telegram", clock(), 2)] == [b"one", b"two"]
    assert [item.body for item in await outbox.due("telegram", clock(), 2)] == [b"three"]


async def test_each_channel_sends_its_own(inbox: SealedInbox, outbox: SealedOutbox, clock: Clock) -> None:
    await _queue(inbox, b"letter", channel="wechat")
    assert await outbox.due("telegram", clock(), 10) == []
    assert len(await outbox.due("wechat", clock(), 10)) == 1


async def test_a_retry_waits_for_its_time_and_counts(inbox: SealedInbox, outbox: SealedOutbox, clock: Clock) -> None:
    await _queue(inbox, b"one")
    (item,) = await outbox.due("telegram", clock(), 10)
    await outbox.retry(item.id, clock() + dt.timedelta(seconds=30))

    clock.forward(seconds=29)
    assert await outbox.due("telegram", clock(), 10) == []
    clock.forward(seconds=1)
    (again,) = await outbox.due("telegram", clock(), 10)
    assert (again.id, again.attempts) == (item.id, 1)


async def test_what_was_sent_or_given_up_never_comes_back(
    inbox: SealedInbox, outbox: SealedOutbox, clock: Clock
) -> None:
    await _queue(inbox, b"delivered", b"blocked")
    delivered, blocked = await outbox.due("telegram", clock(), 10)
    await outbox.sent(delivered.id)
    await outbox.give_up(blocked.id)
    clock.forward(days=1)
    assert await outbox.due("telegram", clock(), 10) == []


async def test_a_lost_send_is_repeated_when_its_lease_ends(
    inbox: SealedInbox, outbox: SealedOutbox, clock: Clock
) -> None:
    await _queue(inbox, b"lost", b"delivered")
    _, delivered = await outbox.due("telegram", clock(), 10)
    await outbox.sent(delivered.id)
    clock.forward(seconds=LEASE.total_seconds())
    assert [item.body for item in await outbox.due("telegram", clock(), 10)] == [b"lost"]
    assert await outbox.due("telegram", clock(), 10) == []


async def test_a_successor_repeats_at_once_what_was_in_flight_and_no_more(
    inbox: SealedInbox, outbox: SealedOutbox, second_store: Store, clock: Clock
) -> None:
    await _queue(inbox, b"in flight", b"delivered", b"not begun")
    _, delivered = await outbox.due("telegram", clock(), 2)
    await outbox.sent(delivered.id)

    successor = SealedOutbox(second_store)
    assert await successor.recover("telegram") == 1
    again = await successor.due("telegram", clock(), 10)
    assert [(item.body, item.attempts) for item in again] == [(b"in flight", 1), (b"not begun", 0)]


async def test_senders_at_once_share_the_messages(
    inbox: SealedInbox, outbox: SealedOutbox, second_store: Store, clock: Clock
) -> None:
    await _queue(inbox, *(str(number).encode() for number in range(40)))
    other = SealedOutbox(second_store)
    taken = await asyncio.gather(*(box.due("telegram", clock(), 3) for _ in range(10) for box in (outbox, other)))
    rest = await outbox.due("telegram", clock(), 40)
    ids = [item.id for part in (*taken, rest) for item in part]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == 40


async def test_a_message_under_another_key_stops_no_other(
    inbox: SealedInbox, outbox: SealedOutbox, stranger: Store, clock: Clock
) -> None:
    await _queue(inbox, b"one")
    assert await SealedOutbox(stranger).due("telegram", clock(), 10) == []
    await outbox.recover("telegram")
    assert [item.body for item in await outbox.due("telegram", clock(), 10)] == [b"one"]
