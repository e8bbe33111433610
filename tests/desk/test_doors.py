"""Where a child who came back by code was before: what they go on to write there reaches whoever has their case."""

from __future__ import annotations

import pytest

from bot.core.desk import CaseState, Why
from bot.core.message import Origin
from bot.core.risk import RiskLevel
from bot.desk.returns import CaseReturns
from bot.desk.worker import DeskError, NoSuchCaseError, Worker
from bot.staff.desk.clock import Times
from bot.staff.desk.views import history
from bot.storage.desk_tables import case_door
from bot.storage.erasure import CaseErasure

from .office import LIBRARY, Office
from .world import Clock

PHONE = "telegram:7:7"
VISIT = {"talk": "web:library", "channel": "web", "address": "web:library"}
LIBRARY_PC = Origin("web", "web:library", "web:library")
#: The phone of a friend.
FRIENDS = {"talk": "telegram:8:8", "address": "8"}
FRIEND = Origin("telegram", "telegram:8:8", "8")


async def _said(office: Office, case: int, worker: Worker) -> list[str | None]:
    return [line.text for line in (await office.reading.open(worker, case)).lines]


async def _whats(office: Office, case: int) -> list[str]:
    return [event.what for event in await office.reading.events(case)]


async def _gone_on(office: Office, wang: Worker) -> int:
    """A case that somebody has, whose child read it by code at a library, and left there."""
    case = await office.file()
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在，他回来了告诉我。", once="a")
    assert await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC) is not None
    await office.desk.left(LIBRARY_PC.talk)
    return case


async def test_what_a_child_writes_on_the_phone_after_reading_elsewhere_reaches_whoever_has_the_case(
    office: Office, wang: Worker
) -> None:
    case = await _gone_on(office, wang)
    standing = await office.desk.standing(PHONE)
    assert standing.case is not None
    assert standing.case.taken

    assert await office.file("他回来了") == case

    assert (await _said(office, case, wang))[-1] == "他回来了"
    row = await office.row(case)
    assert (row.state, row.holder, row.channel) == (CaseState.TAKEN, wang.id, "telegram")
    told = history(await office.reading.events(case), {}, Times(office.store.now(), LIBRARY.messages))
    assert LIBRARY.messages["desk.event_wrote_again"].format(value="Telegram") in [what for _, _, what in told]


async def test_who_writes_again_without_a_code_is_asked_first_whether_it_is_they(office: Office, wang: Worker) -> None:
    case = await _gone_on(office, wang)
    await office.file("他回来了")

    with pytest.raises(DeskError, match="check"):
        await office.work.answer(wang, case, "躲好了吗？", once="b")
    assert await office.work.ask_if_here(wang, case)
    assert (await office.out())[-1].address == "7"
    await office.file("", why=Why.HERE, value=str(case))
    assert await office.work.answer(wang, case, "躲好了吗？", once="b")
    assert (await office.out())[-1].text == "躲好了吗？"


async def test_both_doors_of_a_case_go_on_leading_to_it(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)

    for about in ({}, VISIT, {}, VISIT):
        assert await office.file("我在这里", **about) == case
    assert (await office.row(case)).channel == "web"
    # Once the visit is over, its last words are not what the phone is deaf to.
    await office.desk.left(LIBRARY_PC.talk)
    assert await office.file("我在这里") == case
    assert (await office.row(case)).channel == "telegram"


async def test_who_leaves_where_they_are_no_more_stays_reached_where_they_are(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)
    clock.forward(minutes=16)
    await office.file("我回家了")

    await office.desk.left(LIBRARY_PC.talk)

    assert "left" not in await _whats(office, case)
    await office.work.ask_if_here(wang, case)
    await office.file("在吗")
    assert await office.work.answer(wang, case, "我在。", once="b")
    assert (await office.out())[-1].address == "7"


async def _came_back(office: Office, wang: Worker) -> int:
    """A case that somebody has, whose child is back by code on the phone of a friend and wrote there."""
    case = await office.file()
    await office.work.claim(wang, case)
    assert await CaseReturns(office.store, office.news).open(office.receipt.code, FRIEND) is not None
    await office.file("旧手机被我爸拿走了，我躲在厕所怎么办", **FRIENDS)
    return case


