"""Errands that take long or come in masses keep nobody from being heard."""

from __future__ import annotations

import asyncio

import pytest
from standin import eventually
from telegram_world import CODE, ScriptedTalk, World

from bot.channels.telegram.direct import Direct

PUPIL, OTHER, CLASS = 501, 502, -1001


@pytest.fixture
def slow_telegram(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Messages are taken out of chats only once this is set."""
    taken = asyncio.Event()

    async def erase(direct: Direct, chat: int, message: int) -> None:
        await taken.wait()

    monkeypatch.setattr(Direct, "erase", erase)
    return taken


async def test_nobody_waits_for_what_telegram_does_for_another(world: World, slow_telegram: asyncio.Event) -> None:
    for _ in range(5):
        world.telegram.user_says(PUPIL, PUPIL, "/back 1")
        world.telegram.user_says(CLASS, PUPIL, "/back 1")
    world.telegram.user_says(OTHER, OTHER, "他打我")
    world.telegram.user_says(CLASS, OTHER, "/help")
    await world.runs()
    await world.sees(OTHER, "这不是你的错")
    await world.sees(CLASS, "答：help")
    assert world.telegram.texts(PUPIL) == []
    slow_telegram.set()
    await eventually(lambda: world.telegram.texts(PUPIL) == [world.messages["receipt.back_wrong"]] * 5)


async def test_whoever_comes_back_is_back_before_their_next_words_are_read(
    world: World, scripted: ScriptedTalk, slow_telegram: asyncio.Event
) -> None:
    world.telegram.user_says(PUPIL, PUPIL, f"/back {CODE}")
    world.telegram.user_says(PUPIL, PUPIL, "我回来了")
    world.telegram.user_says(OTHER, OTHER, "有人吗")
    await world.runs()
    await world.sees(OTHER, "答：有人吗")
    assert [incoming.text for _, incoming in scripted.heard] == ["有人吗"]
    slow_telegram.set()
    await world.sees(PUPIL, "慢慢说", "答：我回来了")


async def test_what_telegram_has_in_hand_at_a_stop_is_finished(world: World, slow_telegram: asyncio.Event) -> None:
    world.telegram.user_says(PUPIL, PUPIL, f"/back {CODE}")
    world.telegram.user_says(OTHER, OTHER, "有人吗")
    await world.runs()
    await world.sees(OTHER, "答：有人吗")
    ending = asyncio.create_task(world.stops())
    slow_telegram.set()
    await ending
    assert len(world.desk.opened) == 1
    assert await world.inbox.pending("telegram") == []


async def test_codes_beyond_what_people_send_are_hidden_and_not_tried(world: World) -> None:
    world.configured(rate_per_minute=2)
    sent = [world.telegram.user_says(PUPIL, PUPIL, f"/back {number:016}") for number in range(5)]
    world.telegram.user_says(PUPIL, PUPIL, "/back 1")
    await world.runs()
    wrong, fast = world.messages["receipt.back_wrong"], world.messages["chat.too_fast"]
    await eventually(lambda: world.telegram.texts(PUPIL) == [wrong, wrong, fast])
    await world.settles(OTHER, OTHER)
    await eventually(lambda: len(world.telegram.erased) == 5)
    assert world.telegram.erased == [(PUPIL, each["message"]["message_id"]) for each in sent]
    assert len(world.desk.opened) == 2
    assert len(world.telegram.texts(PUPIL)) == 3
