"""Backs up the data folder while the service runs, and restores it: all of it or nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot.storage.archive import DATABASE, FORMAT, MANIFEST, Manifest, digest, pack, unpack
from bot.storage.engine import database_url
from bot.storage.errors import BackupError, SchemaTooNewError, SchemaTooOldError, UsePgDumpError
from bot.storage.keys import KEY_FILE, load_key
from bot.storage.lock import LOCK_FILE
from bot.storage.schema import known_revisions
from bot.storage.swap import swap_in

#: The timers of the watch over cases. They hold case numbers alone and are made anew from the open cases at start,
#: so they are neither backed up nor restored; those of other data must not stay beside it.
TIMERS = "dbos.sqlite3"


def backup(data_dir: Path, url: str, target_file: Path) -> Manifest:
    """Write an archive of the database and the server's key, readable by this user alone; never overwrites.

    The key is left out where it is not kept in the data folder. The database may be in use.
    Raises BackupError, UsePgDumpError for PostgreSQL, KeyFileError for a damaged key.
    """
    database = _sqlite_file(url)
    if target_file.exists():
        raise BackupError("the target exists already")
    with _refusing(), _private_folder(target_file.parent) as folder:
        content = folder / "content"
        content.mkdir(mode=0o700)
        manifest = _collect(data_dir, database, content)
        pack(content, folder / "archive")
        _flush(folder / "archive")
        # A link never replaces what somebody else has put there meanwhile.
        os.link(folder / "archive", target_file)
    return manifest


def restore(archive: Path, data_dir: Path, url: str, *, force: bool = False) -> Manifest:
    """Put the database and key of an archive in place, verified first; the service must not run meanwhile.

    ``url`` is the address of the database as in ``backup``. Raises BackupError with nothing changed: for a data
    folder in use unless ``force``, for a damaged archive, for a disk that refuses; SchemaTooNewError likewise.
    """
    database = _sqlite_file(url)
    if not force and (
        database.exists() or (data_dir.is_dir() and any(path.name != LOCK_FILE for path in data_dir.iterdir()))
    ):
        raise BackupError("the data folder is not empty")
    with _refusing():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private_folder(data_dir) as folder:
            manifest = unpack(archive, folder)
            _usable(folder, manifest)
            swap_in(_places(folder, data_dir, database))
    return manifest


def _collect(data_dir: Path, database: Path, folder: Path) -> Manifest:
    _copy(database, folder / DATABASE)
    if (data_dir / KEY_FILE).exists():
        load_key(data_dir)
        shutil.copyfile(data_dir / KEY_FILE, folder / KEY_FILE)
    manifest = Manifest(
        format=FORMAT,
        version=version("faxiaohu"),
        revision=_revision(folder / DATABASE),
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        sha256={file.name: digest(file) for file in folder.iterdir()},
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2), "utf-8")
    return manifest


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupError("there is no database yet")
    with contextlib.closing(sqlite3.connect(source)) as live, contextlib.closing(sqlite3.connect(target)) as copy:
        live.execute("PRAGMA busy_timeout = 15000")
        live.backup(copy)
        # One file holds it all: no log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def _revision(database: Path) -> str:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise BackupError("the database is damaged")
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            row = None
    if row is None:
        raise SchemaTooOldError
    return str(row[0])


def _usable(folder: Path, manifest: Manifest) -> None:
    if (folder / KEY_FILE).exists():
        load_key(folder)
    revision = _revision(folder / DATABASE)
    if revision != manifest.revision:
        raise BackupError("the manifest tells of another database")
    if revision not in known_revisions():
        raise SchemaTooNewError(revision)


def _places(folder: Path, data_dir: Path, database: Path) -> dict[Path, Path | None]:
    places: dict[Path, Path | None] = {
        database: folder / DATABASE,
        # The log of the database that goes would be played into the one that comes.
        database.with_name(f"{database.name}-wal"): None,
        database.with_name(f"{database.name}-shm"): None,
        **dict.fromkeys(data_dir / f"{TIMERS}{end}" for end in ("", "-wal", "-shm", "-journal")),
    }
    if (folder / KEY_FILE).exists():
        places[data_dir / KEY_FILE] = folder / KEY_FILE
    return places


def _sqlite_file(url: str) -> Path:
    parsed = database_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise UsePgDumpError
    return Path(str(parsed.database))


def _flush(file: Path) -> None:
    with file.open("rb") as content:
        os.fsync(content.fileno())


@contextlib.contextmanager
def _private_folder(parent: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f".faxiaohu-{secrets.token_hex(4)}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupError(error.strerror or type(error).__name__) from None
    except sqlite3.Error as error:
        raise BackupError(getattr(error, "sqlite_errorname", "SQLite")) from None
