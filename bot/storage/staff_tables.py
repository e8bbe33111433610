"""The tables of staff: who they are, their sessions and keys, when they are on duty and how they are alerted.

Secrets and addresses are sealed under the server's key.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from bot.storage.tables import RowId, UtcTime, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False, unique=True),  # what is typed to sign in
    Column("display", String(64), nullable=False),  # what colleagues see; a child sees the service's name only
    Column("role", String(16), nullable=False),  # counsellor, supervisor, vice_principal
    Column("line", Integer, nullable=False),  # 1 first line, 2 second line
    Column("region", String(64), nullable=False),  # scope; empty: everywhere
    Column("school", String(128), nullable=False),  # affiliation; empty: none
    Column("state", String(16), nullable=False),  # invited, waiting (for a key), active, disabled
    Column("password", String(256), nullable=True),
    Column("totp", LargeBinary, nullable=True),
    Column("totp_used", Integer, nullable=True),  # the last time step accepted: a code works once
    Column("salt", LargeBinary, nullable=True),
    Column("public", LargeBinary, nullable=True),
    Column("private", LargeBinary, nullable=True),  # under Argon2id of the password
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcTime, nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Column("signed_in_at", UtcTime, nullable=True),
    Column("link_by", RowId, nullable=True),  # who made the link by which they joined or came back; empty: the console
    Column("admitted_by", RowId, nullable=True),  # who gave them the desk key then; empty: the recovery code
    Column("admitted_at", UtcTime, nullable=True),
    sqlite_autoincrement=True,
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token", String(64), primary_key=True),  # hash of the cookie's first half
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False, index=True),
    Column("private", LargeBinary, nullable=True),  # the personal key under the cookie's second half
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

staff_link = Table(
    "staff_link",
    metadata,
    Column("token", String(64), primary_key=True),  # hash
    Column("purpose", String(16), nullable=False),  # setup, join, reset, telegram
    Column("staff", RowId, ForeignKey("staff.id"), nullable=True),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime, nullable=True),
    Column("made_by", RowId, nullable=True),  # empty: the console, or a link of their own
)

desk_key = Table(
    "desk_key",
    metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("public", LargeBinary, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

desk_key_grant = Table(
    "desk_key_grant",
    metadata,
    Column("generation", Integer, ForeignKey("desk_key.generation"), primary_key=True),
    Column("holder", String(32), primary_key=True),  # the id of a member of staff, or "recovery"
    Column("sealed", LargeBinary, nullable=False),
    Column("holder_public", LargeBinary, nullable=False),
)

shift = Table(
    "shift",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False, index=True),
    Column("weekdays", String(7), nullable=False),  # 1111100: Monday to Friday; for a dated shift 0000000
    Column("day", Date, nullable=True),  # one date instead of weekdays
    Column("starts", String(5), nullable=False),  # 08:30
    Column("ends", String(5), nullable=False),  # 17:30; not after the start: the next morning
    sqlite_autoincrement=True,
)

day_off = Table(
    "day_off",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("staff", RowId, ForeignKey("staff.id"), nullable=True),  # empty: everybody, a holiday
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    sqlite_autoincrement=True,
)

alert_route = Table(
    "alert_route",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("staff", RowId, ForeignKey("staff.id"), nullable=True, index=True),  # empty: the whole desk, as a group chat
    Column("kind", String(16), nullable=False),  # apprise, telegram (our own bot, with a button)
    Column("target", LargeBinary, nullable=False),
    Column("linked_at", UtcTime, nullable=True),  # its owner proved with a token that this chat is theirs
    Column("label", String(64), nullable=False),
    Column("last_ok", UtcTime, nullable=True),
    Column("failing_since", UtcTime, nullable=True),
    Column("refused", Integer, nullable=True),  # by which number what was sent last was refused
    sqlite_autoincrement=True,
)
