"""The witness of the log: a cut end shows, and a restored backup is accepted only by hand."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import typer
from sqlalchemy import delete, update

from bot.app import open_store
from bot.commands import audit as commands
from bot.desk.audit import WITNESS_FILE, AuditWitness
from bot.settings import read_settings
from bot.storage.audit import AuditLog, Flaw, Wrong
from bot.storage.desk_tables import audit
from bot.storage.errors import WrongKeyError
from bot.storage.store import Store
from bot.storage.vault import Vault

from .world import Clock


@pytest.fixture
def witness(store: Store, tmp_path: Path) -> AuditWitness:
    return AuditWitness(store, tmp_path / "kept")


async def _write(store: Store, number: int) -> None:
    for _ in range(number):
        async with store.writing() as connection:
            await AuditLog(store)(connection, "7", "case.open", 1)


async def _cut(store: Store, after: int) -> None:
    async with store.writing() as connection:
        await connection.execute(delete(audit).where(audit.c.seq > after))


async def test_a_cut_end_shows_and_the_witness_is_not_written_over(
    store: Store, witness: AuditWitness, clock: Clock
) -> None:
    await _write(store, 4)
    assert await witness.keep()
    await _cut(store, 2)
    assert (await witness.verify()).flaw == Flaw(3, Wrong.CUT)
    assert not await witness.keep()
    clock.forward(seconds=1)
    await _write(store, 5)
    assert not await witness.keep()
    assert (await witness.watch()).flaw == Flaw(4, Wrong.CUT)


async def test_what_was_written_after_the_last_witness_can_be_cut_unnoticed(
    store: Store, witness: AuditWitness
) -> None:
    """As deploy/SECURITY.md says: the witness is kept every few minutes, the service's own log beside it."""
    await _write(store, 2)
    await witness.keep()
    await _write(store, 2)
    await _cut(store, 2)
    assert (await witness.verify()).flaw is None


async def test_a_restored_backup_is_accepted_by_hand_and_that_is_logged(store: Store, witness: AuditWitness) -> None:
    await _write(store, 4)
    await witness.keep()
    await _cut(store, 2)
    assert (await witness.accept()).flaw is None
    assert (await witness.verify()).flaw is None
    newest = (await AuditLog(store).lines())[0]
    assert (newest.actor, newest.action) == ("console", "audit.accept")
    assert newest.detail.startswith("witnessed 4 ")


async def test_nobody_accepts_lines_that_were_changed(store: Store, witness: AuditWitness) -> None:
    await _write(store, 3)
    await witness.keep()
    async with store.writing() as connection:
        await connection.execute(update(audit).where(audit.c.seq == 2).values(actor="8"))
    assert (await witness.accept()).flaw == Flaw(2, Wrong.CHANGED)
    assert (await AuditLog(store).head()).seq == 3


async def test_the_witness_rests_sealed_and_for_this_user_alone(store: Store, witness: AuditWitness) -> None:
    await _write(store, 1)
    await witness.keep()
    assert witness.file.name == WITNESS_FILE
    assert witness.file.stat().st_mode & 0o777 == 0o600
    assert (await AuditLog(store).head()).digest.encode() not in witness.file.read_bytes()
    with pytest.raises(WrongKeyError):
        AuditWitness(Store(store.engine, Vault(bytes(32)), store.now), witness.folder).known()


async def test_without_a_witness_only_the_chain_is_known(store: Store, witness: AuditWitness) -> None:
    await _write(store, 2)
    assert witness.known() is None
    assert (await witness.verify()).flaw is None


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a log of three lines and its witness, as a service leaves it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("FAXIAOHU_DATA_DIR", str(folder))

    async def fill() -> None:
        store = await open_store(read_settings())
        await _write(store, 3)
        await AuditWitness(store, folder).keep()
        await store.close()

    asyncio.run(fill())
    return folder


def _cut_file(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "faxiaohu.sqlite3")) as database:
        database.execute("DELETE FROM audit WHERE seq > 2")
        database.commit()


def test_the_command_tells_whether_the_log_is_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands.verify()
    assert "3行" in capsys.readouterr().out
    _cut_file(folder)
    with pytest.raises(typer.Exit) as ended:
        commands.verify()
    assert ended.value.exit_code == 1
    commands.verify(accept=True)
    commands.verify()
    assert WITNESS_FILE not in capsys.readouterr().out


def test_the_command_says_where_no_end_was_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / WITNESS_FILE).unlink()
    commands.verify()
    assert WITNESS_FILE in capsys.readouterr().out


def test_the_command_shows_the_lines_of_a_case(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands.show(1)
    assert len(capsys.readouterr().out.splitlines()) == 3
    with pytest.raises(typer.Exit):
        commands.show(2)
