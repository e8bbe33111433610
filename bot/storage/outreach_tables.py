"""The tables of outreach: folded counts, who was reached today, as pseudonyms of that day, and who may read by machine.

No row stands for a message at any time.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from bot.storage.tables import RowId, UtcTime, metadata

cell = Table(
    "cell",
    metadata,
    Column("grain", String(5), primary_key=True),  # day, month
    Column("family", String(16), primary_key=True),  # one way to part the counts, see bot.core.counting
    Column("school", RowId, primary_key=True, autoincrement=False),  # 0: the region with all its schools
    Column("period", String(10), primary_key=True),  # 2026-11-22, 2026-11; local
    Column("region", String(64), primary_key=True),  # empty: none
    Column("key", String(64), primary_key=True),
    Column("count", BigInteger().with_variant(Integer(), "sqlite"), nullable=False),
    Column("rounding", Integer, nullable=False),  # 0 to 4, by a keyed hash of the key's columns: see bot.outreach
    sqlite_with_rowid=False,
)

reached = Table(
    "reached",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("name", String(32), primary_key=True),  # pseudonym of the talk for that day alone
    sqlite_with_rowid=False,
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),  # of the system that reads, never of a person
    Column("region", String(64), nullable=False),  # what it may read; empty: everything
    Column("token", String(64), nullable=False, unique=True),  # hash
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime, nullable=True),
    sqlite_autoincrement=True,
)
