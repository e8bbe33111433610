"""Coming back by code, where it meets schools, letters that are still on their way, and another case of the talk."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audience import Audience
from bot.core.desk import CaseState, SealedText, Why
from bot.core.dialogue import Dialogue
from bot.core.lessons import Joins
from bot.core.message import Incoming, Origin
from bot.core.talk import StoredTalk
from bot.desk.limits import ClockLimits
from bot.desk.look import CaseLook
from bot.desk.returns import CaseReturns
from bot.desk.sealing import seal_to
from bot.desk.telling import Teller
from bot.desk.worker import DeskError, NoSuchCaseError, Worker
from bot.storage.case_rows import CaseRow
from bot.storage.casework import SealedCasework
from bot.storage.enrolments import SealedEnrolments
from bot.storage.erasure import CaseErasure
from bot.storage.moving import move
from bot.storage.outbox import SealedOutbox
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

from ..storage.taught import Taught
from .office import LIBRARY, Office
from .world import Clock

VISIT = {"talk": "web:abc", "channel": "web", "address": "web:abc"}
HERE = Origin("telegram", "telegram:7:7", "7")


@pytest.fixture
async def teacher(office: Office) -> Worker:
    return await office.worker(await office.hire("teacher", school="一中"))


async def _back(office: Office, code: str, origin: Origin = HERE) -> list[str]:
    """They come back by code; gives what they read."""
    returned = await CaseReturns(office.store, office.news).open(code, origin)
    assert returned is not None
    return [message.text for message in returned.messages]


async def _look(office: Office, case: int) -> None:
    teller = Teller(office.store, lambda: LIBRARY, {}, office.keys, office.store.now)
    await CaseLook(office.store, office.board, ClockLimits(), teller).look(case)


async def test_whose_school_is_known_where_they_come_back_is_read_by_no_colleague_of_it(
    office: Office, teacher: Worker
) -> None:
    case = await office.file(**VISIT)
    await office.work.claim(teacher, case)
    taught = Taught(office.store)
    class_ = await taught.class_(await taught.school(name="一中"))
    async with office.store.writing() as connection:
        await SealedEnrolments(office.store).join(connection, Joins(class_, Audience.STUDENT, HERE))

    await _back(office, office.receipt.code)

    assert (await office.row(case)).school == "一中"
    with pytest.raises(NoSuchCaseError):
        await office.reading.open(teacher, case)
    await _look(office, case)
    assert (await office.row(case)).state == CaseState.WAITING


async def test_who_wanted_nobody_of_their_school_in_a_talk_is_read_by_none_in_the_case_they_come_back_to(
    office: Office, teacher: Worker, wang: Worker
) -> None:
    told = await office.file("继父", **VISIT)
    code = office.receipt.code
    await office.work.claim(teacher, told)
    newer = await office.file("同学打我")
    await office.work.claim(wang, newer)
    await office.file("", why=Why.OUTSIDERS)

    await _back(office, code)
    assert await office.file("老师也知道") == told

    with pytest.raises(NoSuchCaseError):
        await office.reading.open(teacher, told)
    assert (await office.reading.open(wang, newer)).row.holder == wang.id


async def test_a_wish_for_nobody_of_their_school_holds_for_every_open_case_of_the_talk(
    office: Office, teacher: Worker, wang: Worker
) -> None:
    told = await office.file("继父", **VISIT)
    code = office.receipt.code
    await office.work.claim(wang, told)
    newer = await office.file("同学打我")
    await office.work.claim(teacher, newer)
    await _back(office, code)
    assert (await office.reading.open(teacher, newer)).row.holder == teacher.id

    assert await office.file("", why=Why.OUTSIDERS) == told

    with pytest.raises(NoSuchCaseError):
        await office.reading.open(teacher, newer)
    await _look(office, newer)
    assert (await office.row(newer)).state == CaseState.WAITING
    # Whoever they talk to is there: nobody tells them otherwise.
    assert "told_child" not in [event.what for event in await office.reading.events(newer)]


async def test_a_colleague_of_the_school_is_not_told_of_a_case_that_they_may_not_see(
    office: Office, teacher: Worker
) -> None:
    secret = await office.file("老师摸我", **VISIT)
    code = office.receipt.code
    await office.file("", why=Why.OUTSIDERS, **VISIT)
    newer = await office.file("同学打我")
    await office.work.claim(teacher, newer)

    await _back(office, code)

    with pytest.raises(NoSuchCaseError):
        await office.reading.open(teacher, newer)
    await _look(office, newer)
    assert (await office.row(newer)).state == CaseState.WAITING
    assert (await office.row(secret)).outsiders_only


async def test_what_was_read_on_coming_back_is_not_owed_where_it_never_reaches_the_old_place(
    office: Office, wang: Worker, clock: Clock
) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在。", once="a")
    returned = await CaseReturns(office.store, office.news).open(
        office.receipt.code, Origin("web", "web:abc", "web:abc")
    )
    assert returned is not None
    assert "我在。" in [message.text for message in returned.messages]

    box = SealedOutbox(office.store, dt.timedelta())
    for item in await box.due("telegram", office.store.now(), 9):
        await box.give_up(item.id, gone=True)
    assert (await office.row(case)).undelivered_at is None
    assert "undelivered" not in [event.what for event in await SealedCasework(office.store).events(case)]


async def test_what_is_written_to_the_old_place_at_the_last_moment_is_read_on_coming_back(
    office: Office, wang: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await office.file(**VISIT)
    await office.work.claim(wang, case)

    async def late(connection: AsyncConnection, store: Store, number: int, origin: Origin) -> int | None:
        key = await office.keys.current(connection)
        assert key is not None
        row = await SealedCasework(store).locked(connection, number)
        assert row is not None
        said = "八点我在校门口等你。".encode()
        text = SealedText(key.generation, seal_to(key.public, said), seal_to(row.receipt_public, said))
        await SealedCasework(store).say(connection, number, wang.id, text)
        return await move(connection, store, number, origin)

    monkeypatch.setattr("bot.desk.returns.move", late)
    assert "八点我在校门口等你。" in await _back(office, office.receipt.code)


async def test_what_is_left_of_an_erased_case_is_named_by_no_other_of_the_same_person(
    office: Office, wang: Worker
) -> None:
    first = await office.file("继父", **VISIT)
    code = office.receipt.code
    await office.work.claim(wang, first)
    second = await office.file("同学打我")
    await _back(office, code)
    await office.work.close(wang, first, "helped", seen=9)

    async with office.store.writing() as connection:
        assert await CaseErasure(office.store).erase(connection, first)

    events = [*await office.reading.events(first), *await office.reading.events(second)]
    assert "came_back" in [event.what for event in events]
    assert not {"instead_of", "goes_on_in"} & {event.what for event in events}


async def test_who_comes_back_while_the_case_is_being_closed_is_told_that_it_has_ended(
    office: Office, wang: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await office.file(**VISIT)
    await office.work.claim(wang, case)
    found = SealedCasework.by_receipt

    async def closed_meanwhile(self: SealedCasework, name: str) -> CaseRow | None:
        row = await found(self, name)
        await office.work.close(wang, case, "unreachable", seen=9)
        return row

    monkeypatch.setattr(SealedCasework, "by_receipt", closed_meanwhile)
    returned = await CaseReturns(office.store, office.news).open(office.receipt.code, HERE)

    assert returned is not None
    assert (returned.closed, returned.receipt.due_at) == (True, None)
    assert LIBRARY.messages["support.closed"] in [message.text for message in returned.messages]
    assert (await office.row(case)).channel == "web"
    assert "came_back" not in [event.what for event in await office.reading.events(case)]


async def test_a_code_is_shown_again_for_the_case_that_it_opens_and_for_no_other(
    office: Office, dialogue: Dialogue
) -> None:
    store = office.store
    desk = office.desk
    talk = StoredTalk(lambda: dialogue, SealedTalks(store, dt.timedelta(hours=2)), store.now, desk)

    async def shown() -> str:
        receipt = (await talk.respond(HERE.talk, Incoming(command="code", origin=HERE))).reply.receipt
        return receipt.code if receipt else ""

    await office.file("继父", **VISIT)
    elsewhere = office.receipt.code
    told = (await talk.respond(HERE.talk, Incoming("我爸又打我了，拿皮带抽", origin=HERE))).reply.receipt
    assert told is not None
    assert await shown() == told.code != ""

    await _back(office, elsewhere)
    assert await shown() == ""
    await _back(office, told.code)
    assert await shown() == told.code


async def test_nobody_closes_a_case_over_a_return_that_they_have_not_seen(office: Office, wang: Worker) -> None:
    case = await office.file()
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我在。", once="a")
    seen = (await office.reading.open(wang, case)).last_of_child
    await _back(office, office.receipt.code)

    with pytest.raises(DeskError, match="newer"):
        await office.work.close(wang, case, "unreachable", seen=seen)
    row = await office.row(case)
    assert row.asks == row.heard
    await office.work.close(wang, case, "helped", seen=(await office.reading.open(wang, case)).last_of_child)
