"""The tables of the desk: cases, alerts, releases, and the log of who did what.

Text is sealed to the desk and to the child, addresses under the server's key; talks are pseudonyms.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from bot.storage.tables import RowId, UtcTime, metadata

desk_case = Table(
    "desk_case",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("talk", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("address", LargeBinary, nullable=True),  # empty once erased, or where it ended with a visit
    Column("level", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("why", String(16), nullable=False),
    Column("reader", String(16), nullable=False),
    Column("region", String(64), nullable=False),
    Column("school", String(128), nullable=False),
    Column("outsiders_only", Boolean, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("holder", RowId, ForeignKey("staff.id"), nullable=True),
    Column("opened_at", UtcTime, nullable=False),
    Column("raised_at", UtcTime, nullable=True),
    Column("seen_at", UtcTime, nullable=True),
    Column("taken_at", UtcTime, nullable=True),
    Column("answered_at", UtcTime, nullable=True),  # the first answer of a person
    Column("child_at", UtcTime, nullable=False),  # the last message of the child
    Column("turns", Integer, server_default="0", nullable=False),  # what came of the child: words, taps, a return
    Column("asks", Integer, server_default="0", nullable=False),  # the last of these turns that wants an answer
    Column("door_asks", Integer, server_default="0", nullable=False),  # the last of them from where the case goes on
    Column("heard", Integer, server_default="0", nullable=False),  # how many had come when a person wrote last
    Column("left_turn", Integer, nullable=True),  # how many had come when the person left last
    Column("moved_turn", Integer, nullable=True),  # which of them was the return by another door
    Column("in_doubt", Boolean, server_default=false(), nullable=False),  # to be asked first if it is still the child
    Column("staff_at", UtcTime, nullable=True),  # the last answer of a person
    Column("tended_at", UtcTime, nullable=True),  # when the holder last got, opened or wrote in it
    Column("undelivered_at", UtcTime, nullable=True),  # since then it is known that words to the child never arrived
    Column("untold", String(16), nullable=True),  # held back, to be said at their next turn
    Column("checking_at", UtcTime, nullable=True),  # asked whether it is still the child
    Column("due_at", UtcTime, nullable=True),  # when the next answer is due; empty: nobody on duty, or none is due
    Column("rung", Integer, nullable=False),  # 0 nobody alerted yet, 1 first line, 2 second line, 3 supervisors, 4 all
    Column("closed_at", UtcTime, nullable=True),
    Column("outcome", String(32), nullable=True),
    Column("erase_at", UtcTime, nullable=True),
    Column("erased_at", UtcTime, nullable=True),
    Column("held", Boolean, nullable=False),  # legal hold
    Column("delete_asked_at", UtcTime, nullable=True),
    Column("safe", String(8), nullable=False),
    Column("write_when", String(16), nullable=False),
    Column("crowd", Integer, server_default="0", nullable=False),  # which of many of its place within a minute; else 0
    Column("came_back", RowId, nullable=True),  # the event by which the person came back to it last
    Column("receipt", String(32), nullable=True, unique=True),
    Column("receipt_salt", LargeBinary, nullable=True),
    Column("receipt_public", LargeBinary, nullable=True),
    Index(None, "talk", "state"),
    Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)

case_door = Table(
    "case_door",
    metadata,
    Column("case", RowId, ForeignKey("desk_case.id"), primary_key=True),
    Column("talk", String(32), primary_key=True, index=True),  # the person was in the case by it before they moved on
    # Of whoever wrote there since then: where they can be asked whether it is they, and the last turn that was theirs.
    Column("channel", String(32), server_default=text("''"), nullable=False),
    Column("address", LargeBinary, nullable=True),
    Column("turn", Integer, server_default="0", nullable=False),
)

case_message = Table(
    "case_message",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("case", RowId, ForeignKey("desk_case.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("author", String(8), nullable=False),  # child, staff, note (staff only), service
    Column("staff", RowId, ForeignKey("staff.id"), nullable=True),
    Column("generation", Integer, nullable=False),
    Column("for_desk", LargeBinary, nullable=False),
    Column("for_child", LargeBinary, nullable=True),
    Column("delivery", String(32), nullable=True),  # pseudonym of the delivery: filed once
    # Why it may not be the child's: before (from a door that was left), unasked (whether it is they).
    Column("unsure", String(8), server_default=text("''"), nullable=False),
    UniqueConstraint("case", "delivery"),
    Index(None, "case", "id"),
    sqlite_autoincrement=True,
)

case_event = Table(
    "case_event",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("case", RowId, ForeignKey("desk_case.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("what", String(24), nullable=False),
    Column("staff", RowId, nullable=True),
    Column("value", String(64), nullable=False),
    Column("unsure", String(8), server_default=text("''"), nullable=False),  # as of a message
    sqlite_autoincrement=True,
)

alert = Table(
    "alert",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("case", RowId, ForeignKey("desk_case.id"), nullable=False),
    Column("reason", String(24), nullable=False),  # opened, raised, warning, breached, unattended, released
    Column("round", Integer, nullable=False),  # the same reason may come again: a new round
    Column("route", RowId, ForeignKey("alert_route.id"), nullable=False),
    Column("rung", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcTime, nullable=True),
    Column("failed_at", UtcTime, nullable=True),
    Column("within", RowId, nullable=True),  # the alert whose text, in the outbox, tells of this one as well
    UniqueConstraint("case", "reason", "round", "route"),
    Index(None, "sent_at", "failed_at"),
    sqlite_autoincrement=True,
)

identity_release = Table(
    "identity_release",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("case", RowId, ForeignKey("desk_case.id"), nullable=False, index=True),
    Column("asked_by", RowId, ForeignKey("staff.id"), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("reason", LargeBinary, nullable=False),  # sealed to the desk
    Column("urgent", Boolean, nullable=False),  # released by one person at once
    Column("granted_by", RowId, ForeignKey("staff.id"), nullable=True),
    Column("granted_at", UtcTime, nullable=True),
    Column("reviewed_by", RowId, ForeignKey("staff.id"), nullable=True),
    Column("reviewed_at", UtcTime, nullable=True),
    Column("ended_at", UtcTime, nullable=True),  # refused, or judged wrong by whoever reviewed: shown no longer
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),  # as it was hashed
    Column("actor", String(32), nullable=False),  # a staff id, "service" or "console"
    Column("action", String(32), nullable=False),
    Column("case", RowId, nullable=True),
    Column("detail", String(128), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)
