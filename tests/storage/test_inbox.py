from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.core.ports import Outgoing, TalkAfter
from bot.core.session import Session
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import SealedOutbox
from bot.storage.store import Store
from bot.storage.tables import inbox as table
from bot.storage.talks import SealedTalks

from .conftest import MEMORY, Clock

REPLIES = [Outgoing("chat 1", b"one"), Outgoing("chat 1", b"two")]
UNWRITABLE = "\ud800"


async def test_an_update_is_stored_once(inbox: SealedInbox) -> None:
    assert await inbox.put("telegram", 7, b"first")
    assert not await inbox.put("telegram", 7, b"again")
    assert [item.body for item in await inbox.pending("telegram")] == [b"first"]


async def test_a_settled_update_is_known_again(inbox: SealedInbox) -> None:
    await inbox.put("telegram", 7, b"first")
    await inbox.settle((await inbox.pending("telegram"))[0], [])
    assert not await inbox.put("telegram", 7, b"again")
    assert await inbox.pending("telegram") == []


async def test_channels_number_their_updates_on_their_own(inbox: SealedInbox) -> None:
    assert await inbox.put("telegram", 7, b"one")
    assert await inbox.put("wechat", 7, b"other")
    assert [item.body for item in await inbox.pending("wechat")] == [b"other"]


async def test_pending_updates_come_in_the_order_in_which_they_were_stored(inbox: SealedInbox) -> None:
    for number in (3, 4, 5_000_000_000):
        await inbox.put("telegram", number, str(number).encode())
    assert [item.update for item in await inbox.pending("telegram")] == [3, 4, 5_000_000_000]


async def test_the_last_number_is_remembered_after_settling(inbox: SealedInbox) -> None:
    assert await inbox.last("telegram") is None
    await inbox.put("telegram", 41, b"a")
    await inbox.put("telegram", 42, b"b")
    for item in await inbox.pending("telegram"):
        await inbox.settle(item, [])
    assert await inbox.last("telegram") == 42


async def test_settling_queues_the_replies_and_keeps_the_talk(
    inbox: SealedInbox, outbox: SealedOutbox, talks: SealedTalks, clock: Clock
) -> None:
    await inbox.put("telegram", 1, b"question")
    after = Session(turns=("压岁钱归谁",), topic="money.contracts")
    await inbox.settle((await inbox.pending("telegram"))[0], REPLIES, TalkAfter("telegram:1:1", after))

    queued = await outbox.due("telegram", clock(), 10)
    assert [(item.address, item.body) for item in queued] == [("chat 1", b"one"), ("chat 1", b"two")]
    assert await talks.load("telegram:1:1") == after
    assert await inbox.pending("telegram") == []


async def test_settling_erases_what_was_said(inbox: SealedInbox, store: Store) -> None:
    await inbox.put("telegram", 1, b"question")
    await inbox.settle((await inbox.pending("telegram"))[0], REPLIES)
    async with store.reading() as connection:
        assert (await connection.execute(select(table.c.body))).scalars().all() == [None]


async def test_settling_twice_replies_once(inbox: SealedInbox, outbox: SealedOutbox, clock: Clock) -> None:
    await inbox.put("telegram", 1, b"question")
    (item,) = await inbox.pending("telegram")
    await asyncio.gather(*(inbox.settle(item, REPLIES) for _ in range(5)))
    assert len(await outbox.due("telegram", clock(), 100)) == len(REPLIES)


@pytest.mark.parametrize(
    ("replies", "session"),
    [
        ([*REPLIES, Outgoing(UNWRITABLE, b"three")], Session(topic="new")),
        (REPLIES, Session(turns=(UNWRITABLE,))),
    ],
    ids=["a reply cannot be written", "the talk cannot be written"],
)
async def test_a_failure_in_the_middle_of_settling_leaves_nothing(
    store: Store, clock: Clock, replies: list[Outgoing], session: Session
) -> None:
    talks = SealedTalks(store, MEMORY)
    inbox = SealedInbox(store, talks)
    await inbox.put("telegram", 1, b"question")
    (item,) = await inbox.pending("telegram")
    with pytest.raises(UnicodeEncodeError):
        await inbox.settle(item, replies, TalkAfter("telegram:1:1", session))

    assert await inbox.pending("telegram") == [item]
    assert await SealedOutbox(store).due("telegram", clock(), 10) == []
    assert await talks.load("telegram:1:1") == Session()


async def test_writers_at_once_store_each_update_once(inbox: SealedInbox, second_store: Store) -> None:
    other = SealedInbox(second_store, SealedTalks(second_store, MEMORY))
    puts = [box.put("telegram", number, b"body") for number in range(40) for box in (inbox, other)]
    assert sum(await asyncio.gather(*puts)) == 40
    assert len(await inbox.pending("telegram")) == 40


async def test_an_update_under_another_key_waits_and_stops_no_other(inbox: SealedInbox, stranger: Store) -> None:
    other = SealedInbox(stranger, SealedTalks(stranger, MEMORY))
    await other.put("telegram", 1, b"sealed with another key")
    await inbox.put("telegram", 2, b"readable")
    assert [item.body for item in await inbox.pending("telegram")] == [b"readable"]
    assert [item.update for item in await other.pending("telegram")] == [1]
