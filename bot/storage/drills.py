"""Fire drills: marked, synthetic cases that go through the whole chain, and the times that they took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.core.desk import CaseState
from bot.storage.case_rows import OPEN, note
from bot.storage.desk_tables import alert, desk_case
from bot.storage.filed import DRILL
from bot.storage.store import Store
from bot.storage.tables import inbox


@dataclass(frozen=True, slots=True)
class DrillTimes:
    """When a drill reached each step, in UTC; None for not yet. ``case`` and ``level`` belong to the case it opened."""

    stored: dt.datetime | None = None
    case: int | None = None
    level: str = ""
    opened: dt.datetime | None = None
    sent: dt.datetime | None = None
    seen: dt.datetime | None = None
    taken: dt.datetime | None = None
    answered: dt.datetime | None = None


class SealedDrills:
    """Drills on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def place(self, text: str) -> int:
        """Put a synthetic message into the inbox, and nothing else. Gives its number: the time in milliseconds."""
        now = self._store.now()
        number = int(now.timestamp() * 1000)
        row = {
            "channel": DRILL,
            "update_number": number,
            "body": self._store.vault.seal(text.encode()),
            "received_at": now,
        }
        async with self._store.writing() as connection:
            await connection.execute(insert(inbox).values(**row))
        return number

    async def times(self, number: int) -> DrillTimes:
        """How far a drill has come."""
        wanted = select(inbox.c.received_at).where(inbox.c.channel == DRILL, inbox.c.update_number == number)
        talk = self._store.vault.pseudonym(drill_talk(number))
        async with self._store.reading() as connection:
            stored = (await connection.execute(wanted)).scalar()
            row = (await connection.execute(select(desk_case).where(desk_case.c.talk == talk))).first()
            return DrillTimes(stored) if row is None else await self._of(connection, row, stored)

    async def last(self) -> DrillTimes | None:
        """The drill that was begun last, without a case where it has opened none; None before the first."""
        newest = select(desk_case).where(desk_case.c.synthetic).order_by(desk_case.c.id.desc()).limit(1)
        placed = select(inbox).where(inbox.c.channel == DRILL).order_by(inbox.c.update_number.desc()).limit(1)
        async with self._store.reading() as connection:
            row = (await connection.execute(newest)).first()
            put = (await connection.execute(placed)).first()
            if put is not None and (row is None or not self._opened_by(put, row)):
                return DrillTimes(put.received_at)
            return None if row is None else await self._of(connection, row, row.opened_at)

    def _opened_by(self, put: Any, row: Any) -> bool:
        # By time as well: an erased case no longer knows of which talk it was.
        own = row.talk == self._store.vault.pseudonym(drill_talk(put.update_number))
        return own or bool(row.opened_at >= put.received_at)

    async def since(self, moment: dt.datetime) -> Sequence[DrillTimes]:
        """The drills that opened a case since then, the oldest first."""
        wanted = select(desk_case).where(desk_case.c.synthetic, desk_case.c.opened_at >= moment)
        async with self._store.reading() as connection:
            rows = (await connection.execute(wanted.order_by(desk_case.c.id))).all()
            return [await self._of(connection, row, row.opened_at) for row in rows]

    async def begun_last(self) -> dt.datetime | None:
        """When the last drill was begun, answered by the service or not yet; None before the first."""
        stored = select(func.max(inbox.c.received_at)).where(inbox.c.channel == DRILL)
        opened = select(func.max(desk_case.c.opened_at)).where(desk_case.c.synthetic)
        async with self._store.reading() as connection:
            found = [(await connection.execute(wanted)).scalar() for wanted in (stored, opened)]
        return max((moment for moment in found if moment is not None), default=None)

    async def reply_recorded(self, talk: str) -> None:
        """A reply to a drill was erased instead of sent: noted in the history of its case."""
        name = self._store.vault.pseudonym(talk)
        async with self._store.writing() as connection:
            wanted = select(desk_case.c.id).where(desk_case.c.talk == name, desk_case.c.synthetic)
            case = (await connection.execute(wanted.order_by(desk_case.c.id.desc()).limit(1))).scalar()
            if case is not None:
                await note(connection, case, self._store.now(), what="drill_reply")

    async def expire(self, before: dt.datetime) -> Sequence[int]:
        """End the drills that were opened before then and are still open; says which cases."""
        now = self._store.now()
        ended = {"state": CaseState.CLOSED, "closed_at": now, "outcome": DRILL, "erase_at": now, "due_at": None}
        old = update(desk_case).where(
            desk_case.c.synthetic, desk_case.c.state.in_(OPEN), desk_case.c.opened_at < before
        )
        async with self._store.writing() as connection:
            rows = await connection.execute(old.values(**ended).returning(desk_case.c.id))
            cases: Sequence[int] = rows.scalars().all()
            for case in cases:
                await note(connection, case, now, what="closed", value=DRILL)
        return cases

    async def _of(self, connection: Any, row: Any, stored: dt.datetime | None) -> DrillTimes:
        first = select(func.min(alert.c.sent_at)).where(alert.c.case == row.id)
        sent = (await connection.execute(first)).scalar()
        return DrillTimes(stored, row.id, row.level, row.opened_at, sent, row.seen_at, row.taken_at, row.answered_at)


def drill_talk(number: int) -> str:
    """The key of a drill's talk, which is its address as well."""
    return f"{DRILL}:{number}"
