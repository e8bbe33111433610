from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import content_root
from bot.content.load import load_library
from bot.core.content_types import Library
from bot.core.ports import TalkAfter
from bot.core.session import Session
from bot.desk.audit import AuditWitness
from bot.desk.news import News
from bot.desk.reading import DeskReading
from bot.desk.timers_file import timers_url
from bot.desk.watch import Watch
from bot.settings import Settings
from bot.storage import swap
from bot.storage.archive import DATABASE, MANIFEST
from bot.storage.backup import backup, restore
from bot.storage.engine import make_engine
from bot.storage.errors import BackupError, SchemaTooNewError, UsePgDumpError
from bot.storage.keys import KEY_FILE, load_key
from bot.storage.schema import expected_revision, problems, upgrade
from bot.storage.store import Store
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault

from ..desk.records import WORDS, Records
from ..desk.world import World
from .conftest import MEMORY, Clock

SESSION = Session(question="压岁钱归谁")


def _url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'faxiaohu.sqlite3'}"


async def _fill(folder: Path, clock: Clock, key: str = "web:1") -> None:
    await upgrade(_url(folder))
    store = Store(make_engine(_url(folder)), Vault(load_key(folder)), clock)
    await SealedTalks(store, MEMORY).save(TalkAfter(key, SESSION))
    await store.close()


async def _remembered(folder: Path, clock: Clock, key: str = "web:1") -> Session:
    store = Store(make_engine(_url(folder)), Vault(load_key(folder)), clock)
    found = await SealedTalks(store, MEMORY).load(key)
    await store.close()
    return found


def _state(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()} if folder.exists() else {}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(content_root(Settings()))


@pytest.fixture
async def archive(tmp_path: Path, clock: Clock) -> Path:
    await _fill(tmp_path / "old", clock)
    target = tmp_path / "backup.tar.gz"
    backup(tmp_path / "old", _url(tmp_path / "old"), target)
    return target


def _rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with tarfile.open(archive) as source:
        files = {member.name: source.extractfile(member).read() for member in source}  # type: ignore[union-attr]
    change(files)
    target = archive.with_name("changed.tar.gz")
    with tarfile.open(target, "w:gz") as changed:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            changed.addfile(member, io.BytesIO(content))
    return target


async def test_a_backup_comes_back_elsewhere(archive: Path, tmp_path: Path, clock: Clock) -> None:
    new = tmp_path / "deep" / "new"
    manifest = restore(archive, new, _url(new))
    assert manifest.revision == expected_revision()
    assert await problems(_url(new)) == []
    assert await _remembered(new, clock) == SESSION
    assert {stat.S_IMODE(file.stat().st_mode) for file in new.iterdir()} == {0o600}


