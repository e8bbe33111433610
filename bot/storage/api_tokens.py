"""Tokens by which other systems read the published figures: known here by their hash only."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.storage.audit import CONSOLE, AuditLog
from bot.storage.outreach_tables import api_token
from bot.storage.staff_sessions import hashed
from bot.storage.store import Store

#: By which a token is known where it is found lying about.
MARK = "fxh_"
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token without its secret. ``region`` is None where it reads everything."""

    id: int
    name: str
    region: str | None
    made_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None = None

    def good(self, now: dt.datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and now < self.expires_at


class ApiTokens:
    """Tokens on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def make(self, name: str, region: str, lifetime: dt.timedelta) -> tuple[int, str]:
        """A new token with its number; it is told this once."""
        now, token = self._store.now(), MARK + secrets.token_urlsafe(_TOKEN_BYTES)
        row = {"name": name, "region": region, "made_at": now, "expires_at": now + lifetime}
        async with self._store.writing() as connection:
            made = insert(api_token).values(token=hashed(token), **row).returning(api_token.c.id)
            number = int((await connection.execute(made)).scalar_one())
            await AuditLog(self._store)(connection, CONSOLE, "token.add", None, str(number))
        return number, token

    async def find(self, token: str) -> ApiToken | None:
        """The token whose secret this is, while it is good; None for any other."""
        async with self._store.reading() as connection:
            wanted = select(api_token).where(api_token.c.token == hashed(token))
            row = (await connection.execute(wanted)).first()
        found = None if row is None else _token(row)
        return found if found is not None and found.good(self._store.now()) else None

    async def listed(self) -> Sequence[ApiToken]:
        """All that were made, the newest first."""
        async with self._store.reading() as connection:
            rows = (await connection.execute(select(api_token).order_by(api_token.c.id.desc()))).all()
        return [_token(row) for row in rows]

    async def revoke(self, number: int) -> bool:
        """It opens nothing from now on; says whether there was one to revoke."""
        now = self._store.now()
        here = (api_token.c.id == number, api_token.c.revoked_at.is_(None))
        async with self._store.writing() as connection:
            ended = update(api_token).where(*here).values(revoked_at=now).returning(api_token.c.id)
            if (await connection.execute(ended)).first() is None:
                return False
            await AuditLog(self._store)(connection, CONSOLE, "token.revoke", None, str(number))
        return True


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(row.id, row.name, row.region or None, row.made_at, row.expires_at, row.revoked_at)
