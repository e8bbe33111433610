"""The desk as the talk sees it: how it stands, and what makes a report ready to be kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.core.desk import CaseState, Filing, OpenCase, Receipt, ReceiptKey, Report, SealedText, Standing, Why
from bot.core.message import Origin
from bot.core.risk import RiskLevel
from bot.desk.duty import DutyBoard, Scope, duty_at
from bot.desk.holding import hold_at
from bot.desk.limits import ClockLimits
from bot.desk.release_types import NAMELESS
from bot.desk.sealing import new_receipt_code, new_salt, receipt_name, receipt_pair, receipt_secret, seal_to
from bot.desk.stock import CodeStock, NewCode
from bot.desk.worker import scope_of
from bot.storage.belonging import belonging, going_on
from bot.storage.case_rows import CaseRow, as_ended_case, as_open_case, ended_lately, untold_of
from bot.storage.cases import SealedCases
from bot.storage.desk_keys import DeskKey, SealedDeskKeys
from bot.storage.moving import stays
from bot.storage.roster_types import Roster
from bot.storage.store import Store

#: Turns whose answer shows its receipt: a code that is given with one is told.
_TELLS = frozenset({Why.RISK, Why.ASKED, Why.UNSAFE, Why.MYSELF})
#: Digits of a case's number, as a button may name it.
LONGEST_NUMBER = 18


def receipt_secret_of(store: Store, code: str) -> bytes:
    """The secret of a code of return at this service, whose key salts it. Slow: call it in a thread.

    Raises SealError where the text is no code.
    """
    return receipt_secret(code, bytes.fromhex(store.vault.pseudonym("receipt-salt")))


def receipt_key_name(store: Store, secret: bytes) -> str:
    """What the case of a code's secret is found by."""
    return store.vault.pseudonym(f"receipt:{receipt_name(secret)}")


def new_code(store: Store) -> NewCode:
    """A code of return that nobody has, with what is kept of it. Slow: call it in a thread."""
    code, salt = new_receipt_code(), new_salt()
    secret = receipt_secret_of(store, code)
    return code, ReceiptKey(receipt_key_name(store, secret), salt, receipt_pair(secret, salt).public)


