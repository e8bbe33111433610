"""What the person of a case was not told at its time, so that it is said at their next turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

#: Of open cases the history tells what was held back last, and whether a person has written since.
_HELD_BACK = """
    UPDATE desk_case SET untold = (
        SELECT REPLACE(told.value, '\\:0', '') FROM case_event AS told
        WHERE told."case" = desk_case.id AND told.what = 'told_child' AND told.value LIKE '%\\:0'
        AND (desk_case.staff_at IS NULL OR desk_case.staff_at < told.at)
        AND NOT EXISTS (
            SELECT 1 FROM case_event AS later
            WHERE later."case" = desk_case.id AND later.id > told.id AND later.what IN ('told_child', 'came_back')
        )
    ) WHERE state <> 'closed'
"""


def upgrade() -> None:
    """Make the column, and fill it for cases that are open."""
    op.add_column("desk_case", sa.Column("untold", sa.String(16), nullable=True))
    op.execute(_HELD_BACK)
