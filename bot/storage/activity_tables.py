"""The tables of outreach that people enter: each entry as it is now, all that it was, and its photo.

Notes and photos rest sealed; an entry names no child.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.storage.tables import RowId, UtcTime, metadata

activity = Table(
    "activity",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("day", Date, nullable=False),  # local
    Column("school", RowId, ForeignKey("school.id"), nullable=True),
    Column("region", String(64), nullable=False),  # empty: none
    Column("place", String(64), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("count", Integer, nullable=False),  # in the kind's unit
    Column("people", Integer, nullable=False),  # who took part; 0: not said
    Column("halves", Integer, nullable=False),  # half class hours
    Column("note", LargeBinary, nullable=True),
    Column("photo", LargeBinary, nullable=True),  # a JPEG without what the camera wrote into it
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False),  # who entered it
    Column("form", String(32), nullable=False, unique=True),  # of the page that was sent: it enters once
    Column("version", Integer, nullable=False),
    Column("entered_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime, nullable=True),
    Index(None, "day"),
    Index(None, "school", "day"),
    Index(None, "staff", "day"),
    sqlite_autoincrement=True,
)

activity_version = Table(
    "activity_version",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("activity", RowId, ForeignKey("activity.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("act", String(8), nullable=False),  # enter, change, photo, remove, restore
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the entry as JSON, sealed
    UniqueConstraint("activity", "version"),
    sqlite_autoincrement=True,
)
