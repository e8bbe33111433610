"""What the pages of outreach are given, and how they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.charts.easel import Easel
from bot.core.content_types import Library
from bot.outreach.board import Boards
from bot.outreach.choices import LATELY, Choice, choice_of
from bot.outreach.entering import ActivityWork
from bot.outreach.errors import OutreachError
from bot.outreach.periods import Grain, period
from bot.outreach.proposals import Proposals
from bot.outreach.sections import Board, Words
from bot.outreach.sight import Place, Sight, sight_of
from bot.staff.gate import Gate, RefusedError, SignedIn
from bot.staff.look import Look
from bot.storage.staff import Role
from bot.storage.store import Store

HOME = "/staff/outreach"
ENTERERS = (Role.VICE_PRINCIPAL, Role.SUPERVISOR)
#: The greatest row number that both databases have.
LARGEST_NUMBER = 2**63 - 1


class Usual(Enum):
    """The period that is shown to who chose none."""

    LATELY = "lately"
    TERM = "term"
    LAST_MONTH = "last_month"

    def name_at(self, now: dt.datetime) -> str:
        """Its name at this local time."""
        if self is Usual.LATELY:
            return LATELY
        today = now.date()
        return (period(today, Grain.TERM) if self is Usual.TERM else period(today, Grain.MONTH).previous()).name


@dataclass(frozen=True, slots=True)
class OutreachWith:
    """What the pages of outreach stand on; without ``proposals`` nothing becomes a change of content."""

    store: Store
    boards: Boards
    work: ActivityWork
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]
    easel: Easel = field(default_factory=Easel)
    proposals: Proposals | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody looks at: who they are, what they may see, and what they chose."""

    signed: SignedIn
    sight: Sight
    place: Place
    choice: Choice

    @property
    def query(self) -> str:
        """The choice as it stands in an address."""
        return f"?period={self.choice.name}&place={self.place.name}"


@dataclass(frozen=True, slots=True)
class OutreachPagesParts:
    """The door, the look and the domain."""

    gate: Gate
    look: Look
    given: OutreachWith

    @property
    def words(self) -> Words:
        """Names and sentences of reports."""
        return Words(self.given.library())

    async def enterer(self, request: Request) -> SignedIn:
        """Somebody who may enter activities. Raises what ``Gate.require`` raises."""
        return await self.gate.require(request, *ENTERERS)

    async def looked(self, request: Request, usual: Usual | None = None) -> Looked:
        """What a page shows; ``usual`` is the period for who chose none. Raises what ``Gate.require`` raises too."""
        signed = await self.gate.require(request)
        regions = await self.given.boards.figures.regions()
        sight = await sight_of(self.given.store, signed.member, regions)
        place = sight.place(request.query_params.get("place", ""))
        now = self.given.now()
        usual = usual or (Usual.TERM if sight.own else Usual.LATELY)
        name = request.query_params.get("period", "") or usual.name_at(now)
        choice = choice_of(name, now)
        if place is None or choice is None:
            raise RefusedError(404)
        return Looked(signed, sight, place, choice)

    async def board(self, looked: Looked) -> Board:
        """All that may be told of what somebody looks at."""
        return await self.given.boards.board(looked.sight, looked.place, looked.choice)

    def page(self, template: str, signed: SignedIn, request: Request, **values: Any) -> Response:
        """A page; what was done or is wrong stands at its top."""
        done = request.query_params.get("done", "")
        told = self.look.messages().get(f"outreach_pages.done_{done}", "") if done else ""
        status = values.pop("status", 400 if values.get("problem") else 200)
        enters = signed.member.role in ENTERERS
        base = {"t": self.say, "w": self.words, "told": told, "enters": enters, "day": self.day, "when": self.when}
        return self.look.page(template, signed, status=status, **base, **values)

    def say(self, key: str, **values: object) -> str:
        """A sentence of these pages."""
        return self.look.say(f"outreach_pages.{key}", **values)

    def refusal(self, error: OutreachError) -> str:
        """What was refused, in words."""
        return self.look.say(error.key)

    def day(self, day: dt.date) -> str:
        """A day in words, the year only where it is another."""
        key = "day_short" if day.year == self.given.now().year else "day_year"
        return self.say(key, year=day.year, month=day.month, day=day.day)

    def when(self, moment: dt.datetime) -> str:
        """A moment in words, in our zone."""
        local = moment.astimezone(self.given.now().tzinfo)
        return f"{self.day(local.date())} {local:%H:%M}"

    def go(self, path: str, done: str = "") -> Response:
        """On to another page of ours."""
        mark = "&" if "?" in path else "?"
        return RedirectResponse(f"{HOME}{path}{mark}done={done}" if done else f"{HOME}{path}", 303)


def number_in(request: Request) -> int:
    """A row that an address names. Raises RefusedError."""
    number: int = request.path_params["number"]
    if number > LARGEST_NUMBER:
        raise RefusedError(404)
    return number
