"""Brings the tables up to date and tells whether they are; needs no file outside the package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.engine import make_engine, reading, writing
from bot.storage.errors import SchemaTooNewError, SchemaTooOldError, StorageError

#: Any number that nothing else on a shared server uses.
_UPGRADE_LOCK = 0x6661_7869


def expected_revision() -> str:
    """The revision that this program works with."""
    return str(_scripts().get_current_head())


def known_revisions() -> frozenset[str]:
    """Every revision that this program can bring up to date."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


async def upgrade(url: str) -> None:
    """Bring the database at this address up to date; processes that start at once wait for each other.

    Raises StorageError: SchemaTooNewError where a newer program has been there.
    """
    engine = make_engine(url)
    try:
        async with writing(engine) as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def problems(url: str) -> list[StorageError]:
    """What stands against using the database at this address, as errors not raised; empty where all is well."""
    try:
        engine = make_engine(url)
    except StorageError as error:
        return [error]
    try:
        await require_current(engine)
    except StorageError as error:
        return [error]
    finally:
        await engine.dispose()
    return []


async def require_current(engine: AsyncEngine) -> None:
    """Raises SchemaTooOldError or SchemaTooNewError unless the tables are those of this program."""
    async with reading(engine) as connection:
        found = await connection.run_sync(_revision)
    if found is not None and found not in known_revisions():
        raise SchemaTooNewError(found)
    if found != expected_revision():
        raise SchemaTooOldError(found or "")


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    found = _revision(connection)
    if found is not None and found not in known_revisions():
        raise SchemaTooNewError(found)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    # Percent signs in a path would be read as placeholders.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