def test_a_backup_is_for_this_user_alone_and_leaves_nothing_beside(archive: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert {file.name for file in tmp_path.iterdir()} == {"old", archive.name}
    with tarfile.open(archive) as content:
        assert set(content.getnames()) == {MANIFEST, DATABASE, KEY_FILE}


async def test_a_backup_is_whole_while_the_service_writes(tmp_path: Path, clock: Clock) -> None:
    data, new = tmp_path / "data", tmp_path / "new"
    await _fill(data, clock, "web:0")
    store = Store(make_engine(_url(data)), Vault(load_key(data)), clock)
    talks, busy, stop = SealedTalks(store, MEMORY), asyncio.Event(), asyncio.Event()

    async def write() -> int:
        number = 0
        while not stop.is_set():
            number += 1
            await talks.save(TalkAfter(f"web:{number}", SESSION))
            if number == 5:
                busy.set()
        return number

    writer = asyncio.create_task(write())
    await busy.wait()
    await asyncio.to_thread(backup, data, _url(data), tmp_path / "b.tar.gz")
    stop.set()
    assert await writer > 5
    await store.close()
    restore(tmp_path / "b.tar.gz", new, _url(new))
    assert [await _remembered(new, clock, f"web:{number}") for number in range(6)] == [SESSION] * 6


async def test_a_key_kept_elsewhere_is_not_in_the_backup(tmp_path: Path) -> None:
    await upgrade(_url(tmp_path / "data"))
    manifest = backup(tmp_path / "data", _url(tmp_path / "data"), tmp_path / "b.tar.gz")
    assert set(manifest.sha256) == {DATABASE}
    restore(tmp_path / "b.tar.gz", tmp_path / "new", _url(tmp_path / "new"))
    assert set(_state(tmp_path / "new")) == {"faxiaohu.sqlite3"}


def test_a_backup_overwrites_nothing(archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(BackupError):
        backup(tmp_path / "old", _url(tmp_path / "old"), archive)
    assert archive.read_bytes() == before


def test_where_no_database_is_nothing_is_backed_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError):
        backup(tmp_path, _url(tmp_path), tmp_path / "b.tar.gz")
    assert list(tmp_path.iterdir()) == []


def test_postgresql_is_sent_to_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(UsePgDumpError, match="pg_dump"):
        backup(tmp_path, "postgresql://host/db", tmp_path / "b.tar.gz")
    with pytest.raises(UsePgDumpError, match="pg_dump"):
        restore(tmp_path / "b.tar.gz", tmp_path, "postgresql://host/db")


async def test_a_folder_in_use_is_kept_unless_forced(archive: Path, tmp_path: Path, clock: Clock) -> None:
    used = tmp_path / "used"
    await _fill(used, clock, "web:other")
    before = _state(used)
    with pytest.raises(BackupError):
        restore(archive, used, _url(used))
    assert _state(used) == before

    (used / "faxiaohu.sqlite3-wal").write_bytes(b"the log of the old database")
    restore(archive, used, _url(used), force=True)
    assert await _remembered(used, clock) == SESSION
    assert await _remembered(used, clock, "web:other") == Session()
    assert set(_state(used)) == {"faxiaohu.sqlite3", KEY_FILE}


async def test_a_restore_that_fails_halfway_puts_everything_back(
    archive: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = tmp_path / "used"
    await _fill(used, clock, "web:other")
    before = _state(used)

    def refuse(_files: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(swap, "_flush_folders", refuse)
    with pytest.raises(BackupError, match="No space"):
        restore(archive, used, _url(used), force=True)
    assert _state(used) == before


def _flip(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files[name] = files[name][:-2] + bytes([files[name][-2] ^ 1]) + files[name][-1:]

    return change


def _manifest(**values: object) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files[MANIFEST] = json.dumps({**json.loads(files[MANIFEST]), **values}).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        _flip(DATABASE),
        _flip(KEY_FILE),
        _manifest(format=2),
        _manifest(revision="0000"),
        _manifest(sha256={}),
        lambda files: files.pop(MANIFEST),
        lambda files: files.pop(KEY_FILE),
        lambda files: files.update({"../escaped": b"x"}),
        lambda files: files.update({"/tmp/escaped": b"x"}),
        lambda files: files.update({"stranger": b"x"}),
        lambda files: files.update({KEY_FILE: b"x" * 100_000}),
    ],
)
def test_a_changed_archive_is_refused_and_changes_nothing(
    archive: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    changed = _rewritten(archive, change)
    with pytest.raises(BackupError):
        restore(changed, tmp_path / "new", _url(tmp_path / "new"))
    assert _state(tmp_path / "new") == {}
    assert not list(tmp_path.rglob("escaped"))


def test_a_link_in_the_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.tar.gz"
    with tarfile.open(archive) as source, tarfile.open(changed, "w:gz") as target:
        for member in source:
            if member.name == KEY_FILE:
                link = tarfile.TarInfo(KEY_FILE)
                link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
                target.addfile(link)
            else:
                target.addfile(member, source.extractfile(member))
    with pytest.raises(BackupError):
        restore(changed, tmp_path / "new", _url(tmp_path / "new"))
    assert _state(tmp_path / "new") == {}


def test_an_archive_cut_or_damaged_anywhere_is_refused(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    broken = tmp_path / "broken.tar.gz"
    pieces = [whole[: len(whole) * part // 8] for part in range(8)]
    places = range(20, len(whole) - 20, len(whole) // 12)
    pieces += [whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :] for place in places]
    for piece in pieces:
        broken.write_bytes(piece)
        with pytest.raises(BackupError):
            restore(broken, tmp_path / "new", _url(tmp_path / "new"))
        assert _state(tmp_path / "new") == {}


async def test_a_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    await upgrade(_url(tmp_path / "data"))
    with closing(sqlite3.connect(tmp_path / "data" / "faxiaohu.sqlite3")) as database:
        database.execute("UPDATE alembic_version SET version_num = 'future'")
        database.commit()
    backup(tmp_path / "data", _url(tmp_path / "data"), tmp_path / "b.tar.gz")
    with pytest.raises(SchemaTooNewError):
        restore(tmp_path / "b.tar.gz", tmp_path / "new", _url(tmp_path / "new"))


async def test_a_restored_desk_works_and_its_timers_are_made_anew(
    tmp_path: Path, clock: Clock, library: Library
) -> None:
    old, new, archive = tmp_path / "old", tmp_path / "new", tmp_path / "desk.tar.gz"
    await upgrade(_url(old))
    store = Store(make_engine(_url(old)), Vault(load_key(old)), clock)
    records = Records(World(store, clock, library))  # type: ignore[arg-type]
    await records.key()
    boss, case = await records.worker("boss", "supervisor"), await records.open()
    async with store.writing() as connection:
        await records.audit(connection, boss.actor, "case.open", case)
    await AuditWitness(store, old).keep()
    (old / "dbos.sqlite3").write_bytes(b"timers of the old machine")
    backup(old, _url(old), archive)
    await store.close()
    restore(archive, new, _url(new))

    # Timers hold case numbers alone and are not kept: the watch makes one for each open case at the next start.
    assert not (new / "dbos.sqlite3").exists()
    store = Store(make_engine(_url(new)), Vault(load_key(new)), clock)
    again = Records(World(store, clock, library), desk=records.desk)  # type: ignore[arg-type]
    news = News()
    watch = Watch(store, again.world.look(), news, timers_url("sqlite:///unused", new))
    await watch.start()
    await watch.rest()
    await watch.stop()
    assert await _alerted(again, case)
    reading = DeskReading(store, again.world.board, again.audit, news)
    assert [line.text for line in (await reading.open(boss, case)).lines] == [WORDS]
    assert (await AuditWitness(store, new).verify()).flaw is None
    await store.close()


async def _alerted(records: Records, case: int) -> list[tuple[str, ...]]:
    events = await records.world.work.events(case)
    return [tuple(event.value.split(":")) for event in events if event.what == "alerted"]


async def test_timers_of_the_data_that_went_are_not_taken_for_those_of_the_restored(
    archive: Path, tmp_path: Path
) -> None:
    """The old timers would know of cases that are not there, or not know of some that are."""
    target = tmp_path / "new"
    target.mkdir()
    left = [target / name for name in ("dbos.sqlite3", "dbos.sqlite3-wal", "dbos.sqlite3-shm")]
    for file in left:
        file.write_bytes(b"timers of other data")
    restore(archive, target, _url(target), force=True)
    assert [file for file in left if file.exists()] == []
