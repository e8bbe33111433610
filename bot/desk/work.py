"""What people on duty do with a case: each deed one transaction with its line in the log, then the news of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.content_types import Library
from bot.core.decision import Choice, Notice, Relayed, Reply
from bot.core.desk import CaseState
from bot.core.outward import Outward
from bot.desk.addressing import Addressing
from bot.desk.news import Event, News
from bot.desk.periods import Periods
from bot.desk.reading import DeskReading, needs_check, owed_elsewhere
from bot.desk.required import require_holder, require_open, require_read, worded
from bot.desk.telling import may_write
from bot.desk.worker import Audit, DeskError, NoSuchCaseError, Worker, scope_of
from bot.storage.case_rows import CaseRow
from bot.storage.casework import Ending, SealedCasework
from bot.storage.moving import go_back
from bot.storage.store import Store

#: How a case can end; each has its words in the messages.
OUTCOMES = (
    "helped",
    "referred",
    "reported_police",
    "reported_other",
    "no_harm",
    "drill",
    "unreachable",
    "duplicate",
)
LONGEST_ANSWER, LONGEST_NOTE = 1_000, 8_000
LONGEST_ONCE = 64


class _DoneBeforeError(Exception):
    """The same was done before: nothing is changed, nothing is logged twice."""


@dataclass(frozen=True, slots=True)
class DeskWork:
    """The deeds of the desk over a store. Everything raises DeskError and StorageError.

    ``outward``: by channel; without one, what is written stands in the case for whoever comes back with the code.
    ``periods``: how long the text of a closed case is kept.
    """

    store: Store
    reading: DeskReading
    audit: Audit
    news: News
    outward: Mapping[str, Outward]
    library: Callable[[], Library]
    periods: Periods

    async def claim(self, by: Worker, number: int) -> None:
        """Take a waiting case; of several who try, one wins."""
        async with self._changing(by, number, "case.claim") as (connection, row):
            if row.state == CaseState.TAKEN and row.holder == by.id:
                raise _DoneBeforeError
            if not await self._work.take(connection, number, by.id):
                raise DeskError("taken" if row.state == CaseState.TAKEN else "closed")
        self.news.publish(Event("taken", number))

    async def take_over(self, by: Worker, number: int) -> None:
        """A supervisor takes an open case, whoever has it."""
        if not by.supervisor:
            raise DeskError("supervisor")
        async with self._changing(by, number, "case.take_over") as (connection, row):
            require_open(row)
            await self._work.transfer(connection, number, by.id, by.id)
        self.news.publish(Event("taken", number))

    async def answer(self, by: Worker, number: int, text: str, *, once: str, seen: int | None = None) -> bool:
        """Write to the child; False where there is no way to them, and it is only kept.

        ``once`` names this very answer: it goes out one time, however often it is sent. ``seen``: how many turns of the
        child's its writer could read, None for a page of an older program, which does not tell. Refused where
        something came since: it would be taken for an answer to that.
        """
        text, going = worded(text, LONGEST_ANSWER), True
        if not once or len(once) > LONGEST_ONCE:
            raise DeskError("no_name")
        async with self._changing(by, number, "case.answer") as (connection, row):
            if await self._work.said(connection, number, once):
                raise _DoneBeforeError
            require_holder(by, row)
            if needs_check(row, await self._work.events(number, connection), self.store.now()):
                raise DeskError("check")
            require_read(row, seen)
            sealed = await self._ways.sealed(connection, row, text)
            await self._work.say(connection, number, by.id, sealed, once=once)
            going = await self._ways.owe(connection, row, Relayed(Reply(text), Audience(row.reader)))
        self.news.publish(Event("answered", number))
        return going

    async def ask_if_here(
        self, by: Worker, number: int, *, seen: int | None = None, anyway: bool = False, before: bool = False
    ) -> bool:
        """Ask, neutrally, whether it is still the child. ``anyway``: though they said not to write at this hour.

        ``before``: at the door that was left, from which the newest words came; the case goes on there from then on.
        ``seen`` and what it gives as in ``answer``.
        """
        async with self._changing(by, number, "case.check", "before" if before else "") as (connection, row):
            require_holder(by, row)
            if not may_write(row.write_when, self.store.now()) and not anyway:
                raise DeskError("not_now")
            require_read(row, seen)
            asked = await self._moved_back(connection, row) if before else row
            messages = self.library().messages
            line, label = messages["support.checking"], messages["buttons.here"]
            # To whom nobody has answered yet this is no answer, where one could be written.
            instead = asked.answered_at is not None or needs_check(
                asked, await self._work.events(number, connection), self.store.now()
            )
            await self._work.ask_if_here(connection, number, by.id, instead=instead and not owed_elsewhere(asked))
            await self._work.tell(connection, number, await self._ways.sealed(connection, asked, line))
            reply = Reply(line, choices=(Choice(label, str(Command(Verb.HERE, str(number)))),))
            going = await self._ways.owe(connection, asked, Notice(reply, Audience(row.reader)))
        self.news.publish(Event("answered", number))
        return going

    async def note(self, by: Worker, number: int, text: str) -> None:
        """Write a note for colleagues, which the child never sees."""
        text = worded(text, LONGEST_NOTE)
        async with self._changing(by, number, "case.note") as (connection, row):
            await self._work.jot(connection, number, by.id, await self._ways.sealed(connection, row, text, child=False))
        self.news.publish(Event("noted", number))

    async def report(self, by: Worker, number: int, draft: str) -> int:
        """Keep the draft of a report as a sealed note; gives the note's id."""
        draft = worded(draft, LONGEST_NOTE)
        async with self._changing(by, number, "case.report") as (connection, row):
            if not by.supervisor:
                require_holder(by, row)
            sealed = await self._ways.sealed(connection, row, draft, child=False)
            made = await self._work.jot(connection, number, by.id, sealed)
            await self._work.reported(connection, number, by.id, made)
        self.news.publish(Event("noted", number))
        return made

    async def transfer(self, by: Worker, number: int, to: int) -> None:
        """Give the case to a colleague who may see it and holds the desk key."""
        scope = scope_of(await self.reading.admitted(by, number))
        able = {person.id for person in (await self.reading.board.roster.read()).people if person.keyed}
        if to not in able & await self.reading.board.eligible(scope):
            raise DeskError("colleague")
        async with self._changing(by, number, "case.transfer", f"to {to}") as (connection, row):
            require_open(row)
            if scope_of(row) != scope:
                raise NoSuchCaseError
            if not by.supervisor:
                require_holder(by, row)
            await self._work.transfer(connection, number, by.id, to)
        self.news.publish(Event("taken", number))

    async def give_back(self, by: Worker, number: int) -> None:
        """Give the case back to whoever is on duty: it waits again, and they are alerted."""
        async with self._changing(by, number, "case.give_back") as (connection, row):
            require_holder(by, row)
            await self._work.give_back(connection, number, by.id)
        self.news.publish(Event("opened", number))

    async def close(self, by: Worker, number: int, outcome: str, *, seen: int) -> bool:
        """End the case and tell the child; the bot answers them again. ``seen``: how many turns the closer read.

        False where the child is told only at their next turn: it is no hour at which they may be written to, there is
        no way to them, or it is not known to be they.
        Refused where anything came of the child since: words, or a tap or a voice that leaves none.
        """
        if outcome not in OUTCOMES:
            raise DeskError("outcome")
        async with self._changing(by, number, "case.close", outcome) as (connection, row):
            require_open(row)
            if not by.supervisor:
                require_holder(by, row)
            require_read(row, seen)
            line = self.library().messages["support.closed"]
            await self._work.tell(connection, number, await self._ways.sealed(connection, row, line))
            ending = Notice(Reply(line), Audience(row.reader))
            may = may_write(row.write_when, self.store.now()) and not row.in_doubt
            told = may and await self._ways.send(connection, row, ending)
            ending_of = Ending(outcome, self._erased_at(row, held=row.held), told=told or row.synthetic)
            await self._work.close(connection, number, by.id, ending_of)
        self.news.publish(Event("closed", number))
        return told

    async def hold(self, by: Worker, number: int, *, held: bool) -> None:
        """Keep a case from erasure, or no longer: a supervisor's decision."""
        if not by.supervisor:
            raise DeskError("supervisor")
        action = "case.hold" if held else "case.unhold"
        async with self._changing(by, number, action) as (connection, row):
            await self._work.hold(connection, number, by.id, held)
            if row.state == CaseState.CLOSED and row.delete_asked_at is not None:
                await self._work.erase_at(connection, number, self._erased_at(row, held=held))
        self.news.publish(Event("noted", number))

    @property
    def _work(self) -> SealedCasework:
        return SealedCasework(self.store)

    @property
    def _ways(self) -> Addressing:
        return Addressing(self.store, self.outward)

    @asynccontextmanager
    async def _changing(
        self, by: Worker, number: int, action: str, detail: str = ""
    ) -> AsyncIterator[tuple[AsyncConnection, CaseRow]]:
        """A transaction over one case that this person may see, with its line in the log."""
        scope = scope_of(await self.reading.admitted(by, number))
        async with self.store.writing() as connection:
            row = await self._work.locked(connection, number)
            if row is None or scope_of(row) != scope:
                raise NoSuchCaseError
            try:
                yield connection, row
            except _DoneBeforeError:
                return
            await self.audit(connection, by.actor, action, case=number, detail=detail)

    async def _moved_back(self, connection: AsyncConnection, row: CaseRow) -> CaseRow:
        there = await go_back(connection, self.store, row)
        if there is None:
            raise DeskError("no_door")
        return there

    def _erased_at(self, row: CaseRow, *, held: bool) -> dt.datetime:
        soon = row.delete_asked_at is not None and not held
        return self.periods.erase_at(self.store.now(), delete_asked=soon)
