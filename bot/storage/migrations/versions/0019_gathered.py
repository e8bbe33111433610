"""Within which other alert's text one goes out, where many wait for one route."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import RowId

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; so far each alert was a text of its own."""
    op.add_column("alert", sa.Column("within", RowId, nullable=True))
