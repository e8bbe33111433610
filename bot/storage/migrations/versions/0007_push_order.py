"""The order in which a push goes to its classes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; pushes that are there keep the order that they had, by the numbers of their classes."""
    op.add_column("push_class", sa.Column("place", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE push_class SET place = (SELECT count(*) FROM push_class AS other"
        " WHERE other.push = push_class.push AND other.class < push_class.class)"
    )
