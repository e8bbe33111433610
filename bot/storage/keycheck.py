"""Tells at start, rather than with the first message or alert, that the key does not belong to the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.desk_tables import desk_case
from bot.storage.engine import make_engine, reading
from bot.storage.errors import KeyFileError, KeyMissingError, StorageError, WrongKeyError
from bot.storage.keys import KEY_FILE, load_key
from bot.storage.staff_tables import alert_route, staff
from bot.storage.store import Store
from bot.storage.tables import inbox, outbox, talk
from bot.storage.teaching_tables import school_class
from bot.storage.vault import Vault

_Sealed = tuple[Column[bytes], ColumnElement[Any]]
#: What stays for months, the oldest of each kind: it was sealed before anybody could start with another key.
_LASTING: tuple[_Sealed, ...] = (
    (staff.c.totp, staff.c.id.asc()),
    (alert_route.c.target, alert_route.c.id.asc()),
    (school_class.c.code, school_class.c.id.asc()),
    (desk_case.c.address, desk_case.c.id.asc()),
)
#: What is gone within hours, the newest of each kind: it tells where nothing else does.
_PASSING: tuple[_Sealed, ...] = (
    (talk.c.session, talk.c.updated_at.desc()),
    (inbox.c.body, inbox.c.id.desc()),
    (outbox.c.body, outbox.c.id.desc()),
)


async def require_key(store: Store) -> None:
    """Raises WrongKeyError where sealed rows are stored and the key opens none of those that must tell.

    One that opens is enough: a single damaged row must not keep children from reaching people.
    """
    _require(store.vault, await _samples(store.engine))


async def holds_sealed(engine: AsyncEngine) -> bool:
    """Whether anything is stored that only its key opens. Raises StorageError."""
    return bool(await _samples(engine))


async def key_problem(url: str, data_dir: Path, given: str | None) -> StorageError | None:
    """What stands against the key that a start would take, as an error not raised; makes no key.

    Whatever else is wrong with the database is not told here.
    """
    try:
        engine = make_engine(url)
    except StorageError:
        return None
    try:
        samples = await _samples(engine)
        if samples or given is not None or (data_dir / KEY_FILE).exists():
            _require(Vault(load_key(data_dir, given, make=False)), samples)
    except (WrongKeyError, KeyMissingError, KeyFileError) as error:
        return error
    except StorageError:
        return None
    finally:
        await engine.dispose()
    return None


async def _samples(engine: AsyncEngine) -> Sequence[bytes]:
    """Rows of what lasts; where there is none, of what passes. Tables that an older program lacks hold none."""
    async with reading(engine) as connection:
        names = set(await connection.run_sync(_tables))
        for kinds in (_LASTING, _PASSING):
            found: list[bytes] = []
            for column, order in kinds:
                if column.table.name in names:
                    wanted = select(column).where(column.is_not(None)).order_by(order).limit(1)
                    found += (await connection.execute(wanted)).scalars().all()
            if found:
                return found
    return []


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def _require(vault: Vault, samples: Sequence[bytes]) -> None:
    if samples and not any(_opens(vault, item) for item in samples):
        raise WrongKeyError


def _opens(vault: Vault, sealed: bytes) -> bool:
    try:
        vault.open(sealed)
    except WrongKeyError:
        return False
    return True
