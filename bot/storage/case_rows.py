"""Cases as rows: the open one of a talk, what the talk knows of it, and the lines of its history."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, case, func, insert, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import ENDED, CaseState, EndedCase, OpenCase, Untold
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.desk_tables import case_door, case_event, desk_case

CaseRow = Row[Any]
#: Ends by which a person found that nobody was harmed.
_NOTHING_HAPPENED = ("no_harm",)
OPEN = (CaseState.WAITING, CaseState.TAKEN)
#: What a case is that nobody has any more: it waits as a new one does.
GIVEN_BACK = {"state": CaseState.WAITING, "holder": None, "taken_at": None, "rung": 0}
#: Lines of a history that name another case of the same person: what is written in the talk of the one goes to this.
INSTEAD_OF, GOES_ON_IN = "instead_of", "goes_on_in"
#: The line of a case's history that names the one of the same person that had ended a short while before.
FOLLOWS = "follows"
#: The line that tells what the service said to the child, or held back: ``what:1``, ``what:0``, and ``what:later``.
TOLD_CHILD = "told_child"
#: The line that tells that fewer people may see a case than before.
FEWER = "fewer"
#: The line that tells that the service itself told the child who reads, or that nobody has answered.
TOLD_CHILD = "told_child"
#: The line that names when somebody will be there, as the child was told.
EXPECTED = "expected"
#: So long after the end of a case its person, who writes again, is likely to go on with the same matter.
AFTERMATH = dt.timedelta(hours=72)


def of_talk(name: Any) -> ColumnElement[bool]:
    """Which cases are of a talk: those that are answered there, and those whose person moved on from there."""
    answered = select(desk_case.c.id).where(desk_case.c.talk == name)
    left = select(case_door.c.case).where(case_door.c.talk == name)
    return desk_case.c.id.in_(union_all(answered, left))


async def one_at_a_time(connection: AsyncConnection, name: str) -> None:
    """Two turns of one talk that are kept at once must not open two cases; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def open_of(connection: AsyncConnection, name: str, *, alone: bool = False) -> CaseRow | None:
    """The open case of a talk: of several the one to which its person came back last, else the newest.

    ``alone``: nobody else changes it until the transaction ends.
    """
    return (await connection.execute(_OPEN_ALONE if alone else _OPEN, {"name": name})).first()


#: Asked for at every turn, and built once: making a statement costs more than running it.
_OPEN = (
    select(desk_case)
    # Said in this way SQLite looks for the talk, and not through all open cases.
    .where(of_talk(bindparam("name", type_=desk_case.c.talk.type)), desk_case.c.state != CaseState.CLOSED)
    .order_by(func.coalesce(desk_case.c.came_back, 0).desc(), desk_case.c.id.desc())
    .limit(1)
)
_OPEN_ALONE = _OPEN.with_for_update()


async def open_one_of(connection: AsyncConnection, name: str, number: int, *, alone: bool = False) -> CaseRow | None:
    """The case of this number, where it is an open one of this talk; ``alone`` as in ``open_of``."""
    wanted = select(desk_case).where(desk_case.c.id == number, of_talk(name), desk_case.c.state.in_(OPEN))
    return (await connection.execute(wanted.with_for_update() if alone else wanted)).first()


async def reopened(connection: AsyncConnection, number: int) -> tuple[CaseRow | None, str]:
    """A case that the talk had when this was decided, and what became of it: closed since then, it is opened again.

    One that is open is left to whoever has it. None where its text was erased.
    """
    wanted = select(desk_case).where(desk_case.c.id == number, desk_case.c.erased_at.is_(None)).with_for_update()
    found = (await connection.execute(wanted)).first()
    if found is None or found.state != CaseState.CLOSED:
        return found, ""
    ended = {"closed_at": None, "outcome": None, "erase_at": None, "untold": None}
    again = {"state": CaseState.WAITING, "holder": None, "rung": 0, **ended}
    row = update(desk_case).where(desk_case.c.id == number).values(**again).returning(desk_case)
    return (await connection.execute(row)).one(), "reopened"


async def latest_of(connection: AsyncConnection, name: str) -> CaseRow | None:
    """The open case of a talk, as ``open_of`` has it, else the one that ended last and is not erased yet."""
    return (await connection.execute(_LATEST, {"name": name})).first()


