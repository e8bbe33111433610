"""Questions and quizzes that vice principals wrote themselves: read, kept, changed and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.own_quiz import OwnQuestion, OwnQuiz
from bot.storage.store import Store
from bot.storage.teaching_tables import own_question, own_quiz

T = TypeVar("T", OwnQuestion, OwnQuiz)


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """Something of one's own as it is kept: its row, whose it is, and how often it was changed (from 1)."""

    id: int
    staff: int
    item: T
    version: int
    updated_at: dt.datetime


class _Own(Generic[T]):
    """Rows of one kind. Everything raises StorageError."""

    def __init__(self, store: Store, table: Table, kind: type[T]) -> None:
        self._store, self._table = store, table
        self._kind: type[T] = kind

    async def of(self, staff: int) -> Sequence[Kept[T]]:
        """Everything of one person that was not taken back, newest first."""
        wanted = select(self._table).where(self._table.c.staff == staff, self._table.c.deleted_at.is_(None))
        async with self._store.reading() as connection:
            rows = (await connection.execute(wanted.order_by(self._table.c.id.desc()))).all()
        return [self._kept(row) for row in rows]

    async def some(self, numbers: Iterable[int], connection: AsyncConnection | None = None) -> dict[int, Kept[T]]:
        """Those of these rows that are there and were not taken back."""
        wanted = select(self._table).where(self._table.c.id.in_(set(numbers)), self._table.c.deleted_at.is_(None))
        if connection is not None:
            return {row.id: self._kept(row) for row in await connection.execute(wanted)}
        async with self._store.reading() as own:
            return {row.id: self._kept(row) for row in await own.execute(wanted)}

    async def one(self, number: int, connection: AsyncConnection | None = None) -> Kept[T] | None:
        """One row; None where it is not there or was taken back."""
        return (await self.some([number], connection)).get(number)

    async def add(self, connection: AsyncConnection, staff: int, items: Sequence[T]) -> list[int]:
        """Keep these as theirs, and give their numbers."""
        return [await self._add(connection, staff, item) for item in items]

    async def change(self, connection: AsyncConnection, number: int, item: T, version: int) -> bool:
        """Put another in its place; False where it was changed since that version, or taken back."""
        now = self._store.now()
        return await self._set(
            connection, number, version, body=item.model_dump_json(), version=version + 1, updated_at=now
        )

    async def take_back(self, connection: AsyncConnection, number: int, version: int) -> bool:
        """Take one back; False where it was changed since that version, or taken back before."""
        return await self._set(connection, number, version, deleted_at=self._store.now())

    async def _add(self, connection: AsyncConnection, staff: int, item: T) -> int:
        row = {"staff": staff, "body": item.model_dump_json(), "version": 1, "updated_at": self._store.now()}
        made = await connection.execute(insert(self._table).values(**row).returning(self._table.c.id))
        number: int = made.scalar_one()
        return number

    async def _set(self, connection: AsyncConnection, number: int, seen: int, **values: object) -> bool:
        table = self._table
        row = update(table).where(table.c.id == number, table.c.version == seen, table.c.deleted_at.is_(None))
        return (await connection.execute(row.values(**values).returning(table.c.id))).first() is not None

    def _kept(self, row: Row[Any]) -> Kept[T]:
        item = self._kind.model_validate_json(row.body)
        return Kept(row.id, row.staff, item, row.version, row.updated_at)


class OwnQuestions(_Own[OwnQuestion]):
    """The questions."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, own_question, OwnQuestion)


class OwnQuizzes(_Own[OwnQuiz]):
    """The quizzes."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, own_quiz, OwnQuiz)
