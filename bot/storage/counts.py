"""Counts of outreach: folded into cells within the transaction that keeps what is counted, so once, whatever dies."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import bindparam, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.counting import ALL, GRAVE, OF_SCHOOLS, Family, QuizStep, Seen, school_key
from bot.core.desk import Why
from bot.core.lessons import Answers, Begins, LessonAfter
from bot.core.ports import TalkAfter
from bot.storage.case_rows import CaseRow
from bot.storage.filed import DRILL, Filed
from bot.storage.outreach_tables import cell, reached
from bot.storage.store import Store
from bot.storage.tables import upsert_for
from bot.storage.teaching_tables import delivery, enrolment, push, push_run, school, school_class
from bot.storage.vault import Vault

Line = tuple[Family, str]
#: Grain, family, school, period, region and key of a cell, and the order in which cells are written.
CellName = tuple[str, str, int, str, str, str]
_NAMES = tuple(column.name for column in cell.primary_key)
#: In how many ways a cell can be rounded.
ROUNDINGS = 5
#: Minutes within which a person first answered; later than the last is LATER.
WITHIN = (5, 15, 30, 60, 240, 1440)
LATER = "later"
#: Kinds of harm that are none: somebody asked for a person.
ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is counted: a region, empty for the service's own, and a school, 0 for none."""

    region: str = ""
    school: int = 0


@dataclass(slots=True)
class Tallies:
    """Cells to be added to, by their primary key."""

    day: dt.date
    rows: Counter[CellName] = field(default_factory=Counter)

    def add(self, place: Place, lines: Iterable[Line], *, school: Iterable[Line] = ()) -> None:
        """One more in each of these cells of the region, and of the school where there is one."""
        day, month = self.day.isoformat(), f"{self.day:%Y-%m}"
        for family, key in lines:
            if family not in GRAVE:
                self.rows["day", family, 0, day, place.region, key] += 1
            self.rows["month", family, 0, month, place.region, key] += 1
        for family, key in school if place.school else ():
            self.rows["month", family, place.school, month, place.region, key] += 1


class Counts:
    """Counts on a database; each method is part of a transaction of the caller's. All raise StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def turn(
        self, connection: AsyncConnection, after: TalkAfter, filed: Filed | None, *, learnt: bool = False
    ) -> None:
        """What a turn adds; ``learnt``: what it gave the classes was new and is kept."""
        seen, filing = after.seen, after.filing
        steps = _steps(after.lesson) if after.lesson and learnt else ()
        if seen is not None and seen.channel != DRILL:
            tallies = Tallies(seen.day)
            place, new = await self._reached(connection, seen)
            tallies.add(place, seen.lines(), school=seen.school_lines())
            # Who was reached tells nothing of harm: it may have been any turn of the day.
            tallies.add(place, ((Family.PEOPLE, ALL),) * new, school=((Family.PEOPLE, ALL),) * new)
            tallies.add(place, steps, school=steps)
            if filed is not None:
                tallies.add(place, _harm(after, filed))
            await self._keep(connection, tallies)
        elif filing is not None and filed is not None and filing.origin.channel != DRILL:
            name = self._store.vault.pseudonym(filing.origin.talk)
            place = await self._place(connection, name, filing.report.region)
            await self._one(connection, place, _harm(after, filed))

    async def answered(self, connection: AsyncConnection, case: CaseRow) -> None:
        """A person answered a case for the first time."""
        if case.synthetic:
            return
        waited = (self._store.now() - case.opened_at) / dt.timedelta(minutes=1)
        within = next((str(minutes) for minutes in WITHIN if waited <= minutes), LATER)
        place = await self._place(connection, case.talk, case.region)
        await self._one(connection, place, ((Family.DESK, f"{case.level}.{within}"),))

    async def pushed(self, connection: AsyncConnection, number: int) -> None:
        """The delivery of this number arrived: counted where it brought a quiz."""
        wanted = (
            select(school.c.region, school.c.id)
            .select_from(delivery)
            .join(push_run, push_run.c.id == delivery.c.run)
            .join(push, push.c.id == push_run.c.push)
            .join(school_class, school_class.c.id == delivery.c.class_)
            .join(school, school.c.id == school_class.c.school)
            .where(delivery.c.id == number, delivery.c.what == "push", delivery.c.step == 0, push.c.kind == "quiz")
        )
        row = (await connection.execute(wanted)).first()
        if row is not None:
            await self._one(connection, Place(row.region, row.id), ((Family.QUIZ, QuizStep.PUSHED),))

    async def called(self, number: str) -> None:
        """Somebody tapped a hotline's number, in a transaction of its own; who is not known."""
        async with self._store.writing(light=True, brief=True) as connection:
            await self._one(connection, Place(), ((Family.CALLED, number),))

    async def _one(self, connection: AsyncConnection, place: Place, lines: Iterable[Line]) -> None:
        tallies, told = Tallies(self._store.now().date()), tuple(lines)
        allowed = ((family, school_key(family, key)) for family, key in told if family in OF_SCHOOLS)
        tallies.add(place, told, school=allowed)
        await self._keep(connection, tallies)

    async def _place(self, connection: AsyncConnection, name: str, region: str) -> Place:
        """The school of the class that the talk of this pseudonym joined last, with its region."""
        row = (await connection.execute(_SCHOOL, {"talk": name})).first()
        return Place(row.region or region, row.id) if row else Place(region)

    async def _reached(self, connection: AsyncConnection, seen: Seen) -> tuple[Place, bool]:
        """Where a turn counts, and whether it is the first of its talk that day, whose pseudonym is noted then."""
        vault, day = self._store.vault, seen.day.isoformat()
        noted = {"day": day, "name": vault.pseudonym(f"{day}:{seen.talk}")}
        found = await connection.execute(_LOOK, {"talk": vault.pseudonym(seen.talk), **noted})
        number, region, before = found.one()
        place = Place(region or seen.region, number) if number is not None else Place(seen.region)
        if before:
            return place, False
        made = await connection.execute(_note_reached(connection.dialect.name), noted)
        return place, made.first() is not None

    async def _keep(self, connection: AsyncConnection, tallies: Tallies) -> None:
        """Always in the same order, so that transactions wait for each other and never in a circle."""
        if tallies.rows:
            await connection.execute(_add(connection.dialect.name), cell_rows(self._store.vault, tallies.rows))


