"""Takes out of cases what tells of a person, when their time has come, and leaves what can be counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import CaseState
from bot.storage.case_rows import FOLLOWS, GOES_ON_IN, INSTEAD_OF, CaseRow, note
from bot.storage.desk_tables import case_door, case_event, case_message, desk_case, identity_release
from bot.storage.staff_tables import staff_link, staff_session
from bot.storage.store import Store

#: Lines of a case's history: it will be erased soon; a legal hold was lifted.
WARNED, LET_GO = "erase_soon", "unheld"
#: What a line of a case's history may go on saying: a key or a number, never words.
_KEY = re.compile(r"[a-z0-9_:.-]{0,64}")
_ERASED: dict[str, Any] = {
    "address": None,
    "school": "",
    "safe": "",
    "write_when": "",
    "untold": None,
    "receipt": None,
    "receipt_salt": None,
    "receipt_public": None,
    "due_at": None,
}


class CaseErasure:
    """Erasing on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def closed(self) -> Sequence[CaseRow]:
        """The closed cases that still hold text, the oldest first; those under legal hold too."""
        wanted = select(desk_case).where(desk_case.c.state == CaseState.CLOSED, desk_case.c.erased_at.is_(None))
        async with self._store.reading() as connection:
            return (await connection.execute(wanted.order_by(desk_case.c.closed_at, desk_case.c.id))).all()

    async def held(self) -> Sequence[CaseRow]:
        """The cases under legal hold, open ones too."""
        async with self._store.reading() as connection:
            return (await connection.execute(select(desk_case).where(desk_case.c.held).order_by(desk_case.c.id))).all()

    async def locked(self, connection: AsyncConnection, number: int) -> CaseRow | None:
        """A case that still holds text, which nobody else changes until the transaction ends."""
        wanted = select(desk_case).where(desk_case.c.id == number, desk_case.c.erased_at.is_(None)).with_for_update()
        return (await connection.execute(wanted)).first()

    async def warned(self, connection: AsyncConnection, case: CaseRow) -> CaseRow | None:
        """The line of its history that says, since it was closed or let go, that it will be erased."""
        wanted = select(case_event).where(case_event.c.case == case.id, case_event.c.what.in_((WARNED, LET_GO)))
        row = (await connection.execute(wanted.order_by(case_event.c.id.desc()).limit(1))).first()
        return row if row is not None and row.what == WARNED and row.at >= case.closed_at else None

    async def erase(self, connection: AsyncConnection, number: int) -> int | None:
        """Take text, address, school, answers to our questions and keys out of a case; says how many messages went.

        None where there was nothing to do: it is open, held, or was erased before.
        """
        going = update(desk_case).where(
            desk_case.c.id == number,
            desk_case.c.state == CaseState.CLOSED,
            desk_case.c.held.is_(False),
            desk_case.c.erased_at.is_(None),
        )
        now = self._store.now()
        # The pseudonym would still say, to whoever has the key, that a certain account once asked for help.
        values = {**_ERASED, "talk": f"erased:{number}", "erased_at": now}
        if (await connection.execute(going.values(**values).returning(desk_case.c.id))).first() is None:
            return None
        await connection.execute(delete(case_door).where(case_door.c.case == number))
        texts = delete(case_message).where(case_message.c.case == number).returning(case_message.c.id)
        count = len((await connection.execute(texts)).all())
        await connection.execute(
            update(identity_release).where(identity_release.c.case == number).values(reason=b"", generation=0)
        )
        await self._keep_keys_only(connection, number)
        await self._unlink(connection, number)
        await note(connection, number, now, what="erased")
        return count

    async def sign_ins(self, connection: AsyncConnection) -> int:
        """Delete sign-ins and one-time links that have ended; says how many."""
        now = self._store.now()
        sessions = delete(staff_session).where(staff_session.c.expires_at <= now).returning(staff_session.c.token)
        links = delete(staff_link).where(staff_link.c.expires_at <= now).returning(staff_link.c.token)
        return sum([len((await connection.execute(gone)).all()) for gone in (sessions, links)])

    async def _unlink(self, connection: AsyncConnection, number: int) -> None:
        """What is left of it must not be known by another case of the same person, which may tell who that is."""
        kept = select(desk_case.c.id).where(desk_case.c.held)
        there = and_(case_event.c.value == str(number), case_event.c.case.not_in(kept))
        links = case_event.c.what.in_((INSTEAD_OF, GOES_ON_IN, FOLLOWS))
        await connection.execute(delete(case_event).where(links, or_(case_event.c.case == number, there)))

    async def _keep_keys_only(self, connection: AsyncConnection, number: int) -> None:
        wanted = select(case_event.c.id, case_event.c.value).where(case_event.c.case == number)
        wordy = [row.id for row in (await connection.execute(wanted)).all() if not _KEY.fullmatch(row.value)]
        if wordy:
            await connection.execute(update(case_event).where(case_event.c.id.in_(wordy)).values(value=""))
