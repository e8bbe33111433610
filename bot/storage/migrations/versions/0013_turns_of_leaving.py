"""After which turns of a case its person left, or came back by another door: told by their order, not by a clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: The last that is known of its person is that they did this: after it nothing came of whoever holds the device.
_IS_LAST = """
    UPDATE desk_case SET {column} = turns WHERE state <> 'closed' AND EXISTS (
        SELECT 1 FROM case_event WHERE case_event."case" = desk_case.id AND case_event.what = '{what}'
        AND case_event.at >= desk_case.child_at AND NOT EXISTS (
            SELECT 1 FROM case_event AS later WHERE later."case" = desk_case.id AND later.id > case_event.id
            AND later.what IN ('opened', 'raised', 'graver', 'reopened', 'came_back', 'risk', 'asked', 'said', 'unsafe',
                'safe', 'place', 'write', 'retracted', 'bystander', 'outsiders', 'here')))
"""


def upgrade() -> None:
    """Make the columns; of open cases they are known from the history."""
    for column, what in (("left_turn", "left"), ("moved_turn", "came_back")):
        op.add_column("desk_case", sa.Column(column, sa.Integer(), nullable=True))
        op.execute(_IS_LAST.format(column=column, what=what))
