"""What the pages of records are given, and how they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.desk.audit import AuditWitness
from bot.desk.export import CaseExport
from bot.desk.refusing import Refusals
from bot.desk.release import Releases
from bot.desk.release_types import RecordsError
from bot.desk.retention import LegalHolds
from bot.desk.worker import Worker
from bot.staff.gate import Gate, RefusedError, SignedIn
from bot.staff.look import Look
from bot.storage.audit import AuditLog
from bot.storage.staff import Role, StaffRecords
from bot.storage.store import Store

#: The greatest row number that both databases have.
LARGEST_NUMBER = 2**63 - 1
READERS = (Role.COUNSELLOR, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class RecordsParts:
    """The door, the look and the use cases."""

    gate: Gate
    look: Look
    store: Store
    audit: AuditLog
    witness: AuditWitness
    releases: Releases
    refusals: Refusals
    holds: LegalHolds
    exports: CaseExport
    now: Callable[[], dt.datetime]

    async def reader(self, request: Request) -> SignedIn:
        """Somebody who may open cases."""
        return await self.gate.require(request, *READERS)

    async def supervisor(self, request: Request) -> SignedIn:
        """A supervisor."""
        return await self.gate.require(request, Role.SUPERVISOR)

    async def page(self, template: str, signed: SignedIn, *, status: int = 200, **values: Any) -> Response:
        """A page, with what all of them need: names by staff id, and local times."""
        common = {"names": await self.names(), "at": self.at, "supervisor": signed.member.role is Role.SUPERVISOR}
        return self.look.page(template, signed, status=status, **{**common, **values})

    async def names(self) -> Mapping[str, str]:
        """What colleagues are called, by their id as text; the service and the console too."""
        members = await StaffRecords(self.store).members()
        messages = self.look.messages()
        return {
            "service": messages["records.actor_service"],
            "console": messages["records.actor_console"],
            **{member.holder: member.display for member in members},
        }

    def at(self, moment: dt.datetime | str) -> str:
        """A moment as people read it, in local time."""
        time = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return time.astimezone(self.now().tzinfo).strftime("%Y-%m-%d %H:%M:%S")

    def sentence(self, error: RecordsError) -> str:
        """What was refused, in words."""
        return self.look.say(error.key)

    def go(self, path: str) -> Response:
        """On to another page."""
        return RedirectResponse(path, 303)


def worker(signed: SignedIn) -> Worker:
    """A signed-in member as the use cases of the desk see them."""
    return Worker(signed.member.id, signed.member.role is Role.SUPERVISOR, signed.desk)


def number_in(request: Request, name: str) -> int:
    """A row's number in the address. Raises RefusedError for one that no database has."""
    number: int = request.path_params[name]
    if number > LARGEST_NUMBER:
        raise RefusedError(404)
    return number
