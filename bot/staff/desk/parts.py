"""What every page of the desk is given, and how it reads what a browser sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.desk.claims import DeskClaims
from bot.desk.health import DeskProblem, release_problems
from bot.desk.reading import DeskReading
from bot.desk.refusing import Notice, notices
from bot.desk.work import DeskWork
from bot.desk.worker import DeskError, NoSuchCaseError, Worker
from bot.staff.cookie import Cookie
from bot.staff.desk.clock import Times
from bot.staff.desk.duty import DutyView, duty_view
from bot.staff.gate import Gate, RefusedError
from bot.staff.look import Look
from bot.staff.signed import SignedIn
from bot.storage.staff import Role, StaffRecords
from bot.web.intake import read_body, require_own_page

#: The greatest row number that both databases have.
LARGEST_NUMBER = 2**63 - 1
_MOST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Doors:
    """Addresses of pages made elsewhere, with ``{case}`` in them; empty where there is none.

    ``identity``: a case's identity is asked for there. ``holding``: it is kept from erasure there, with a reason;
    without it that is done on the case itself. ``export``: its sealed file is made there.
    """

    identity: str = ""
    holding: str = ""
    export: str = ""

    def of(self, case: int) -> Doors:
        """The addresses for one case."""
        return Doors(self.identity.format(case=case), self.holding.format(case=case), self.export.format(case=case))


@dataclass(frozen=True, slots=True)
class DeskParts:
    """The use cases, the door and the look."""

    gate: Gate
    look: Look
    work: DeskWork
    claims: DeskClaims | None = None
    doors: Doors = Doors()

    @property
    def reading(self) -> DeskReading:
        """How cases are read."""
        return self.work.reading

    async def signed(self, request: Request) -> tuple[SignedIn, Worker]:
        """Who is at work: a counsellor or a supervisor. Raises what ``Gate.require`` raises."""
        signed = await self.gate.require(request, Role.COUNSELLOR, Role.SUPERVISOR)
        return signed, Worker(signed.member.id, signed.member.role is Role.SUPERVISOR, signed.desk)

    async def still(self, request: Request, worker: Worker) -> bool:
        """Whether the sign-in that a long stream began with still stands."""
        cookie = Cookie.parse(request.cookies.get(self.gate.jar.name, ""))
        signed = None if cookie is None else await self.gate.sign_ins.resume(cookie)
        return signed is not None and signed.member.active and signed.member.id == worker.id

    def times(self) -> Times:
        """The words for moments, at this one."""
        return Times(self.work.store.now(), self.look.messages())

    async def duty(self, me: int) -> DutyView:
        """Who is on duty now."""
        roster = await self.reading.board.roster.read()
        return duty_view(roster, self.work.store.now(), me, self.look.say("desk.you"))

    async def faults(self, messages: Mapping[str, str]) -> Sequence[DeskProblem]:
        """What nobody at the desk is able to look after, in words without a case."""
        return await release_problems(self.work.store, await self.reading.board.roster.read(), messages)

    async def notices(self, worker: Worker) -> Sequence[Notice]:
        """What of requests for addresses waits for them, or came of theirs."""
        return await notices(self.work.store, self.reading.board, worker)

    async def names(self, me: int) -> Mapping[int, str]:
        """What colleagues are called, those who left included."""
        members = await StaffRecords(self.work.store).members()
        return {member.id: member.display for member in members} | {me: self.look.say("desk.you")}


def case_number(request: Request) -> int:
    """The case that an address names. Raises RefusedError."""
    return _number(request.path_params["number"])


def queried(request: Request, name: str) -> int:
    """A number of the query, 0 where it is missing. Raises RefusedError."""
    return _number(request.query_params.get(name, "0"))


async def read_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form of our own page. Raises RefusedError."""
    try:
        require_own_page(request)
        body = await read_body(request)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="replace")
    except HTTPException as error:
        raise RefusedError(error.status_code) from None
    except ValueError:
        raise RefusedError(400) from None
    return dict(pairs)


def refused(error: DeskError) -> RefusedError | None:
    """What a case that is none for this person is answered with; None for what the page itself explains."""
    return RefusedError(404) if isinstance(error, NoSuchCaseError) else None


def whole(text: str) -> int:
    """A number of a form, -1 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST_NUMBER else -1


def _number(text: str) -> int:
    number = whole(text)
    if number < 0:
        raise RefusedError(404)
    return number
