"""What the pages of teaching are given, and how they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.core.content_types import Library
from bot.core.quiz_types import Band, Bank, QuestionType
from bot.staff.gate import Gate, RefusedError, SignedIn
from bot.staff.look import Look
from bot.storage.audit import AuditLog
from bot.storage.schools import SchoolClass
from bot.storage.staff import Role
from bot.storage.store import Store
from bot.storage.takings import Given, SealedTakings
from bot.teaching.classes import Classes
from bot.teaching.errors import TeachingError
from bot.teaching.own import LETTERS
from bot.teaching.own_words import law_name
from bot.teaching.pushes import PushWork
from bot.teaching.results import ClassResults
from bot.teaching.rooms import Rooms
from bot.teaching.shelf import Shelf, ShelfError
from bot.teaching.studio import Studio

HOME = "/staff/teach"
#: The greatest row number that both databases have.
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class TeachWith:
    """What the pages of teaching stand on.

    ``public_url``: in front of links that are handed on; empty: the address of the page itself. ``bot_name``: the
    name of our bot on Telegram, empty while there is none. ``chat_token``: makes a token by which a member links a
    chat of theirs; None where there is no Telegram.
    """

    store: Store
    audit: AuditLog
    library: Callable[[], Library]
    bank: Callable[[], Bank]
    classes: Classes
    pushes: PushWork
    results: ClassResults
    now: Callable[[], dt.datetime]
    studio: Studio = field(default_factory=Studio)
    public_url: str = ""
    bot_name: Callable[[], str] = field(default=lambda: "")
    chat_token: Callable[[int], Awaitable[str]] | None = None


@dataclass(frozen=True, slots=True)
class TeachParts:
    """The door, the look and the domain."""

    gate: Gate
    look: Look
    given: TeachWith

    @property
    def shelf(self) -> Shelf:
        """Quizzes and questions, the bank's and one's own."""
        return Shelf(self.given.store, self.given.bank)

    @property
    def rooms(self) -> Rooms:
        """Lessons in the classroom."""
        return Rooms(self.given.store, self.given.audit, self.given.classes, self.shelf)

    @property
    def zone(self) -> dt.tzinfo:
        """The time zone that people live in."""
        return self.given.now().tzinfo or dt.UTC

    async def teacher(self, request: Request) -> SignedIn:
        """A vice principal. Raises what ``Gate.require`` raises."""
        return await self.gate.require(request, Role.VICE_PRINCIPAL)

    async def supervisor(self, request: Request) -> SignedIn:
        """A supervisor. Raises what ``Gate.require`` raises."""
        return await self.gate.require(request, Role.SUPERVISOR)

    async def reader(self, request: Request) -> SignedIn:
        """Either of them. Raises what ``Gate.require`` raises."""
        return await self.gate.require(request, Role.VICE_PRINCIPAL, Role.SUPERVISOR)

    async def going(self, classes: Iterable[SchoolClass]) -> list[Given]:
        """What goes on in these classes now."""
        takings = SealedTakings(self.given.store)
        return [item for class_ in classes for item in await takings.open_in(class_.id)]

    def page(self, template: str, signed: SignedIn, request: Request, **values: Any) -> Response:
        """A page; what was done or is wrong stands at its top."""
        done = request.query_params.get("done", "")
        told = self.look.messages().get(f"teach_pages.done_{done}", "") if done else ""
        status = values.pop("status", 400 if values.get("problem") else 200)
        base = {
            "t": self.say,
            "told": told,
            "teaches": signed.member.role is Role.VICE_PRINCIPAL,
            "band": self.band,
            "band_place": lambda band: list(Band).index(Band(band)),
            "kind": lambda kind: self.own(f"type_{QuestionType(kind)}"),
            "law": lambda cite: law_name(self.given.library(), cite),
            "topic_title": self.topic_title,
            "letters": LETTERS,
            "when": self.when,
            "day": self.day,
        }
        return self.look.page(template, signed, status=status, **base, **values)

    def say(self, key: str, **values: object) -> str:
        """A sentence of these pages."""
        return self.look.say(f"teach_pages.{key}", **values)

    def own(self, key: str, **values: object) -> str:
        """A sentence about questions of one's own."""
        return self.look.say(f"teach_own.{key}", **values)

    def band(self, band: str) -> str:
        """An age band in words."""
        return self.own(f"band_{Band(band)}")

    def topic_title(self, topic: str) -> str:
        """What a topic is called; empty for none."""
        found = self.given.library().topics.get(topic)
        return found.title if found else ""

    def when(self, moment: dt.datetime | None) -> str:
        """A moment in words, in our zone."""
        if moment is None:
            return ""
        local = moment.astimezone(self.zone)
        return f"{self.day(moment)} {local:%H:%M}"

    def day(self, moment: dt.datetime) -> str:
        """The day of a moment in words, the year only where it is another."""
        local = moment.astimezone(self.zone)
        key = "day" if local.year == self.given.now().year else "day_year"
        weekday = self.look.say(f"roster.day_{local.weekday()}")
        return self.say(key, year=local.year, month=local.month, day=local.day, weekday=weekday)

    def refusal(self, error: TeachingError | ShelfError) -> str:
        """What was refused, in words."""
        if isinstance(error, ShelfError):
            return self.say(f"shelf_{error.reason}", **error.values)
        return self.look.say(error.key)

    def go(self, path: str, done: str = "") -> Response:
        """On to another page of ours."""
        mark = "&" if "?" in path else "?"
        return RedirectResponse(f"{HOME}{path}{mark}done={done}" if done else f"{HOME}{path}", 303)

    def full(self, request: Request, path: str) -> str:
        """A path as a link to hand on."""
        front = self.given.public_url or f"{request.url.scheme}://{request.url.netloc}"
        return front.rstrip("/") + path


def number_in(request: Request, name: str = "number") -> int:
    """A row that an address names. Raises RefusedError."""
    number: int = request.path_params[name]
    if number > LARGEST_NUMBER:
        raise RefusedError(404)
    return number


def number_of(text: str) -> int:
    """A row that a form or a query names; 0, which no row has, for anything else."""
    fits = text.isascii() and text.isdecimal() and len(text) < 19
    return int(text) if fits else 0


def chosen(form: Mapping[str, str], prefix: str) -> tuple[str, ...]:
    """The names of the boxes that were ticked, without their prefix."""
    return tuple(name.removeprefix(prefix) for name, value in form.items() if name.startswith(prefix) and value)
