"""What people on duty do with cases; each change is part of a transaction of the caller's, next to its audit line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import ENDED, CaseState, SealedText
from bot.core.ports import Outgoing
from bot.storage.case_rows import GIVEN_BACK, OPEN, TOLD_CHILD, CaseRow, note
from bot.storage.counts import Counts
from bot.storage.desk_tables import case_event, case_message, desk_case
from bot.storage.outbox import Awaited, queue
from bot.storage.store import Store

#: What a case becomes, beside the times, when a person writes to the child: all that came so far is answered.
WRITTEN: Mapping[str, object] = {"heard": desk_case.c.turns, "undelivered_at": None, "due_at": None, "rung": 0}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a case ends: the outcome's key, when its text is to be erased, and whether its person is told of the end."""

    outcome: str
    erase_at: dt.datetime
    told: bool = True


#: What a list of cases shows: everything but where the person is answered and what belongs to their code.
_LISTED = [
    column
    for column in desk_case.c
    if column.name not in {"address", "receipt", "receipt_salt", "receipt_public", "talk"}
]


class SealedCasework:
    """Cases as the desk works on them. Every reading and writing raises StorageError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def queue(self) -> Sequence[CaseRow]:
        """The open cases, the gravest and oldest first."""
        wanted = select(*_LISTED).where(desk_case.c.state.in_(OPEN)).order_by(desk_case.c.opened_at)
        async with self._store.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return sorted(rows, key=lambda row: (-_GRAVITY[row.level], row.opened_at))

    async def closed(self, limit: int = 100) -> Sequence[CaseRow]:
        """The cases that ended last."""
        wanted = select(*_LISTED).where(desk_case.c.state == CaseState.CLOSED)
        async with self._store.reading() as connection:
            return (await connection.execute(wanted.order_by(desk_case.c.closed_at.desc()).limit(limit))).all()

    async def case(self, number: int) -> CaseRow | None:
        """One case with all that is kept of it; None where there is none."""
        async with self._store.reading(brief=True) as connection:
            return (await connection.execute(select(desk_case).where(desk_case.c.id == number))).first()

    async def locked(self, connection: AsyncConnection, number: int) -> CaseRow | None:
        """One case, which nobody else changes until the transaction of the caller's ends; None where there is none."""
        wanted = select(desk_case).where(desk_case.c.id == number).with_for_update()
        return (await connection.execute(wanted)).first()

    async def by_receipt(self, name: str) -> CaseRow | None:
        """The case whose code of return has this pseudonym; None for none, or where its text was erased."""
        wanted = select(desk_case).where(desk_case.c.receipt == name, desk_case.c.erased_at.is_(None))
        async with self._store.reading() as connection:
            return (await connection.execute(wanted)).first()

    async def messages(self, number: int, after: int = 0) -> Sequence[CaseRow]:
        """The sealed messages of a case, oldest first, from after one of them on."""
        wanted = select(case_message).where(case_message.c.case == number, case_message.c.id > after)
        async with self._store.reading() as connection:
            return (await connection.execute(wanted.order_by(case_message.c.id))).all()

    async def events(self, number: int, connection: AsyncConnection | None = None) -> Sequence[CaseRow]:
        """The history of a case, oldest first."""
        wanted = select(case_event).where(case_event.c.case == number).order_by(case_event.c.id)
        async with self._store.reading(brief=True) if connection is None else nullcontext(connection) as chosen:
            return (await chosen.execute(wanted)).all()

    async def seen(self, connection: AsyncConnection, number: int, staff: int) -> bool:
        """A person opened the case; True where they are the first."""
        first = update(desk_case).where(desk_case.c.id == number, desk_case.c.seen_at.is_(None))
        return await self._change(connection, first.values(seen_at=self._store.now()), (number, "seen", staff))

    async def take(self, connection: AsyncConnection, number: int, staff: int) -> bool:
        """A person takes a waiting case; False where another was faster, or it is closed."""
        waiting = update(desk_case).where(desk_case.c.id == number, desk_case.c.state == CaseState.WAITING)
        now = self._store.now()
        values = {"state": CaseState.TAKEN, "holder": staff, "taken_at": now, "tended_at": now}
        return await self._change(connection, waiting.values(**values), (number, "taken", staff))

    async def tended(self, connection: AsyncConnection, number: int, staff: int) -> None:
        """Somebody is at work in the case; it counts where they are its holder."""
        held = update(desk_case).where(desk_case.c.id == number, desk_case.c.holder == staff)
        await connection.execute(held.values(tended_at=self._store.now()))

    async def give_back(self, connection: AsyncConnection, number: int, staff: int | None) -> bool:
        """The holder gives the case back to whoever is on duty; without ``staff`` the service does it for them."""
        held = update(desk_case).where(desk_case.c.id == number, desk_case.c.state == CaseState.TAKEN)
        return await self._change(connection, held.values(**GIVEN_BACK), (number, "given_back", staff))

    async def release_all(self, connection: AsyncConnection, staff: int) -> Sequence[int]:
        """All cases of somebody who leaves go back; says which."""
        held = update(desk_case).where(desk_case.c.holder == staff, desk_case.c.state == CaseState.TAKEN)
        freed: Sequence[int] = (
            (await connection.execute(held.values(**GIVEN_BACK).returning(desk_case.c.id))).scalars().all()
        )
        for number in freed:
            await note(connection, number, self._store.now(), what="given_back", staff=staff, value="account")
        return freed

    async def transfer(self, connection: AsyncConnection, number: int, staff: int, to: int) -> bool:
        """The case goes to a colleague."""
        taken = update(desk_case).where(desk_case.c.id == number, desk_case.c.state.in_(OPEN))
        now = self._store.now()
        values = {"state": CaseState.TAKEN, "holder": to, "taken_at": now, "tended_at": now}
        return await self._change(connection, taken.values(**values), (number, "transferred", staff), str(to))

    async def said(self, connection: AsyncConnection, number: int, once: str) -> bool:
        """Whether a message of this case was kept under this name before."""
        name = self._once(once)
        kept = select(case_message.c.id).where(case_message.c.case == number, case_message.c.delivery == name)
        return (await connection.execute(kept)).first() is not None

    async def say(
        self, connection: AsyncConnection, number: int, staff: int, text: SealedText, *, once: str = ""
    ) -> int:
        """A person answers: the clock of this answer stops. Gives the message's id.

        ``once`` names this very answer, see ``said``: the same one cannot be kept twice.
        """
        now = self._store.now()
        answered = update(desk_case).where(desk_case.c.id == number)
        await connection.execute(answered.values(staff_at=now, tended_at=now, untold=None, **WRITTEN))
        first = answered.where(desk_case.c.answered_at.is_(None)).values(answered_at=now).returning(desk_case)
        case = (await connection.execute(first)).first()
        if case is not None:
            await Counts(self._store).answered(connection, case)
        name = self._once(once) if once else None
        return await self._message(connection, text, case=number, author="staff", staff=staff, delivery=name)

    async def jot(self, connection: AsyncConnection, number: int, staff: int, text: SealedText) -> int:
        """A note among colleagues, which the child never sees."""
        await self.tended(connection, number, staff)
        return await self._message(connection, text, case=number, author="note", staff=staff)

    async def tell(self, connection: AsyncConnection, number: int, text: SealedText) -> int:
        """The service itself said something in this talk."""
        return await self._message(connection, text, case=number, author="service")

    async def ask_if_here(self, connection: AsyncConnection, number: int, staff: int, *, instead: bool = True) -> bool:
        """Ask, neutrally, whether it is still the child: their next turn answers it.

        ``instead`` of an answer, as nothing else may be written: until then nothing is due.
        """
        now = self._store.now()
        asked = update(desk_case).where(desk_case.c.id == number, desk_case.c.state == CaseState.TAKEN)
        asked = asked.values(checking_at=now, tended_at=now)
        if instead:
            asked = asked.values(staff_at=now, **WRITTEN)
        return await self._change(connection, asked, (number, "checking", staff))

    async def hold(self, connection: AsyncConnection, number: int, staff: int, held: bool) -> bool:
        """Keep a case from erasure, or no longer; False where that was so before."""
        other = update(desk_case).where(desk_case.c.id == number, desk_case.c.held.is_(not held))
        what = "held" if held else "unheld"
        return await self._change(connection, other.values(held=held), (number, what, staff))

    async def erase_at(self, connection: AsyncConnection, number: int, moment: dt.datetime) -> None:
        """When the text of a closed case is erased."""
        await connection.execute(update(desk_case).where(desk_case.c.id == number).values(erase_at=moment))

    async def reported(self, connection: AsyncConnection, number: int, staff: int, message: int) -> None:
        """A note is the draft of a report to the authorities."""
        await note(connection, number, self._store.now(), what="report", staff=staff, value=str(message))

    async def close(self, connection: AsyncConnection, number: int, staff: int, end: Ending) -> bool:
        """The case ends; its text is erased when its time has come, unless it is held."""
        going = update(desk_case).where(desk_case.c.id == number, desk_case.c.state.in_(OPEN))
        values = {
            "state": CaseState.CLOSED,
            "closed_at": self._store.now(),
            "outcome": end.outcome,
            "erase_at": end.erase_at,
            "due_at": None,
            "checking_at": None,
            "rung": 0,
        }
        if not await self._change(connection, going.values(**values), (number, "closed", staff), end.outcome):
            return False
        await self.told(connection, number, ENDED, out=end.told, noted=not end.told)
        return True

    async def told(self, connection: AsyncConnection, number: int, what: str, *, out: bool, noted: bool = True) -> None:
        """Whether something that its person must know went ``out`` to them; else it is said at their next turn."""
        row = update(desk_case).where(desk_case.c.id == number)
        await connection.execute(row.values(untold=None if out else what))
        if noted:
            await note(connection, number, self._store.now(), what=TOLD_CHILD, value=f"{what}:{int(out)}")

    async def caught_up(self, connection: AsyncConnection, number: int, what: str) -> None:
        """What was held back has been said to them now; noted once."""
        held = update(desk_case).where(desk_case.c.id == number, desk_case.c.untold == what)
        await self._change(connection, held.values(untold=None), (number, TOLD_CHILD, None), f"{what}:later")

    async def deliver(self, connection: AsyncConnection, case: CaseRow, messages: Sequence[Outgoing]) -> None:
        """Put messages to the person on their way, by the channel of the case."""
        await queue(connection, self._store, case.channel, messages, awaited=Awaited(case=case.id))

    def address(self, case: CaseRow) -> str | None:
        """Where the person is answered; None where that is gone. Raises WrongKeyError."""
        return None if case.address is None else self._store.vault.open(case.address).decode()

    def _once(self, once: str) -> str:
        return self._store.vault.pseudonym(f"desk:{once}")

    async def _change(
        self, connection: AsyncConnection, statement: Any, line: tuple[int, str, int | None], value: str = ""
    ) -> bool:
        changed = (await connection.execute(statement.returning(desk_case.c.id))).first() is not None
        if changed:
            number, what, staff = line
            await note(connection, number, self._store.now(), what=what, staff=staff, value=value)
        return changed

    async def _message(self, connection: AsyncConnection, text: SealedText, **row: Any) -> int:
        row |= {
            "at": self._store.now(),
            "generation": text.generation,
            "for_desk": text.for_desk,
            "for_child": text.for_child,
        }
        made = await connection.execute(insert(case_message).values(**row).returning(case_message.c.id))
        number: int = made.scalar_one()
        return number


_GRAVITY = {"none": 0, "concern": 1, "disclosure": 2, "urgent": 3}