@dataclass(slots=True)
class CaseDesk:
    """The ``Desk`` over a store. ``changed`` is told of cases that change outside a turn."""

    store: Store
    keys: SealedDeskKeys
    board: DutyBoard
    limits: ClockLimits
    changed: Callable[[int], None] = lambda _case: None
    codes: CodeStock = field(init=False)

    def __post_init__(self) -> None:
        self.codes = CodeStock(lambda: new_code(self.store))

    async def standing(self, key: str) -> Standing:
        """How the desk stands to the talk of this key. Raises StorageError."""
        latest, roster = await SealedCases(self.store).latest(key), await self.board.recent()
        over = latest is not None and latest.state == CaseState.CLOSED
        row = None if over else latest
        if not roster.keyed:
            return Standing(case=await self._of_talk(row, key))
        scope, case = await self._scope(key, latest), await self._of_talk(row, key)
        stands = replace(self._stands(roster, scope, row, case), untold=untold_of(latest, self._name(key)))
        if latest is not None and ended_lately(latest, self.store.now()):
            stands = replace(stands, ended=as_ended_case(latest))
        # Asked at nearly every turn: worked out where it can make a difference.
        apart = row is None and not any(person.school.strip() for person in roster.people)
        if apart or scope.outsiders_only:
            return stands
        outside = self._stands(roster, replace(scope, outsiders_only=True), row, case)
        return replace(stands, outside=replace(outside, ended=stands.ended, untold=stands.untold))

    async def case(self, key: str) -> OpenCase | None:
        """The open case of the talk of this key, whoever would see to it. Raises StorageError."""
        return await self._of_talk(await SealedCases(self.store).open_case(key), key)

    async def prepare(self, report: Report, origin: Origin, standing: Standing) -> Filing:
        """Make a report ready to be stored: a new case gets its code of return, its keys and its clock.

        One that began before the desk had a key gets its code as soon as there is one, and the person is told of it.
        Raises StorageError.
        """
        if (report.why is Why.OUTSIDERS or report.outsiders) and standing.outside is not None:
            standing = standing.outside
        if report.why is Why.HERE:
            standing = await self._asking(report.value, origin) or standing
        case, key, code = standing.case, None, ""
        if case is None and standing.on_duty and origin.group:
            standing = replace(standing, on_duty=await self._on_duty_outside(origin, apart=report.outsiders))
        child = None
        current = await self.keys.current()
        if case is not None:
            child, talk, doubted = await SealedCases(self.store).reached_by(case.id)
            # Whoever may not be they could read by it what they go on to say; and a taken case may answer in silence.
            untold = (
                doubted or talk != self._name(origin.talk) or origin.group or case.taken or report.why not in _TELLS
            )
            lacking = child is None and not untold
        else:
            lacking = report.opens
        if current is not None and lacking:
            code, key = await self.codes.take()
            child = key.public
        texts: tuple[SealedText, ...] = ()
        told: SealedText | None = None
        if current is not None:
            texts = tuple(_sealed(text, current, child) for text in report.texts if text.strip())
            told = _sealed(report.told, current, child) if report.told else None
        receipt = replace(self._receipt(report, standing), code=code)
        freed = case.holder if case is not None and case.left else None
        return Filing(report, origin, case.id if case else None, receipt, texts, key, told, freed)

    async def forgotten(self, key: str) -> None:
        """The person asked that their chat be deleted: noted on their cases. Raises StorageError."""
        cases = SealedCases(self.store)
        for number in {*await cases.delete_asked(key), *await cases.left(key, NAMELESS, deleted=True)}:
            self.changed(number)

    async def left(self, key: str) -> None:
        """The person left: noted on their open case; a visit that has ended is written to no more.

        Raises StorageError.
        """
        for number in await SealedCases(self.store).left(key, NAMELESS):
            self.changed(number)

    def _name(self, key: str) -> str:
        return self.store.vault.pseudonym(key)

    async def _asking(self, value: str, origin: Origin) -> Standing | None:
        """How the desk stands to the case that asked, of several of a talk; None where none of them has this number."""
        number = int(value) if value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER else 0
        row = await SealedCases(self.store).open_one(origin.talk, number)
        if row is None:
            return None
        case = await self._of_talk(row, origin.talk)
        return self._stands(await self.board.recent(), scope_of(row), row, case)

    async def _of_talk(self, row: CaseRow | None, key: str) -> OpenCase | None:
        """What a talk must know of this case, and whether what it says now is answered in it."""
        if row is None:
            return None
        name, here = self._name(key), True
        if row.talk != name:
            async with self.store.reading(brief=True) as connection:
                here = not await stays(connection, row, self.store.now())
        return as_open_case(row, name, here=here)

    def _stands(self, roster: Roster, scope: Scope, row: CaseRow | None, case: OpenCase | None) -> Standing:
        now, zone = self.board.now(), self.board.zone
        duty = duty_at(roster, scope, now, zone)
        if row is not None and case is not None:
            hold = hold_at(row, roster, now, zone, scope=scope)
            case = replace(case, attended=hold is None or hold.until is not None)
        ends = duty.until
        if ends is None or ends - now >= max(self.limits.answer, self.limits.urgent_answer):
            return Standing(True, duty.on_duty, duty.back_at, case)
        back = duty_at(roster, scope, ends, zone).back_at
        return Standing(True, duty.on_duty, back, case, until=ends)

    def _receipt(self, report: Report, standing: Standing) -> Receipt:
        now, case = self.store.now(), standing.case
        level = max(report.level, case.level if case else RiskLevel.NONE, key=lambda item: item.rank)
        due = now + self.limits.answer_within(level) if standing.on_duty else None
        if due is not None and standing.until is not None and due > standing.until:
            due = None  # nobody promises what those on duty may not be there to keep
        if case is None:
            return Receipt(now, due)
        if report.level.rank > case.level.rank or case.due_at is None:
            return Receipt(case.opened_at, due, case.seen_at)
        return Receipt(case.opened_at, min(filter(None, (due, case.due_at)), default=None), case.seen_at)

    async def _on_duty_outside(self, origin: Origin, *, apart: bool) -> bool:
        """Whether somebody is on duty who is not of the school in whose group chat this was written.

        ``apart``: nor of any school.
        """
        scope = await self._scope(origin.talk, await SealedCases(self.store).latest(origin.talk), origin.group)
        scope = replace(scope, outsiders_only=scope.outsiders_only or apart)
        return duty_at(await self.board.recent(), scope, self.board.now(), self.board.zone).on_duty

    async def _scope(self, key: str, latest: CaseRow | None, group: str = "") -> Scope:
        """The scope of the open case, or of the one that would be opened: nothing is promised for a colleague."""
        if latest is not None and latest.state != CaseState.CLOSED:
            return scope_of(latest)
        async with self.store.reading(brief=True) as connection:
            pseudonym = self.store.vault.pseudonym
            home = await belonging(connection, pseudonym(key), pseudonym(group) if group else "")
        home = going_on(home, latest)
        return Scope(home.region, home.school, home.more)


def _sealed(text: str, key: DeskKey, child: bytes | None) -> SealedText:
    data = text.encode("utf-8", "replace")
    return SealedText(key.generation, seal_to(key.public, data), seal_to(child, data) if child else None)
