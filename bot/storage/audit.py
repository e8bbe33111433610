"""The audit log: who did what, when, each line chained to the one before under the server's key."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.desk_tables import audit, desk_case
from bot.storage.store import Store

AuditLine = Row[Any]
#: Who acts where nobody is signed in.
SERVICE, CONSOLE = "service", "console"
#: The line that stands for the ones before it that had their time; its detail is ``through 12 <digest>``.
DROPPED = "audit.drop"
_LOCK = int.from_bytes(b"fxhaudit", "big", signed=True)
_NOT_PLAIN = re.compile(r"[^ -~]")
_LONGEST = {"actor": 32, "action": 32, "detail": 128}


class Wrong(StrEnum):
    """What does not fit in the log."""

    CHANGED = "changed"  # a line is not what was written
    MISSING = "missing"  # lines before it were taken out, or the line before it is another
    FRONT = "front"  # it does not begin where it should
    CUT = "cut"  # its end was cut off, or replaced since it was last witnessed


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of the log; number 0 for an empty one."""

    seq: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first line that does not fit, and what is wrong with it."""

    seq: int
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines were read, where the log ends, and the first flaw; None where all of it fits."""

    lines: int
    head: Head
    flaw: Flaw | None = None


@dataclass(slots=True)
class _Walk:
    """How far a reading of the log has come. What was dropped from the front is told by a line further on."""

    head: Head = Head()
    begins: Head = Head()
    dropped: Head = Head()
    lines: int = 0

    def step(self, row: AuditLine) -> Wrong | None:
        before = Head(row.seq - 1, row.previous)
        if self.lines == 0:
            self.begins = before
        elif before != self.head:
            return Wrong.MISSING
        if row.action == DROPPED:
            _, number, digest = row.detail.split(" ")
            self.dropped = Head(int(number), digest)
        self.head, self.lines = Head(row.seq, row.digest), self.lines + 1
        return None

    @property
    def begins_well(self) -> bool:
        return self.lines == 0 or self.begins in (Head(), self.dropped)


