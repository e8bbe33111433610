from __future__ import annotations

import socket
import stat
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.storage import errors
from bot.storage.engine import make_engine, reading, writing
from bot.storage.inbox import SealedInbox
from bot.storage.schema import problems, upgrade
from bot.storage.store import Store
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault

from .conftest import MEMORY, Clock


async def test_the_database_and_its_folder_are_for_this_user_alone(sqlite_address: str, tmp_path: Path) -> None:
    await upgrade(sqlite_address)
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


async def test_sqlite_is_opened_with_care(sqlite_address: str) -> None:
    engine = make_engine(sqlite_address)
    async with reading(engine) as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        found = [(await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in names]
        patience = (await connection.execute(text("PRAGMA busy_timeout"))).scalar_one()
    await engine.dispose()
    assert found == ["wal", 2, 1, 1]
    assert patience >= 5000


@pytest.mark.parametrize("address", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "no address", ""])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(errors.UnsupportedDatabaseError):
        make_engine(address)


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite3"
    path.write_text("这不是数据库。" * 500, "utf-8")
    with pytest.raises(errors.NotADatabaseError):
        await upgrade(f"sqlite:///{path}")


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = await problems(f"sqlite:///{tmp_path / 'file' / 'deeper' / 'db'}")
    assert [type(problem) for problem in found] == [errors.DatabaseUnreachableError]


async def test_a_server_that_does_not_answer_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        found = await problems(f"postgresql://someone:secret@127.0.0.1:{port}/db")
    assert [type(problem) for problem in found] == [errors.DatabaseUnreachableError]
    assert "secret" not in str(found[0])


async def test_a_full_disk_is_told_without_quoting_the_message(sqlite_address: str, clock: Clock) -> None:
    await upgrade(sqlite_address)
    engine = make_engine(sqlite_address)
    store = Store(engine, Vault(bytes(32)), clock)
    inbox = SealedInbox(store, SealedTalks(store, MEMORY))
    async with reading(engine) as connection:
        await connection.execute(text("PRAGMA max_page_count = 1"))
    words = bytes(range(65, 91)) * 3000
    with pytest.raises(errors.DatabaseFullError) as caught:
        await inbox.put("telegram", 1, words)
    assert "ABCDEF" not in "".join(traceback.format_exception(caught.value))
    assert await inbox.pending("telegram") == []
    await store.close()


async def test_a_database_held_by_another_process_is_told_and_can_still_be_read(sqlite_address: str) -> None:
    await upgrade(sqlite_address)
    holder, waiting = make_engine(sqlite_address), make_engine(sqlite_address, patience=0.05)
    async with writing(holder):
        with pytest.raises(errors.DatabaseLockedError):
            async with writing(waiting):
                pass
        async with reading(waiting) as connection:
            assert (await connection.execute(text("SELECT count(*) FROM inbox"))).scalar_one() == 0
    await holder.dispose()
    await waiting.dispose()


def test_every_error_has_its_sentence_in_the_messages_file() -> None:
    lines = (Path(__file__).parents[2] / "knowledge/messages/storage.yaml").read_text("utf-8").splitlines()
    written = {f"storage.{line.partition(':')[0]}" for line in lines if not line.startswith("#")}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {kind.key for kind in kinds} == written
