"""Tells at start, rather than with the first message, that the key does not belong to the data."""

from __future__ import annotations

from sqlalchemy import Column, select

from bot.storage.errors import WrongKeyError
from bot.storage.store import Store
from bot.storage.tables import inbox, outbox, talk

_NEWEST: tuple[tuple[Column[bytes], Column[object]], ...] = (
    (talk.c.session, talk.c.updated_at),
    (inbox.c.body, inbox.c.id),
    (outbox.c.body, outbox.c.id),
)


async def require_key(store: Store) -> None:
    """Raises WrongKeyError where sealed rows are stored and the newest of each table opens in none."""
    sealed: list[bytes] = []
    async with store.reading() as connection:
        for column, age in _NEWEST:
            wanted = select(column).where(column.is_not(None)).order_by(age.desc()).limit(1)
            sealed += (await connection.execute(wanted)).scalars().all()
    if sealed and not any(_opens(store, item) for item in sealed):
        raise WrongKeyError


def _opens(store: Store, sealed: bytes) -> bool:
    try:
        store.vault.open(sealed)
    except WrongKeyError:
        return False
    return True
