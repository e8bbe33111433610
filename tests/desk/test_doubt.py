"""Doors of a case at which it is not known whether the child is still there: what counts, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from bot.core.desk import Standing, Why
from bot.core.message import Origin
from bot.core.risk import RiskLevel
from bot.desk.reading import needs_check
from bot.desk.returns import CaseReturns
from bot.desk.telling import Teller
from bot.desk.worker import DeskError, Worker
from bot.staff.desk import views
from bot.staff.desk.clock import Times
from bot.storage.desk_tables import case_door, desk_case

from .office import CHANNEL, LIBRARY, Office, Recorded
from .world import Clock

PHONE = "telegram:7:7"
LIBRARY_PC = Origin("web", "web:library", "web:library")
VISIT = {"talk": "web:library", "channel": "web", "address": "web:library"}
FRIENDS = {"talk": "telegram:8:8", "address": "8"}
FRIEND = Origin("telegram", "telegram:8:8", "8")
GROUP = {"group": "telegram:group:-100"}


async def _at_friends(office: Office, wang: Worker) -> int:
    """A case that somebody has, whose child came back by code on the phone of a friend, wrote and was answered."""
    case = await office.file()
    await office.work.claim(wang, case)
    await CaseReturns(office.store, office.news).open(office.receipt.code, FRIEND)
    await office.file("旧手机被我爸拿走了", **FRIENDS)
    await office.work.answer(wang, case, "我在。", once="friends")
    return case


async def _at_library(office: Office, wang: Worker) -> int:
    """A case that somebody has, whose child reads it by code in a library."""
    case = await office.file()
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在。", once="phone")
    await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)
    return case


async def _case_at(office: Office, talk: str) -> Any:
    return (await office.desk.standing(talk)).case


async def _out(office: Office) -> list[tuple[str, str]]:
    return [(message.address, message.text) for message in await office.out()]


async def _nobody_answered(office: Office, case: int) -> bool:
    """The child is told that nobody has answered in time; gives whether that is on its way to them."""
    before = len(await office.out())
    teller = Teller(office.store, lambda: LIBRARY, {CHANNEL: Recorded()}, office.keys, office.store.now)
    row = await office.row(case)
    async with office.store.writing() as connection:
        await teller.tell(connection, row, "breached", Standing(keyed=True, on_duty=True))
    return len(await office.out()) > before


async def _set_public(office: Office, public: bytes | None) -> None:
    """Cases from before the desk had a key get their code later than their first answers."""
    async with office.store.writing() as connection:
        await connection.execute(update(desk_case).values(receipt_public=public))


async def _history(office: Office, case: int) -> list[str]:
    events = await office.reading.events(case)
    return [what for _, _, what in views.history(events, {}, Times(office.store.now(), LIBRARY.messages))]


async def test_a_question_is_not_answered_by_who_writes_at_another_door(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _at_friends(office, wang)
    clock.forward(minutes=16)
    await office.work.ask_if_here(wang, case)
    clock.forward(minutes=1)
    for words in ("你跟谁聊天呢", "说话"):
        await office.file(words)
        row = await office.row(case)
        assert (row.in_doubt, row.checking_at, (await _case_at(office, PHONE)).receipt) == (True, None, "")
        with pytest.raises(DeskError, match="check"):
            await office.work.answer(wang, case, "你爸再打你，就去奶奶家。", once="b")


async def test_what_was_asked_elsewhere_is_no_question_to_who_comes_back_by_code(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    clock.forward(minutes=16)
    await office.work.ask_if_here(wang, case)
    await CaseReturns(office.store, office.news).open(office.receipt.code, FRIEND)
    assert not (await _case_at(office, FRIEND.talk)).checking


@pytest.mark.parametrize("about", [{}, FRIENDS], ids=["the account that was left", "the same account"])
async def test_words_in_a_group_answer_no_question_and_end_no_doubt(
    office: Office, wang: Worker, clock: Clock, about: dict[str, str]
) -> None:
    case = await _at_friends(office, wang)
    await office.file("停", why=Why.STOPPED, **FRIENDS)
    await office.work.ask_if_here(wang, case)
    clock.forward(minutes=1)
    await office.file("老师好", **GROUP, **about)
    row = await office.row(case)
    assert row.in_doubt
    assert row.checking_at is not None


async def test_who_awaits_an_answer_where_they_are_keeps_the_case_there_however_long_it_takes(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _at_friends(office, wang)
    await office.file("他在楼下，怎么办", **FRIENDS)
    clock.forward(hours=2)
    await office.file("你在哪")
    assert not (await _case_at(office, PHONE)).here
    assert (await _case_at(office, FRIEND.talk)).here
    await office.work.ask_if_here(wang, case)
    assert (await _out(office))[-1][0] == "8"


async def test_where_a_page_was_only_closed_the_child_can_be_asked_on_their_own_phone(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _at_library(office, wang)
    assert not (await office.reading.open(wang, case)).earlier
    clock.forward(minutes=10)
    await office.file("他回来了，拿着刀要砍我", level=RiskLevel.URGENT)
    file = await office.reading.open(wang, case)
    assert (file.earlier, file.row.channel) == (True, "web")

    assert await office.work.ask_if_here(wang, case, seen=file.last_of_child, before=True)

    asked = await office.reading.open(wang, case)
    assert (asked.earlier, asked.check, asked.row.in_doubt, asked.row.channel) == (False, True, True, "telegram")
    assert (await _out(office))[-1] == ("7", LIBRARY.messages["support.checking"])
    assert LIBRARY.messages["desk.event_asked_before"].format(value="Telegram") in await _history(office, case)
    assert ("1", "case.check", case) in await office.logged()
    await office.file("是我")
    assert await office.work.answer(wang, case, "锁上门，打110。", once="b")
    assert (await _out(office))[-1] == ("7", "锁上门，打110。")


async def test_nobody_is_asked_where_nothing_was_written_or_nobody_can_be_reached(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file(**VISIT)
    await office.work.claim(wang, case)
    await CaseReturns(office.store, office.news).open(office.receipt.code, FRIEND)
    with pytest.raises(DeskError, match="no_door"):
        await office.work.ask_if_here(wang, case, before=True)
    await office.file("在吗", **VISIT)
    assert (await office.reading.open(wang, case)).earlier
    await office.desk.left(LIBRARY_PC.talk)
    assert not (await office.reading.open(wang, case)).earlier
    async with office.store.reading() as connection:
        assert [door.address for door in await connection.execute(case_door.select())] == [None]


async def test_whoever_wrote_after_the_safe_word_hears_that_nobody_answered(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.file("停", why=Why.STOPPED)
    assert not await _nobody_answered(office, case)
    breached = LIBRARY.messages["desk.told_breached"]
    untold = LIBRARY.messages["desk.event_told_child_0"].format(value=breached)
    assert (await _history(office, case))[-1] == untold

    await office.file("他又打我了，我流血了", level=RiskLevel.URGENT)
    assert await _nobody_answered(office, case)
    assert (await _history(office, case))[-1] == LIBRARY.messages["desk.event_told_child_1"].format(value=breached)


async def test_whoever_was_only_asked_at_an_earlier_door_hears_of_nothing_unasked(office: Office, wang: Worker) -> None:
    case = await _at_library(office, wang)
    await office.file("你在跟谁说话")
    await office.work.ask_if_here(wang, case, before=True)
    assert not await _nobody_answered(office, case)
    await office.file("是我")
    assert await _nobody_answered(office, case)


async def test_taps_where_nobody_asked_who_it_is_do_not_speak_for_the_child(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _at_friends(office, wang)
    await office.file("", why=Why.UNSAFE, value="no", **FRIENDS)
    await office.file("", why=Why.PLACE, value="outside", **FRIENDS)
    await office.work.answer(wang, case, "警察在路上。", once="b")
    for minutes in (0, 16):  # a door that was left; then the one where the case goes on
        clock.forward(minutes=minutes)
        for why, value in ((Why.SAFE, "yes"), (Why.WRITE, "never"), (Why.PLACE, "home")):
            await office.file("", why=why, value=value)
        await office.file("", why=Why.RETRACTED)
        await office.file("", why=Why.BYSTANDER)

    row, events = await office.row(case), await office.reading.events(case)
    assert (row.safe, row.write_when, row.in_doubt) == ("no", "", True)
    assert views.place(events) == "outside"
    assert not views.happened(events, "retracted")
    assert not views.happened(events, "bystander")
    said = LIBRARY.messages
    marked = [line for line in await _history(office, case) if said["desk.place_home"] in line]
    assert [said[f"desk.unsure_{why}"] in line for why, line in zip(("before", "unasked"), marked, strict=True)] == [
        True,
        True,
    ]


async def test_a_tap_at_an_earlier_door_that_says_not_safe_raises_the_case(office: Office, wang: Worker) -> None:
    case = await _at_friends(office, wang)
    await office.file("", why=Why.UNSAFE, value="no", level=RiskLevel.URGENT)
    row = await office.row(case)
    assert (row.safe, row.level) == ("no", RiskLevel.URGENT)


async def test_taps_at_an_earlier_door_do_not_hide_that_the_child_is_silent(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _at_friends(office, wang)
    clock.forward(minutes=10)
    await office.file("", why=Why.PLACE, value="home")
    clock.forward(minutes=10)
    row, events = await office.row(case), await office.reading.events(case)
    assert needs_check(row, events, office.store.now())


async def test_words_of_which_it_is_not_known_whose_they_are_say_so(office: Office, wang: Worker, clock: Clock) -> None:
    case = await _at_friends(office, wang)
    await office.file("没事了，不用来了")
    clock.forward(minutes=16)
    await office.file("听见没有")
    await office.work.ask_if_here(wang, case)
    await office.file("我是小丽")
    lines = (await office.reading.open(wang, case)).lines
    marks = {line.text: line.unsure for line in lines if line.author == "child"}
    assert marks == {
        "他打我": "",
        "旧手机被我爸拿走了": "",
        "没事了，不用来了": "before",
        "听见没有": "unasked",
        "我是小丽": "",
    }


async def test_what_still_waits_for_the_place_that_was_left_never_arrives_there_and_is_read_with_the_code(
    office: Office, wang: Worker
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "他再打你，就去奶奶家。", once="a")
    returned = await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)
    assert returned is not None
    assert "他再打你，就去奶奶家。" in [message.text for message in returned.messages]
    assert await _out(office) == []
    assert (await office.row(case)).undelivered_at is None


async def test_who_comes_back_where_they_are_gets_what_is_on_its_way_there(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在。", once="a")
    await CaseReturns(office.store, office.news).open(office.receipt.code, Origin(CHANNEL, PHONE, "7"))
    assert await _out(office) == [("7", "我在。")]


async def test_what_was_written_before_there_was_a_code_is_not_taken_back(
    office: Office, wang: Worker, clock: Clock
) -> None:
    """No code opens it: where it is on its way to is the only place in which it is read."""
    case = await office.file()
    await office.work.claim(wang, case)
    code, public = office.receipt.code, (await office.row(case)).receipt_public
    await _set_public(office, None)
    await office.work.answer(wang, case, "我在。", once="a")
    await _set_public(office, public)
    clock.forward(minutes=1)
    await office.file("好")
    await office.work.answer(wang, case, "去奶奶家。", once="b")
    await CaseReturns(office.store, office.news).open(code, FRIEND)
    assert await _out(office) == [("7", "我在。")]