async def test_words_from_a_door_that_was_left_do_not_take_the_answer_away_from_who_came_by_code(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _came_back(office, wang)
    clock.forward(seconds=20)
    await office.file("在吗")
    await office.file("", why=Why.SAFE, value="yes")
    await office.file("", why=Why.WRITE, value="never")

    assert await office.work.answer(wang, case, "先锁门，打110。", once="b")
    row = await office.row(case)
    assert (row.safe, row.write_when) == ("", "")
    assert [(message.address, message.text) for message in await office.out()] == [("8", "先锁门，打110。")]
    assert (await _said(office, case, wang))[-2] == "在吗"
    told = history(await office.reading.events(case), {}, Times(office.store.now(), LIBRARY.messages))
    assert LIBRARY.messages["desk.event_wrote_before"].format(value="Telegram") in [what for _, _, what in told]


async def test_danger_told_at_a_door_that_was_left_raises_the_case(office: Office, wang: Worker) -> None:
    case = await _came_back(office, wang)
    await office.file("救命", level=RiskLevel.URGENT)
    row = await office.row(case)
    assert (row.level, row.asks) == (RiskLevel.URGENT, row.turns)
    await office.work.answer(wang, case, "先锁门，打110。", once="b")
    assert (await office.out())[-1].address == "8"


async def test_the_safe_word_at_a_door_that_was_left_stops_nobody_elsewhere(office: Office, wang: Worker) -> None:
    case = await _came_back(office, wang)
    await office.file("停", why=Why.STOPPED)
    assert await office.work.answer(wang, case, "我在。", once="b")


async def test_who_was_silent_for_long_is_answered_where_they_wrote_last_once_they_said_that_it_is_they(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _came_back(office, wang)
    await office.work.answer(wang, case, "先锁门，打110。", once="a")
    clock.forward(minutes=16)
    for words in ("在吗", "你是谁"):
        await office.file(words)
        with pytest.raises(DeskError, match="check"):
            await office.work.answer(wang, case, "你爸再打你，就去奶奶家。", once="b")
    await office.work.ask_if_here(wang, case)
    await office.file("是我")
    assert await office.work.answer(wang, case, "我在。", once="c")
    assert (await office.out())[-1].address == "7"


async def test_what_was_asked_at_a_door_that_is_gone_has_no_answer_by_the_question_at_another(
    office: Office, wang: Worker
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)
    await office.file("他找到这里来了", **VISIT)
    await office.desk.left(LIBRARY_PC.talk)
    await office.file("在吗")
    owed = await office.row(case)
    await office.work.ask_if_here(wang, case)
    assert (await office.row(case)).heard == owed.heard


async def test_where_somebody_wrote_without_a_code_the_code_is_not_shown(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _came_back(office, wang)
    desk, talks = office.desk, (PHONE, FRIEND.talk)
    shown = [standing.case and bool(standing.case.receipt) for standing in [await desk.standing(key) for key in talks]]
    assert shown == [False, True]
    await office.work.answer(wang, case, "我在。", once="b")
    clock.forward(minutes=16)
    await office.file("在吗")
    doubted = [standing.case and standing.case.receipt for standing in [await desk.standing(key) for key in talks]]
    assert doubted == ["", ""]
    assert case


async def test_nothing_is_written_unasked_to_who_may_not_be_the_child(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _came_back(office, wang)
    await office.work.answer(wang, case, "我在。", once="b")
    clock.forward(minutes=16)
    await office.file("在吗")
    sent = len(await office.out())
    assert not await office.work.close(wang, case, "helped", seen=99)
    assert len(await office.out()) == sent


async def test_who_asks_for_deletion_at_a_door_that_was_left_has_nothing_erased_that_goes_on_elsewhere(
    office: Office, wang: Worker
) -> None:
    case = await _came_back(office, wang)
    await office.desk.forgotten(PHONE)
    assert (await office.row(case)).delete_asked_at is None
    assert "delete_before" in await _whats(office, case)
    await office.desk.forgotten(FRIEND.talk)
    assert (await office.row(case)).delete_asked_at is not None


async def test_words_that_were_on_their_way_while_they_came_back_elsewhere_do_not_take_the_case_along(
    office: Office, wang: Worker
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    filing = await office.prepared("好的老师")
    await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)

    assert await office.keep(filing) == case
    row = await office.row(case)
    assert (row.state, row.holder, row.channel) == (CaseState.TAKEN, wang.id, "web")
    assert (await _said(office, case, wang))[-1] == "好的老师"


async def test_whoever_has_a_case_keeps_it_where_words_come_from_a_talk_that_nobody_remembered(
    office: Office, wang: Worker
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    filing = await office.prepared("好的老师")
    await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)
    async with office.store.writing() as connection:
        await connection.execute(case_door.delete())

    assert await office.keep(filing) == case
    row = await office.row(case)
    assert (row.state, row.holder) == (CaseState.TAKEN, wang.id)
    assert "reopened" not in await _whats(office, case)


async def test_what_is_written_in_a_group_leaves_a_person_where_they_are(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await CaseReturns(office.store, office.news).open(office.receipt.code, LIBRARY_PC)

    assert await office.file("老师好", group="telegram:group:-100") == case
    assert (await office.row(case)).channel == "web"


async def test_who_wants_the_chat_deleted_where_they_were_before_is_heard(office: Office, wang: Worker) -> None:
    case = await _gone_on(office, wang)
    await office.desk.forgotten(PHONE)
    assert (await office.row(case)).delete_asked_at is not None


async def test_a_wish_told_where_they_were_before_holds_for_every_case_that_is_written_to_there(
    office: Office, wang: Worker
) -> None:
    teacher = await office.worker(await office.hire("teacher", school="一中"))
    case = await _gone_on(office, wang)
    await office.file("", why=Why.OUTSIDERS)
    with pytest.raises(NoSuchCaseError):
        await office.reading.open(teacher, case)


async def test_what_began_where_they_were_before_follows_the_case_once_that_has_ended(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await _gone_on(office, wang)
    await office.work.close(wang, case, "helped", seen=99)
    clock.forward(hours=20)

    newer = await office.file("他又打我")
    before = (await office.reading.open(wang, newer)).before
    assert before is not None
    assert before.id == case


async def test_of_an_erased_case_nobody_knows_where_its_child_had_been(office: Office, wang: Worker) -> None:
    case = await _gone_on(office, wang)
    await office.work.close(wang, case, "helped", seen=99)
    async with office.store.writing() as connection:
        assert await CaseErasure(office.store).erase(connection, case)
    async with office.store.reading() as connection:
        assert (await connection.execute(case_door.select())).all() == []
