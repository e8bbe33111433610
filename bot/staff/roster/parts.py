"""What the pages of the roster are given, and how they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.desk.news import Event, News
from bot.staff.gate import Gate, SignedIn
from bot.staff.look import Look
from bot.storage.audit import AuditLog
from bot.storage.roster import Note, SealedRoster
from bot.storage.staff import Role
from bot.storage.store import Store

READERS = (Role.COUNSELLOR, Role.SUPERVISOR)


class FilledWrongError(Exception):
    """A form that cannot be used; ``key`` names the sentence that says why."""

    def __init__(self, reason: str) -> None:
        self.key = f"roster.error_{reason}"
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class RosterParts:
    """The door, the look, the roster and who must hear of a change."""

    gate: Gate
    look: Look
    store: Store
    audit: AuditLog
    news: News
    now: Callable[[], dt.datetime]
    test: Callable[[int], Awaitable[bool]]
    telegram: bool

    @property
    def roster(self) -> SealedRoster:
        """The roster."""
        return SealedRoster(self.store)

    @property
    def zone(self) -> dt.tzinfo:
        """The time zone of the desk."""
        return self.now().tzinfo or dt.UTC

    async def reader(self, request: Request) -> SignedIn:
        """Somebody who may see the roster."""
        return await self.gate.require(request, *READERS)

    async def supervisor(self, request: Request) -> SignedIn:
        """Somebody who may change it."""
        return await self.gate.require(request, Role.SUPERVISOR)

    def changed(self, signed: SignedIn, action: str) -> Note:
        """What logs a change of who is on duty or how they are reached, in the transaction of the change."""

        async def note(connection: AsyncConnection, number: int) -> None:
            await self.audit(connection, signed.member.holder, action, detail=str(number))

        return note

    def tell(self) -> None:
        """Tell the clocks of a change."""
        self.news.publish(Event("duty"))

    def page(self, template: str, signed: SignedIn, request: Request, **values: Any) -> Response:
        """A page; what was done or is wrong stands at its top."""
        done = request.query_params.get("done", "")
        supervisor = signed.member.role is Role.SUPERVISOR
        told = self.look.messages().get(f"roster.done_{done}", "") if done else ""
        status = 400 if values.get("problem") else 200
        return self.look.page(template, signed, status=status, supervisor=supervisor, told=told, **values)

    def say(self, key: str, **values: object) -> str:
        """A sentence of these pages."""
        return self.look.say(f"roster.{key}", **values)

    def go(self, path: str) -> Response:
        """On to another page."""
        return RedirectResponse(path, 303)
