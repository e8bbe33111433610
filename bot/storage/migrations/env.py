"""Runs migrations on the connection that ``bot.storage.schema`` gives, within its transaction."""

from __future__ import annotations

from alembic import context

import bot.storage.desk_tables  # noqa: F401  (makes its tables known)
from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
