"""What the talk and the people on duty tell each other: standings, reports and receipts, as data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.audience import Audience
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel

#: What is held back where its person is not told that their case has ended.
ENDED = "closed"
#: News that nobody answered: to whom no time was promised (``SIMPLY_UNANSWERED``), in time, at all, in a shift to come.
SIMPLY_UNANSWERED = "unanswered"
UNANSWERED = frozenset({SIMPLY_UNANSWERED, "breached", "alone", "absent"})


class CaseState(StrEnum):
    """Where a case is: nobody has it yet, a person has it, or it has ended."""

    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


class Why(StrEnum):
    """Why a turn is filed: what it tells whoever is on duty."""

    RISK = "risk"  # the message itself is alarming
    ASKED = "asked"  # the person asked for a human
    SAID = "said"  # one more message of a talk that has an open case
    UNSAFE = "unsafe"  # answered that they are not safe now
    SAFE = "safe"  # answered that they are
    PLACE = "place"  # told where help finds them
    WRITE = "write"  # told whether and when we may write here
    STOPPED = "stopped"  # said the safe word: they leave for now, and whoever writes next first asks if it is they
    RETRACTED = "retracted"  # said that it was not about harm: noted, closes nothing
    BYSTANDER = "bystander"  # said that they ask for somebody else
    MYSELF = "myself"  # said that it is they after all for whom they asked
    OUTSIDERS = "outsiders"  # wants nobody of their own school
    HERE = "here"  # says that it is still they who hold the device
    DELETE = "delete"  # asked that the chat be deleted


@dataclass(frozen=True, slots=True)
class OpenCase:
    """The case that a talk has, as far as the talk must know it. Times are aware.

    ``due_at`` is when somebody will have answered, empty where nobody is on duty; ``seen_at`` when a person first
    opened it. ``checking``: a person asked whether it is still the child, and the answer is awaited. ``holder`` is who
    has it; ``attended``: they are on duty for it, or in the midst of the talk. ``answered``: a person wrote once.
    ``receipt`` is what it is found by from its code of return; empty where this talk may not be its person's:
    ``doubted``. ``here``: it is answered in this talk, and not elsewhere, where its person went on by code.
    ``write_when`` is when they may be written to unasked, as they chose.
    """

    id: int
    level: RiskLevel
    kind: RiskKind
    state: CaseState
    opened_at: dt.datetime
    due_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    checking: bool = False
    holder: int | None = None
    attended: bool = True
    answered: bool = True
    receipt: str = ""
    here: bool = True
    doubted: bool = False
    write_when: str = ""

    @property
    def taken(self) -> bool:
        """Whether a person has the talk and is there: then the bot keeps silent."""
        return self.state is CaseState.TAKEN and self.attended

    @property
    def left(self) -> bool:
        """Whether the person who has the talk is gone: the next turn gives it back to whoever is on duty."""
        return self.state is CaseState.TAKEN and not self.attended


@dataclass(frozen=True, slots=True)
class EndedCase:
    """The case of a talk that ended a short while ago.

    ``grave``: it was urgent, and somebody was harmed. ``write_when``: what they chose in it, which holds in the next.
    """

    id: int
    kind: RiskKind
    grave: bool = False
    write_when: str = ""


@dataclass(frozen=True, slots=True)
class Untold:
    """What the person of a case was not told at its time: the end (``ENDED``), or that nobody answered."""

    case: int
    what: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the desk stands to a talk at this moment.

    ``keyed``: a desk key exists, so that text can be kept. ``on_duty``: someone who can read a case is on shift and
    can be reached. ``until``: those on duty go so soon that an answer may not come before; ``back_at``: when somebody
    will be there, or will be again, where that is known. ``outside``: how it would stand if nobody of any school might
    see the case that is open, or would be opened; None where that is so already. ``ended`` is the case that ended of
    late where none is open. ``untold`` is what its person was not told, to be said first at this turn.
    """

    keyed: bool = False
    on_duty: bool = False
    back_at: dt.datetime | None = None
    case: OpenCase | None = None
    outside: Standing | None = None
    until: dt.datetime | None = None
    ended: EndedCase | None = None
    untold: Untold | None = None

    @property
    def aftermath(self) -> RiskKind | None:
        """The kind of harm of which this talk told urgently a short while ago; None where it told of none.

        Whoever is uneasy then, or asks for a person, does not begin anew below a disclosure.
        """
        return self.ended.kind if self.ended is not None and self.ended.grave else None

    @property
    def write_when(self) -> str:
        """When this person may be written to unasked: as they chose in this case, or in the one before; else empty."""
        of = self.case or self.ended
        return of.write_when if of is not None else ""


#: Where there is no desk: in a terminal, or before anyone was appointed.
NO_DESK = Standing()


@dataclass(frozen=True, slots=True)
class Report:
    """What a turn gives the desk.

    ``texts`` are the person's words to be kept, oldest first; ``value`` a button's answer, or what else came than
    words; ``told`` what the service said to that, which stands in the talk in place of what nobody can read. A report
    opens a case where the talk has none and ``opens`` is set; else it is added to the open one. ``outsiders``: it was
    told with the wish that nobody of their school reads it.
    """

    why: Why
    level: RiskLevel
    kind: RiskKind
    reader: Audience
    texts: tuple[str, ...] = ()
    value: str = ""
    opens: bool = False
    region: str = ""
    told: str = ""
    outsiders: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person holds of a case: when it was received, when somebody will have answered, the code to come back.

    ``code`` is 16 digits in four groups, told once, empty afterwards.
    """

    received_at: dt.datetime
    due_at: dt.datetime | None = None
    seen_at: dt.datetime | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class SealedText:
    """One text, sealed to a desk key and, where the person holds a code, to the key derived from it."""

    generation: int
    for_desk: bytes
    for_child: bytes | None = None


@dataclass(frozen=True, slots=True)
class ReceiptKey:
    """What is kept of a code: its pseudonym, the salt, and the public key derived from it."""

    name: str
    salt: bytes
    public: bytes


@dataclass(frozen=True, slots=True)
class Filing:
    """A report ready to be stored in the transaction that keeps the talk; made by ``Desk.prepare``.

    ``case`` is the open case, None where a new one is opened; ``key`` belongs to a new one. There are no ``texts``,
    nor what was ``told``, before a desk key exists. ``freed``: the holder from whom the case is taken back, since they
    are gone or may not see it any more.
    """

    report: Report
    origin: Origin
    case: int | None
    receipt: Receipt
    texts: tuple[SealedText, ...] = ()
    key: ReceiptKey | None = None
    told: SealedText | None = None
    freed: int | None = None


class Desk(Protocol):
    """The people on duty, as the talk sees them; ``bot.desk`` has it."""

    async def standing(self, key: str) -> Standing:
        """How the desk stands to the talk of this key."""
        ...

    async def prepare(self, report: Report, origin: Origin, standing: Standing) -> Filing:
        """Make a report ready to be stored: a new case gets its code of return, its keys and its clock."""
        ...

    async def forgotten(self, key: str) -> None:
        """The person asked that their chat be deleted: noted on the open case, if there is one."""
        ...

    async def left(self, key: str) -> None:
        """The person left, in haste or by blocking the service: noted on the open case, if there is one."""
        ...
