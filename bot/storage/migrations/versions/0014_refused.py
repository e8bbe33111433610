"""By which number a service refused an alert."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; of what was sent before nothing is known."""
    op.add_column("alert_route", sa.Column("refused", sa.Integer, nullable=True))
