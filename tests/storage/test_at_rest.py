from __future__ import annotations

import traceback
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert

from bot.core.ports import Outgoing, TalkAfter
from bot.core.session import Session
from bot.storage.cleaning import clean
from bot.storage.engine import make_engine
from bot.storage.errors import StorageError
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import SealedOutbox
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.tables import talk
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault

from .conftest import MEMORY, Clock

MARKER = "同桌打我MARKER"
KEY = "telegram:4815162342:4815162342"
SECRETS = (MARKER.encode(), b"MARKER", b"4815162342")


async def _talk_through(store: Store) -> None:
    inbox = SealedInbox(store, SealedTalks(store, MEMORY))
    await inbox.put("telegram", 1, MARKER.encode())
    await inbox.put("telegram", 2, MARKER.encode())
    first, _unsettled = await inbox.pending("telegram")
    reply = Outgoing("4815162342", MARKER.encode())
    await inbox.settle(first, [reply, reply], TalkAfter(KEY, Session(turns=(MARKER,), question=MARKER)))
    (begun,) = await SealedOutbox(store).due("telegram", store.now(), 1)
    assert begun.body == MARKER.encode()


async def test_no_file_of_sqlite_holds_a_readable_word(sqlite_address: str, clock: Clock, tmp_path: Path) -> None:
    await upgrade(sqlite_address)
    store = Store(make_engine(sqlite_address), Vault(bytes(32)), clock)
    await _talk_through(store)
    files = {file.name: file.read_bytes() for file in (tmp_path / "data").iterdir()}
    await store.close()
    assert len(files["faxiaohu.sqlite3-wal"]) > 0
    assert b"telegram" in b"".join(files.values())
    assert [name for name, held in files.items() if any(secret in held for secret in SECRETS)] == []


async def test_no_row_of_postgresql_holds_a_readable_word(postgres_address: str, clock: Clock) -> None:
    await upgrade(postgres_address)
    store = Store(make_engine(postgres_address), Vault(bytes(32)), clock)
    await _talk_through(store)
    await store.close()
    held = b""
    with psycopg.connect(postgres_address) as server:
        for table in ("talk", "inbox", "outbox"):
            held += b"".join(repr(row).encode() for row in server.execute(f"SELECT * FROM {table}").fetchall())
    assert b"telegram" in held
    assert not any(secret in held or repr(secret)[2:-1].encode() in held for secret in SECRETS)


async def test_erased_rows_leave_neither_file_nor_log(sqlite_address: str, clock: Clock, tmp_path: Path) -> None:
    await upgrade(sqlite_address)
    store = Store(make_engine(sqlite_address), Vault(bytes(32)), clock)
    talks = SealedTalks(store, MEMORY)
    await talks.save(TalkAfter(KEY, Session(question=MARKER)))
    name = store.vault.pseudonym(KEY).encode()
    folder = tmp_path / "data"
    assert any(name in file.read_bytes() for file in folder.iterdir())

    clock.forward(hours=3)
    assert (await clean(store)).talks == 1
    assert (folder / "faxiaohu.sqlite3-wal").stat().st_size == 0
    assert not any(name in file.read_bytes() for file in folder.iterdir())
    await store.close()


async def test_errors_quote_no_row(store: Store) -> None:
    row = {"pseudonym": "MARKER", "session": b"MARKER", "updated_at": store.now(), "expires_at": store.now()}

    async def write() -> None:
        async with store.writing() as connection:
            await connection.execute(insert(talk), row)

    await write()
    with pytest.raises(StorageError) as caught:
        await write()
    assert "MARKER" not in "".join(traceback.format_exception(caught.value))
