"""What becomes of alerts that our own bot sends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import RowId

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; alerts that are on their way stay counted as sent."""
    op.add_column("outbox", sa.Column("route", RowId, nullable=True))
    op.add_column("outbox", sa.Column("alert", RowId, nullable=True))
    op.create_index(op.f("ix_outbox_alert"), "outbox", ["alert"])
