"""What becomes of words to a child that never arrive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import RowId, UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; what is on its way already belongs to no case."""
    op.add_column("outbox", sa.Column("case", RowId, nullable=True))
    op.add_column("desk_case", sa.Column("undelivered_at", UtcTime, nullable=True))
