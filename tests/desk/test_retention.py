"""Erasing in time: text goes, counts stay; what is open or held never goes."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.desk.periods import DAY, Periods
from bot.desk.release_types import RecordsError
from bot.desk.retention import going, sweep
from bot.desk.worker import NoSuchCaseError, Worker
from bot.storage.cases import SealedCases
from bot.storage.desk_tables import case_event, desk_case
from bot.storage.staff_tables import staff_link, staff_session

from .records import ACCOUNT, WORDS, Records
from .world import World


@pytest.fixture
async def records(world: World) -> Records:
    records = Records(world)
    await records.key()
    return records


@pytest.fixture
async def boss(records: Records) -> Worker:
    return await records.worker("boss", "supervisor")


async def _swept(records: Records) -> tuple[int, int]:
    done = await sweep(records.world.store, records.audit, records.periods)
    return done.warned, done.erased


async def _events(records: Records, case: int) -> list[str]:
    return [event.what for event in await records.world.work.events(case)]


async def test_a_closed_case_is_warned_of_and_then_erased_in_its_time(records: Records, boss: Worker) -> None:
    case, clock = await records.open(), records.world.clock
    await records.close(case, boss)
    clock.forward(days=82)
    assert await _swept(records) == (0, 0)
    assert await going(records.world.store, records.periods) == []
    clock.forward(days=1)
    assert await _swept(records) == (1, 0)
    assert [item.case.id for item in await going(records.world.store, records.periods)] == [case]
    clock.forward(days=6, hours=23)
    assert await _swept(records) == (0, 0)
    clock.forward(hours=1)
    assert await _swept(records) == (0, 1)
    assert await _swept(records) == (0, 0)

    row = await records.world.row(case)
    assert (row.address, row.receipt, row.receipt_salt, row.receipt_public, row.school) == (None, None, None, None, "")
    assert await records.world.work.messages(case) == []
    assert (row.level, row.kind, row.outcome, row.state) == ("urgent", "domestic_violence", "helped", "closed")
    assert row.closed_at is not None
    assert row.talk == f"erased:{case}"
    assert (await _events(records, case))[-2:] == ["erase_soon", "erased"]
    assert (await records.actions(case))[-1] == "case.erase"


async def test_erasing_leaves_no_byte_of_it_in_the_files(records: Records, boss: Worker, tmp_path: Path) -> None:
    case, clock = await records.open(), records.world.clock
    (message,) = await records.world.work.messages(case)
    row = await records.world.row(case)
    traces = (
        message.for_desk,
        message.for_child,
        row.address,
        row.talk.encode(),
        row.receipt.encode(),
        row.receipt_salt,
    )
    await records.close(case, boss)

    def held() -> list[int]:
        files = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
        return [place for place, trace in enumerate(traces) if trace in files]

    assert held() == list(range(len(traces)))
    clock.forward(days=84)
    await _swept(records)
    clock.forward(days=7)
    assert await _swept(records) == (0, 1)
    assert held() == []


async def test_an_open_case_is_never_erased_however_old(records: Records) -> None:
    case = await records.open()
    async with records.world.store.writing() as connection:
        await connection.execute(update(desk_case).values(delete_asked_at=records.world.clock(), erase_at=None))
    records.world.clock.forward(days=4000)
    assert await _swept(records) == (0, 0)
    assert len(await records.world.work.messages(case)) == 1


async def test_what_its_person_wants_deleted_goes_soon_after_the_end(records: Records, boss: Worker) -> None:
    case = await records.open()
    await SealedCases(records.world.store).delete_asked(f"telegram:{ACCOUNT}")
    await records.close(case, boss)
    assert await _swept(records) == (1, 0)
    assert await _swept(records) == (0, 0)
    records.world.clock.forward(days=1)
    assert await _swept(records) == (0, 1)


async def test_what_its_person_wants_deleted_after_the_end_goes_soon_too(records: Records, boss: Worker) -> None:
    case = await records.open()
    await records.close(case, boss)
    records.world.clock.forward(days=30)
    assert await _swept(records) == (0, 0)
    await SealedCases(records.world.store).delete_asked(f"telegram:{ACCOUNT}")
    assert await _swept(records) == (1, 0)
    records.world.clock.forward(days=1)
    assert await _swept(records) == (0, 1)


async def test_after_a_standstill_a_case_is_still_warned_of_for_a_day(records: Records, boss: Worker) -> None:
    case = await records.open()
    await records.close(case, boss)
    records.world.clock.forward(days=200)
    assert await _swept(records) == (1, 0)
    records.world.clock.forward(hours=23)
    assert await _swept(records) == (0, 0)
    records.world.clock.forward(hours=1)
    assert await _swept(records) == (0, 1)


async def test_a_held_case_is_not_erased_and_let_go_it_is_warned_of_anew(records: Records, boss: Worker) -> None:
    case, clock = await records.open(), records.world.clock
    await records.close(case, boss)
    clock.forward(days=84)
    assert await _swept(records) == (1, 0)
    await records.holds.decide(boss, case, "公安机关调取", held=True)
    clock.forward(days=400)
    assert await _swept(records) == (0, 0)
    assert [item.case.held for item in await going(records.world.store, records.periods)] == [True]

    await records.holds.decide(boss, case, "案件办结", held=False)
    assert await _swept(records) == (1, 0)
    clock.forward(days=6)
    assert await _swept(records) == (0, 0)
    clock.forward(days=1)
    assert await _swept(records) == (0, 1)
    assert [action for action in await records.actions(case) if "hold" in action] == ["case.hold", "case.unhold"]


async def test_the_reason_of_a_hold_is_a_sealed_note(records: Records, boss: Worker) -> None:
    case = await records.open()
    await records.holds.decide(boss, case, "公安机关调取", held=True)
    note = (await records.world.work.messages(case))[-1]
    assert (note.author, note.for_child) == ("note", None)
    assert "公安机关调取" in boss.desk.open(note.generation, note.for_desk).decode()


async def test_holds_are_a_supervisor_s_who_may_see_the_case(records: Records, boss: Worker) -> None:
    case = await records.open()
    async with records.world.store.writing() as connection:
        await connection.execute(update(desk_case).values(school="第一中学"))
    counsellor = await records.worker("counsellor")
    teacher = await records.worker("teacher", "supervisor", school="第一中学")
    with pytest.raises(RecordsError):
        await records.holds.decide(counsellor, case, "公安机关调取", held=True)
    with pytest.raises(NoSuchCaseError):
        await records.holds.decide(teacher, case, "公安机关调取", held=True)
    with pytest.raises(RecordsError):
        await records.holds.decide(boss, case, " ", held=True)
    with pytest.raises(RecordsError):
        await records.holds.decide(boss, case, "公安机关调取", held=False)
    assert not (await records.world.row(case)).held


async def test_a_case_that_went_on_is_not_erased(records: Records, boss: Worker) -> None:
    case = await records.open()
    await records.close(case, boss)
    records.world.clock.forward(days=84)
    assert await _swept(records) == (1, 0)
    async with records.world.store.writing() as connection:
        await connection.execute(update(desk_case).values(state="waiting", closed_at=None, erase_at=None, outcome=None))
    records.world.clock.forward(days=30)
    assert await _swept(records) == (0, 0)
    await records.close(case, boss)
    records.world.clock.forward(days=83)
    assert await _swept(records) == (1, 0)


async def test_sweeps_at_once_erase_once(records: Records, boss: Worker) -> None:
    case = await records.open()
    await records.close(case, boss)
    records.world.clock.forward(days=84)
    done = await asyncio.gather(*(_swept(records) for _ in range(3)))
    assert sum(warned for warned, _ in done) == 1
    records.world.clock.forward(days=8)
    done = await asyncio.gather(*(_swept(records) for _ in range(3)))
    assert sum(erased for _, erased in done) == 1
    assert (await records.actions(case)).count("case.erase") == 1


async def test_of_the_history_only_keys_stay(records: Records, boss: Worker) -> None:
    case = await records.open()
    async with records.world.store.writing() as connection:
        for value in (WORDS, "opened:1:1:2"):
            row = {"case": case, "at": records.world.clock(), "what": "place", "value": value}
            await connection.execute(insert(case_event).values(**row))
    await records.close(case, boss)
    records.world.clock.forward(days=90)
    await _swept(records)
    records.world.clock.forward(days=1)
    await _swept(records)
    values = [event.value for event in await records.world.work.events(case) if event.what == "place"]
    assert values == ["", "opened:1:1:2"]


async def test_sign_ins_and_links_that_ended_go(records: Records, boss: Worker) -> None:
    store, now = records.world.store, records.world.clock()
    async with store.writing() as connection:
        for name, ends in (("old", now - DAY), ("new", now + DAY)):
            session = {"token": name, "staff": boss.id, "created_at": now, "seen_at": now, "expires_at": ends}
            await connection.execute(insert(staff_session).values(**session))
            link = {"token": name, "purpose": "join", "staff": boss.id, "expires_at": ends}
            await connection.execute(insert(staff_link).values(**link))
    await _swept(records)
    async with store.reading() as connection:
        for table in (staff_session, staff_link):
            assert (await connection.execute(select(table.c.token))).scalars().all() == ["new"]


async def test_the_wish_to_delete_never_lengthens_the_time() -> None:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    short = Periods(case=dt.timedelta(hours=2), asked=DAY)
    assert short.erase_at(at, delete_asked=True) == short.erase_at(at) == at + dt.timedelta(hours=2)
