"""Words to a child that never arrive: the desk hears of it, and the answer is owed again."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from bot.channels.web.letter import CHANNEL as WEB
from bot.channels.web.letter import WebOutward
from bot.channels.web.post import KEPT, Post
from bot.core.message import Origin
from bot.desk.limits import ClockLimits
from bot.desk.look import CaseLook
from bot.desk.news import News
from bot.desk.returns import CaseReturns
from bot.desk.telling import Teller
from bot.desk.work import DeskWork
from bot.desk.worker import Worker
from bot.storage.alerts import SealedAlerts
from bot.storage.casework import SealedCasework
from bot.storage.outbox import SealedOutbox

from .office import CHANNEL, LIBRARY, Office, Recorded
from .world import Clock

VISIT = "web:visitor"


def _web(office: Office) -> DeskWork:
    """The desk with the web chat beside the recorded channel."""
    return dataclasses.replace(office.work, outward={CHANNEL: Recorded(), WEB: WebOutward(office.store.now)})


async def _look(office: Office, case: int) -> None:
    """What is due in a case is done."""
    teller = Teller(office.store, lambda: LIBRARY, {}, office.keys, office.store.now)
    await CaseLook(office.store, office.board, ClockLimits(), teller).look(case)


async def _happened(office: Office, case: int) -> list[str]:
    events = await SealedCasework(office.store).events(case)
    return [event.what for event in events if event.what in ("left", "undelivered", "came_back")]


async def _alerted(office: Office, case: int) -> list[str]:
    return [row.reason for row in await SealedAlerts(office.store).of_case(case)]


async def _lost(office: Office, case: int, *, gone: bool = False) -> list[int]:
    """Everything on its way to the child is given up; says of which cases that was told."""
    told: list[int] = []
    box = SealedOutbox(office.store, dt.timedelta(), told.append)
    for item in await box.due(CHANNEL, office.store.now(), 99):
        await box.give_up(item.id, gone=gone)
    return told


async def _answered(office: Office, wang: Worker) -> int:
    """A case that is taken and answered, with nothing owed."""
    case = await office.file()
    await _look(office, case)
    await office.work.claim(wang, case)
    assert await office.work.answer(wang, case, "马上离开，去便利店。", once="a")
    await _look(office, case)
    assert (await office.row(case)).due_at is None
    return case


@pytest.mark.parametrize("gone", [True, False], ids=["blocked", "given up"])
async def test_an_answer_that_was_given_up_is_owed_again_and_the_desk_hears_once(
    office: Office, wang: Worker, gone: bool
) -> None:
    case = await _answered(office, wang)
    assert await office.work.answer(wang, case, "我叫了警察。", once="b")
    assert await _lost(office, case, gone=gone) == [case, case]
    await _look(office, case)
    row = await office.row(case)
    assert row.due_at is not None
    assert row.undelivered_at is not None
    assert await _happened(office, case) == ["undelivered"]
    assert (await _alerted(office, case))[-1] == "undelivered"


async def test_after_another_answer_nothing_is_owed_until_that_is_lost_too(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _answered(office, wang)
    await _lost(office, case)
    await _look(office, case)
    clock.forward(minutes=1)
    await office.work.answer(wang, case, "你还在吗？", once="b")
    await _look(office, case)
    row = await office.row(case)
    assert (row.due_at, row.undelivered_at) == (None, None)
    await _lost(office, case)
    assert await _happened(office, case) == ["undelivered", "undelivered"]


async def test_a_question_whether_it_is_still_the_child_that_is_lost_is_owed_too(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _answered(office, wang)
    await office.work.ask_if_here(wang, case)
    await _lost(office, case)
    await _look(office, case)
    assert (await office.row(case)).due_at is not None


async def test_without_a_way_to_the_child_an_answer_is_kept_and_owed(office: Office, wang: Worker) -> None:
    case = await office.file()
    code = office.receipt.code
    await office.work.claim(wang, case)
    work = dataclasses.replace(office.work, outward={})
    assert not await work.answer(wang, case, "我们在路上了。", once="a")
    await _look(office, case)
    assert (await office.row(case)).due_at is not None
    assert await _happened(office, case) == ["undelivered"]

    origin = Origin(WEB, VISIT, VISIT)
    returned = await CaseReturns(office.store, News()).open(code, origin)
    assert returned is not None
    assert "我们在路上了。" in [message.text for message in returned.messages]
    assert (await office.row(case)).undelivered_at is None


async def test_a_drill_has_nobody_to_reach(office: Office, wang: Worker) -> None:
    case = await office.file(talk="drill:1", channel="drill")
    await office.work.claim(wang, case)
    assert await office.work.answer(wang, case, "收到。", once="a")
    assert await _happened(office, case) == []


async def test_who_leaves_the_web_takes_unread_letters_along_and_the_desk_hears(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file(talk=VISIT, channel=WEB, address=VISIT)
    await _web(office).claim(wang, case)
    post = Post(SealedOutbox(office.store), office.store.now)
    assert await _web(office).answer(wang, case, "你家门牌号是多少？", once="a")
    await office.desk.left(VISIT)
    await post.drop(VISIT)
    assert await _happened(office, case) == ["left", "undelivered"]
    assert (await office.reading.open(wang, case)).left
    await _look(office, case)
    assert (await office.row(case)).due_at is not None

    clock.forward(minutes=1)
    assert not await _web(office).answer(wang, case, "你还在吗？", once="b")
    assert await post.fetch(VISIT) == {}
    assert await _happened(office, case) == ["left", "undelivered", "undelivered"]


async def test_a_letter_that_nobody_fetched_in_time_is_owed_again(office: Office, wang: Worker, clock: Clock) -> None:
    case = await office.file(talk=VISIT, channel=WEB, address=VISIT)
    await _web(office).claim(wang, case)
    await _web(office).answer(wang, case, "我在。", once="a")
    clock.forward(days=KEPT.days, minutes=1)
    assert await Post(SealedOutbox(office.store), office.store.now).fetch(VISIT) == {}
    assert await _happened(office, case) == ["undelivered"]


async def test_who_left_and_writes_all_the_same_is_reached_again(office: Office, wang: Worker, clock: Clock) -> None:
    case = await office.file(talk=VISIT, channel=WEB, address=VISIT)
    await _web(office).claim(wang, case)
    await office.desk.left(VISIT)
    clock.forward(minutes=1)
    await office.file("我又来了", talk=VISIT, channel=WEB, address=VISIT)
    assert not (await office.reading.open(wang, case)).left
    assert await _web(office).answer(wang, case, "我在。", once="a")
    letters = await Post(SealedOutbox(office.store), office.store.now).fetch(VISIT)
    assert [letter.reply.lead for letter in letters.values()] == ["我在。"]


async def test_who_left_and_sends_again_what_is_kept_already_is_reached_again(office: Office, wang: Worker) -> None:
    case = await office.file("他打我", talk=VISIT, channel=WEB, address=VISIT, delivery="1")
    await _web(office).claim(wang, case)
    await office.desk.left(VISIT)
    assert await office.file("他打我", talk=VISIT, channel=WEB, address=VISIT, delivery="1") == case

    file = await office.reading.open(wang, case)
    assert ([line.text for line in file.lines], file.left) == (["他打我"], False)
    assert await _web(office).answer(wang, case, "我在。", once="a")
    letters = await Post(SealedOutbox(office.store), office.store.now).fetch(VISIT)
    assert [letter.reply.lead for letter in letters.values()] == ["我在。"]


async def test_what_telegram_brings_again_of_somebody_who_blocked_the_bot_shows_nobody_there(
    office: Office, wang: Worker
) -> None:
    case = await office.file("他打我", delivery="1")
    await office.desk.left("telegram:7:7")
    assert await office.file("他打我", delivery="1") == case
    assert (await office.reading.open(wang, case)).left


@pytest.mark.parametrize("minutes", [-9, 0])
async def test_whether_they_have_left_is_known_by_the_order_and_not_by_the_clock(
    office: Office, wang: Worker, clock: Clock, minutes: int
) -> None:
    case = await office.file()
    for _ in range(2):
        clock.forward(minutes=minutes)
        await office.desk.left("telegram:7:7")
        assert (await office.reading.open(wang, case)).left
        clock.forward(minutes=minutes)
        await office.file("我又来了")
        assert not (await office.reading.open(wang, case)).left
    assert await _happened(office, case) == ["left", "left"]


async def test_who_blocks_the_bot_has_left_and_can_still_be_found(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.desk.left("telegram:7:7")
    await office.desk.left("telegram:7:7")
    assert await _happened(office, case) == ["left"]
    assert (await office.reading.open(wang, case)).left
    assert SealedCasework(office.store).address(await office.row(case)) == "7"


async def test_deleting_the_chat_ends_a_visit_and_no_other_channel(office: Office) -> None:
    visit = await office.file(talk=VISIT, channel=WEB, address=VISIT)
    chat = await office.file()
    for talk in (VISIT, "telegram:7:7"):
        await office.desk.forgotten(talk)
    assert await _happened(office, visit) == ["left"]
    assert (await office.row(visit)).address is None
    assert await _happened(office, chat) == []
    assert (await office.row(chat)).address is not None
