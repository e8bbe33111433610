"""What people on duty do: who may see what, one winner, one message, nothing sent to whoever may not be the child."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from bot.core.audience import Audience
from bot.core.desk import CaseState, Why
from bot.core.lessons import Joins
from bot.core.message import Origin
from bot.desk.news import Event
from bot.desk.returns import CaseReturns
from bot.desk.sealing import open_with, receipt_pair
from bot.desk.service import receipt_secret_of
from bot.desk.worker import DeskError, NoSuchCaseError, Worker
from bot.staff.desk.clock import owed
from bot.storage.case_clocks import set_due
from bot.storage.cases import SealedCases
from bot.storage.casework import SealedCasework
from bot.storage.chat_links import TELEGRAM
from bot.storage.enrolments import SealedEnrolments
from bot.storage.moving import move
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route
from bot.storage.store import Store

from ..storage.taught import Taught
from .office import Office
from .world import Clock


@pytest.fixture
async def chen(office: Office) -> Worker:
    return await office.worker(await office.hire("chen", "supervisor"), supervisor=True)


async def _refused(reason: str, deed: object) -> None:
    with pytest.raises(DeskError) as error:
        await deed  # type: ignore[misc]
    assert error.value.reason == reason


async def _attempts(office: Office, worker: Worker, case: int) -> list[object]:
    """Everything that can be tried with a case."""
    work = office.work
    return [
        office.reading.admitted(worker, case),
        office.reading.open(worker, case),
        office.reading.open(worker, case, 1),
        work.claim(worker, case),
        work.answer(worker, case, "x", once="1"),
        work.ask_if_here(worker, case),
        work.note(worker, case, "x"),
        work.report(worker, case, "x"),
        work.transfer(worker, case, worker.id),
        work.give_back(worker, case),
        work.close(worker, case, "helped", seen=99),
    ]


async def test_a_case_of_another_region_does_not_exist_for_them(office: Office, wang: Worker) -> None:
    far = await office.worker(await office.hire("far", region="guangzhou"))
    case = await office.file(region="cangzhou")
    await office.work.claim(wang, case)

    assert await office.reading.queue(far) == []
    assert [row.id for row in await office.reading.queue(wang)] == [case]
    for attempt in await _attempts(office, far, case):
        with pytest.raises(NoSuchCaseError):
            await attempt  # type: ignore[misc]
    assert all(actor != far.actor for actor, _, _ in await office.logged())


async def test_nobody_of_any_school_sees_the_case_of_a_child_who_wants_none(office: Office, wang: Worker) -> None:
    teacher = await office.worker(await office.hire("teacher", "supervisor", school="实验中学"), supervisor=True)
    case = await office.file()
    assert [row.id for row in await office.reading.queue(teacher)] == [case]
    await office.work.claim(teacher, case)
    await office.file("", why=Why.OUTSIDERS)

    assert await office.reading.queue(teacher) == []
    attempts = [*await _attempts(office, teacher, case), office.work.take_over(teacher, case)]
    for attempt in [*attempts, office.work.hold(teacher, case, held=True)]:
        with pytest.raises(NoSuchCaseError):
            await attempt  # type: ignore[misc]
    await _refused("colleague", office.work.transfer(await _supervisor(office), case, teacher.id))


async def _enrolled(office: Office, *names: str) -> None:
    """The child of the talk joins a class of each of these schools."""
    taught = Taught(office.store)
    for name in names:
        class_ = await taught.class_(await taught.school(name=name))
        joins = Joins(class_, Audience.STUDENT, Origin("telegram", "telegram:7:7", "7"))
        async with office.store.writing() as connection:
            await SealedEnrolments(office.store).join(connection, joins)


async def test_no_colleague_of_the_schools_that_the_child_joined_sees_the_case(office: Office, wang: Worker) -> None:
    near = await office.worker(await office.hire("near", school="呼市 第一中学"))
    other = await office.worker(await office.hire("other", "supervisor", school="育才 "), supervisor=True)
    principal = await office.worker(await office.hire("vp", "vice_principal"))
    far = await office.worker(await office.hire("far", school="第九小学"))
    await _enrolled(office, "第一中学", "育才")
    case = await office.file()

    for seeing in (wang, far):
        assert [row.id for row in await office.reading.queue(seeing)] == [case]
    for kept_away in (near, other, principal):
        assert await office.reading.queue(kept_away) == []
        for attempt in await _attempts(office, kept_away, case):
            with pytest.raises(NoSuchCaseError):
                await attempt  # type: ignore[misc]
    await office.work.claim(wang, case)
    await _refused("colleague", office.work.transfer(wang, case, near.id))


async def test_nobody_is_promised_where_only_a_colleague_of_the_child_is_on_shift(office: Office) -> None:
    await office.hire("near", school="第一中学")
    await _enrolled(office, "第一中学")
    await office.file()
    assert office.receipt.due_at is None


async def test_no_colleague_sees_what_a_pupil_tells_in_the_group_chat_of_their_class(office: Office) -> None:
    near = await office.worker(await office.hire("near", school="第一中学"))
    wang = await office.worker(await office.hire("wang", shift=False))
    taught, group = Taught(office.store), Origin("telegram", "telegram:group:-100", "-100")
    class_ = await taught.class_(await taught.school(name="第一中学"))
    async with office.store.writing() as connection:
        await SealedEnrolments(office.store).bind(connection, class_, group, wang.id)
    case = await office.file(group=group.talk)

    assert office.receipt.due_at is None
    assert await office.reading.queue(near) == []
    assert [row.id for row in await office.reading.queue(wang)] == [case]


async def test_a_colleague_sees_the_case_no_more_once_the_child_has_joined_their_school(
    office: Office, wang: Worker
) -> None:
    near = await office.worker(await office.hire("near", school="第一中学"))
    case = await office.file()
    assert [row.id for row in await office.reading.queue(near)] == [case]
    await _enrolled(office, "第一中学")
    await office.file("就是他")

    assert await office.reading.queue(near) == []
    assert [row.id for row in await office.reading.queue(wang)] == [case]


async def _supervisor(office: Office) -> Worker:
    return await office.worker(await office.hire("boss", "supervisor"), supervisor=True)


async def test_a_vice_principal_sees_no_case_whatever_they_claim_to_be(office: Office) -> None:
    number = await office.hire("vp", "vice_principal")
    principal = Worker(number, True, (await office.worker(number)).desk)
    case = await office.file()

    assert await office.reading.queue(principal) == []
    assert await office.reading.closed(principal) == []
    for attempt in await _attempts(office, principal, case):
        with pytest.raises(NoSuchCaseError):
            await attempt  # type: ignore[misc]


async def test_whoever_left_sees_nothing_any_more(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.leave(wang.id)

    assert await office.reading.queue(wang) == []
    with pytest.raises(NoSuchCaseError):
        await office.reading.open(wang, case)


async def test_the_first_opening_is_seen_and_every_opening_is_logged(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file("他打我")
    async with office.news.listening() as told:
        file = await office.reading.open(wang, case)
        assert told.get_nowait() == Event("seen", case)
        first = (await office.row(case)).seen_at
        clock.forward(minutes=1)
        await office.reading.open(wang, case)
        assert told.empty()

    assert [(line.author, line.text) for line in file.lines] == [("child", "他打我")]
    assert (await office.row(case)).seen_at == first
    assert await office.logged() == [(wang.actor, "case.open", case)] * 2


async def test_nobody_reads_the_facts_of_a_case_without_a_line_in_the_log(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file()
    assert (await office.reading.open(wang, case, after=10**9)).events
    assert await office.logged() == [(wang.actor, "case.read", case)]
    assert (await office.row(case)).seen_at is None
    await office.reading.open(wang, case, after=10**9)
    assert len(await office.logged()) == 1
    clock.forward(hours=13)
    await office.reading.open(wang, case, after=10**9)
    assert len(await office.logged()) == 2


async def test_a_look_for_more_is_logged_where_there_is_more(office: Office, wang: Worker) -> None:
    case = await office.file("一")
    last = (await office.reading.open(wang, case)).lines[-1].id
    assert (await office.reading.open(wang, case, last)).lines == ()
    await office.file("二")

    assert [line.text for line in (await office.reading.open(wang, case, last)).lines] == ["二"]
    assert [action for _, action, _ in await office.logged()] == ["case.open", "case.read"]


async def test_of_many_who_claim_one_wins(office: Office) -> None:
    case = await office.file()
    workers = [await office.worker(await office.hire(f"w{number}")) for number in range(6)]

    results = await asyncio.gather(*(office.work.claim(one, case) for one in workers), return_exceptions=True)

    lost = [error for error in results if isinstance(error, DeskError)]
    assert len(lost) == 5
    assert {error.reason for error in lost} == {"taken"}
    winner = workers[results.index(None)]
    row = await office.row(case)
    assert (row.state, row.holder) == (CaseState.TAKEN, winner.id)
    await office.work.claim(winner, case)
    assert [action for _, action, _ in await office.logged()] == ["case.claim"]


async def test_an_answer_reaches_the_child_once_however_often_it_is_sent(
    office: Office, wang: Worker, store: Store
) -> None:
    case = await office.file()
    code = office.receipt.code
    await office.work.claim(wang, case)

    sends = (office.work.answer(wang, case, " 我在。\r\n ", once="a") for _ in range(5))
    await asyncio.gather(*sends)
    await office.work.answer(wang, case, "我在。", once="a")
    await office.work.answer(wang, case, "慢慢说。", once="b")

    assert [(item.kind, item.text) for item in await office.out()] == [("relayed", "我在。"), ("relayed", "慢慢说。")]
    row = await office.row(case)
    assert row.due_at is None
    assert row.answered_at == row.staff_at
    said = (await SealedCasework(store).messages(case))[-1]
    child = receipt_pair(receipt_secret_of(store, code), row.receipt_salt)
    assert open_with(child.private, said.for_child).decode() == "慢慢说。"
    assert [action for _, action, _ in await office.logged()].count("case.answer") == 2


async def test_only_the_holder_writes(office: Office, wang: Worker, chen: Worker) -> None:
    other = await office.worker(await office.hire("li"))
    case = await office.file()
    await _refused("not_yours", office.work.answer(wang, case, "x", once="1"))
    await office.work.claim(wang, case)

    for worker in (other, chen):
        await _refused("not_yours", office.work.answer(worker, case, "x", once="1"))
        await _refused("not_yours", office.work.ask_if_here(worker, case))
    await _refused("not_yours", office.work.close(other, case, "helped", seen=9))
    await _refused("not_yours", office.work.transfer(other, case, other.id))
    await _refused("supervisor", office.work.take_over(other, case))
    await _refused("supervisor", office.work.hold(wang, case, held=True))

    await office.work.take_over(chen, case)
    await _refused("not_yours", office.work.answer(wang, case, "x", once="1"))
    await office.work.answer(chen, case, "我接着陪你。", once="2")
    assert len(await office.out()) == 1


@pytest.mark.parametrize(("text", "reason"), [("  \n", "empty"), ("字" * 1001, "long")])
async def test_an_answer_has_words_and_not_too_many(office: Office, wang: Worker, text: str, reason: str) -> None:
    case = await office.file()
    await office.work.claim(wang, case)

    await _refused(reason, office.work.answer(wang, case, text, once="1"))
    await _refused("no_name", office.work.answer(wang, case, "x", once=""))


async def test_after_a_silence_it_is_asked_first_whether_it_is_still_the_child(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    clock.forward(minutes=16)

    assert (await office.reading.open(wang, case)).check
    await _refused("check", office.work.answer(wang, case, "还在吗，他还打你吗", once="1"))
    await office.work.ask_if_here(wang, case)
    await _refused("check", office.work.answer(wang, case, "还在吗", once="1"))
    asked = await office.row(case)
    assert (asked.due_at, asked.checking_at) == (None, clock())

    clock.forward(minutes=1)
    await office.file("", why=Why.HERE)
    row = await office.row(case)
    assert row.checking_at is None
    assert row.due_at is not None
    await office.work.answer(wang, case, "我们接着说。", once="1")

    out = await office.out()
    assert [item.commands for item in out] == [[f"here:{case}"], []]
    assert "打" not in out[0].text


async def test_whoever_comes_back_by_another_door_is_asked_first(
    office: Office, wang: Worker, store: Store, clock: Clock
) -> None:
    from bot.core.message import Origin

    case = await office.file()
    await office.work.claim(wang, case)
    clock.forward(minutes=1)
    async with store.writing() as connection:
        await move(connection, store, case, Origin("telegram", "telegram:8:8", "8"))

    await _refused("check", office.work.answer(wang, case, "x", once="1"))
    clock.forward(minutes=1)
    await office.file("是我", talk="telegram:8:8")
    await office.work.answer(wang, case, "好的", once="1")
    assert [item.address for item in await office.out()] == ["8"]


@pytest.mark.parametrize("minutes", [-9, 0])
async def test_whoever_comes_back_is_asked_first_whatever_the_clock_says(
    office: Office, wang: Worker, clock: Clock, minutes: int
) -> None:
    case = await office.file(talk="web:abc", channel="web", address="web:abc")
    await office.work.claim(wang, case)
    for say in ({"text": "是我"}, {"text": "", "why": Why.HERE}, {"text": "", "why": Why.PLACE, "value": "home"}):
        clock.forward(minutes=minutes)
        await CaseReturns(office.store, office.news).open(office.receipt.code, Origin("telegram", "telegram:7:7", "7"))
        assert (await office.reading.open(wang, case)).check
        clock.forward(minutes=minutes)
        code = office.receipt.code
        await office.file(**say)  # type: ignore[arg-type]
        office.receipt = replace(office.receipt, code=code)
        assert not (await office.reading.open(wang, case)).check


async def test_after_the_safe_word_it_is_first_asked_whether_it_is_still_they(office: Office, wang: Worker) -> None:
    case = await office.file("他打我")
    await office.work.claim(wang, case)
    assert not (await office.reading.open(wang, case)).check

    await office.file("停", why=Why.STOPPED)

    file = await office.reading.open(wang, case)
    assert (file.check, file.left, [line.text for line in file.lines]) == (True, True, ["他打我", "停"])
    assert [event.what for event in file.events].count("stopped") == 1
    # One more word of whoever holds the device tells not who they are, and no more does a button of before.
    for word, why in (("在吗", Why.SAID), ("", Why.HERE)):
        await office.file(word, why=why, value=str(case) if why is Why.HERE else "")
        file = await office.reading.open(wang, case)
        assert (file.check, file.left) == (True, False)
    await office.work.ask_if_here(wang, case)
    await office.file("", why=Why.HERE, value=str(case))
    file = await office.reading.open(wang, case)
    assert (file.check, file.left) == (False, False)


async def test_after_a_clock_was_set_back_far_it_is_asked_and_one_answer_is_enough(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file()
    await office.file("", why=Why.PLACE, value="home")
    await office.work.claim(wang, case)
    clock.forward(hours=-1)
    assert (await office.reading.open(wang, case)).check
    await office.work.ask_if_here(wang, case)
    await office.file("", why=Why.HERE, value=str(case))
    assert not (await office.reading.open(wang, case)).check


async def test_what_a_child_writes_goes_to_the_case_they_came_back_to_and_both_holders_know(
    office: Office, wang: Worker, chen: Worker, clock: Clock
) -> None:
    told = await office.file("继父", talk="web:abc", channel="web", address="web:abc")
    code = office.receipt.code
    await office.work.claim(wang, told)
    clock.forward(minutes=30)
    newer = await office.file("同学打我")
    newer_code = office.receipt.code
    await office.work.claim(chen, newer)

    returns, here = CaseReturns(office.store, office.news), Origin("telegram", "telegram:7:7", "7")
    assert await returns.open(code, here) is not None
    await office.work.ask_if_here(wang, told)
    clock.forward(minutes=1)
    assert await office.file("", why=Why.HERE) == told
    assert await office.file("他明天晚上又要回来", level="urgent") == told

    asked = await office.row(told)
    assert (asked.checking_at, asked.level, asked.due_at is not None) == (None, "urgent", True)
    assert not (await office.reading.open(wang, told)).check
    histories = [
        (case, event.what, event.value) for case in (told, newer) for event in await office.reading.events(case)
    ]
    assert (told, "instead_of", str(newer)) in histories
    assert (newer, "goes_on_in", str(told)) in histories

    assert await returns.open(newer_code, here) is not None
    assert await office.file("他们又堵我") == newer
    await returns.open(code, here)
    await office.work.close(wang, told, "helped", seen=999)
    assert await office.file("他们又堵我") == newer


async def test_who_says_that_it_is_they_answers_the_colleague_who_asked(
    office: Office, wang: Worker, chen: Worker, clock: Clock
) -> None:
    told = await office.file("继父", talk="web:abc", channel="web", address="web:abc")
    code = office.receipt.code
    await office.work.claim(wang, told)
    newer = await office.file("同学打我")
    await office.work.claim(chen, newer)
    await CaseReturns(office.store, office.news).open(code, Origin("telegram", "telegram:7:7", "7"))
    for worker, case in ((wang, told), (chen, newer)):
        await office.work.ask_if_here(worker, case)
    clock.forward(minutes=1)
    button = (await office.out())[-1].commands[0]

    assert await office.file("", why=Why.HERE, value=button.partition(":")[2]) == newer

    asked, other = await office.row(newer), await office.row(told)
    assert (asked.checking_at, asked.due_at is not None) == (None, True)
    assert other.checking_at is not None
    assert not (await office.reading.open(chen, newer)).check
    await office.work.answer(chen, newer, "好，我们接着说。", once="1")


@pytest.mark.parametrize("value", ["", "x", "²", "9" * 40, "-1", "other"])
async def test_a_tap_that_names_no_case_of_the_talk_goes_to_the_one_that_has_it(
    office: Office, wang: Worker, value: str
) -> None:
    case = await office.file()
    others = await office.file(talk="telegram:8:8", address="8")
    await office.work.claim(wang, case)
    await office.work.ask_if_here(wang, case)

    assert await office.file("", why=Why.HERE, value=str(others) if value == "other" else value) == case
    assert (await office.row(case)).checking_at is None


async def test_whoever_comes_back_where_nothing_else_is_open_leaves_no_trace_of_another_case(office: Office) -> None:
    case = await office.file()
    returns, here = CaseReturns(office.store, office.news), Origin("telegram", "telegram:7:7", "7")
    for _ in range(2):
        assert await returns.open(office.receipt.code, here) is not None
    whats = [event.what for event in await office.reading.events(case)]
    assert whats.count("came_back") == 2
    assert not {"instead_of", "goes_on_in"} & set(whats)


async def test_a_child_who_may_not_be_written_to_now_is_asked_only_on_purpose(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await office.file("", why=Why.WRITE, value="never")
    clock.forward(minutes=20)

    await _refused("not_now", office.work.ask_if_here(wang, case))
    assert await office.out() == []
    await office.work.ask_if_here(wang, case, anyway=True)
    assert len(await office.out()) == 1


async def test_a_note_is_for_colleagues_alone(office: Office, wang: Worker, chen: Worker, store: Store) -> None:
    case = await office.file()
    await office.work.note(chen, case, "已联系派出所")

    kept = (await SealedCasework(store).messages(case))[-1]
    assert (kept.author, kept.for_child) == ("note", None)
    assert await office.out() == []
    assert (await office.reading.open(wang, case)).lines[-1].text == "已联系派出所"


async def test_a_case_goes_to_a_colleague_who_can_read_it(office: Office, wang: Worker, chen: Worker) -> None:
    case = await office.file(region="cangzhou")
    far = await office.hire("far", region="guangzhou")
    await office.work.claim(wang, case)

    await _refused("colleague", office.work.transfer(wang, case, far))
    await _refused("colleague", office.work.transfer(wang, case, 999))
    await office.work.transfer(wang, case, chen.id)
    assert (await office.row(case)).holder == chen.id
    await _refused("not_yours", office.work.give_back(wang, case))


async def test_a_colleague_without_the_newest_key_gets_no_case(office: Office, wang: Worker, chen: Worker) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await office.rotate(wang.id)

    await _refused("colleague", office.work.transfer(wang, case, chen.id))


async def test_what_is_given_back_waits_and_rings(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    async with office.news.listening() as told:
        await office.work.give_back(wang, case)
        assert told.get_nowait() == Event("opened", case)

    row = await office.row(case)
    assert (row.state, row.holder, row.rung) == (CaseState.WAITING, None, 0)


async def test_an_end_is_told_to_the_child_and_the_bot_answers_again(
    office: Office, wang: Worker, store: Store, clock: Clock
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    seen = (await office.reading.open(wang, case)).last_of_child
    await _refused("outcome", office.work.close(wang, case, "whatever", seen=seen))
    await office.work.close(wang, case, "reported_police", seen=seen)

    row = await office.row(case)
    assert (row.state, row.outcome) == (CaseState.CLOSED, "reported_police")
    assert row.erase_at == clock() + dt.timedelta(days=90)
    assert [item.kind for item in await office.out()] == ["notice"]
    assert await SealedCases(store).open_case("telegram:7:7") is None
    assert [row.id for row in await office.reading.closed(wang)] == [case]
    await _refused("closed", office.work.answer(wang, case, "x", once="1"))
    await _refused("closed", office.work.claim(wang, case))
    assert (await office.reading.open(wang, case)).lines[-1].author == "service"


async def test_what_the_child_has_just_said_is_read_before_the_end(office: Office, wang: Worker) -> None:
    case = await office.file("一")
    await office.work.claim(wang, case)
    seen = (await office.reading.open(wang, case)).last_of_child
    await office.file("等等，还有")

    await _refused("newer", office.work.close(wang, case, "helped", seen=seen))
    assert (await office.row(case)).state == CaseState.TAKEN


@pytest.mark.parametrize(("why", "value"), [(Why.UNSAFE, "no"), (Why.SAID, "voice"), (Why.RETRACTED, "")])
async def test_what_the_child_told_without_words_is_seen_before_the_end(
    office: Office, wang: Worker, why: Why, value: str
) -> None:
    case, boss = await office.file("一"), await _supervisor(office)
    await office.work.claim(wang, case)
    seen = (await office.reading.open(wang, case)).last_of_child
    await office.file("", why=why, value=value, level="urgent" if value == "no" else "none")

    for worker in (wang, boss):
        await _refused("newer", office.work.close(worker, case, "helped", seen=seen))
    assert await office.out() == []
    await office.work.close(wang, case, "helped", seen=(await office.reading.open(wang, case)).last_of_child)


@pytest.mark.parametrize(("wish", "told"), [("now", True), ("never", False)])
async def test_whoever_ends_a_case_knows_whether_the_child_was_told(
    office: Office, wang: Worker, wish: str, told: bool
) -> None:
    case = await office.file("一")
    await office.file("", why=Why.WRITE, value=wish, delivery="2")
    await office.work.claim(wang, case)

    assert await office.work.close(wang, case, "helped", seen=2) is told
    assert bool(await office.out()) is told
    assert (await office.row(case)).untold == (None if told else "closed")


async def test_what_came_while_an_answer_was_written_is_read_before_it_goes_out(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file("一")
    await office.work.claim(wang, case)
    seen = (await office.reading.open(wang, case)).last_of_child
    clock.forward(minutes=3)
    await office.file("放学他们在门口等我", why=Why.RISK, level="urgent")
    due = (await office.row(case)).due_at
    clock.forward(seconds=1)

    await _refused("newer", office.work.answer(wang, case, "明天再说，再见", once="1", seen=seen))
    await _refused("newer", office.work.ask_if_here(wang, case, seen=seen))
    assert await office.out() == []
    assert (await office.row(case)).due_at == due
    seen = (await office.reading.open(wang, case)).last_of_child
    for _ in range(2):
        await office.work.answer(wang, case, "先别出校门，马上打110", once="1", seen=seen)
    assert [item.text for item in await office.out()] == ["先别出校门，马上打110"]


async def test_an_answer_sent_twice_is_done_once_though_the_child_wrote_meanwhile(office: Office, wang: Worker) -> None:
    case = await office.file("一")
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在", once="1", seen=1)
    await office.file("二")

    await office.work.answer(wang, case, "我在", once="1", seen=1)
    assert len(await office.out()) == 1
    assert await _owed(office, case)


async def test_what_the_child_says_after_an_answer_is_owed_whatever_the_clock_says(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file("一")
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在", once="1")
    assert not await _owed(office, case)

    clock.forward(minutes=-9)
    await office.file("又打我了")

    assert await _owed(office, case)
    await office.work.answer(wang, case, "我看到了", once="2")
    assert not await _owed(office, case)


async def test_where_a_child_may_be_written_to_is_told_and_asks_nothing(office: Office, wang: Worker) -> None:
    case = await office.file("一")
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在", once="1")
    await office.file("", why=Why.WRITE, value="evening")

    assert not await _owed(office, case)


async def _owed(office: Office, case: int) -> bool:
    """Whether the list of cases says that the child waits."""
    return owed(await office.row(case))


async def test_what_nobody_can_read_leaves_a_line_in_the_talk_once(office: Office, wang: Worker, store: Store) -> None:
    case = await office.file("一")
    code = office.receipt.code
    await office.work.claim(wang, case)
    before = (await office.reading.open(wang, case)).lines[-1].id
    for _ in range(2):
        await office.file("", value="voice", told="我听不了语音", delivery="9")

    file = await office.reading.open(wang, case, before)
    assert [(line.author, line.text) for line in file.lines] == [("service", "我听不了语音")]
    assert file.last_of_child == 2
    child = receipt_pair(receipt_secret_of(store, code), (await office.row(case)).receipt_salt)
    kept = (await SealedCasework(store).messages(case))[-1]
    assert open_with(child.private, kept.for_child).decode() == "我听不了语音"


async def test_a_word_that_came_while_it_was_closed_opens_it_again(office: Office, wang: Worker, store: Store) -> None:
    from bot.core.audience import Audience
    from bot.core.desk import Filing, Receipt, Report, SealedText
    from bot.core.message import Origin
    from bot.core.risk import RiskKind, RiskLevel
    from bot.desk.sealing import seal_to

    case = await office.file("一")
    await office.work.claim(wang, case)
    await office.work.close(wang, case, "helped", seen=9)
    said = Report(Why.SAID, RiskLevel.NONE, RiskKind.BULLYING, Audience.STUDENT, ("二",))
    text = SealedText(1, seal_to(office.desk_key.public, "二".encode()))
    origin = Origin("telegram", "telegram:7:7", "7", "5")
    filing = Filing(said, origin, case, Receipt(store.now()), (text,))
    for news in ("opened", ""):
        async with store.writing() as connection:
            filed = await SealedCases(store).file(connection, filing)
        assert filed is not None
        assert (filed.case, filed.news) == (case, news)

    row = await office.row(case)
    assert (row.state, row.holder, row.outcome) == (CaseState.WAITING, None, None)
    assert [line.text for line in (await office.reading.open(wang, case)).lines if line.author == "child"] == [
        "一",
        "二",
    ]


async def test_a_wish_to_delete_is_met_a_day_after_the_end_unless_it_is_held(
    office: Office, wang: Worker, chen: Worker, store: Store
) -> None:
    case = await office.file()
    await SealedCases(store).delete_asked("telegram:7:7")
    await office.work.claim(wang, case)
    await office.work.close(wang, case, "helped", seen=9)
    assert (await office.row(case)).erase_at == store.now() + dt.timedelta(days=1)

    await office.work.hold(chen, case, held=True)
    held = await office.row(case)
    assert (held.held, held.erase_at) == (True, store.now() + dt.timedelta(days=90))
    await office.work.hold(chen, case, held=False)
    assert (await office.row(case)).erase_at == store.now() + dt.timedelta(days=1)


async def test_a_child_who_takes_it_back_closes_nothing(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await office.file("", why=Why.RETRACTED)

    assert (await office.row(case)).state == CaseState.TAKEN
    assert "retracted" in [event.what for event in await office.reading.events(case)]


async def test_text_of_a_key_that_is_not_held_is_said_to_be_locked(office: Office, wang: Worker, chen: Worker) -> None:
    case = await office.file("旧的")
    await office.rotate(chen.id)
    await office.file("新的")

    assert [line.text for line in (await office.reading.open(wang, case)).lines] == ["旧的", None]
    newer = await office.worker(chen.id, supervisor=True)
    assert [line.text for line in (await office.reading.open(newer, case)).lines] == ["旧的", "新的"]


async def test_buttons_leave_no_words_in_the_open(office: Office, wang: Worker) -> None:
    case = await office.file()
    for why in (Why.PLACE, Why.SAFE, Why.WRITE, Why.SAID):
        await office.file("", why=why, value="阳光小区三栋的张三")

    row = await office.row(case)
    assert (row.safe, row.write_when) == ("", "")
    assert {event.value for event in await office.reading.events(case)} == {""}


async def test_a_report_is_kept_sealed_and_found_again(office: Office, wang: Worker) -> None:
    from bot.desk.report import Reporter, draft, read_report

    from .office import LIBRARY

    case = await office.file("他打我")
    await office.work.claim(wang, case)
    form = read_report({"situation_4": "1", "situation_6": "1", "known": "手臂有伤", "other": "x"})
    text = draft(form, await office.row(case), Reporter("王", "", office.store.now()), LIBRARY.messages)
    made = await office.work.report(wang, case, text)

    file = await office.reading.open(wang, case)
    kept = next(line for line in file.lines if line.id == made)
    assert kept.text is not None
    assert "（四）" in kept.text
    assert "第九十二条" in kept.text  # somebody without care: the civil affairs office too
    assert "手臂有伤" in kept.text
    assert "他打我" not in kept.text
    assert [event.value for event in file.events if event.what == "report"] == [str(made)]


async def test_a_refused_deed_leaves_no_trace(office: Office, wang: Worker, clock: Clock, store: Store) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    before = len(await SealedCasework(store).messages(case)), await office.logged()
    clock.forward(hours=1)
    async with office.news.listening() as told:
        await _refused("check", office.work.answer(wang, case, "x", once="1"))
        assert told.empty()

    assert (len(await SealedCasework(store).messages(case)), await office.logged()) == before
    assert await office.out() == []


async def test_a_linked_chat_takes_a_case_for_its_owner_alone(office: Office, wang: Worker, chen: Worker) -> None:
    case, claims = await office.file(region="cangzhou"), office.claims
    unknown = await claims.claim("55", case)
    token = await claims.new_token(wang.id)
    used = [await claims.link("55", token), await claims.link("66", token)]
    assert used[0] != used[1]
    assert (await office.row(case)).state == CaseState.WAITING

    taken = await claims.claim("55", case)
    assert f"/desk/case/{case}" in taken
    assert taken != unknown
    assert (await office.row(case)).holder == wang.id
    assert await claims.claim("55", case) == taken
    assert await claims.claim("66", case) == unknown
    another = await claims.link("55", await claims.new_token(chen.id))
    assert another not in used


async def test_a_chat_of_somebody_off_duty_or_ineligible_takes_nothing(office: Office) -> None:
    case = await office.file(region="cangzhou")
    off = await office.hire("off", shift=False)
    far = await office.hire("far", region="guangzhou")
    principal = await office.hire("vp", "vice_principal")
    boss = await office.hire("boss", "supervisor", shift=False)
    for chat, member in (("1", off), ("2", far), ("3", principal), ("4", boss)):
        await office.claims.link(chat, await office.claims.new_token(member))

    refused = [await office.claims.claim(chat, case) for chat in ("1", "2", "3")]
    assert (await office.row(case)).state == CaseState.WAITING
    assert len(set(refused)) == 3
    assert refused[1] == await office.claims.claim("2", 999)
    await office.claims.claim("4", case)
    assert (await office.row(case)).holder == boss


@pytest.mark.parametrize(("there", "rung"), [(False, 3), (True, 4)], ids=["nobody on duty", "nobody reached"])
async def test_a_chat_of_somebody_off_duty_who_was_called_in_takes_the_case(
    office: Office, there: bool, rung: int
) -> None:
    case = await office.file(region="cangzhou")
    off = await office.hire("off", shift=False)
    await office.hire("boss", "supervisor", shift=False)
    if there:
        await SealedRoster(office.store).add_route(Route(0, await office.hire("on"), target="json://127.0.0.1"))
    await office.claims.link("1", await office.claims.new_token(off))
    await office.claims.claim("1", case)
    assert (await office.row(case)).holder is None

    await SealedRoster(office.store).remove_route(1)  # the whole desk's: now nobody reaches the supervisor
    async with office.store.writing() as connection:
        await set_due(connection, case, None, rung)

    await office.claims.claim("1", case)
    assert (await office.row(case)).holder == off


async def test_a_number_that_was_typed_takes_nothing_and_keeps_nobody_from_linking_their_chat(
    office: Office, wang: Worker, chen: Worker
) -> None:
    case, claims, roster = await office.file(region="cangzhou"), office.claims, SealedRoster(office.store)
    mistyped = await roster.add_route(Route(0, wang.id, kind=TELEGRAM, target="555"))
    await roster.add_route(Route(0, chen.id, kind=TELEGRAM, target="777"))
    unknown = await claims.claim("1", case)
    assert [await claims.claim("555", case), await claims.claim("777", case)] == [unknown, unknown]
    assert (await office.row(case)).state == CaseState.WAITING

    await claims.link("777", await claims.new_token(wang.id))
    own = [route for route in (await roster.read()).routes if route.staff == wang.id]
    assert [(route.id, route.linked) for route in own] == [(mistyped, True)]
    await claims.claim("777", case)
    assert (await office.row(case)).holder == wang.id


async def test_a_chat_that_is_linked_anew_hears_once_and_the_earlier_one_takes_nothing(
    office: Office, wang: Worker
) -> None:
    case, claims, roster = await office.file(region="cangzhou"), office.claims, SealedRoster(office.store)
    await claims.link("55", await claims.new_token(wang.id))
    for typed in ("66", "-100"):
        await roster.add_route(Route(0, wang.id, kind=TELEGRAM, target=typed))
    await claims.link("66", await claims.new_token(wang.id))
    await claims.claim("55", case)
    assert (await office.row(case)).state == CaseState.WAITING
    own = [route.id for route in (await roster.read()).routes if route.staff == wang.id and route.kind == TELEGRAM]
    assert [(await roster.route(number)).target for number in own] == ["66", "-100"]  # type: ignore[union-attr]
    await claims.claim("66", case)
    assert (await office.row(case)).holder == wang.id