class AuditLog:
    """The log on a database. Lines hold numbers and keys of words only; everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(  # noqa: PLR0917  (a line of the log has these parts)
        self, connection: AsyncConnection, actor: str, action: str, case: int | None = None, detail: str = ""
    ) -> None:
        """Add a line within a transaction of the caller's, best as its last act: others wait until it ends.

        ``actor`` is a staff id, SERVICE or CONSOLE. A sign that no number or key has is written as ``?``.
        """
        await _one_at_a_time(connection)
        before = await _head(connection)
        row: dict[str, Any] = {
            "seq": before.seq + 1,
            "at": _moment(self._store.now()),
            "actor": _plain("actor", actor),
            "action": _plain("action", action),
            "case": case,
            "detail": _plain("detail", detail),
            "previous": before.digest,
        }
        await connection.execute(insert(audit).values(**row, digest=self._digest(row)))

    async def head(self) -> Head:
        """The last line."""
        async with self._store.reading() as connection:
            return await _head(connection)

    async def holds(self, witnessed: Head) -> bool:
        """Whether this line is still there, or was dropped from the front in its time."""
        async with self._store.reading() as connection:
            last = await _head(connection)
            wanted = select(audit.c.digest).where(audit.c.seq == witnessed.seq)
            digest = (await connection.execute(wanted)).scalar_one_or_none()
        return digest == witnessed.digest or (digest is None and witnessed.seq < last.seq) or witnessed == Head()

    async def lines(
        self, case: int | None = None, *, before: int | None = None, limit: int = 200
    ) -> Sequence[AuditLine]:
        """The newest lines, newest first: of one case where it is given, from before one of them on."""
        wanted = select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if case is not None:
            wanted = wanted.where(audit.c.case == case)
        if before is not None:
            wanted = wanted.where(audit.c.seq < before)
        async with self._store.reading() as connection:
            return (await connection.execute(wanted)).all()

    async def acted(self, case: int, actor: str, since: dt.datetime) -> bool:
        """Whether there is a line of theirs on this case since then."""
        wanted = select(audit.c.seq).where(audit.c.case == case, audit.c.actor == actor, audit.c.at >= _moment(since))
        async with self._store.reading() as connection:
            return (await connection.execute(wanted.limit(1))).first() is not None

    async def of_case(self, case: int) -> Sequence[AuditLine]:
        """Every line of a case, oldest first."""
        async with self._store.reading() as connection:
            return (await connection.execute(select(audit).where(audit.c.case == case).order_by(audit.c.seq))).all()

    async def verify(self, witnessed: Head | None = None) -> Verdict:
        """Read the whole log and find the first line that does not fit.

        ``witnessed`` is a head that was kept elsewhere: without it nobody can tell that the end was cut.
        """
        walk, seen = _Walk(), witnessed or Head()
        async with (
            self._store.reading() as connection,
            connection.stream(select(audit).order_by(audit.c.seq)) as rows,
        ):
            async for row in rows:
                wrong = self._changed(row) or walk.step(row)
                if wrong is None and row.seq == seen.seq and row.digest != seen.digest:
                    wrong = Wrong.CUT
                if wrong is not None:
                    return Verdict(walk.lines, walk.head, Flaw(row.seq, wrong))
        if not walk.begins_well:
            return Verdict(walk.lines, walk.head, Flaw(walk.begins.seq + 1, Wrong.FRONT))
        cut = Flaw(walk.head.seq + 1, Wrong.CUT) if seen.seq > walk.head.seq else None
        return Verdict(walk.lines, walk.head, cut)

    async def drop_before(self, connection: AsyncConnection, moment: dt.datetime) -> int:
        """Drop lines older than this from the front, and write the line that stands for them; says how many.

        It stops before the first line of a case under legal hold, and the newest line always stays.
        """
        await _one_at_a_time(connection)
        last = await self.last_before(connection, moment)
        if last is None:
            return 0
        gone = await connection.execute(delete(audit).where(audit.c.seq <= last.seq).returning(audit.c.seq))
        count = len(gone.all())
        await self(connection, SERVICE, DROPPED, detail=f"through {last.seq} {last.digest}")
        return count

    async def last_before(self, connection: AsyncConnection, moment: dt.datetime) -> AuditLine | None:
        """The last of the lines that ``drop_before`` would drop; None where it would drop none."""
        held = select(func.min(audit.c.seq)).join(desk_case, desk_case.c.id == audit.c.case).where(desk_case.c.held)
        young = select(func.min(audit.c.seq)).where(audit.c.at >= _moment(moment))
        stops = [(await connection.execute(wanted)).scalar() for wanted in (held, young)]
        end = min([stop for stop in stops if stop is not None], default=(await _head(connection)).seq)
        return (await connection.execute(select(audit).where(audit.c.seq == end - 1))).first()

    async def announced(self, connection: AsyncConnection, action: str, now: dt.datetime) -> AuditLine | None:
        """The newest line of this action; None where the clock says, or has said since, that it is yet to come."""
        newest = select(audit).where(audit.c.action == action).order_by(audit.c.seq.desc()).limit(1)
        line = (await connection.execute(newest)).first()
        if line is None or line.at > _moment(now):
            return None
        back = select(audit.c.seq).where(audit.c.seq > line.seq, audit.c.at < line.at).limit(1)
        return line if (await connection.execute(back)).first() is None else None

    def _changed(self, row: AuditLine) -> Wrong | None:
        kept = {name: value for name, value in row._mapping.items() if name != "digest"}
        return None if self._digest(kept) == row.digest else Wrong.CHANGED

    def _digest(self, row: dict[str, Any]) -> str:
        return self._store.vault.chain(json.dumps(row, sort_keys=True, separators=(",", ":")).encode())


async def _one_at_a_time(connection: AsyncConnection) -> None:
    """Two lines at once would fork the chain; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def _head(connection: AsyncConnection) -> Head:
    wanted = select(audit.c.seq, audit.c.digest).order_by(audit.c.seq.desc()).limit(1)
    row = (await connection.execute(wanted)).first()
    return Head() if row is None else Head(row.seq, row.digest)


def _moment(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _plain(name: str, text: str) -> str:
    return _NOT_PLAIN.sub("?", text)[: _LONGEST[name]]
