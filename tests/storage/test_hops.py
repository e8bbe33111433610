"""SQLite as it is opened here: rows beyond the first thousand, errors, rollbacks, and bursts of readers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from threading import get_ident, main_thread

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import errors
from bot.storage.engine import make_engine, reading, writing
from bot.storage.hops import FIRST, Connection, opener

MANY = 2 * FIRST + 7
NUMBERS = text(f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'db'}")
    async with writing(engine) as connection:
        await connection.execute(text("CREATE TABLE word (id INTEGER PRIMARY KEY, said TEXT UNIQUE)"))
    yield engine
    await engine.dispose()


async def words(engine: AsyncEngine) -> list[str]:
    async with reading(engine) as connection:
        return list((await connection.execute(text("SELECT said FROM word ORDER BY id"))).scalars())


async def test_all_rows_come_at_once_and_one_by_one(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        assert list((await connection.execute(NUMBERS)).scalars()) == list(range(1, MANY + 1))
        async with connection.stream(NUMBERS) as rows:
            assert [row.i async for row in rows] == list(range(1, MANY + 1))


async def test_who_stops_reading_early_leaves_nothing_open(engine: AsyncEngine) -> None:
    async with reading(engine) as connection:
        async with connection.stream(NUMBERS) as rows:
            assert (await anext(aiter(rows))).i == 1
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    async with writing(engine) as connection:
        await connection.execute(text("DROP TABLE word"))


async def test_a_row_knows_its_number_and_a_change_its_rows(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        added = await connection.execute(text("INSERT INTO word (said) VALUES ('不是你的错')"))
        assert added.lastrowid == 1
        await connection.execute(text("INSERT INTO word (said) VALUES (:said)"), [{"said": "一"}, {"said": "二"}])
        changed = await connection.execute(text("UPDATE word SET said = said || '。'"))
        assert changed.rowcount == 3


async def test_an_error_takes_the_whole_transaction_back(engine: AsyncEngine) -> None:
    async def twice() -> None:
        async with writing(engine) as connection:
            for _ in range(2):
                await connection.execute(text("INSERT INTO word (said) VALUES ('甲')"))

    with pytest.raises(errors.StorageError):
        await twice()
    assert await words(engine) == []


async def test_a_burst_of_readers_opens_no_connection_for_itself(engine: AsyncEngine) -> None:
    opened = []
    event.listen(engine.sync_engine, "connect", lambda *_: opened.append(1))
    await asyncio.gather(*(words(engine) for _ in range(100)))
    await asyncio.gather(*(words(engine) for _ in range(100)))
    assert len(opened) <= 16


async def test_only_what_was_begun_is_rolled_back(tmp_path: Path) -> None:
    connection = await opener(str(tmp_path / "db"), 1.0)()
    try:
        done: list[str] = []
        await connection.run(lambda: connection.raw.set_trace_callback(done.append))
        await connection.rollback()
        assert done == []
        await connection.cursor().execute("BEGIN")
        await connection.rollback()
        assert done == ["BEGIN", "ROLLBACK"]
        with pytest.raises(sqlite3.OperationalError):
            await connection.cursor().execute("SELECT nothing")
    finally:
        await connection.close()


@pytest.mark.parametrize("brief", [True, False])
async def test_brief_statements_run_on_the_loop_and_what_may_wait_does_not(engine: AsyncEngine, brief: bool) -> None:
    ran: list[tuple[str, bool]] = []

    async def listen(connection: AsyncConnection) -> None:
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, Connection)
        raw.raw.set_trace_callback(lambda said: ran.append((said.split()[0], get_ident() == main_thread().ident)))

    async with writing(engine, light=True, brief=brief) as connection:
        await listen(connection)
        await connection.execute(text("INSERT INTO word (said) VALUES ('甲')"))
    async with reading(engine, brief=brief) as connection:
        assert (await connection.execute(text("SELECT count(*) FROM word"))).scalar_one() == 1
    async with writing(engine, brief=brief) as connection:
        await connection.execute(text("DELETE FROM word"))
    assert ran == [
        ("INSERT", brief),
        ("COMMIT", False),
        ("SELECT", brief),
        ("PRAGMA", False),
        ("BEGIN", False),
        ("DELETE", brief),
        ("COMMIT", False),
    ]


async def test_brief_or_not_an_error_or_an_end_in_the_middle_keeps_nothing(engine: AsyncEngine) -> None:
    async def begun(goes_on: asyncio.Event) -> None:
        async with writing(engine, brief=True) as connection:
            await connection.execute(text("INSERT INTO word (said) VALUES ('甲')"))
            goes_on.set()
            await asyncio.Event().wait()

    async def twice() -> None:
        async with writing(engine, brief=True) as connection:
            for _ in range(2):
                await connection.execute(text("INSERT INTO word (said) VALUES ('乙')"))

    goes_on = asyncio.Event()
    task = asyncio.create_task(begun(goes_on))
    await goes_on.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(errors.StorageError):
        await twice()
    assert await words(engine) == []
    async with writing(engine) as connection:
        await connection.execute(text("INSERT INTO word (said) VALUES ('丙')"))
    assert await words(engine) == ["丙"]