def cell_rows(vault: Vault, counts: Mapping[CellName, int]) -> list[dict[str, str | int]]:
    """Rows of these cells in order; how a cell is rounded when it is told is fixed by its name and the key."""
    return [
        dict(zip(_NAMES, name, strict=True), count=count, rounding=_rounding(vault, name))
        for name, count in sorted(counts.items())
    ]


@lru_cache(maxsize=65_536)
def _rounding(vault: Vault, name: CellName) -> int:
    return int(vault.pseudonym("\x1f".join(("cell", *map(str, name))))[:12], 16) % ROUNDINGS


#: Built once: making a statement costs more than running it.
_SCHOOL = (
    select(school.c.id, school.c.region)
    .join(school_class, school_class.c.school == school.c.id)
    .join(enrolment, enrolment.c.class_ == school_class.c.id)
    .where(enrolment.c.talk == bindparam("talk"), school_class.c.archived_at.is_(None))
    .order_by(enrolment.c.id.desc())
    .limit(1)
)
_LATEST = _SCHOOL.subquery()
_LOOK = select(
    _LATEST.c.id,
    _LATEST.c.region,
    select(reached.c.name).where(reached.c.day == bindparam("day"), reached.c.name == bindparam("name")).exists(),
).select_from(select(literal(1).label("one")).subquery().outerjoin(_LATEST, true()))


def _steps(lesson: LessonAfter) -> tuple[Line, ...]:
    """How far a quiz got with this."""
    if isinstance(lesson, Begins):
        return ((Family.QUIZ, QuizStep.TAKEN),)
    if not isinstance(lesson, Answers):
        return ()
    steps = ((QuizStep.ANSWERED, True), (QuizStep.RIGHT, lesson.right), (QuizStep.FINISHED, lesson.last))
    return tuple((Family.QUIZ, step) for step, done in steps if done)


def _harm(after: TalkAfter, filed: Filed) -> tuple[Line, ...]:
    """A case that was opened, or rose to a graver level; one that was opened again was counted before."""
    if after.filing is None or filed.news not in ("opened", "raised") or filed.again:
        return ()
    report = after.filing.report
    kind = ASKED if report.why is Why.ASKED else report.kind
    return ((Family.HARM, f"{filed.news}.{kind}.{report.level}"),)


@cache
def _add(dialect: str) -> Any:
    row = upsert_for(dialect, cell)
    return row.on_conflict_do_update(
        index_elements=list(cell.primary_key), set_={"count": cell.c.count + row.excluded.count}
    )


@cache
def _note_reached(dialect: str) -> Any:
    row = upsert_for(dialect, reached)
    return row.on_conflict_do_nothing(index_elements=list(reached.primary_key)).returning(reached.c.name)
