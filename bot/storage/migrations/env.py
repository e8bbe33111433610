"""Runs migrations on the connection that ``bot.storage.schema`` gives, within its transaction."""

from __future__ import annotations

from alembic import context

import bot.storage.activity_tables
import bot.storage.desk_tables
import bot.storage.outreach_tables
import bot.storage.staff_tables
import bot.storage.teaching_tables  # noqa: F401  (makes their tables known)
from bot.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
