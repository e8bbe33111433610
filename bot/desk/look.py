"""Looks at a case and does what is due in it, whole or not at all; to look twice does nothing twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.desk import UNANSWERED, CaseState, Standing
from bot.core.risk import RiskLevel
from bot.desk.actions import Action, GiveBack, Plan, SetDue, TellChild
from bot.desk.clocks import plan
from bot.desk.duty import DutyBoard, DutyState, duty_at
from bot.desk.facts import Done, Facts
from bot.desk.holding import hold_at
from bot.desk.limits import ClockLimits
from bot.desk.telling import Teller
from bot.desk.worker import scope_of
from bot.storage import case_clocks
from bot.storage.alert_rows import RAISED, Fate, made
from bot.storage.alerts import SealedAlerts
from bot.storage.case_rows import EXPECTED, FEWER, TOLD_CHILD, CaseRow, note, open_of
from bot.storage.casework import SealedCasework
from bot.storage.roster_types import Roster
from bot.storage.store import Store

log = structlog.get_logger(__name__)
#: What is due is done and asked for anew; it comes to an end after far fewer rounds than this.
ROUNDS = 12
#: Less than any step of a clock that matters here.
MOMENT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """The next moment to look at a case; None where only something new makes anything due. ``over``: it has ended.

    ``freed``: it was taken back from its holder.
    """

    wake: dt.datetime | None = None
    over: bool = False
    acted: bool = False
    freed: bool = False


@dataclass(frozen=True, slots=True)
class CaseLook:
    """Applies the clocks to stored cases.

    ``alerted`` is called after alerts were made, ``freed`` after a case was taken back from its holder.
    """

    store: Store
    board: DutyBoard
    limits: ClockLimits
    teller: Teller
    alerted: Callable[[], None] = lambda: None
    freed: Callable[[int], None] = lambda _case: None

    async def look(self, number: int, unreached: int | None = None) -> Looked:
        """Do what is due in a case; ``unreached`` is a rung whose alerts have all failed. Raises StorageError."""
        row = await SealedCasework(self.store).case(number)
        if row is None or row.state == CaseState.CLOSED:
            return Looked(over=True)
        roster = await self.board.recent()
        async with self.store.reading(brief=True) as connection:
            due = await self._due(connection, row, roster, unreached)
        if due.over or not due.actions:
            return Looked(due.wake, due.over)
        # What follows from a case that is kept is found again after a power cut: the disk is not waited for.
        async with self.store.writing(light=True, brief=True, ahead=True) as connection:
            done = await self._do_all(connection, number, roster, unreached)
        if done.acted:
            self.alerted()
        if done.freed:
            self.freed(number)
        return done

    async def _do_all(self, connection: AsyncConnection, number: int, roster: Roster, unreached: int | None) -> Looked:
        alerts, acted, freed = SealedAlerts(self.store), False, False
        for _ in range(ROUNDS):
            row = await alerts.locked(connection, number)
            if row is None:
                return Looked(over=True)
            due = await self._due(connection, row, roster, unreached)
            if not due.actions:
                return Looked(due.wake, due.over, acted, freed)
            acted, freed = True, freed or GiveBack() in due.actions
            for action in due.actions:
                silent = await self._do(connection, row, roster, action)
                unreached = unreached if silent is None else silent
        log.error("desk.clock_does_not_rest", case=number)
        return Looked(self.store.now() + dt.timedelta(minutes=1), acted=True, freed=freed)

    def _duty(self, row: CaseRow, roster: Roster) -> DutyState:
        return duty_at(roster, scope_of(row), self.board.now(), self.board.zone)

    async def _due(self, connection: AsyncConnection, row: CaseRow, roster: Roster, unreached: int | None) -> Plan:
        events = _in_order(await SealedAlerts(self.store).history(connection, row.id))
        done = await self._done(connection, row.id, events)
        handed = max((at for event, at in events if event.what == "transferred"), default=None)
        raised = max((at for event, at in events if event.what in RAISED), default=row.raised_at)
        fewer = max((at for event, at in events if event.what == FEWER), default=None)
        owned_up = max((at for event, at in events if _owns_up(event)), default=None)
        told = frozenset() if fewer is None else await SealedAlerts(self.store).told(connection, row.id)
        put_back = max((at for event, at in events if event.what == "given_back" and event.staff), default=None)
        if put_back is not None and await self._heard_elsewhere(connection, row):
            put_back = None
        child_told = max((at for event, at in events if event.what == TOLD_CHILD), default=None)
        hold = hold_at(row, roster, self.board.now(), self.board.zone, scope=scope_of(row))
        facts = Facts(
            level=RiskLevel(row.level),
            state=CaseState(row.state),
            opened_at=row.opened_at,
            raised_at=raised,
            taken_at=row.taken_at,
            handed_at=handed,
            staff_at=row.staff_at,
            unanswered=row.asks > row.heard,
            undelivered=row.undelivered_at is not None,
            due_at=row.due_at,
            rung=row.rung,
            holder=row.holder,
            child_at=row.child_at,
            tended_at=row.tended_at,
            noted_at=await self._noted(connection, row),
            owed_since=await case_clocks.owed_since(connection, row) if row.due_at else None,
            answered=row.answered_at is not None,
            done=done,
            unreached=unreached,
            left=hold is not None and hold.until is None,
            leaves_at=hold.until if hold else None,
            barred=hold is not None and hold.barred,
            fewer_at=fewer,
            told=told,
            owned_up_at=owned_up,
            expected=_expected(row, events),
            put_back_at=put_back,
            child_told_at=child_told,
        )
        return plan(facts, self._duty(row, roster), self.limits, self.store.now())

    async def _heard_elsewhere(self, connection: AsyncConnection, row: CaseRow) -> bool:
        """Whether they talk to whoever has another case of theirs: of that nobody is gone."""
        heard_in = await open_of(connection, row.talk)
        return heard_in is not None and heard_in.id != row.id

    async def _noted(self, connection: AsyncConnection, row: CaseRow) -> dt.datetime | None:
        """When a note was written last; asked only where nothing is owed, since only there it matters."""
        if row.staff_at is None or row.asks > row.heard:
            return None
        return await case_clocks.noted_at(connection, row.id)

    async def _done(
        self, connection: AsyncConnection, case: int, events: Sequence[tuple[CaseRow, dt.datetime]]
    ) -> tuple[Done, ...]:
        alerts = [(item, at) for event, at in events if (item := made(event)) is not None]
        fates = await SealedAlerts(self.store).fates(connection, case) if alerts else {}
        found = ((item, at, fates.get((item.reason, item.round), Fate())) for item, at in alerts)
        return tuple(
            Done(item.reason, item.rung, at, lost=fate.lost or not item.routes, to=fate.to) for item, at, fate in found
        )

    async def _do(self, connection: AsyncConnection, row: CaseRow, roster: Roster, action: Action) -> int | None:
        """Do one thing. Gives the rung that an alert was for where it has no route at all."""
        if isinstance(action, TellChild):
            if action.what in ("left", "handed") and await self._heard_elsewhere(connection, row):
                return None
            duty = self._duty(row, roster)
            hold = hold_at(row, roster, self.board.now(), self.board.zone, scope=scope_of(row))
            # Who is in the midst of the talk beyond their shift is called again as those on duty are.
            there = duty.on_duty or (hold is not None and hold.until is not None)
            await self.teller.tell(connection, row, action.what, Standing(True, there, duty.back_at))
        elif isinstance(action, GiveBack):
            await SealedCasework(self.store).give_back(connection, row.id, None)
        elif isinstance(action, SetDue):
            await case_clocks.set_due(connection, row.id, action.due_at, action.rung)
            if action.back_at is not None:
                value = action.back_at.isoformat()
                await note(connection, row.id, self.store.now(), what=EXPECTED, value=value)
        else:
            alerts = SealedAlerts(self.store)
            if not await alerts.make(connection, row.id, reason=action.reason, rung=action.rung, to=action.to):
                return action.rung
        return None


def _owns_up(event: CaseRow) -> bool:
    """Whether the child was told that nobody has answered, and not only who reads from here on."""
    return event.what == TOLD_CHILD and event.value.partition(":")[0] in UNANSWERED


def _expected(row: CaseRow, events: Sequence[tuple[CaseRow, dt.datetime]]) -> dt.datetime | None:
    """When somebody should be there as the child was told last, unless a person saw to it since, or they heard more."""
    acted = max(filter(None, (row.opened_at, row.taken_at, row.staff_at)))
    expected = None
    for event, at in events:
        if event.what == EXPECTED:
            expected = event.value if at >= acted else None
        elif _owns_up(event) or event.what == FEWER:
            # Who may not see it any more is awaited no more.
            expected = None
    return dt.datetime.fromisoformat(expected) if expected else None


def _in_order(events: Sequence[CaseRow]) -> list[tuple[CaseRow, dt.datetime]]:
    """Events with their times. What came before another was earlier, also where the clock was set back in between."""
    found: list[tuple[CaseRow, dt.datetime]] = []
    for event in reversed(events):
        later = found[-1][1] if found else event.at
        found.append((event, event.at if event.at <= later else later - MOMENT))
    return found[::-1]
