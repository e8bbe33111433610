"""The desk: staff and keys, the roster, cases, alerts, and the log of who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _keys()
    _staff()
    _roster()
    _cases()
    _records()


def _keys() -> None:
    op.create_table(
        "desk_key",
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("generation", name="pk_desk_key"),
    )
    op.create_table(
        "desk_key_grant",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("holder_public", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["desk_key.generation"], name="fk_desk_key_grant_generation"),
        sa.PrimaryKeyConstraint("generation", "holder", name="pk_desk_key_grant"),
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("display", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("school", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("password", sa.String(256), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_used", sa.Integer(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("public", sa.LargeBinary(), nullable=True),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("signed_in_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("name", name="uq_staff_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_link",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("staff", _ROW_ID, nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_staff_link_staff"),
        sa.PrimaryKeyConstraint("token", name="pk_staff_link"),
    )
    op.create_table(
        "staff_session",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_staff_session_staff"),
        sa.PrimaryKeyConstraint("token", name="pk_staff_session"),
    )
    op.create_index("ix_staff_session_staff", "staff_session", ["staff"], unique=False)


def _roster() -> None:
    op.create_table(
        "alert_route",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("staff", _ROW_ID, nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("last_ok", _MOMENT, nullable=True),
        sa.Column("failing_since", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_alert_route_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_route"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_route_staff", "alert_route", ["staff"], unique=False)
    op.create_table(
        "day_off",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("staff", _ROW_ID, nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_day_off_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_day_off"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shift",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts", sa.String(5), nullable=False),
        sa.Column("ends", sa.String(5), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_shift_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_shift"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shift_staff", "shift", ["staff"], unique=False)


def _cases() -> None:
    op.create_table(
        "desk_case",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("talk", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("reader", sa.String(16), nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("school", sa.String(128), nullable=False),
        sa.Column("outsiders_only", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("holder", _ROW_ID, nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=True),
        sa.Column("seen_at", _MOMENT, nullable=True),
        sa.Column("taken_at", _MOMENT, nullable=True),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("child_at", _MOMENT, nullable=False),
        sa.Column("staff_at", _MOMENT, nullable=True),
        sa.Column("checking_at", _MOMENT, nullable=True),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("erase_at", _MOMENT, nullable=True),
        sa.Column("erased_at", _MOMENT, nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("delete_asked_at", _MOMENT, nullable=True),
        sa.Column("safe", sa.String(8), nullable=False),
        sa.Column("write_when", sa.String(16), nullable=False),
        sa.Column("receipt", sa.String(32), nullable=True),
        sa.Column("receipt_salt", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_public", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["holder"], ["staff.id"], name="fk_desk_case_holder"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_case"),
        sa.UniqueConstraint("receipt", name="uq_desk_case_receipt"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_desk_case_state_due_at", "desk_case", ["state", "due_at"], unique=False)
    op.create_index("ix_desk_case_talk_state", "desk_case", ["talk", "state"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("case", _ROW_ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("staff", _ROW_ID, nullable=True),
        sa.Column("value", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["desk_case.id"], name="fk_case_event_case"),
        sa.PrimaryKeyConstraint("id", name="pk_case_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_event_case", "case_event", ["case"], unique=False)
    op.create_table(
        "case_message",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("case", _ROW_ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("author", sa.String(8), nullable=False),
        sa.Column("staff", _ROW_ID, nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("for_desk", sa.LargeBinary(), nullable=False),
        sa.Column("for_child", sa.LargeBinary(), nullable=True),
        sa.Column("delivery", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["desk_case.id"], name="fk_case_message_case"),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_case_message_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_case_message"),
        sa.UniqueConstraint("case", "delivery", name="uq_case_message_case_delivery"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_message_case_id", "case_message", ["case", "id"], unique=False)


def _records() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("case", _ROW_ID, nullable=True),
        sa.Column("detail", sa.String(128), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_table(
        "alert",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("case", _ROW_ID, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("route", _ROW_ID, nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.Column("failed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case"], ["desk_case.id"], name="fk_alert_case"),
        sa.ForeignKeyConstraint(["route"], ["alert_route.id"], name="fk_alert_route"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("case", "reason", "round", "route", name="uq_alert_case_reason_round_route"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_sent_at_failed_at", "alert", ["sent_at", "failed_at"], unique=False)
    op.create_table(
        "identity_release",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("case", _ROW_ID, nullable=False),
        sa.Column("asked_by", _ROW_ID, nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("granted_by", _ROW_ID, nullable=True),
        sa.Column("granted_at", _MOMENT, nullable=True),
        sa.Column("reviewed_by", _ROW_ID, nullable=True),
        sa.Column("reviewed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name="fk_identity_release_asked_by"),
        sa.ForeignKeyConstraint(["case"], ["desk_case.id"], name="fk_identity_release_case"),
        sa.ForeignKeyConstraint(["granted_by"], ["staff.id"], name="fk_identity_release_granted_by"),
        sa.ForeignKeyConstraint(["reviewed_by"], ["staff.id"], name="fk_identity_release_reviewed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_release"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_identity_release_case", "identity_release", ["case"], unique=False)
