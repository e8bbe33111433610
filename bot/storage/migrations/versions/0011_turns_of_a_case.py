"""How often a child has been heard of in a case: times alone cannot say whether a person has read it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; in a case that is there all that came so far counts as one turn."""
    op.add_column("desk_case", sa.Column("turns", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE desk_case SET turns = 1")
