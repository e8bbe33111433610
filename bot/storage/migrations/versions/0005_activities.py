"""Outreach that people enter, with its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "activity",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("school", _ROW_ID, nullable=True),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("halves", sa.Integer(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("photo", sa.LargeBinary(), nullable=True),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("form", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", _MOMENT, nullable=False),
        sa.Column("deleted_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["school"], ["school.id"], name="fk_activity_school"),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_activity_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
        sa.UniqueConstraint("form", name="uq_activity_form"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_activity_day", "activity", ["day"], unique=False)
    op.create_index("ix_activity_school_day", "activity", ["school", "day"], unique=False)
    op.create_index("ix_activity_staff_day", "activity", ["staff", "day"], unique=False)
    op.create_table(
        "activity_version",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("activity", _ROW_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(8), nullable=False),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activity.id"], name="fk_activity_version_activity"),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_activity_version_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_activity_version"),
        sa.UniqueConstraint("activity", "version", name="uq_activity_version_activity_version"),
        sqlite_autoincrement=True,
    )