def ended_lately(row: CaseRow | None, now: dt.datetime) -> bool:
    """Whether this is a case that ended a short while ago."""
    ended: dt.datetime | None = None if row is None or row.state != CaseState.CLOSED else row.closed_at
    return ended is not None and ended > now - AFTERMATH


#: One question for both, since it too is asked at every turn.
_LATEST = (
    select(desk_case)
    .where(of_talk(bindparam("name", type_=desk_case.c.talk.type)))
    .order_by(
        case((desk_case.c.state == CaseState.CLOSED, 1), else_=0),
        desk_case.c.closed_at.desc(),
        func.coalesce(desk_case.c.came_back, 0).desc(),
        desk_case.c.id.desc(),
    )
    .limit(1)
)


class Written(StrEnum):
    """What a person has written so far in a case in which nothing is owed: whether it was an answer."""

    #: No more than a question whether it is still the child: nobody has ever answered them.
    NOTHING = "nothing"
    #: After an answer that question was the last.
    QUESTION = "question"
    ANSWER = "answer"


def written(row: CaseRow) -> Written:
    """What a person has written in a case."""
    if row.answered_at is None:
        return Written.NOTHING
    return Written.QUESTION if row.checking_at is not None and row.checking_at == row.staff_at else Written.ANSWER


def as_open_case(row: CaseRow, name: str, *, here: bool = True) -> OpenCase:
    """What the talk of this pseudonym must know of its case; ``here``: what it says now is answered in it.

    By its code all can be read that was said: who wrote where its person is no more, or may not be they, has none.
    """
    theirs = row.talk == name and not row.in_doubt
    return OpenCase(
        id=row.id,
        level=RiskLevel(row.level),
        kind=RiskKind(row.kind),
        state=CaseState(row.state),
        opened_at=row.opened_at,
        due_at=row.due_at,
        seen_at=row.seen_at,
        checking=row.checking_at is not None,
        holder=row.holder,
        answered=row.answered_at is not None,
        receipt=(row.receipt or "") if theirs else "",
        here=here,
        doubted=not theirs,
        write_when=row.write_when,
    )


def as_ended_case(row: CaseRow) -> EndedCase:
    """What the talk must know of the case that it had."""
    # Whoever had the chat deleted wants nothing of it to come up again.
    kept = row.delete_asked_at is None
    grave = kept and row.level == RiskLevel.URGENT and row.outcome not in _NOTHING_HAPPENED
    return EndedCase(row.id, RiskKind(row.kind), grave, row.write_when)


def untold_of(row: CaseRow | None, name: str) -> Untold | None:
    """What the talk of this pseudonym is to be told first, as its person was not told it; None for nothing.

    They hear of it where they are answered, and that a case has ended, however late, anywhere once that is gone:
    nothing of it while it is not known whether it is they.
    """
    if row is None or not row.untold or row.delete_asked_at is not None:
        return None
    ended = row.state == CaseState.CLOSED
    there = row.talk == name or (ended and row.address is None)
    return Untold(row.id, row.untold) if there and not row.in_doubt else None


async def note(
    connection: AsyncConnection,
    number: int,
    at: dt.datetime,
    *,
    what: str,
    value: str = "",
    staff: int | None = None,
) -> None:
    """Add a line to the history of a case: an event without any text of the child's."""
    row = {"case": number, "at": at, "what": what, "staff": staff, "value": value[:64]}
    await connection.execute(insert(case_event).values(**row))


async def undelivered(connection: AsyncConnection, number: int, at: dt.datetime) -> None:
    """Words to the child of a case never arrive: an answer is owed again. Noted once for each answer."""
    lost = update(desk_case).where(
        desk_case.c.id == number, desk_case.c.undelivered_at.is_(None), desk_case.c.erased_at.is_(None)
    )
    if (await connection.execute(lost.values(undelivered_at=at).returning(desk_case.c.id))).first() is not None:
        await note(connection, number, at, what="undelivered")
    # Of a case that has ended the last words told of that.
    over = update(desk_case).where(
        desk_case.c.id == number, desk_case.c.state == CaseState.CLOSED, desk_case.c.erased_at.is_(None)
    )
    await connection.execute(over.values(untold=ENDED))
