"""What came of pushed quizzes: which runs there were in which classes, and their counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from bot.storage import tallies
from bot.storage.store import Store
from bot.storage.tallies import Chosen, Turnout
from bot.storage.teaching_tables import (
    enrolment,
    push,
    push_class,
    push_run,
    quiz_version,
    run_tally,
    school,
    school_class,
    school_member,
)


@dataclass(frozen=True, slots=True)
class TaughtClass:
    """A class, and the school that it belongs to."""

    id: int
    name: str
    school: str
    band: str


@dataclass(frozen=True, slots=True)
class QuizRun:
    """One time that a quiz was pushed. ``classes``: of those that were asked for, the ones that it went to.

    ``over``: nobody answers any more; ``folded``: the answers have become counts; ``body``: the FrozenQuiz as JSON.
    """

    id: int
    title: str
    quiz: str
    readers: frozenset[str]
    started_at: dt.datetime
    closes_at: dt.datetime
    over: bool
    folded: bool
    classes: tuple[int, ...]
    body: str = field(repr=False)


class Results:
    """Results on a database. Everything raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def classes(self, staff: int) -> Sequence[TaughtClass]:
        """The classes of the schools whose vice principal this is now, archived ones too."""
        now = self._store.now()
        current = or_(school_member.c.until.is_(None), school_member.c.until > now)
        wanted = _taught().join(school_member, school_member.c.school == school.c.id)
        rows = await self._all(wanted.where(school_member.c.staff == staff, current).distinct())
        return [_as_class(row) for row in rows]

    async def taught(self, class_id: int) -> TaughtClass | None:
        """One class by its number; None for none."""
        rows = await self._all(_taught().where(school_class.c.id == class_id))
        return _as_class(rows[0]) if rows else None

    async def runs(self, classes: Collection[int], limit: int = 50) -> Sequence[QuizRun]:
        """The last runs of quizzes in these classes, newest first."""
        return await self._runs(_runs_in(classes).limit(limit), classes)

    async def run(self, run: int, classes: Collection[int]) -> QuizRun | None:
        """A run of a quiz in these classes; None where it went to none of them, or was no quiz."""
        found = await self._runs(_runs_in(classes).where(push_run.c.id == run), classes)
        return found[0] if found else None

    async def earlier(self, run: QuizRun, limit: int = 12) -> Sequence[QuizRun]:
        """The runs of the same quiz in the same classes before this one, newest first."""
        before = _runs_in(run.classes).where(quiz_version.c.quiz == run.quiz, push_run.c.started_at < run.started_at)
        return await self._runs(before.limit(limit), run.classes)

    async def invited(self, run: QuizRun) -> Mapping[int, int]:
        """How many of each class were asked: enrolled when answers became counts or now, or there when hands were."""
        kept = select(run_tally.c.class_, func.max(run_tally.c.invited).label("many")).group_by(run_tally.c.class_)
        rows = [*await self._all(kept.where(run_tally.c.run == run.id))]
        rows += [] if run.folded else await self._all(enrolled(run.classes, run.readers))
        found: dict[int, int] = {}
        for row in rows:
            found[row.class_] = max(row.many, found.get(row.class_, 0))
        return found

    async def turnout(self, runs: Sequence[QuizRun]) -> Sequence[Turnout]:
        """How many took part in these runs, by class and origin; none where nobody did."""
        all_of, live = [run.id for run in runs], {run.id: run.over for run in runs if not run.folded}
        async with self._store.reading() as connection:
            kept = await tallies.kept_turnout(connection, all_of)
            polled = await tallies.polled_turnout(connection, all_of)
            return [*kept, *polled, *await tallies.live_turnout(connection, live)]

    async def chosen(self, run: QuizRun) -> Sequence[Chosen]:
        """How often each option was chosen in a run, in each of its classes."""
        async with self._store.reading() as connection:
            kept = await tallies.kept_options(connection, run.id, run.classes)
            polled = await tallies.polled_options(connection, run.id, run.classes)
            live = (connection, run.id, run.classes)
            return [*kept, *polled, *([] if run.folded else await tallies.live_options(*live, over=run.over))]

    async def _runs(self, wanted: Select[Any], classes: Collection[int]) -> Sequence[QuizRun]:
        rows = await self._all(wanted)
        went = select(push_class.c.push, push_class.c.class_).where(
            push_class.c.push.in_({row.push for row in rows}), push_class.c.class_.in_(classes)
        )
        of_push: dict[int, list[int]] = {}
        for row in await self._all(went.order_by(push_class.c.class_)):
            of_push.setdefault(row.push, []).append(row.class_)
        now = self._store.now()
        return [_as_run(row, now, tuple(of_push[row.push])) for row in rows]

    async def _all(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        async with self._store.reading() as connection:
            rows: Sequence[Row[Any]] = (await connection.execute(wanted)).all()
        return rows


def enrolled(classes: Collection[int], readers: Collection[str]) -> Select[Any]:
    """How many of these readers are in each class now."""
    here = (enrolment.c.class_.in_(classes), enrolment.c.gone_at.is_(None), enrolment.c.reader.in_(readers))
    return select(enrolment.c.class_, func.count().label("many")).where(*here).group_by(enrolment.c.class_)


def _taught() -> Select[Any]:
    wanted = select(school_class.c.id, school_class.c.name, school.c.name.label("school"), school_class.c.band)
    joined = wanted.join(school, school.c.id == school_class.c.school)
    return joined.order_by(school.c.name, school_class.c.name, school_class.c.id)


def _runs_in(classes: Collection[int]) -> Select[Any]:
    went = select(push_class.c.push).where(push_class.c.class_.in_(classes))
    return (
        select(push_run, push.c.title, push.c.readers, quiz_version.c.quiz, quiz_version.c.body)
        .join(push, push.c.id == push_run.c.push)
        .join(quiz_version, quiz_version.c.id == push_run.c.version)
        .where(push_run.c.push.in_(went))
        .order_by(push_run.c.started_at.desc(), push_run.c.id.desc())
    )


def _as_class(row: Row[Any]) -> TaughtClass:
    return TaughtClass(row.id, row.name, row.school, row.band)


def _as_run(row: Row[Any], now: dt.datetime, classes: tuple[int, ...]) -> QuizRun:
    return QuizRun(
        id=row.id,
        title=row.title,
        quiz=row.quiz,
        readers=frozenset(filter(None, row.readers.split(","))),
        started_at=row.started_at,
        closes_at=row.closed_at or row.closes_at,
        over=row.closed_at is not None or row.closes_at <= now,
        folded=row.folded_at is not None,
        classes=classes,
        body=row.body,
    )
