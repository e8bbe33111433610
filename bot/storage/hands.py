"""Hands that were counted in a classroom, question by question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.store import Store
from bot.storage.tables import upsert
from bot.storage.tallies import Origin
from bot.storage.teaching_tables import run_tally, tally


@dataclass(frozen=True, slots=True)
class Hands:
    """What was counted: how many were in the room, and the hands by question and option."""

    present: int
    counts: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


class CountedHands:
    """Counted hands on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def hands(self, run: int, class_: int) -> Hands | None:
        """What was counted in a class; None where nobody is counting there."""
        async with self._store.reading() as connection:
            present = (await connection.execute(select(run_tally.c.invited).where(*_turnout(run, class_)))).scalar()
            wanted = select(tally.c.question, tally.c.option, tally.c.count).where(*_of(run, class_))
            rows = (await connection.execute(wanted.order_by(tally.c.option))).all()
        if present is None:
            return None
        counts: dict[int, dict[int, int]] = {}
        for question, option, count in rows:
            counts.setdefault(question, {})[option] = count
        return Hands(present, counts)

    async def begin(self, connection: AsyncConnection, run: int, class_: int, present: int) -> None:
        """So many are in the room."""
        row = {"run": run, "class_": class_, "source": Origin.HANDS, "invited": present, "started": 0, "finished": 0}
        made = upsert(connection, run_tally).values(**row)
        place = [run_tally.c.run, run_tally.c.class_, run_tally.c.source]
        await connection.execute(made.on_conflict_do_update(index_elements=place, set_={"invited": present}))

    async def count(
        self,
        connection: AsyncConnection,
        place: tuple[int, int, int],
        counts: Mapping[int, int],
        turnout: tuple[int, int],
    ) -> None:
        """Put the counts of one question (run, class, question) in place of earlier ones.

        ``turnout``: how many took part at all, and how many answered every question counted so far.
        """
        run, class_, question = place
        await connection.execute(delete(tally).where(*_of(run, class_), tally.c.question == question))
        base = {"run": run, "class_": class_, "source": Origin.HANDS, "question": question}
        if counts:
            rows = [{**base, "option": option, "count": count} for option, count in counts.items()]
            await connection.execute(insert(tally), rows)
        started, finished = turnout
        row = update(run_tally).where(*_turnout(run, class_)).values(started=started, finished=finished)
        await connection.execute(row)


def _of(run: int, class_: int) -> tuple[ColumnElement[bool], ...]:
    return (tally.c.run == run, tally.c.class_ == class_, tally.c.source == Origin.HANDS)


def _turnout(run: int, class_: int) -> tuple[ColumnElement[bool], ...]:
    return (run_tally.c.run == run, run_tally.c.class_ == class_, run_tally.c.source == Origin.HANDS)
