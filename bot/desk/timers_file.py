"""Where the durable timers keep their state."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import structlog
from sqlalchemy import URL, make_url

log = structlog.get_logger(__name__)
FILE = "dbos.sqlite3"


def timers_url(database: str, data_dir: Path) -> URL:
    """Where DBOS keeps its state: beside the SQLite store, or in the same PostgreSQL, in a schema of its own."""
    url = make_url(database)
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    path = data_dir / FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _set_aside(path)
    path.touch(mode=0o600)
    _keep_a_log(path)
    return URL.create("sqlite", database=str(path))


def _set_aside(path: Path) -> None:
    """A damaged file must not keep the service from children: the sweep makes all timers anew."""
    if not path.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        return  # busy or out of reach: told by whoever opens it
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        log.error("desk.timers_damaged", set_aside=f"{FILE}.damaged")
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.replace(path.with_name(f"{path.name}.damaged{ending}"))


def _keep_a_log(path: Path) -> None:
    """A write-ahead log, once for the file's life: without it each step of a timer waits three times for the disk."""
    with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
