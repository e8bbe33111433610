"""Cases of the desk: filed in the transaction that keeps the talk, so that the two cannot come apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import CaseState, Filing, ReceiptKey, Why
from bot.storage.alerts import take_back
from bot.storage.belonging import Belonging, belonging, going_on, narrow_all, narrowed
from bot.storage.case_changes import Changed, changed_by, told_value
from bot.storage.case_rows import (
    FEWER,
    FOLLOWS,
    OPEN,
    CaseRow,
    ended_lately,
    latest_of,
    note,
    of_talk,
    one_at_a_time,
    open_of,
    open_one_of,
    reopened,
)
from bot.storage.case_texts import CaseTexts
from bot.storage.desk_tables import case_event, desk_case
from bot.storage.filed import DRILL, Filed
from bot.storage.moving import follow, left_for_good, wrote_before
from bot.storage.store import Store


class SealedCases:
    """Cases on a database. Text comes sealed and stays so; addresses rest under the server's key."""

    def __init__(self, store: Store) -> None:
        self._store, self._texts = store, CaseTexts(store)

    async def open_case(self, talk: str) -> CaseRow | None:
        """The open case of the talk with this key; None for none. Raises StorageError."""
        name = self._store.vault.pseudonym(talk)
        async with self._store.reading(brief=True) as connection:
            return await open_of(connection, name)

    async def open_one(self, talk: str, number: int) -> CaseRow | None:
        """The case of this number, where it is an open one of the talk with this key. Raises StorageError."""
        name = self._store.vault.pseudonym(talk)
        async with self._store.reading(brief=True) as connection:
            return await open_one_of(connection, name, number)

    async def latest(self, talk: str) -> CaseRow | None:
        """The open case of the talk with this key, else the one that ended last. Raises StorageError."""
        name = self._store.vault.pseudonym(talk)
        async with self._store.reading(brief=True) as connection:
            return await latest_of(connection, name)

    async def reached_by(self, number: int) -> tuple[bytes | None, str, bool]:
        """By what the person of this case is reached: the public key of the code that they hold, if any, and the talk.

        And whether it may not be they who write there. Raises StorageError.
        """
        reached = (desk_case.c.receipt_public, desk_case.c.talk, desk_case.c.in_doubt)
        async with self._store.reading(brief=True) as connection:
            row = (await connection.execute(select(*reached).where(desk_case.c.id == number))).one()
        return row.receipt_public, row.talk, row.in_doubt

    async def file(self, connection: AsyncConnection, filing: Filing) -> Filed | None:
        """Keep a report within a transaction of the caller's: open a case, or add to the one that is open.

        None where nothing was to be kept: no open case, and the report opens none.
        """
        name = self._store.vault.pseudonym(filing.origin.talk)
        await one_at_a_time(connection, name)
        found, what, value = await self._filed_in(connection, name, filing), "", told_value(filing.report)
        freed, unsure, before = False, "", None
        for number in filter(None, (found.id if found else None, filing.case)):
            if not await self._texts.is_new(connection, number, filing):
                if found is not None and found.id == number and found.talk == name and found.address is None:
                    await self._reached(connection, number, filing)
                return Filed(number)
        if found is None and filing.case is not None:
            found, what = await reopened(connection, filing.case)
        if found is None:
            if not filing.report.opens:
                return None
            ended = await latest_of(connection, name)
            before = ended if ended_lately(ended, self._store.now()) else None
            number, what = await self._opened(connection, name, filing, ended), "opened"
            apart = filing.report.outsiders
        else:
            apart = filing.report.outsiders and not found.outsiders_only and filing.report.why is not Why.OUTSIDERS
            number, changed = found.id, await self._added(connection, name, filing, found)
            what, value, freed = what or changed.news, changed.told or value, changed.freed
            unsure = changed.unsure
        await self._texts.keep(connection, number, filing, unsure)
        if what or filing.report.why is not Why.SAID or value:
            line = what or filing.report.why
            await self._told(connection, number, line, value=value, unsure=unsure)
        if before is not None:
            await note(connection, number, self._store.now(), what=FOLLOWS, value=str(before.id))
        for besides in _besides(filing, freed=freed, apart=apart):
            await note(connection, number, self._store.now(), what=besides)
        # To whoever is on duty a case that is open again is a new one.
        again = what == "reopened"
        return Filed(number, "opened" if again else what, again, freed)

    async def _told(self, connection: AsyncConnection, number: int, what: str, *, value: str, unsure: str) -> None:
        """Add to the history what came of the child, and why it may not be theirs."""
        row = {"case": number, "at": self._store.now(), "what": what, "value": value[:64], "unsure": unsure}
        await connection.execute(insert(case_event).values(**row))

    async def _filed_in(self, connection: AsyncConnection, name: str, filing: Filing) -> CaseRow | None:
        """The open case in which a report belongs: an answer to a question in the one that asked it."""
        if filing.report.why is Why.HERE and filing.case is not None:
            asking = await open_one_of(connection, name, filing.case, alone=True)
            if asking is not None:
                return asking
        return await open_of(connection, name, alone=True)

    async def _opened(self, connection: AsyncConnection, name: str, filing: Filing, ended: CaseRow | None) -> int:
        report, key, now = filing.report, filing.key, self._store.now()
        home = going_on(await self._home(connection, name, filing), ended)
        row = {
            "talk": name,
            "channel": filing.origin.channel,
            "address": self._store.vault.seal(filing.origin.address.encode()),
            "level": report.level,
            "kind": report.kind,
            "why": report.why,
            "reader": report.reader,
            "region": report.region or home.region,
            "school": home.school,
            "outsiders_only": home.more or report.outsiders,
            "synthetic": filing.origin.channel == DRILL,
            "state": CaseState.WAITING,
            "opened_at": now,
            "child_at": now,
            "crowd": filing.origin.crowd,
            "turns": 1,
            "asks": 1,
            "door_asks": 1,
            "heard": 0,
            "due_at": filing.receipt.due_at,
            "rung": 0,
            "held": False,
            "safe": "",
            "write_when": ended.write_when if ended is not None and ended_lately(ended, now) else "",
            **_opened_by(key),
        }
        made = await connection.execute(insert(desk_case).values(**row).returning(desk_case.c.id))
        number: int = made.scalar_one()
        return number

    async def _added(self, connection: AsyncConnection, name: str, filing: Filing, found: CaseRow) -> Changed:
        there = found.talk == name
        # What is written in a group tells nothing of where they are by themselves.
        if not there and not filing.origin.group:
            followed = await follow(connection, self._store, found, filing.origin)
            there, found = followed is not None, followed or found
        changed = changed_by(found, filing, self._store.now(), there=there)
        if changed.wants and not there and not filing.origin.group:
            await wrote_before(connection, self._store, found, filing.origin)
        columns = {**changed.columns, **narrowed(found, await self._home(connection, name, filing))}
        if found.address is None and found.talk == name:
            # They had left, and write from where they were all the same.
            columns["address"] = self._store.vault.seal(filing.origin.address.encode())
        if found.receipt is None:
            columns |= _opened_by(filing.key)
        await connection.execute(update(desk_case).where(desk_case.c.id == found.id).values(**columns))
        if not columns.keys().isdisjoint(("school", "outsiders_only")):
            await note(connection, found.id, self._store.now(), what=FEWER)
            await take_back(connection, found.id)
            await narrow_all(connection, found.talk, at=self._store.now())
        return changed

    async def _reached(self, connection: AsyncConnection, number: int, filing: Filing) -> None:
        """They had left, and send from where they were what is kept already: nothing new was said, but they are there.

        Else they would be told who answers them here, and no answer would come.
        """
        there = {"address": self._store.vault.seal(filing.origin.address.encode()), "left_turn": None}
        await connection.execute(update(desk_case).where(desk_case.c.id == number).values(**there))

    async def _home(self, connection: AsyncConnection, name: str, filing: Filing) -> Belonging:
        group = filing.origin.group
        return await belonging(connection, name, self._store.vault.pseudonym(group) if group else "")

    async def delete_asked(self, talk: str) -> Sequence[int]:
        """Note on the cases of this talk, closed ones too, that their person wants the chat deleted; says on which.

        A case whose text is gone, or on which it stands already, is left as it is. One that goes on elsewhere, where
        its person went by code, is not theirs to delete who hold what they left: that they asked is noted.
        """
        name, now = self._store.vault.pseudonym(talk), self._store.now()
        kept = of_talk(name), desk_case.c.erased_at.is_(None), desk_case.c.delete_asked_at.is_(None)
        theirs = or_(desk_case.c.talk == name, desk_case.c.address.is_(None), desk_case.c.state == CaseState.CLOSED)
        async with self._store.writing() as connection:
            asked = update(desk_case).where(*kept, theirs).values(delete_asked_at=now).returning(desk_case.c.id)
            numbers = (await connection.execute(asked)).scalars().all()
            others = (await connection.execute(select(desk_case.c.id).where(*kept))).scalars().all()
            for number in numbers:
                await note(connection, number, now, what=Why.DELETE)
            for number in others:
                await note(connection, number, now, what="delete_before")
        return sorted({*numbers, *others})

    async def left(self, talk: str, visits: Collection[str], *, deleted: bool = False) -> Sequence[int]:
        """Note on the open cases of this talk that their person left; says on which.

        In the channels ``visits`` they are out of reach then: what is written there from now on arrives nowhere.
        ``deleted``: they had the chat deleted, by which nobody leaves the other channels.
        """
        theirs = [desk_case.c.talk == self._store.vault.pseudonym(talk), desk_case.c.state.in_(OPEN)]
        ended = (*theirs, desk_case.c.channel.in_(visits))
        async with self._store.writing() as connection:
            chosen = ended if deleted else theirs
            rows = (await connection.execute(select(desk_case).where(*chosen).order_by(desk_case.c.id))).all()
            await connection.execute(update(desk_case).where(*chosen).values(left_turn=desk_case.c.turns))
            await connection.execute(update(desk_case).where(*ended).values(address=None))
            await left_for_good(connection, self._store.vault.pseudonym(talk), visits)
            for row in rows:
                if row.left_turn != row.turns:
                    await note(connection, row.id, self._store.now(), what="left")
        return [row.id for row in rows]


def _besides(filing: Filing, *, freed: bool, apart: bool) -> Iterator[str]:
    """What else the history tells of a turn: who had the case has it no more; without a desk key no word was kept.

    ``apart``: they said with it that nobody of their school shall read it.
    """
    if apart:
        yield Why.OUTSIDERS
    if freed:
        yield "given_back"
    if any(map(str.strip, filing.report.texts)) and not filing.texts:
        yield "unkept"


def _opened_by(key: ReceiptKey | None) -> dict[str, object]:
    """The columns of a case's code of return."""
    if key is None:
        return {"receipt": None, "receipt_salt": None, "receipt_public": None}
    return {"receipt": key.name, "receipt_salt": key.salt, "receipt_public": key.public}
