"""What the desk does to a case, on both databases: one winner, each answer once, nothing lost to an end."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.core.audience import Audience
from bot.core.desk import CaseState, Filing, Receipt, Report, SealedText, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.cases import SealedCases
from bot.storage.casework import Ending, SealedCasework
from bot.storage.staff_tables import staff
from bot.storage.store import Store

from .conftest import Clock

TALK = "web:9"
TEXT = SealedText(1, b"desk", b"child")


@pytest.fixture
async def people(store: Store) -> tuple[int, int]:
    async with store.writing() as connection:
        rows = [
            {
                "name": name,
                "display": name,
                "role": "counsellor",
                "line": 1,
                "region": "",
                "school": "",
                "state": "active",
            }
            | {"failures": 0, "created_at": store.now()}
            for name in ("wang", "li")
        ]
        made = [
            (await connection.execute(staff.insert().values(**row).returning(staff.c.id))).scalar_one() for row in rows
        ]
    return made[0], made[1]


async def _file(store: Store, case: int | None = None, delivery: str = "", why: Why = Why.RISK) -> int:
    level = RiskLevel.DISCLOSURE if why is Why.RISK else RiskLevel.NONE
    texts = () if why is Why.HERE else ("x",)
    report = Report(why, level, RiskKind.BULLYING, Audience.STUDENT, texts, opens=case is None)
    due = Receipt(store.now(), store.now() + dt.timedelta(minutes=30))
    filing = Filing(report, Origin("web", TALK, "9", delivery), case, due, (TEXT,) if texts else ())
    async with store.writing() as connection:
        filed = await SealedCases(store).file(connection, filing)
    assert filed is not None
    return filed.case


async def _taken(store: Store, member: int) -> int:
    case = await _file(store)
    async with store.writing() as connection:
        assert await SealedCasework(store).take(connection, case, member)
    return case


async def test_of_two_who_take_a_case_at_once_one_has_it(
    store: Store, second_store: Store, people: tuple[int, int]
) -> None:
    case = await _file(store)

    async def take(where: Store, member: int) -> bool:
        async with where.writing() as connection:
            return await SealedCasework(where).take(connection, case, member)

    won = await asyncio.gather(take(store, people[0]), take(second_store, people[1]))

    assert sorted(won) == [False, True]
    row = await SealedCasework(store).case(case)
    assert row is not None
    assert row.holder == people[won.index(True)]


async def test_an_answer_of_one_name_is_known_and_cannot_be_kept_twice(store: Store, people: tuple[int, int]) -> None:
    case, work = await _taken(store, people[0]), SealedCasework(store)
    async with store.writing() as connection:
        assert not await work.said(connection, case, "a")
        await work.say(connection, case, people[0], TEXT, once="a")
        assert await work.said(connection, case, "a")
        assert not await work.said(connection, case, "b")

    with pytest.raises(Exception):  # noqa: B017, PT011  (whatever the database says)
        async with store.writing() as connection:
            await work.say(connection, case, people[0], TEXT, once="a")
    assert len(await work.messages(case)) == 2


async def test_a_question_whether_they_are_here_stops_the_clock_until_they_are(
    store: Store, people: tuple[int, int], clock: Clock
) -> None:
    case, work = await _taken(store, people[0]), SealedCasework(store)
    async with store.writing() as connection:
        assert await work.ask_if_here(connection, case, people[0])
    asked = await work.case(case)
    assert asked is not None
    assert (asked.due_at, asked.checking_at) == (None, clock())

    clock.forward(minutes=3)
    await _file(store, case, why=Why.HERE)
    here = await work.case(case)
    assert here is not None
    assert (here.checking_at, here.child_at) == (None, clock())
    assert here.due_at == clock() + dt.timedelta(minutes=30)


async def test_a_word_and_an_end_at_once_never_leave_the_word_in_a_closed_case(
    store: Store, second_store: Store, people: tuple[int, int]
) -> None:
    for turn in range(5):
        case, work = await _taken(store, people[0]), SealedCasework(store)

        async def end(number: int = case, work: SealedCasework = work) -> None:
            async with store.writing() as connection:
                row = await work.locked(connection, number)
                assert row is not None
                if row.turns == 1:
                    await work.close(connection, number, people[0], Ending("helped", store.now()))

        await asyncio.gather(end(), _file(second_store, case, str(turn), Why.SAID))

        row = await work.case(case)
        assert row is not None
        assert row.state != CaseState.CLOSED
        assert len(await work.messages(case)) == 2
        async with store.writing() as connection:
            await work.close(connection, case, people[0], Ending("helped", store.now()))


async def test_a_second_delivery_does_not_open_a_closed_case(store: Store, people: tuple[int, int]) -> None:
    case, work = await _taken(store, people[0]), SealedCasework(store)
    await _file(store, case, "1", Why.SAID)
    async with store.writing() as connection:
        await work.close(connection, case, people[0], Ending("helped", store.now()))
    await _file(store, case, "1", Why.SAID)

    row = await work.case(case)
    assert row is not None
    assert (row.state, row.outcome) == (CaseState.CLOSED, "helped")


async def test_whoever_leaves_gives_all_their_cases_back(store: Store, people: tuple[int, int]) -> None:
    case, work = await _taken(store, people[0]), SealedCasework(store)
    async with store.writing() as connection:
        assert await work.release_all(connection, people[1]) == []
        assert await work.release_all(connection, people[0]) == [case]

    row = await work.case(case)
    assert row is not None
    assert (row.state, row.holder) == (CaseState.WAITING, None)


async def test_a_hold_is_set_once_and_told_once(store: Store, people: tuple[int, int]) -> None:
    case, work = await _taken(store, people[0]), SealedCasework(store)
    async with store.writing() as connection:
        changed = [await work.hold(connection, case, people[1], held) for held in (True, True, False, False)]

    assert changed == [True, False, True, False]
    assert [event.what for event in await work.events(case)][-2:] == ["held", "unheld"]


async def test_the_list_holds_no_address_and_no_code(store: Store, people: tuple[int, int]) -> None:
    await _taken(store, people[0])

    listed = (await SealedCasework(store).queue())[0]._mapping
    assert not {"address", "talk", "receipt", "receipt_salt", "receipt_public"} & set(listed)
