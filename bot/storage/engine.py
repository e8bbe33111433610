"""The one place that opens databases, and turns their errors into ours."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage import errors, hops

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)
_NO_BEGIN, _LIGHT, _BRIEF, _SYNCHRONOUS = (f"faxiaohu_{name}" for name in ("no_begin", "light", "brief", "synchronous"))
#: Connections to a SQLite file, all kept: opening one for a burst costs more than the query it is opened for.
_CONNECTIONS = 16
#: How often, and with what pause in seconds, a new file is turned to a write-ahead log while others do the same.
_TRIES, _PAUSE = 50, 0.02
_SQLITE_ERRORS: dict[int, type[errors.StorageError]] = {
    sqlite3.SQLITE_FULL: errors.DatabaseFullError,
    sqlite3.SQLITE_BUSY: errors.DatabaseLockedError,
    sqlite3.SQLITE_LOCKED: errors.DatabaseLockedError,
    sqlite3.SQLITE_READONLY: errors.DatabaseReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: errors.DatabaseUnreachableError,
    sqlite3.SQLITE_NOTADB: errors.NotADatabaseError,
    sqlite3.SQLITE_CORRUPT: errors.NotADatabaseError,
}
_POSTGRES_ERRORS: dict[str, type[errors.StorageError]] = {
    "53100": errors.DatabaseFullError,
    "55P03": errors.DatabaseLockedError,
    "40P01": errors.DatabaseLockedError,
    "25006": errors.DatabaseReadOnlyError,
    "42P01": errors.SchemaTooOldError,
    "42703": errors.SchemaTooOldError,
}


def database_url(address: str) -> URL:
    """The address with the driver that is used here. Raises UnsupportedDatabaseError."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise errors.UnsupportedDatabaseError from None
    backend = url.get_backend_name()
    if backend not in _DRIVERS or (backend == "sqlite" and url.database in (None, "", ":memory:")):
        raise errors.UnsupportedDatabaseError
    return url.set(drivername=_DRIVERS[backend])


def make_engine(address: str, patience: float = 15.0) -> AsyncEngine:
    """An engine for ``sqlite:///…`` or ``postgresql://…``; a SQLite file and its folder are for this user alone.

    ``patience`` is how many seconds it waits for another writer (SQLite) or for the server to answer (PostgreSQL).
    Raises UnsupportedDatabaseError, or DatabaseUnreachableError where the folder cannot be made.
    """
    url = database_url(address)
    if url.get_backend_name() == "sqlite":
        _make_private(Path(str(url.database)))
        _keep_a_log(str(url.database))
        engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            async_creator=hops.opener(str(url.database), patience),
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": max(1, round(patience))}
    )


@contextlib.asynccontextmanager
async def writing(engine: AsyncEngine, *, light: bool = False, brief: bool = False) -> AsyncIterator[AsyncConnection]:
    """One transaction, kept as a whole or not at all. Raises StorageError.

    ``light``: SQLite does not wait for the disk. A power cut may take the last of such transactions, whole; whatever
    is kept otherwise keeps those before it too.

    ``brief``: a few rows by their keys. On SQLite such statements run on the event loop, which they hold up for less
    time than it takes to hand them to a thread; beginning and keeping, which may wait, are the thread's.
    """
    with translated():
        async with _with(engine, _LIGHT * light, _BRIEF * brief).begin() as connection:
            yield connection


@contextlib.asynccontextmanager
async def reading(engine: AsyncEngine, *, brief: bool = False) -> AsyncIterator[AsyncConnection]:
    """A connection outside any writing transaction: on SQLite it waits for no writer. Raises StorageError.

    ``brief``: as with ``writing``.
    """
    with translated():
        async with _with(engine, _NO_BEGIN, _BRIEF * brief).connect() as connection:
            yield connection


@lru_cache(maxsize=16)
def _with(engine: AsyncEngine, *options: str) -> AsyncEngine:
    """The engine with these options, made once: making it anew costs as much as a small query."""
    return engine.execution_options(**{option: True for option in options if option})


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turns errors of the databases into StorageError; their own texts may quote rows and go no further."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(error) from None
    except sqlite3.Error as error:
        raise _from_sqlite(error) from None
    except (PoolTimeoutError, OSError):
        raise errors.DatabaseUnreachableError from None


def _ours(error: DBAPIError) -> errors.StorageError:
    if isinstance(error.orig, sqlite3.Error):
        return _from_sqlite(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _POSTGRES_ERRORS.get(state, errors.StorageError)(f"PostgreSQL {state}")
    # Without a state the server has not spoken: it is away, or the driver refused a value.
    return errors.DatabaseUnreachableError() if isinstance(error, OperationalError) else errors.StorageError()


def _from_sqlite(error: sqlite3.Error) -> errors.StorageError:
    if str(error).startswith(("no such table", "no such column")):
        return errors.SchemaTooOldError()
    # The low byte is the primary code; the rest says how it came about.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return _SQLITE_ERRORS.get(code, errors.StorageError)(getattr(error, "sqlite_errorname", "SQLite"))


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise errors.DatabaseUnreachableError(error.strerror or "") from None


def _keep_a_log(path: str) -> None:
    """Turns the file to a write-ahead log, once for its life.

    SQLite says busy at once to a second process that does the same, without the patience that other statements
    have. Whatever else is wrong with the file is told by the first connection, in its own words.
    """
    for _ in range(_TRIES):
        try:
            with contextlib.closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                return
            time.sleep(_PAUSE)
        else:
            return


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late for transactions that read before they write.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()
    except sqlite3.Error:
        # The pool never gets this connection, so nobody else would end its thread.
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    driven = cast("hops.Connection", connection.connection.driver_connection)
    driven.here = _NO_BEGIN in options and _BRIEF in options
    if _NO_BEGIN in options:
        return
    wanted = "NORMAL" if _LIGHT in options else "FULL"
    if connection.info.get(_SYNCHRONOUS, "FULL") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous = {wanted}")
        connection.info[_SYNCHRONOUS] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    driven.here = _BRIEF in options
