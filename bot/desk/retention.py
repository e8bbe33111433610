"""How long things are kept: cases are erased in their time, after a warning, unless the law needs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot.core.desk import SealedText
from bot.desk.duty import DutyBoard
from bot.desk.periods import DAY, Periods
from bot.desk.release_types import RecordsError, checked_reason
from bot.desk.sealing import seal_to
from bot.desk.worker import Audit, NoSuchCaseError, Worker, scope_of
from bot.storage.audit import SERVICE, AuditLog
from bot.storage.case_rows import CaseRow, note
from bot.storage.casework import SealedCasework
from bot.storage.cleaning import clean
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.erasure import WARNED, CaseErasure
from bot.storage.store import Store

log = structlog.get_logger(__name__)
#: After the service stood still nothing goes that was not on the list of warnings for a day.
NOTICE = DAY


@dataclass(frozen=True, slots=True)
class Going:
    """A case that will be erased, or would be but for a legal hold."""

    case: CaseRow
    due: dt.datetime
    asked: bool


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: cases warned of and erased, sign-ins that ended."""

    warned: int = 0
    erased: int = 0
    sign_ins: int = 0


async def sweep(store: Store, audit: AuditLog, periods: Periods) -> Swept:
    """Erase what has had its time and warn of what soon will; to be called daily, once more does no harm.

    Open cases are never touched, held ones neither. Raises StorageError.
    """
    now, erasure = store.now(), CaseErasure(store)
    warned = erased = 0
    for row in await erasure.closed():
        if row.held or periods.due(row) - periods.warning > now:
            continue
        if await _warn(store, erasure, row.id):
            warned += 1
        elif await _erase(store, audit, row.id, periods):
            erased += 1
    async with store.writing() as connection:
        sign_ins = await erasure.sign_ins(connection)
    # What was overwritten in the file still stands in SQLite's log: it goes with this.
    await clean(store)
    log.info("retention.swept", warned=warned, erased=erased)
    return Swept(warned, erased, sign_ins)


async def going(store: Store, periods: Periods) -> Sequence[Going]:
    """The closed cases that will be erased within the time of warning, held ones too; the next first.

    Raises StorageError.
    """
    latest = store.now() + periods.warning
    found = [Going(row, periods.due(row), row.delete_asked_at is not None) for row in await CaseErasure(store).closed()]
    return sorted((item for item in found if item.due <= latest), key=lambda item: item.due)


@dataclass(frozen=True, slots=True)
class LegalHolds:
    """Keeps a case from erasure as long as the law needs it: a supervisor's decision, with a reason."""

    store: Store
    audit: Audit
    board: DutyBoard
    periods: Periods
    messages: Callable[[], Mapping[str, str]]

    async def decide(self, by: Worker, case: int, reason: str, *, held: bool) -> None:
        """Set a hold or lift it. The reason stands in the case as a sealed note; what is let go is warned of first.

        Raises RecordsError, NoSuchCaseError, StorageError.
        """
        if not by.supervisor:
            raise RecordsError("supervisor")
        words = self.messages()["records.note_hold" if held else "records.note_unhold"]
        text, work = words.format(reason=checked_reason(reason)), SealedCasework(self.store)
        async with self.store.writing() as connection:
            row = await CaseErasure(self.store).locked(connection, case)
            if row is None or by.id not in await self.board.eligible(scope_of(row)):
                raise NoSuchCaseError
            if not await work.hold(connection, case, by.id, held):
                raise RecordsError("held_before" if held else "not_held")
            key = await SealedDeskKeys(self.store).current(connection)
            if key is None:
                raise RecordsError("no_key")
            await work.jot(connection, case, by.id, SealedText(key.generation, seal_to(key.public, text.encode())))
            if not held and row.erase_at is not None:
                await work.erase_at(connection, case, max(row.erase_at, self.store.now() + self.periods.warning))
            await self.audit(connection, by.actor, "case.hold" if held else "case.unhold", case=case)


async def _warn(store: Store, erasure: CaseErasure, number: int) -> bool:
    async with store.writing() as connection:
        case = await erasure.locked(connection, number)
        if case is None or case.held or case.closed_at is None or await erasure.warned(connection, case):
            return False
        await note(connection, number, store.now(), what=WARNED)
        return True


async def _erase(store: Store, audit: AuditLog, number: int, periods: Periods) -> bool:
    erasure, now = CaseErasure(store), store.now()
    async with store.writing() as connection:
        case = await erasure.locked(connection, number)
        if case is None or case.closed_at is None or periods.due(case) > now:
            return False
        told = await erasure.warned(connection, case)
        if told is None or told.at > now - NOTICE:
            return False
        count = await erasure.erase(connection, number)
        if count is None:
            return False
        await audit(connection, SERVICE, "case.erase", number, f"messages {count}")
        return True
