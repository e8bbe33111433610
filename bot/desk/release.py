"""Where a child is answered is hidden from everybody, until two people have agreed, or one in a hurry is checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import CaseState
from bot.core.risk import RiskLevel
from bot.desk.duty import DutyBoard
from bot.desk.release_types import (
    NAMELESS,
    REVIEW,
    SHOWN,
    WAITS,
    Identity,
    RecordsError,
    Standing,
    checked_reason,
    shown_from,
)
from bot.desk.reviewing import lately_let_in, reviewers, reviewers_of, seconds_of
from bot.desk.sealing import seal_to
from bot.desk.worker import Audit, NoSuchCaseError, Worker, scope_of
from bot.storage.alert_rows import RELEASED
from bot.storage.audit import SERVICE
from bot.storage.case_rows import CaseRow, note
from bot.storage.casework import SealedCasework
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.errors import StorageError
from bot.storage.releases import Asked, ReleaseRecords, ReleaseRow
from bot.storage.store import Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Releases:
    """The release of addresses. Everything raises NoSuchCaseError, RecordsError and StorageError.

    ``alert`` is told of the case, RELEASED, and who may review it, after the release is kept; ``told`` of each case of
    which something was asked or decided.
    """

    store: Store
    audit: Audit
    board: DutyBoard
    alert: Callable[[int, str, frozenset[int]], Awaitable[None]]
    told: Callable[[int], None] = lambda _case: None

    async def standing(self, by: Worker, case: int) -> Standing:
        """What this person may do about the address of a case."""
        row = await self.eligible(by, case)
        waiting = [item for item in await self._records.waiting(self._since(WAITS)) if item.case == case]
        live = await self._records.live(case, by.id, self._since(SHOWN))
        decided = [item for item in await self._records.decided(by.id, self._since(WAITS)) if item.case == case]
        own = [item for item in await self._records.of_case(case) if item.asked_by == by.id and item.urgent]
        return Standing(
            nameless=row.channel in NAMELESS,
            erased=row.address is None,
            shown_until=None if live is None else shown_from(live) + SHOWN,
            mine=next((item for item in waiting if item.asked_by == by.id), None),
            theirs=tuple(item for item in waiting if item.asked_by != by.id),
            can_at_once=await self._may_hurry(by, row),
            refused=next((item for item in decided[:1] if item.ended_at is not None and not item.urgent), None),
            judged=next((item for item in own[:1] if item.ended_at is not None), None),
        )

    async def ask(self, by: Worker, case: int, reason: str) -> int:
        """Ask for the address, which a second person must grant; what waits already is not asked twice."""
        row = await self.eligible(by, case)
        waiting = (await self.standing(by, case)).mine
        if waiting is not None:
            return int(waiting.id)
        async with self.store.writing() as connection:
            number = await self._add(connection, by, row, reason=reason, urgent=False)
            await self._tell(connection, by, case, "ask", number=number)
        self.told(case)
        return number

    async def release_now(self, by: Worker, case: int, reason: str) -> int:
        """In an urgent case, one person on duty releases it to themselves at once; whoever may review it is alerted.

        That nobody may does not hold it up, since a child waits: it is logged, and stays red at the desk.
        """
        row = await self.eligible(by, case)
        if not await self._may_hurry(by, row):
            raise RecordsError("not_urgent")
        roster, let_in = await self.board.roster.read(), await lately_let_in(self.store)
        found = reviewers(roster, scope_of(row), by.id, let_in)
        async with self.store.writing() as connection:
            number = await self._add(connection, by, row, reason=reason, urgent=True)
            await self._tell(connection, by, case, "at_once", number=number)
            if not found:
                await self.audit(connection, SERVICE, "identity.nobody", case=case, detail=f"release {number}")
        try:
            await self.alert(case, RELEASED, frozenset(person.id for person in found))
        except StorageError as error:
            # The page of releases shows it in any case, red after an hour.
            log.error("release.not_alerted", case=case, error=type(error).__name__)  # noqa: TRY400
        return number

    async def grant(self, by: Worker, number: int) -> None:
        """A second person grants what the first has asked; nobody whose account was in the hands of the first."""
        asked = await self._records.release(number)
        if asked is None:
            raise RecordsError("gone")
        await self.eligible(by, asked.case)
        if asked.asked_by == by.id:
            raise RecordsError("own")
        if self.waits(asked) and by.id not in await self.seconds(asked):
            raise RecordsError("one_hand")
        async with self.store.writing() as connection:
            granted = await self._records.grant(connection, number, by.id, since=self._since(WAITS))
            if granted is None:
                raise RecordsError("gone")
            await self._tell(connection, by, asked.case, "grant", number=number)
        self.told(asked.case)

    async def review(self, by: Worker, number: int, *, right: bool) -> None:
        """Whoever may review an urgent release, never who released it, says whether it was right.

        What was wrong is shown no longer.
        """
        released = await self._records.release(number)
        if released is None:
            raise RecordsError("gone")
        if by.id not in await self.reviewers(released):
            await self.eligible(by, released.case)
            if released.reviewed_at is not None:
                raise RecordsError("gone")
            raise RecordsError("own" if released.asked_by == by.id else "supervisor")
        async with self.store.writing() as connection:
            if await self._records.review(connection, number, by.id, right=right) is None:
                raise RecordsError("gone")
            found = "right" if right else "wrong"
            await note(
                connection, released.case, self.store.now(), what="identity", value=f"review_{found}", staff=by.id
            )
            await self.audit(
                connection, by.actor, "identity.review", case=released.case, detail=f"release {number} {found}"
            )
        self.told(released.case)

    async def identity(self, by: Worker, case: int) -> Identity:
        """The address, where it is released to this person at this moment; each look is logged."""
        row = await self.eligible(by, case)
        live = await self._records.live(case, by.id, self._since(SHOWN))
        if live is None:
            raise RecordsError("not_released")
        address = SealedCasework(self.store).address(row)
        if address is None:
            raise RecordsError("erased")
        async with self.store.writing() as connection:
            await self.audit(connection, by.actor, "identity.view", case=case, detail=f"release {live.id}")
        return Identity(row.channel, "" if row.channel in NAMELESS else address, shown_from(live) + SHOWN)

    async def listed(self, by: Worker) -> Sequence[ReleaseRow]:
        """What waits for this person or any: of cases that they may see; a supervisor sees older ones too.

        What they may review is among it in any case.
        """
        rows = await (self._records.newest() if by.supervisor else self._records.waiting(self._since(WAITS)))
        work = SealedCasework(self.store)
        cases = {case: await work.case(case) for case in {row.case for row in rows}}
        seen = {case for case, row in cases.items() if row is not None and await self.sees(by, row)}
        mine = {row.id: row for row in await self._records.unreviewed() if by.id in await self.reviewers(row)}
        found = mine | {row.id: row for row in rows if row.case in seen}
        return [found[number] for number in sorted(found, reverse=True)]

    async def seconds(self, row: ReleaseRow) -> frozenset[int]:
        """Ids of who may grant a request; none where it does not wait any more."""
        return await seconds_of(self.store, await self.board.roster.read(), row) if self.waits(row) else frozenset()

    async def reviewers(self, row: ReleaseRow) -> frozenset[int]:
        """Ids of who may review an urgent release; none where it needs no review any more."""
        if not row.urgent or row.reviewed_at is not None:
            return frozenset()
        return await reviewers_of(self.store, await self.board.roster.read(), row)

    def waits(self, row: ReleaseRow) -> bool:
        """Whether a request still waits for a second person."""
        decided = row.granted_at is not None or row.ended_at is not None
        return not (row.urgent or decided) and row.asked_at > self._since(WAITS)

    def overdue(self, row: ReleaseRow) -> bool:
        """Whether an urgent release should have been reviewed by now."""
        return bool(row.urgent and row.reviewed_at is None and row.asked_at <= self._since(REVIEW))

    @property
    def _records(self) -> ReleaseRecords:
        return ReleaseRecords(self.store)

    def _since(self, period: dt.timedelta) -> dt.datetime:
        return self.store.now() - period

    async def eligible(self, by: Worker, case: int) -> CaseRow:
        """The case, where this person may see it and holds the desk key now."""
        row = await SealedCasework(self.store).case(case)
        if row is None or not await self.sees(by, row):
            raise NoSuchCaseError
        people = (await self.board.roster.read()).people
        if not any(person.id == by.id and person.keyed for person in people):
            raise RecordsError("no_key")
        return row

    async def sees(self, by: Worker, row: CaseRow) -> bool:
        """Whether this person may ever see the case."""
        return by.id in await self.board.eligible(scope_of(row))

    async def _may_hurry(self, by: Worker, row: CaseRow) -> bool:
        if row.level != RiskLevel.URGENT or row.state == CaseState.CLOSED:
            return False
        duty = await self.board.state(scope_of(row))
        return row.holder == by.id or by.id in {member.id for member in (*duty.first, *duty.second)}

    async def _add(self, connection: AsyncConnection, by: Worker, row: CaseRow, *, reason: str, urgent: bool) -> int:
        reason = checked_reason(reason)
        if row.channel in NAMELESS:
            raise RecordsError("nameless")
        if row.address is None:
            raise RecordsError("erased")
        key = await SealedDeskKeys(self.store).current(connection)
        if key is None:
            raise RecordsError("no_key")
        asked = Asked(row.id, by.id, key.generation, seal_to(key.public, reason.encode()))
        return await self._records.add(connection, asked, urgent=urgent)

    async def _tell(self, connection: AsyncConnection, by: Worker, case: int, what: str, *, number: int) -> None:
        await note(connection, case, self.store.now(), what="identity", value=what, staff=by.id)
        await self.audit(connection, by.actor, f"identity.{what}", case=case, detail=f"release {number}")
