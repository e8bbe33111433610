"""How often a child has been heard of in a case: times alone cannot say whether a person has read it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; in a case that is there all that came so far counts as one turn, answered where it was."""
    for name in ("turns", "asks", "heard"):
        op.add_column("desk_case", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE desk_case SET turns = 1, asks = 1")
    op.execute(
        "UPDATE desk_case SET heard = 1 WHERE staff_at >= child_at AND (raised_at IS NULL OR staff_at >= raised_at)"
    )
