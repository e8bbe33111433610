"""The whole path of a disclosure in Telegram, with the stand-in of its Bot API and the service on its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.content.build import Service
from tests.whole.conftest import Place, Serve
from tests.whole.desk import Desk, at_desk
from tests.whole.telegram import TOKEN, Telegram
from tests.whole.transcript import transcript
from tests.whole.waiting import eventually

pytestmark = pytest.mark.slow
PUPIL, OTHER, STAFF, CLASS = 501, 502, 901, -1001
TURNS = ("有个事不知道该不该说", "跟我们班几个女生有关", "她们天天骂我，把我的书扔了")
ANSWER, REPLY, URGENT = "我是值班的李老师，我在。", "嗯，我妈妈不知道", "他现在就在门口砸门，要进来打我"
GROUPED = "@faxiaohu_bot 我爸昨天又用皮带打我，腿上全是印子"


@pytest.fixture
async def place(serve: Serve, telegram: Telegram) -> Place:
    return await serve(telegram_token=SecretStr(TOKEN), telegram_api=telegram.url)


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with at_desk(place.running.address, place.counsellor) as desk:
        yield desk


@pytest.fixture
def recorded(place: Place, telegram: Telegram, record: Callable[[str, str], None]) -> Iterator[None]:
    yield
    record("telegram", transcript(telegram, place.receiver, {PUPIL: "孩子", STAFF: "值班员"}))


@pytest.mark.usefixtures("recorded")
async def test_a_disclosure_from_the_first_word_to_the_end(
    place: Place, telegram: Telegram, desk: Desk, service: Service
) -> None:
    say = service.library.messages
    await _links_a_chat(telegram, desk, say)
    for turn in TURNS:
        # Telegram hands an update out again where the bot was slow to acknowledge it.
        telegram.deliver(telegram.user_says(PUPIL, PUPIL, turn))
        before = len(telegram.texts(PUPIL))
        await eventually(lambda before=before: len(telegram.texts(PUPIL)) > before)
    await eventually(lambda: telegram.shown(PUPIL, say["receipt.code_message"]))

    # A turn that raises the case alerts once more: it is one case all the same.
    (case,) = set(await eventually(lambda: telegram.claim_buttons(STAFF)))
    assert {alert.case for alert in place.receiver.alerts} == {case}
    assert not [text for text in telegram.texts(STAFF) for turn in TURNS if turn in text]
    telegram.user_presses(STAFF, STAFF, f"claim:{case}")
    await eventually(lambda: telegram.called("answerCallbackQuery"))
    assert await desk.texts(case, "child") == list(TURNS)

    await desk.answer(case, ANSWER)
    await eventually(lambda: telegram.shown(PUPIL, ANSWER))
    shown = len(telegram.texts(PUPIL))
    telegram.deliver(telegram.user_says(PUPIL, PUPIL, REPLY))
    await eventually(lambda: _heard(desk, case, REPLY))
    assert len(telegram.texts(PUPIL)) == shown

    alerted = len(place.receiver.of(case))
    telegram.user_says(PUPIL, PUPIL, URGENT)
    await eventually(lambda: len(place.receiver.of(case)) > alerted)
    assert place.receiver.of(case, say["alerts.level_urgent"])
    await eventually(lambda: len(telegram.shown(PUPIL, "110")) > 0)

    await desk.close(case)
    await eventually(lambda: telegram.shown(PUPIL, say["support.closed"]))
    telegram.user_says(PUPIL, PUPIL, "压岁钱归谁")
    await eventually(lambda: telegram.shown(PUPIL, "《民法典》"))
    assert await desk.texts(case, "child") == [*TURNS, REPLY, URGENT]
    assert len(telegram.shown(PUPIL, ANSWER)) == 1


async def test_a_disclosure_in_a_group_is_answered_alone(
    place: Place, telegram: Telegram, desk: Desk, service: Service
) -> None:
    say = service.library.messages
    telegram.user_says(OTHER, OTHER, "你好")
    await eventually(lambda: telegram.texts(OTHER))
    at = {"type": "mention", "offset": 0, "length": len("@faxiaohu_bot")}
    telegram.deliver(telegram.user_says(CLASS, OTHER, GROUPED, entities=[at]))

    alert = (await eventually(lambda: place.receiver.alerts))[0]
    await eventually(lambda: telegram.texts(CLASS))
    await desk.claim(alert.case)
    await desk.answer(alert.case, ANSWER)
    await eventually(lambda: telegram.shown(OTHER, ANSWER))

    assert telegram.texts(CLASS) == [say["chat.group_private"]]
    assert len(await desk.texts(alert.case, "child")) == 1
    assert {each.case for each in place.receiver.alerts} == {alert.case}


async def _links_a_chat(telegram: Telegram, desk: Desk, say: dict[str, str]) -> None:
    telegram.user_says(STAFF, STAFF, await desk.chat_line())
    await eventually(lambda: telegram.shown(STAFF, say["desk.chat_linked"]))


async def _heard(desk: Desk, case: int, words: str) -> Any:
    return words in await desk.texts(case, "child")
