"""Of which cases it must be asked, before anything is written to them, whether it is still the child."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: Where the history says that the safe word came, or words by an earlier door, and no answer to the question since.
_DOUBTED = """
    UPDATE desk_case SET in_doubt = true WHERE EXISTS (
        SELECT 1 FROM case_event AS sign
        WHERE sign."case" = desk_case.id AND sign.what IN ('stopped', 'wrote_again')
        AND NOT EXISTS (
            SELECT 1 FROM case_event AS later
            WHERE later."case" = desk_case.id AND later.id > sign.id AND later.what IN ('here', 'came_back')
        )
    )
"""


def upgrade() -> None:
    """Make the column; of cases from before the history tells, and says too much rather than too little."""
    op.add_column("desk_case", sa.Column("in_doubt", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(_DOUBTED)
