"""When the holder of a case was last at work in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; of cases that are there the last answer counts, else when they were taken."""
    op.add_column("desk_case", sa.Column("tended_at", UtcTime, nullable=True))
    op.execute("UPDATE desk_case SET tended_at = COALESCE(staff_at, taken_at)")
