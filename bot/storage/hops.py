"""SQLite behind aiosqlite with one hand-over to its thread for each statement, instead of four.

A cursor of aiosqlite goes to the connection's thread to be made, to execute, to fetch and to be closed, and a
connection goes there to roll back what it never began. Each of these costs more than a small query itself
(``bench/alerts.py`` measures what comes of it). Rows are small here and always wanted whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, cast

import aiosqlite

Rows = list[Any]
#: So many rows come with the statement itself; whoever reads more of them goes back for the rest.
FIRST = 1000


class Cursor:
    """What SQLAlchemy asks of a cursor; a statement with few rows is made, read to its end and closed in one go."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Rows = []
        self._open: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount, self.arraysize = -1, 1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Run a statement. Raises sqlite3.Error."""
        return await self._run(lambda cursor: cursor.execute(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """Run a statement with each of these. Raises sqlite3.Error."""
        return await self._run(lambda cursor: cursor.executemany(statement, parameters))

    async def fetchall(self) -> Rows:
        """All rows that were not read yet. Raises sqlite3.Error."""
        rows, self._rows = self._rows, []
        if self._open is not None:
            rows += await self._connection.run(self._open.fetchall)
        return rows

    async def fetchmany(self, size: int = 1) -> Rows:
        """The next rows. Raises sqlite3.Error."""
        if len(self._rows) < size and self._open is not None:
            self._rows += await self._connection.run(partial(self._open.fetchmany, max(size, FIRST)))
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def close(self) -> None:
        """Let go of rows that nobody wanted."""
        if self._open is not None:
            await self._connection.run(self._open.close)
            self._open = None

    async def _run(self, doing: Callable[[sqlite3.Cursor], object]) -> Cursor:
        await self.close()
        if self._connection.here:
            self._at_once(doing)
        else:
            await self._connection.run(partial(self._at_once, doing))
        return self

    def _at_once(self, doing: Callable[[sqlite3.Cursor], object]) -> None:
        cursor = self._connection.raw.cursor()
        try:
            doing(cursor)
            self._rows = cursor.fetchmany(FIRST) if cursor.description else []
        except sqlite3.Error:
            cursor.close()
            raise
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        if len(self._rows) == FIRST:
            self._open = cursor
        else:
            cursor.close()


class Connection(aiosqlite.Connection):
    """A connection whose cursors are ``Cursor``, and which rolls back only what was begun.

    ``here``: statements run where they are asked for, and not in the connection's thread. SQLite itself keeps two
    threads from using a connection at the same time.
    """

    here = False

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself. Raises ValueError where it is closed."""
        return self._conn

    async def run(self, doing: Callable[[], Any]) -> Any:
        """Do something in the connection's thread. Raises sqlite3.Error."""
        return await cast("Any", self)._execute(doing)

    def cursor(self) -> Any:
        """A cursor of ours: nothing is made before it executes."""
        return Cursor(self)

    async def rollback(self) -> None:
        """Roll back, where there is a transaction. Raises sqlite3.Error."""
        if self.in_transaction:
            await super().rollback()


def opener(path: str, patience: float) -> Callable[[], Awaitable[Connection]]:
    """What opens connections to this file; each waits ``patience`` seconds for another writer."""

    async def opened() -> Connection:
        connection = Connection(lambda: sqlite3.connect(path, timeout=patience, check_same_thread=False), 64)
        # A process that ends in an error does not wait for connections that nobody closed.
        connection._thread.daemon = True
        await connection
        return connection

    return opened
