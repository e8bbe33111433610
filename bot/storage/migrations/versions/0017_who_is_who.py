"""Which chats of staff were proved with a token, who let whom in, and which release of an address was ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import RowId, UtcTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: Whoever linked a chat was logged, and so was every route that was typed, by its number.
_PROVED = """
    UPDATE alert_route SET linked_at = CURRENT_TIMESTAMP WHERE kind = 'telegram' AND staff IS NOT NULL
    AND EXISTS (SELECT 1 FROM audit WHERE action = 'staff.chat_link' AND actor = CAST(alert_route.staff AS VARCHAR))
    AND NOT EXISTS (SELECT 1 FROM audit WHERE action = 'route.add' AND detail = CAST(alert_route.id AS VARCHAR))
"""


def upgrade() -> None:
    """Make the columns; a chat of before counts as proved where the log says that it was linked, not typed."""
    op.add_column("alert_route", sa.Column("linked_at", UtcTime, nullable=True))
    op.execute(_PROVED)
    for name, kind in (("link_by", RowId), ("admitted_by", RowId), ("admitted_at", UtcTime)):
        op.add_column("staff", sa.Column(name, kind, nullable=True))
    op.add_column("staff_link", sa.Column("made_by", RowId, nullable=True))
    op.add_column("identity_release", sa.Column("ended_at", UtcTime, nullable=True))
