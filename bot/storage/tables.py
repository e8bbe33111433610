"""The tables. Content rests sealed, names as pseudonyms, times in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


class UtcTime(TypeDecorator[dt.datetime]):
    """A moment: any aware time goes in, UTC comes out. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """The moment in UTC. Raises ValueError for a time without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """The moment in UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


#: SQLite counts rows only in a column whose type is exactly INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")

talk = Table(
    "talk",
    metadata,
    Column("pseudonym", String(32), primary_key=True),
    Column("session", LargeBinary, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("channel", String(32), nullable=False),
    Column("update_number", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=True),
    Column("received_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime, nullable=True),
    UniqueConstraint("channel", "update_number"),
    Index(None, "channel", "settled_at"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("channel", String(32), nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("begun_at", UtcTime, nullable=True),
    Column("lane", Integer, nullable=False, server_default="0"),  # 0 replies, which always go first; 1 pushes
    Column("delivery", RowId, nullable=True),  # of a push: the row that is settled with it
    Column("route", RowId, nullable=True),  # to people on duty: the route whose fate it tells
    Column("alert", RowId, nullable=True),  # and the alert that it is
    Column("case", RowId, nullable=True),  # from people on duty to a child: the case that hears where it never arrives
    Index(None, "alert"),
    Index(None, "channel", "due_at"),
    sqlite_autoincrement=True,
)


def upsert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT with ``on_conflict_…``: both dialects have it, SQLAlchemy names it once for each."""
    return upsert_for(connection.dialect.name, table)


def upsert_for(dialect: str, table: Table) -> Any:
    """The same for a dialect's name, to be built once and kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
