"""Which of many cases that one place opened within a minute a case is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; of what was opened before it is not known."""
    op.add_column("desk_case", sa.Column("crowd", sa.Integer(), server_default="0", nullable=False))
