"""Who is signed in, and one-time links: both known here by the hash of their token only."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field
from hashlib import blake2b

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.staff_tables import staff_link, staff_session
from bot.storage.store import Store

_TOKEN_BYTES = 32
#: ``seen_at`` is written no more often than this.
_SEEN = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One sign-in. ``private`` is the member's own key, wrapped under the cookie's second half."""

    token: str = field(repr=False)
    staff: int
    private: bytes | None = field(repr=False)
    created_at: dt.datetime
    seen_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link that is still good. ``staff``: whom it is for; None for the first set-up.

    ``by``: which colleague made it; None for the console, or themselves.
    """

    purpose: str
    staff: int | None
    expires_at: dt.datetime
    by: int | None = None


class StaffSessions:
    """Sign-ins on a database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, connection: AsyncConnection, staff: int, private: bytes | None, lifetime: dt.timedelta) -> str:
        """Begin a session and give its token; sessions that ended are swept away meanwhile."""
        now, token = self._store.now(), secrets.token_urlsafe(_TOKEN_BYTES)
        await connection.execute(delete(staff_session).where(staff_session.c.expires_at <= now))
        row = {"created_at": now, "seen_at": now, "expires_at": now + lifetime, "private": private, "staff": staff}
        await connection.execute(insert(staff_session).values(token=hashed(token), **row))
        return token

    async def find(self, token: str) -> StaffSession | None:
        """The session of this token; None for none, or one that has ended. Raises StorageError."""
        now = self._store.now()
        wanted = select(staff_session).where(staff_session.c.token == hashed(token), staff_session.c.expires_at > now)
        async with self._store.reading() as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            return None
        return StaffSession(row.token, row.staff, row.private, row.created_at, row.seen_at, row.expires_at)

    async def seen(self, session: StaffSession) -> None:
        """Note that the session is in use, at most once a minute. Raises StorageError."""
        now = self._store.now()
        if now - session.seen_at < _SEEN:
            return
        async with self._store.writing() as connection:
            mine = update(staff_session).where(staff_session.c.token == session.token)
            await connection.execute(mine.values(seen_at=now))

    async def close(self, connection: AsyncConnection, session: StaffSession) -> None:
        """End one session."""
        await connection.execute(delete(staff_session).where(staff_session.c.token == session.token))

    async def close_all(self, connection: AsyncConnection, staff: int, keeping: StaffSession | None = None) -> None:
        """End every session of a member, but one that is kept."""
        theirs = delete(staff_session).where(staff_session.c.staff == staff)
        if keeping is not None:
            theirs = theirs.where(staff_session.c.token != keeping.token)
        await connection.execute(theirs)


class StaffLinks:
    """One-time links on a database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def make(
        self,
        connection: AsyncConnection,
        purpose: str,
        staff: int | None,
        lifetime: dt.timedelta,
        *,
        by: int | None = None,
    ) -> str:
        """Make a link and give its token; an earlier one of the same purpose for the same person is void."""
        now, token = self._store.now(), secrets.token_urlsafe(_TOKEN_BYTES)
        earlier = staff_link.c.staff.is_(None) if staff is None else staff_link.c.staff == staff
        await connection.execute(delete(staff_link).where(staff_link.c.purpose == purpose, earlier))
        await connection.execute(delete(staff_link).where(staff_link.c.expires_at <= now))
        row = {"token": hashed(token), "purpose": purpose, "staff": staff, "made_by": by, "expires_at": now + lifetime}
        await connection.execute(insert(staff_link).values(**row))
        return token

    async def find(self, purpose: str, token: str) -> Link | None:
        """The link of this token, while it is good. Raises StorageError."""
        wanted = select(staff_link).where(*self._good(purpose, token))
        async with self._store.reading() as connection:
            row = (await connection.execute(wanted)).first()
        return None if row is None else Link(row.purpose, row.staff, row.expires_at, row.made_by)

    async def use(self, connection: AsyncConnection, purpose: str, token: str) -> Link | None:
        """Use the link up; None where it was used, has expired or never was."""
        mine = update(staff_link).where(*self._good(purpose, token)).values(used_at=self._store.now())
        row = (await connection.execute(mine.returning(staff_link))).first()
        return None if row is None else Link(purpose, row.staff, row.expires_at, row.made_by)

    async def drop(self, connection: AsyncConnection, staff: int) -> None:
        """Make every link of a member void."""
        await connection.execute(delete(staff_link).where(staff_link.c.staff == staff))

    def _good(self, purpose: str, token: str) -> tuple[ColumnElement[bool], ...]:
        return (
            staff_link.c.token == hashed(token),
            staff_link.c.purpose == purpose,
            staff_link.c.used_at.is_(None),
            staff_link.c.expires_at > self._store.now(),
        )


def hashed(token: str) -> str:
    """What is kept of a token: 64 hex digits."""
    return blake2b(token.encode("utf-8", "replace"), digest_size=32).hexdigest()
