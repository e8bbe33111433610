"""Tells the child, honestly, that nobody has answered in time or is there any more, and who can be called now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audience import Audience
from bot.core.compose import Composer
from bot.core.contacts import contacts
from bot.core.content_types import Library
from bot.core.counsel import spoken_time, state_line
from bot.core.decision import Reply, Support
from bot.core.desk import SealedText, Standing
from bot.core.outward import Outward
from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.core.support import script_for
from bot.desk.reading import unspoken
from bot.desk.sealing import seal_to
from bot.storage.case_rows import CaseRow
from bot.storage.casework import SealedCasework
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.errors import WrongKeyError
from bot.storage.store import Store

#: For whoever asked for a person, without anything alarming.
GENERAL = ("110", "12355", "12356")
#: The local hours in which a child who said so may be written to.
HOURS = {"daytime": (7, 18), "evening": (18, 22)}


def may_write(wish: str, now: dt.datetime) -> bool:
    """Whether the child may be written to unasked at this local time: whoever reads along could see it."""
    if wish == "never":
        return False
    first, last = HOURS.get(wish, (0, 24))
    return first <= now.hour < last


@dataclass(frozen=True, slots=True)
class Teller:
    """Writes to the child by the channel of the case, and into the case. ``now`` is local time.

    A channel without an ``Outward`` shows what stands in the case.
    """

    store: Store
    library: Callable[[], Library]
    outward: Mapping[str, Outward]
    keys: SealedDeskKeys
    now: Callable[[], dt.datetime]

    async def tell(self, connection: AsyncConnection, case: CaseRow, what: str, standing: Standing) -> None:
        """Put it on its way within a transaction of the caller's: what ``TellChild`` names, with who reads from now.

        Raises StorageError.
        """
        work, decision = SealedCasework(self.store), self._decision(case, what, standing)
        # Unasked, nothing is said to whoever may not be the child and was told of nothing.
        may = may_write(case.write_when, self.now()) and not unspoken(case)
        pushed = may and await self._push(connection, case, decision)
        key = await self.keys.current(connection)
        if key is not None:
            text = _as_text(decision).encode()
            child = seal_to(case.receipt_public, text) if case.receipt_public else None
            await work.tell(connection, case.id, SealedText(key.generation, seal_to(key.public, text), child))
        await work.told(connection, case.id, what, out=pushed)

    async def _push(self, connection: AsyncConnection, case: CaseRow, decision: Support) -> bool:
        outward, work = self.outward.get(case.channel), SealedCasework(self.store)
        if outward is None:
            return False
        try:
            address = work.address(case)
        except WrongKeyError:
            return False
        if address is None:
            return False
        await work.deliver(connection, case, outward.outgoing(address, decision))
        return True

    def _decision(self, case: CaseRow, what: str, standing: Standing) -> Support:
        library, level = self.library(), RiskLevel(case.level)
        risk, reader = RiskReading(level, RiskKind(case.kind)), Audience(case.reader)
        numbers = script_for(library, risk, reader).hotlines if risk.alarming else GENERAL
        composer = Composer(library, self.now(), case.region)
        if what == "handed":
            lead = _handed(composer, standing, case)
        else:
            lead = state_line(composer, standing) if what == "left" else _unanswered(composer, what, standing)
        open_now = tuple(line for line in contacts(library, numbers, composer.now, case.region) if line.open)
        return Support(Reply(lead, contacts=open_now), audience=reader, risk=risk)


def _handed(composer: Composer, standing: Standing, case: CaseRow) -> str:
    """That another one takes over; by when, where the child waits for an answer and a clock says it."""
    if not standing.on_duty:
        return state_line(composer, standing)
    if case.due_at is None or (case.asks <= case.heard and case.undelivered_at is None):
        return composer.say("support.handed")
    return composer.say("support.handed_by").format(due=spoken_time(composer, case.due_at))


def _unanswered(composer: Composer, what: str, standing: Standing) -> str:
    """That nobody has answered: others are called, or nobody is there until then."""
    if standing.on_duty:
        return composer.say(f"support.{what}")
    nobody = "absent" if what == "absent" else "alone"
    if standing.back_at is None:
        return composer.say(f"support.{nobody}")
    return composer.say(f"support.{nobody}_until").format(back=spoken_time(composer, standing.back_at))


def _as_text(decision: Support) -> str:
    lines = (f"{line.number} {line.name}" for line in decision.reply.contacts)
    return "\n".join([decision.reply.lead, *lines])
