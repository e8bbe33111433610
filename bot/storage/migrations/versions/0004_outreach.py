"""Outreach: folded counts, and who was reached today."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cell",
        sa.Column("grain", sa.String(5), nullable=False),
        sa.Column("family", sa.String(16), nullable=False),
        sa.Column("school", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("count", _ROW_ID, nullable=False),
        sa.Column("rounding", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "family", "school", "period", "region", "key", name="pk_cell"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reached",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name="pk_reached"),
        sqlite_with_rowid=False,
    )
