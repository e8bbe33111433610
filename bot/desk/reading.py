"""Reading cases: only those that this person may see, every opening in the log of who did what."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.desk import CaseState, Why
from bot.desk.duty import DutyBoard, eligible
from bot.desk.news import Event, News
from bot.desk.sealing import SealError
from bot.desk.worker import Audit, Keyring, NoSuchCaseError, Worker, scope_of
from bot.storage.audit import AuditLog
from bot.storage.case_rows import FOLLOWS, CaseRow
from bot.storage.casework import SealedCasework
from bot.storage.moving import earlier_door
from bot.storage.roster_types import Person, Roster
from bot.storage.store import Store

#: After so long a silence somebody else may hold the device.
SILENCE = dt.timedelta(minutes=15)
#: For so long, about a sign-in's, an opening in the log stands for looking again at what a case has come to.
OPENED = dt.timedelta(hours=12)
#: Events by which whoever holds the device shows that they are there.
_BY_CHILD = frozenset({"opened", "raised", "graver", "reopened", *Why}) - {Why.DELETE}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case. ``text`` is None where this person lacks the key of its ``generation``.

    ``unsure``: why it may not be the child's, see ``Changed``; empty where it is.
    """

    id: int
    at: dt.datetime
    author: str
    staff: int | None
    generation: int
    text: str | None
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as a person reads it.

    ``check``: first ask whether it is still the child; ``left``: they have left since they were last heard.
    ``earlier``: the newest words came from a place that they left, where it can be asked too.
    ``before`` is the case that it follows, as far as this person may open that. ``colleagues`` may have it.
    ``last_of_child`` counts the child's turns that are surely in it; one that came while
    it was read may be as well.
    """

    row: CaseRow
    lines: tuple[Line, ...]
    events: tuple[CaseRow, ...]
    colleagues: tuple[Person, ...]
    check: bool
    last_of_child: int
    left: bool = False
    before: CaseRow | None = None
    earlier: bool = False

    @property
    def open(self) -> bool:
        """Whether the case goes on."""
        return str(self.row.state) != CaseState.CLOSED


@dataclass(frozen=True, slots=True)
class DeskReading:
    """Cases for the eyes of people on duty. Everything raises StorageError."""

    store: Store
    board: DutyBoard
    audit: Audit
    news: News

    async def queue(self, worker: Worker) -> list[CaseRow]:
        """The open cases that this person may see, the gravest and oldest first."""
        return _visible(worker, await self.board.roster.read(), await SealedCasework(self.store).queue())

    async def closed(self, worker: Worker) -> list[CaseRow]:
        """The cases that ended last, of those that this person may see."""
        return _visible(worker, await self.board.roster.read(), await SealedCasework(self.store).closed())

    async def admitted(self, worker: Worker, number: int) -> CaseRow:
        """A case that this person may see. Raises NoSuchCaseError for every other number."""
        row = await SealedCasework(self.store).case(number)
        if row is None or worker.id not in await self.board.eligible(scope_of(row)):
            raise NoSuchCaseError
        return row

    async def open(self, worker: Worker, number: int, after: int = 0) -> CaseFile:
        """All of a case, or what was said after one of its lines. Raises NoSuchCaseError.

        The first person who opens it has seen it. Each opening is logged, a look for more only where there is more or
        they have nothing in the log of late: no fact of a case is read without a line.
        """
        before = await self.admitted(worker, number)
        scope = scope_of(before)
        work = SealedCasework(self.store)
        sealed = await work.messages(number, after)
        first = False
        if sealed or not after:
            async with self.store.writing() as connection:
                row = await work.locked(connection, number)
                if row is None or scope_of(row) != scope:
                    raise NoSuchCaseError
                first = await work.seen(connection, number, worker.id)
                if not after:
                    # A page that is left open asks for more by itself: that shows nobody at work.
                    await work.tended(connection, number, worker.id)
                action, detail = ("case.read", f"after {after}") if after else ("case.open", "")
                await self.audit(connection, worker.actor, action, case=number, detail=detail)
        elif not await AuditLog(self.store).acted(number, worker.actor, self.store.now() - OPENED):
            async with self.store.writing() as connection:
                await self.audit(connection, worker.actor, "case.read", case=number, detail=f"after {after}")
        if first:
            self.news.publish(Event("seen", number))
        return await self._file(worker, sealed, before)

    async def events(self, number: int) -> Sequence[CaseRow]:
        """The history of a case: what happened, without a word of what was said."""
        return await SealedCasework(self.store).events(number)

    async def _file(self, worker: Worker, sealed: Sequence[CaseRow], before: CaseRow) -> CaseFile:
        row = await self.admitted(worker, before.id)
        events = tuple(await SealedCasework(self.store).events(row.id))
        people = (await self.board.roster.read()).people
        colleagues = tuple(person for person in eligible(people, scope_of(row)) if person.keyed)
        lines = await asyncio.to_thread(_opened, worker.desk, sealed)
        check, left = needs_check(row, events, self.store.now()), has_left(row)
        followed = await self._followed(worker, events)
        async with self.store.reading(brief=True) as connection:
            earlier = await earlier_door(connection, row) is not None
        return CaseFile(row, lines, events, colleagues, check, before.turns, left, followed, earlier)

    async def _followed(self, worker: Worker, events: Iterable[CaseRow]) -> CaseRow | None:
        """The ended case that one with this history follows."""
        number = next((int(event.value) for event in events if event.what == FOLLOWS), None)
        try:
            row = None if number is None else await self.admitted(worker, number)
        except NoSuchCaseError:
            return None
        return row if row is not None and row.state == CaseState.CLOSED else None


def needs_check(row: CaseRow, events: Sequence[CaseRow], now: dt.datetime) -> bool:
    """Whether it must first be asked if it is still the child: after a silence, the safe word, or by another door.

    By the order of what came of them; of the clock only how far it is from when they were heard, either way: where it
    was set back nobody knows how long that is.
    """
    last = next((event for event in reversed(events) if event.what in _BY_CHILD and not event.unsure), None)
    # Whoever is out of reach cannot be asked: what is written to them waits for their return.
    if (row.in_doubt and row.address is not None) or row.moved_turn == row.turns:
        return True
    return all(abs(now - heard) > SILENCE for heard in (row.child_at, last.at if last else row.child_at))


def owed_elsewhere(row: CaseRow) -> bool:
    """Whether what was said before they wrote by another door, without a code, has no answer: that is owed still."""
    return bool(row.in_doubt and row.moved_turn is not None and row.heard < row.moved_turn - 1)


def unspoken(row: CaseRow) -> bool:
    """Whether nothing was said where the case goes on since it came in doubt who is there.

    Whoever said anything there since then was told who reads it, and that they will hear where nobody answers in time.
    """
    return bool(row.in_doubt and (row.door_asks < (row.moved_turn or 0) or row.door_asks <= (row.left_turn or 0)))


def has_left(row: CaseRow) -> bool:
    """Whether they left, by the quick exit, the safe word or blocking the service, and nothing came of them since."""
    return bool(row.left_turn == row.turns)


def _visible(worker: Worker, roster: Roster, rows: Iterable[CaseRow]) -> list[CaseRow]:
    me = next((person for person in roster.people if person.id == worker.id), None)
    return [] if me is None else [row for row in rows if me in eligible(roster.people, scope_of(row))]


def _opened(ring: Keyring, sealed: Iterable[CaseRow]) -> tuple[Line, ...]:
    return tuple(
        Line(
            id=row.id,
            at=row.at,
            author=row.author,
            staff=row.staff,
            generation=row.generation,
            text=_text(ring, row.generation, row.for_desk),
            unsure=row.unsure,
        )
        for row in sealed
    )


def _text(ring: Keyring, generation: int, sealed: bytes) -> str | None:
    try:
        return ring.open(generation, sealed).decode("utf-8", "replace")
    except SealError:
        return None
