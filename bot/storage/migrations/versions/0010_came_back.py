"""To which case of a talk its person came back last: what they write from then on belongs to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import RowId

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; where somebody came back before, it is known from the history of the case."""
    op.add_column("desk_case", sa.Column("came_back", RowId, nullable=True))
    op.execute(
        "UPDATE desk_case SET came_back = (SELECT max(case_event.id) FROM case_event"
        " WHERE case_event.\"case\" = desk_case.id AND case_event.what = 'came_back')"
    )
