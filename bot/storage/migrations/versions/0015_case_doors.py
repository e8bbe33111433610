"""By which talks the person of a case was in it before they came back by another door."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import RowId

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; of who moved on before it nobody knows from where."""
    op.create_table(
        "case_door",
        sa.Column("case", RowId, nullable=False),
        sa.Column("talk", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["desk_case.id"], name="fk_case_door_case"),
        sa.PrimaryKeyConstraint("case", "talk", name="pk_case_door"),
    )
    op.create_index(op.f("ix_case_door_talk"), "case_door", ["talk"])
