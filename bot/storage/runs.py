"""The runs of pushes: each time that one went out, and the quiz of each run word for word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.push_types import PushState, Run
from bot.storage.store import Store
from bot.storage.tables import upsert
from bot.storage.teaching_tables import push, push_run, quiz_version, taking

_RUN = [push_run.c[each.name] for each in fields(Run)]


class Runs:
    """Runs on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def runs(self, number: int) -> Sequence[Run]:
        """The runs of a push, newest first."""
        wanted = select(*_RUN).where(push_run.c.push == number).order_by(push_run.c.id.desc())
        async with self._store.reading() as connection:
            return [_run(row) for row in await connection.execute(wanted)]

    async def run(self, number: int) -> Run | None:
        """One run; None where there is none."""
        async with self._store.reading() as connection:
            row = (await connection.execute(select(*_RUN).where(push_run.c.id == number))).first()
        return None if row is None else _run(row)

    async def quiz(self, run: int) -> str | None:
        """The quiz of a run, as ``FrozenQuiz.dump`` made it; None where it has none."""
        wanted = select(quiz_version.c.body).join(push_run, push_run.c.version == quiz_version.c.id)
        async with self._store.reading() as connection:
            body: str | None = (await connection.execute(wanted.where(push_run.c.id == run))).scalar()
        return body

    async def keep_version(self, connection: AsyncConnection, quiz: str, digest: str, body: str) -> int:
        """Keep a quiz word for word, once; gives its row."""
        row = upsert(connection, quiz_version).values(quiz=quiz, digest=digest, body=body, made_at=self._store.now())
        await connection.execute(row.on_conflict_do_nothing(index_elements=["quiz", "digest"]))
        wanted = select(quiz_version.c.id).where(quiz_version.c.quiz == quiz, quiz_version.c.digest == digest)
        number: int = (await connection.execute(wanted)).scalar_one()
        return number

    async def start(self, connection: AsyncConnection, run: Run) -> int | None:
        """Begin a run (its ``id`` is not looked at); None where the push had one for this planned moment."""
        row = {key: value for key, value in asdict(run).items() if key != "id"}
        made = upsert(connection, push_run).values(**row)
        made = made.on_conflict_do_nothing(index_elements=["push", "planned_at"]).returning(push_run.c.id)
        number: int | None = (await connection.execute(made)).scalar()
        return number

    async def to_remind(self, now: dt.datetime) -> Sequence[Run]:
        """The open runs whose reminder is due and was not made."""
        waiting = (push_run.c.reminded_at.is_(None), push_run.c.closed_at.is_(None), push_run.c.closes_at > now)
        on = select(push.c.id).where(push.c.state == PushState.SCHEDULED)
        wanted = select(*_RUN).where(push_run.c.remind_at <= now, *waiting, push_run.c.push.in_(on))
        async with self._store.reading() as connection:
            return [_run(row) for row in await connection.execute(wanted)]

    async def to_close(self, now: dt.datetime) -> Sequence[Run]:
        """The runs whose time is over, or whose push was cancelled, and that were not closed."""
        cancelled = push_run.c.push.in_(select(push.c.id).where(push.c.state == PushState.CANCELLED))
        wanted = select(*_RUN).where(or_(push_run.c.closes_at <= now, cancelled), push_run.c.closed_at.is_(None))
        async with self._store.reading() as connection:
            return [_run(row) for row in await connection.execute(wanted)]

    async def finished(self, run: int, takers: Collection[str]) -> frozenset[str]:
        """Those of these takers, by their pseudonyms for this run, who have finished it."""
        wanted = select(taking.c.taker).where(
            taking.c.run == run, taking.c.taker.in_(takers), taking.c.finished_at.is_not(None)
        )
        async with self._store.reading() as connection:
            return frozenset((await connection.execute(wanted)).scalars())

    async def going(self, connection: AsyncConnection, number: int) -> bool:
        """Whether a run of this push is still open."""
        wanted = select(push_run.c.id).where(push_run.c.push == number, push_run.c.closed_at.is_(None)).limit(1)
        return (await connection.execute(wanted)).first() is not None

    async def mark(self, connection: AsyncConnection, run: int, **moments: dt.datetime) -> bool:
        """Note that a run was reminded of or closed (``reminded_at``, ``closed_at``); False where it was before."""
        (name,) = moments
        row = update(push_run).where(push_run.c.id == run, push_run.c[name].is_(None)).values(**moments)
        return (await connection.execute(row.returning(push_run.c.id))).first() is not None


def _run(row: Row[Any]) -> Run:
    return Run(**{each.name: getattr(row, each.name) for each in fields(Run)})
