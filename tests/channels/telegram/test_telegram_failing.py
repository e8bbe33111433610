"""While the store fails, or one message does: nobody waits behind another, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from standin import eventually
from telegram_world import CODE, ScriptedTalk, World

from bot.channels.telegram.pace import Pace
from bot.core.message import Origin
from bot.core.returns import Returned
from bot.storage.errors import DatabaseFullError, DatabaseLockedError

PUPIL, OTHER = 501, 502


async def full(*_: object) -> Any:
    raise DatabaseFullError


async def test_nobody_in_danger_waits_behind_what_cannot_be_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.inbox, "put", full)
    world.telegram.user_says(PUPIL, PUPIL, "你好")
    world.telegram.user_says(OTHER, OTHER, "他打我")
    await world.runs()
    await world.sees(OTHER, world.messages["receipt.not_kept"])
    assert world.telegram.waiting == 2


async def test_one_that_cannot_be_stored_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = world.inbox.put
    broken = world.telegram.user_says(PUPIL, PUPIL, "你好")["update_id"]

    async def put(channel: str, update: int, body: bytes) -> bool:
        return await (full() if update == broken else real(channel, update, body))

    monkeypatch.setattr(world.inbox, "put", put)
    world.telegram.user_says(OTHER, OTHER, "有人吗")
    await world.runs()
    await world.sees(OTHER, "答：有人吗")
    assert world.telegram.waiting == 2
    monkeypatch.setattr(world.inbox, "put", real)
    await world.sees(PUPIL, "答：你好")
    await world.settles(OTHER, OTHER)
    assert world.telegram.texts(OTHER) == ["答：有人吗", "答：到此为止"]


async def test_nobody_in_danger_waits_behind_what_cannot_be_handled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.inbox, "settle", full)
    world.telegram.user_says(PUPIL, PUPIL, "你好")
    world.telegram.user_says(PUPIL, PUPIL, "他打我")
    world.telegram.user_says(OTHER, OTHER, "他也打我")
    await world.runs()
    await world.sees(PUPIL, world.messages["receipt.not_kept"])
    await world.sees(OTHER, world.messages["receipt.not_kept"])


async def test_what_fails_once_keeps_its_place_in_its_chat(
    world: World, scripted: ScriptedTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(scripted, monkeypatch, times=1)
    world.telegram.user_says(PUPIL, PUPIL, "一")
    world.telegram.user_says(PUPIL, PUPIL, "二")
    world.telegram.user_says(OTHER, OTHER, "三")
    await world.runs()
    await world.sees(PUPIL, "答：一", "答：二")
    await world.sees(OTHER, "答：三")
    heard = [incoming.text for _, incoming in scripted.heard]
    assert heard.index("一") < heard.index("二")


async def test_words_to_a_person_outlast_any_number_of_failures(
    world: World, scripted: ScriptedTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(scripted, monkeypatch, times=6)
    world.telegram.user_says(PUPIL, PUPIL, "值班老师，我到门口了")
    await world.runs()
    await eventually(lambda: [incoming.text for _, incoming in scripted.heard] == ["值班老师，我到门口了"])
    await world.settles(PUPIL, PUPIL)
    assert world.telegram.texts(PUPIL) == [world.messages["telegram.put_off"], "答：到此为止"]
    assert await world.inbox.pending("telegram") == []


async def test_what_was_put_off_comes_before_what_is_written_once_the_store_works(
    world: World, scripted: ScriptedTalk, monkeypatch: pytest.MonkeyPatch, slow: Callable[..., Pace]
) -> None:
    # The store fails for long enough that the next try would be far away.
    world.pace = slow(retry_most=3600.0, retry_vital=3600.0)
    left = fails(scripted, monkeypatch, times=7)
    world.telegram.user_says(PUPIL, PUPIL, "他打我")
    await world.runs()
    await eventually(lambda: left == [1])
    left[0] = 0
    world.telegram.user_says(PUPIL, PUPIL, "有人吗")
    await world.sees(PUPIL, "答：有人吗")
    assert [incoming.text for _, incoming in scripted.heard] == ["他打我", "有人吗"]


async def test_a_chat_hears_once_that_its_words_are_kept(world: World) -> None:
    for text in ("出错一", "出错二", "还在吗"):
        world.telegram.user_says(PUPIL, PUPIL, text)
    await world.runs()
    await world.sees(PUPIL, world.messages["telegram.put_off"], "答：还在吗")
    assert len(world.telegram.texts(PUPIL)) == 2
    assert len(await world.inbox.pending("telegram")) == 2


async def test_what_has_failed_for_too_long_is_said_to_have_failed(world: World, slow: Callable[..., Pace]) -> None:
    world.pace = slow(keep=0.0)
    world.telegram.user_says(PUPIL, PUPIL, "出错")
    await world.runs()
    await world.sees(PUPIL, world.messages["chat.failed"])
    assert await world.inbox.pending("telegram") == []


async def test_nobody_in_danger_waits_behind_an_errand_of_theirs_that_cannot_be_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries, works = world.desk.open, [0], asyncio.Event()

    async def locked(code: str, origin: Origin) -> Returned | None:
        tries[0] += 1
        if tries[0] == 1:
            raise DatabaseLockedError
        await works.wait()  # as a locked store does
        return await real(code, origin)

    monkeypatch.setattr(world.desk, "open", locked)
    unkept = world.messages["receipt.not_kept"]
    world.telegram.user_says(PUPIL, PUPIL, f"/back {CODE}")
    world.telegram.user_says(PUPIL, PUPIL, "他打我")
    await world.runs()
    await world.sees(PUPIL, unkept)
    await eventually(lambda: tries == [2])
    world.telegram.user_says(PUPIL, PUPIL, "他又打我")
    await world.sees(PUPIL, unkept, unkept)
    works.set()
    await world.sees(PUPIL, unkept, unkept, "慢慢说", "这不是你的错", "这不是你的错")
    await world.settles(PUPIL, PUPIL)
    assert sum(unkept in text for text in world.telegram.texts(PUPIL)) == 2


def fails(talk: ScriptedTalk, monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """The store is locked for so many turns; gives how many are left."""
    real, left = talk.decide, [times]

    async def decide(key: str, incoming: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise DatabaseLockedError
        return await real(key, incoming)

    monkeypatch.setattr(talk, "decide", decide)
    return left
