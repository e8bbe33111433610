"""Takings of quizzes and their answers; who takes one is a pseudonym of that run alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audience import Audience
from bot.core.lessons import Answers, Begins, Joins, LessonAfter
from bot.storage.enrolments import SealedEnrolments
from bot.storage.store import Store
from bot.storage.tables import upsert
from bot.storage.teaching_tables import (
    enrolment,
    push,
    push_class,
    push_run,
    quiz_version,
    school_class,
    taking,
    taking_answer,
)

#: A push that was cancelled is over, whatever its run says.
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Given:
    """A run as somebody of one of its classes sees it.

    ``kind`` is quiz, notice or topic; ``subject`` the quiz or the topic; ``version`` the frozen quiz, None for others.
    ``over``: it takes no answers any more.
    """

    run: int
    kind: str
    title: str
    text: str
    subject: str
    version: int | None
    closes_at: dt.datetime
    over: bool
    class_: int
    reader: Audience


@dataclass(frozen=True, slots=True)
class Taking:
    """How far somebody came in a quiz: the next question, and what was chosen before, by question."""

    place: int
    finished: bool
    chosen: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    right: int = 0


class SealedTakings:
    """Takings on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def given(self, talk: str, run: int) -> Given | None:
        """A run, where it is for the talk of this key: it is in a class of it, as one of its readers."""
        wanted = self._given(self._store.vault.pseudonym(talk)).where(push_run.c.id == run)
        return next(iter(await self._read(wanted)), None)

    async def open_for(self, talk: str) -> Sequence[Given]:
        """What is going on now in the classes of the talk of this key, the newest first; each run once."""
        wanted = self._given(self._store.vault.pseudonym(talk)).where(*self._going())
        return list({item.run: item for item in await self._read(wanted)}.values())

    async def open_in(self, class_: int, readers: Collection[Audience] = tuple(Audience)) -> Sequence[Given]:
        """What is going on now in a class, the newest first, for any of these readers."""
        wanted = (
            _runs(select(*_SHOWN, push_class.c.class_, push.c.readers.label("reader")))
            .where(push_class.c.class_ == class_, *self._going())
            .order_by(push_run.c.id.desc())
        )
        async with self._store.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return [self._one(row, first) for row in rows if (first := _first(row.reader, readers)) is not None]

    async def version(self, number: int) -> str:
        """The frozen quiz of this version, as JSON; empty where there is none."""
        wanted = select(quiz_version.c.body).where(quiz_version.c.id == number)
        async with self._store.reading() as connection:
            return (await connection.execute(wanted)).scalar_one_or_none() or ""

    async def taking(self, run: int, talk: str) -> Taking | None:
        """How far the talk of this key came; None where it has not begun."""
        wanted = select(taking.c.id, taking.c.place, taking.c.finished_at).where(*self._own(run, talk))
        async with self._store.reading(brief=True) as connection:
            row = (await connection.execute(wanted)).first()
            if row is None:
                return None
            answers = select(taking_answer).where(taking_answer.c.taking == row.id).order_by(taking_answer.c.question)
            found = (await connection.execute(answers)).all()
        chosen = {item.question: tuple(map(int, filter(None, item.options.split(",")))) for item in found}
        return Taking(row.place, row.finished_at is not None, chosen, sum(item.right for item in found))

    async def keep(self, connection: AsyncConnection, after: LessonAfter) -> bool:
        """Keep what a turn gave the classes, within the transaction that keeps the talk; False where it is not new."""
        if isinstance(after, Begins):
            return await self._begin(connection, after)
        if isinstance(after, Answers):
            return await self._answer(connection, after)
        if isinstance(after, Joins):
            await SealedEnrolments(self._store).join(connection, after)
        else:
            await SealedEnrolments(self._store).leave(connection, after)
        return True

    async def forget(self, connection: AsyncConnection, talk: str) -> None:
        """Erase what the talk of this key answered, where it has not become counts yet."""
        unfolded = select(push_run.c.id).where(push_run.c.folded_at.is_(None))
        runs = (await connection.execute(unfolded)).scalars().all()
        takers = [self._taker(run, talk) for run in runs]
        wanted = select(taking.c.id).where(taking.c.taker.in_(takers))
        mine = (await connection.execute(wanted)).scalars().all()
        await connection.execute(delete(taking_answer).where(taking_answer.c.taking.in_(mine)))
        await connection.execute(delete(taking).where(taking.c.id.in_(mine)))

    async def _begin(self, connection: AsyncConnection, begins: Begins) -> bool:
        row = upsert(connection, taking).values(
            run=begins.run,
            class_=begins.class_,
            reader=begins.reader,
            taker=self._taker(begins.run, begins.talk),
            place=0,
            started_at=self._store.now(),
        )
        begun = row.on_conflict_do_nothing(index_elements=[taking.c.run, taking.c.taker]).returning(taking.c.id)
        return (await connection.execute(begun)).first() is not None

    async def _answer(self, connection: AsyncConnection, answers: Answers) -> bool:
        """Nothing is kept where another answer was faster, or the run has ended since."""
        now = self._store.now()
        ended = select(push_run.c.id).where(push_run.c.id == answers.run, push_run.c.closed_at.is_not(None))
        if (await connection.execute(ended)).first() is not None:
            return False
        here = (taking.c.place == answers.question, taking.c.finished_at.is_(None))
        step = update(taking).where(*self._own(answers.run, answers.talk), *here)
        values = {"place": answers.question + 1, "finished_at": now if answers.last else None}
        moved = await connection.execute(step.values(**values).returning(taking.c.id))
        number = moved.scalar_one_or_none()
        if number is None:
            return False
        row = upsert(connection, taking_answer).values(
            taking=number,
            question=answers.question,
            options=",".join(map(str, answers.options)),
            right=answers.right,
        )
        await connection.execute(row.on_conflict_do_nothing(index_elements=["taking", "question"]))
        return True

    def _given(self, name: str) -> Select[Any]:
        """Each run of a class that the talk of this pseudonym is in, as one of the readers that it is for."""
        chosen = _runs(select(*_SHOWN, push_class.c.class_, enrolment.c.reader))
        mine = and_(enrolment.c.class_ == push_class.c.class_, enrolment.c.talk == name)
        fits = or_(push.c.readers == enrolment.c.reader, push.c.readers.contains(enrolment.c.reader))
        return chosen.join(enrolment, mine).where(fits).order_by(push_run.c.id.desc(), enrolment.c.id)

    def _going(self) -> tuple[Any, ...]:
        return (push_run.c.closed_at.is_(None), push_run.c.closes_at > self._store.now(), push.c.state != CANCELLED)

    async def _read(self, wanted: Select[Any]) -> Sequence[Given]:
        async with self._store.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return [self._one(row, Audience(row.reader)) for row in rows]

    def _one(self, row: Any, reader: Audience) -> Given:
        over = row.closed_at is not None or row.closes_at <= self._store.now() or row.state == CANCELLED
        return Given(
            run=row.id,
            kind=row.kind,
            title=row.title,
            text=row.text,
            subject=row.subject,
            version=row.version,
            closes_at=row.closes_at,
            over=over,
            class_=row.class_,
            reader=reader,
        )

    def _own(self, run: int, talk: str) -> tuple[Any, ...]:
        return (taking.c.run == run, taking.c.taker == self._taker(run, talk))

    def _taker(self, run: int, talk: str) -> str:
        return self._store.vault.pseudonym(f"{run}:{talk}")


_SHOWN = (
    push_run.c.id,
    push_run.c.version,
    push_run.c.closes_at,
    push_run.c.closed_at,
    push.c.kind,
    push.c.title,
    push.c.text,
    push.c.subject,
    push.c.state,
)


def _runs(chosen: Select[Any]) -> Select[Any]:
    """Runs with their pushes and classes that go on."""
    return (
        chosen.select_from(push_run)
        .join(push, push.c.id == push_run.c.push)
        .join(push_class, push_class.c.push == push.c.id)
        .join(school_class, and_(school_class.c.id == push_class.c.class_, school_class.c.archived_at.is_(None)))
    )


def _first(readers: str, wanted: Collection[Audience]) -> Audience | None:
    return next((Audience(name) for name in readers.split(",") if name in wanted), None)
