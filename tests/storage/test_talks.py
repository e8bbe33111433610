from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.core.audience import Audience
from bot.core.ports import TalkAfter
from bot.core.risk import RiskLevel
from bot.core.session import Session
from bot.storage.cleaning import clean
from bot.storage.errors import WrongKeyError
from bot.storage.inbox import SealedInbox
from bot.storage.keycheck import require_key
from bot.storage.store import Store
from bot.storage.tables import talk
from bot.storage.talks import SealedTalks

from .conftest import MEMORY, Clock

SESSION = Session(
    audience=Audience.STUDENT,
    turns=("有人打我",),
    question="有人打我",
    topic="bullying.victim",
    options=("a", "b"),
    steps=("告诉大人",),
    failures=1,
    risk=RiskLevel.CONCERN,
    asked_role=True,
)


async def test_a_talk_comes_back_as_it_was(talks: SealedTalks) -> None:
    assert await talks.load("web:1") == Session()
    await talks.save(TalkAfter("web:1", SESSION))
    assert await talks.load("web:1") == SESSION
    assert await talks.load("web:2") == Session()


async def test_a_talk_is_new_when_its_time_is_over(talks: SealedTalks, clock: Clock) -> None:
    await talks.save(TalkAfter("web:1", SESSION))
    clock.forward(seconds=MEMORY.total_seconds() - 1)
    assert await talks.load("web:1") == SESSION
    clock.forward(seconds=1)
    assert await talks.load("web:1") == Session()


async def test_each_turn_prolongs_the_talk(talks: SealedTalks, clock: Clock) -> None:
    await talks.save(TalkAfter("web:1", SESSION))
    clock.forward(hours=1.5)
    await talks.save(TalkAfter("web:1", SESSION.heard("还有")))
    clock.forward(hours=1.5)
    assert await talks.load("web:1") == SESSION.heard("还有")


async def test_a_forgotten_talk_is_new(talks: SealedTalks) -> None:
    await talks.save(TalkAfter("web:1", SESSION))
    await talks.forget("web:1")
    assert await talks.load("web:1") == Session()


async def test_a_broken_talk_is_new_and_can_go_on(talks: SealedTalks, store: Store) -> None:
    for broken in (b"", b"noise", store.vault.seal(b"no json"), store.vault.seal(b"[]"), store.vault.seal(b"{}")):
        await talks.save(TalkAfter("web:1", SESSION))
        async with store.writing() as connection:
            await connection.execute(update(talk).values(session=broken))
        assert await talks.load("web:1") == Session()
    await talks.save(TalkAfter("web:1", SESSION))
    assert await talks.load("web:1") == SESSION


async def test_many_turns_of_one_talk_at_once_keep_one_row(talks: SealedTalks, second_store: Store) -> None:
    other = SealedTalks(second_store, MEMORY)
    await asyncio.gather(*(kept.save(TalkAfter("web:1", SESSION)) for _ in range(15) for kept in (talks, other)))
    assert await other.load("web:1") == SESSION


async def test_another_key_finds_no_talk_and_is_told_at_start(
    talks: SealedTalks, store: Store, stranger: Store
) -> None:
    await require_key(stranger)
    await talks.save(TalkAfter("web:1", SESSION))
    assert await SealedTalks(stranger, MEMORY).load("web:1") == Session()
    await require_key(store)
    with pytest.raises(WrongKeyError):
        await require_key(stranger)


async def test_cleaning_deletes_what_has_had_its_time(
    talks: SealedTalks, inbox: SealedInbox, store: Store, clock: Clock
) -> None:
    await talks.save(TalkAfter("web:1", SESSION))
    for number in (1, 2, 3):
        await inbox.put("telegram", number, b"body")
    first, second, _waiting = await inbox.pending("telegram")
    await inbox.settle(first, [])
    await inbox.settle(second, [])
    clock.forward(hours=23)
    await talks.save(TalkAfter("web:2", SESSION))
    cleaned = await clean(store)
    assert (cleaned.talks, cleaned.updates) == (1, 0)

    clock.forward(hours=1)
    assert (await clean(store)).updates == 2
    assert [item.update for item in await inbox.pending("telegram")] == [3]
    assert await talks.load("web:2") == SESSION


async def test_cleaning_keeps_the_last_number_for_some_days(inbox: SealedInbox, store: Store, clock: Clock) -> None:
    for number in (1, 2):
        await inbox.put("telegram", number, b"body")
    for item in await inbox.pending("telegram"):
        await inbox.settle(item, [])
    clock.forward(days=2)
    assert (await clean(store)).updates == 1
    assert await inbox.last("telegram") == 2
    clock.forward(days=5)
    await clean(store)
    assert await inbox.last("telegram") is None
