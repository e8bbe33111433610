"""The audit log: nobody without the key can change, take out, add or cut lines unnoticed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.storage.audit import DROPPED, AuditLog, Flaw, Head, Wrong
from bot.storage.desk_tables import audit, desk_case
from bot.storage.store import Store

from .conftest import Clock

Forge = Callable[[Store], Awaitable[None]]


async def _write(store: Store, number: int, case: int | None = None, action: str = "case.open") -> None:
    log = AuditLog(store)
    for _ in range(number):
        async with store.writing() as connection:
            await log(connection, "7", action, case, "message 3")


async def _fail_after_a_line(store: Store) -> None:
    async with store.writing() as connection:
        await AuditLog(store)(connection, "7", "case.open")
        raise RuntimeError


async def _do(store: Store, statement: Any) -> None:
    async with store.writing() as connection:
        await connection.execute(statement)


async def _case(store: Store, *, held: bool) -> int:
    row = {
        "talk": "t",
        "channel": "web",
        "level": "urgent",
        "kind": "other",
        "why": "risk",
        "reader": "student",
        "region": "",
        "school": "",
        "outsiders_only": False,
        "synthetic": False,
        "state": "closed",
        "opened_at": store.now(),
        "child_at": store.now(),
        "rung": 0,
        "held": held,
        "safe": "",
        "write_when": "",
    }
    async with store.writing() as connection:
        made = await connection.execute(insert(desk_case).values(**row).returning(desk_case.c.id))
        return int(made.scalar_one())


async def test_a_log_that_nobody_touched_fits(store: Store) -> None:
    assert (await AuditLog(store).verify()).lines == 0
    await _write(store, 5)
    verdict = await AuditLog(store).verify()
    assert (verdict.lines, verdict.head.seq, verdict.flaw) == (5, 5, None)


async def test_a_line_belongs_to_the_transaction_of_what_it_tells(store: Store) -> None:
    await _write(store, 1)
    with pytest.raises(RuntimeError):
        await _fail_after_a_line(store)
    await _write(store, 1)
    assert (await AuditLog(store).verify()).lines == 2


async def test_lines_written_at_once_make_one_chain(store: Store, second_store: Store) -> None:
    await asyncio.gather(*(_write(one, 5) for one in (store, second_store, store, second_store)))
    verdict = await AuditLog(store).verify()
    assert (verdict.lines, verdict.head.seq, verdict.flaw) == (20, 20, None)


async def _edited(store: Store) -> None:
    await _do(store, update(audit).where(audit.c.seq == 3).values(actor="8"))


async def _time_edited(store: Store) -> None:
    await _do(store, update(audit).where(audit.c.seq == 3).values(at="2026-01-01T00:00:00.000000+00:00"))


async def _case_edited(store: Store) -> None:
    await _do(store, update(audit).where(audit.c.seq == 3).values(case=99))


async def _edited_and_hashed_with_another_key(store: Store) -> None:
    other = Store(store.engine, type(store.vault)(b"o" * 32), store.now)
    async with store.reading() as connection:
        row = (await connection.execute(select(audit).where(audit.c.seq == 3))).one()
    kept = {**row._mapping, "actor": "8"}
    del kept["digest"]
    digest = AuditLog(other)._digest(kept)
    await _do(store, update(audit).where(audit.c.seq == 3).values(actor="8", digest=digest))


async def _swapped(store: Store) -> None:
    """Two genuine lines change places."""
    for old, new in ((3, 103), (4, 3), (103, 4)):
        await _do(store, update(audit).where(audit.c.seq == old).values(seq=new))


@pytest.mark.parametrize("forge", [_edited, _time_edited, _case_edited, _edited_and_hashed_with_another_key, _swapped])
async def test_a_line_that_was_changed_is_named(store: Store, forge: Forge) -> None:
    await _write(store, 6)
    await forge(store)
    assert (await AuditLog(store).verify()).flaw == Flaw(3, Wrong.CHANGED)


async def test_a_line_that_was_taken_out_is_missed(store: Store) -> None:
    await _write(store, 6)
    await _do(store, delete(audit).where(audit.c.seq == 3))
    assert (await AuditLog(store).verify()).flaw == Flaw(4, Wrong.MISSING)


async def test_a_line_that_was_put_in_does_not_fit(store: Store) -> None:
    await _write(store, 3)
    forged = {"seq": 4, "at": "x", "actor": "7", "action": "case.open", "case": 1, "detail": "", "previous": "0"}
    await _do(store, insert(audit).values(**forged, digest="0" * 64))
    assert (await AuditLog(store).verify()).flaw == Flaw(4, Wrong.CHANGED)


async def test_a_genuine_line_written_again_at_the_end_does_not_fit(store: Store) -> None:
    await _write(store, 3)
    async with store.reading() as connection:
        row = (await connection.execute(select(audit).where(audit.c.seq == 2))).one()
    await _do(store, insert(audit).values(**{**row._mapping, "seq": 4}))
    assert (await AuditLog(store).verify()).flaw == Flaw(4, Wrong.CHANGED)


async def test_lines_taken_from_the_front_are_missed(store: Store) -> None:
    await _write(store, 6)
    await _do(store, delete(audit).where(audit.c.seq < 3))
    assert (await AuditLog(store).verify()).flaw == Flaw(3, Wrong.FRONT)


async def test_a_cut_end_shows_against_a_head_that_was_kept_and_only_so(store: Store) -> None:
    await _write(store, 6)
    log = AuditLog(store)
    kept = await log.head()
    await _do(store, delete(audit).where(audit.c.seq > 4))
    assert (await log.verify()).flaw is None
    assert (await log.verify(kept)).flaw == Flaw(5, Wrong.CUT)
    assert not await log.holds(kept)


async def test_a_cut_end_that_was_written_over_shows_too(store: Store) -> None:
    await _write(store, 6)
    log = AuditLog(store)
    kept = await log.head()
    await _do(store, delete(audit).where(audit.c.seq > 4))
    await _write(store, 5, action="case.close")
    assert (await log.verify(kept)).flaw == Flaw(6, Wrong.CUT)
    assert not await log.holds(kept)


async def test_another_key_finds_the_first_line_changed(store: Store, stranger: Store) -> None:
    await _write(store, 2)
    assert (await AuditLog(stranger).verify()).flaw == Flaw(1, Wrong.CHANGED)


async def test_old_lines_go_from_the_front_and_a_line_stands_for_them(store: Store, clock: Clock) -> None:
    log = AuditLog(store)
    await _write(store, 4)
    witnessed = await log.head()
    clock.forward(days=30)
    await _write(store, 2)
    async with store.writing() as connection:
        assert await log.drop_before(connection, clock() - dt.timedelta(days=10)) == 4
    verdict = await log.verify(witnessed)
    assert (verdict.lines, verdict.flaw) == (3, None)
    assert await log.holds(witnessed)

    clock.forward(days=30)
    async with store.writing() as connection:
        assert await log.drop_before(connection, clock() - dt.timedelta(days=10)) == 2
        assert await log.drop_before(connection, clock() - dt.timedelta(days=10)) == 1
    lines = await log.lines()
    assert {line.action for line in lines} == {DROPPED}
    assert (await log.verify()).flaw is None


async def test_nobody_takes_more_from_the_front_than_was_dropped(store: Store, clock: Clock) -> None:
    log = AuditLog(store)
    await _write(store, 4)
    clock.forward(days=30)
    await _write(store, 4)
    async with store.writing() as connection:
        await log.drop_before(connection, clock() - dt.timedelta(days=10))
    await _do(store, delete(audit).where(audit.c.seq < 7))
    assert (await log.verify()).flaw == Flaw(7, Wrong.FRONT)


async def test_lines_of_a_case_under_legal_hold_stay(store: Store, clock: Clock) -> None:
    log, held = AuditLog(store), await _case(store, held=True)
    await _write(store, 2)
    await _write(store, 2, case=held)
    clock.forward(days=30)
    async with store.writing() as connection:
        assert await log.drop_before(connection, clock()) == 2
    assert [line.case for line in await log.of_case(held)] == [held, held]
    assert (await log.verify()).flaw is None


async def test_words_never_get_into_a_line(store: Store) -> None:
    async with store.writing() as connection:
        await AuditLog(store)(connection, "7", "case.open", 1, "同桌打我\nx" + "y" * 200)
    (line,) = await AuditLog(store).lines()
    assert line.detail.startswith("?????x")
    assert len(line.detail) == 128


async def test_lines_are_read_newest_first_in_pages_and_by_case(store: Store) -> None:
    log = AuditLog(store)
    await _write(store, 3)
    await _write(store, 2, case=9)
    assert [line.seq for line in await log.lines(limit=2)] == [5, 4]
    assert [line.seq for line in await log.lines(before=4, limit=2)] == [3, 2]
    assert [line.seq for line in await log.lines(9)] == [5, 4]


async def test_an_empty_log_fits_any_witness_of_nothing(store: Store) -> None:
    assert await AuditLog(store).holds(Head())
    assert (await AuditLog(store).verify(Head())).flaw is None
