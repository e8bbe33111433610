"""From which door of a case words came, and of which of them it is not known whether they are the child's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; what is there already counts as the child's, and as said where the case goes on."""
    op.add_column("desk_case", sa.Column("door_asks", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE desk_case SET door_asks = asks")
    op.add_column("case_door", sa.Column("channel", sa.String(32), server_default=sa.text("''"), nullable=False))
    op.add_column("case_door", sa.Column("address", sa.LargeBinary(), nullable=True))
    op.add_column("case_door", sa.Column("turn", sa.Integer(), server_default="0", nullable=False))
    for table in ("case_message", "case_event"):
        op.add_column(table, sa.Column("unsure", sa.String(8), server_default=sa.text("''"), nullable=False))
