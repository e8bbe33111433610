"""Renders the pages, and serves those that only read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from jinja2 import Environment
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from bot.channels.receipt import clock_line, spoken_time, way_to_code
from bot.channels.web.data import Sent, decision_data, new_names
from bot.channels.web.letter import Letter
from bot.channels.web.options import WebOptions
from bot.channels.web.visitor import Visitors
from bot.channels.web.wording import callable_numbers, lifetime, role_choices, sections, suggestions, way_back
from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.content_types import Library
from bot.core.decision import OUTCOMES, Choice, Decision, Notice, Reply
from bot.core.desk import Receipt
from bot.core.lessons import Board, Boards, NoBoards
from bot.core.returns import Returned
from bot.core.turn import LONGEST_QUESTION, LONGEST_READ

log = structlog.get_logger(__name__)

Status = Callable[[], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a page shows of a talk: the turn and its answer, letters that came by number, or a talk come back to.

    ``again``: the turn was not kept, and can be sent once more. ``asked``: the card of a question that waits for its
    answer.
    """

    decision: Decision | None = None
    said: str = ""
    again: Sent | None = None
    letters: Mapping[int, Letter] | None = None
    returned: Returned | None = None
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page of the web chat. ``now`` gives the local time of the service."""

    templates: Environment
    library: Callable[[], Library]
    options: WebOptions
    status: Status
    visitors: Visitors
    now: Callable[[], dt.datetime]
    boards: Boards = field(default_factory=NoBoards)

    async def home(self, request: Request) -> Response:
        """The chat, before anything was said, with what is new in the visitor's classes."""
        visitor = self.visitors.of(request)
        offers = () if visitor.new else await self._offers(visitor.key)
        reader = None if visitor.new else await self.reader(visitor.key)
        return self.chat(Exchange(), known=not visitor.new, offers=offers, reader=reader)

    async def start_over(self, _request: Request) -> Response:
        """The address of an exchange, opened anew: nothing of it is kept."""
        return RedirectResponse("/", 303)

    async def about(self, _request: Request) -> Response:
        """What this is, and what it is not."""
        return self._text("about")

    async def privacy(self, _request: Request) -> Response:
        """What is stored, for how long, and what the quick exit cannot hide."""
        return self._text("privacy")

    async def forget(self, _request: Request) -> Response:
        """Ask before deleting, for browsers without scripts."""
        return self._page("forget.html")

    async def health(self, _request: Request) -> Response:
        """Whether the service works, for whoever watches it: 200 or 503."""
        told = dict(await self.status())
        return JSONResponse(told, 200 if told.get("status") == "ok" else 503)

    async def robots(self, _request: Request) -> Response:
        """Nothing here is for search engines."""
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    def chat(
        self,
        exchange: Exchange,
        status: int = 200,
        *,
        known: bool = False,
        offers: Sequence[Choice] = (),
        reader: Audience | None = None,
    ) -> Response:
        """The chat with what is to be shown of it. ``known``: this visitor has a talk, so letters may come.

        ``reader``: as whom they joined a class, so that they are not asked who they are.
        """
        library = self.library()
        found = exchange.letters or {}
        shown = " ".join(map(str, found))
        letters = {number: Markup(self.letter(letter, shown)) for number, letter in found.items()}  # noqa: S704  (rendered with escaping)
        extra = {
            "roles": role_choices(library),
            "suggestions": suggestions(library, reader or Audience.STUDENT),
            "reader": reader,
            "said": exchange.said,
            "known": known,
            "offers": offers,
            "letters": letters,
            "looked": exchange.letters is not None,
            "returned": exchange.returned,
            "asked": Markup(exchange.asked),  # noqa: S704  (rendered with escaping)
            "wayback": way_back(library),
        }
        return self._page("chat.html", status, **extra, **self._shown(exchange.decision, exchange.again))

    def card(self, decision: Decision, status: int = 200, again: Sent | None = None) -> Response:
        """A decision as JSON, with the card that the page shows for it."""
        html = self.templates.get_template("card.html").render(self._base() | self._shown(decision, again))
        return JSONResponse({**decision_data(decision), "html": html}, status)

    def letter(self, letter: Letter, shown: str = "") -> str:
        """The card of something that came without having been asked for; ``shown``: the letters on its page."""
        values = {"reply": letter.reply, "kind": letter.kind, "at": letter.at, "again": None, "letters_shown": shown}
        template = "person.html" if letter.kind == "relayed" else "card.html"
        return self.templates.get_template(template).render(self._base() | values)

    def standing(self, receipt: Receipt) -> dict[str, str]:
        """The clock of a receipt as it stands now, and the line that shows it, with the way to the code."""
        base = self._base()
        shown = {"receipt": receipt, "choices": [way_to_code(self.library().messages)]}
        html = self.templates.get_template("standing.html").render(base | shown)
        return {"clock": base["clock"](receipt), "html": html}

    def question(self, case: int) -> str:
        """The card that asks, neutrally, whether it is still the child of this case."""
        m = self.library().messages
        button = Choice(m[f"buttons.{Verb.HERE}"], str(Command(Verb.HERE, str(case))))
        asked = Notice(Reply(m["support.checking"], choices=(button,)))
        return self.templates.get_template("card.html").render(self._base() | self._shown(asked, None))

    def back(self, text: str = "", status: int = 200) -> Response:
        """The page on which a code is typed."""
        return self._page("back.html", status, text=text)

    def code(self, text: str = "", status: int = 200) -> Response:
        """The page on which the code of a class is typed."""
        return self._page("code.html", status, text=text)

    def board(self, board: Board) -> Response:
        """The page of a class."""
        return self._page("class.html", board=board)

    def error(self, request: Request, status: int) -> Response:
        """A kind page, or JSON where a script asked; it tells what to do and never what broke."""
        key = f"web.error_{status}"
        messages = self.library().messages
        text = messages.get(key, messages["web.error_400"])
        if request.url.path.startswith("/api/"):
            return self.card(Notice(Reply(text)), status)
        return self._page("error.html", status, text=text)

    async def http_error(self, request: Request, error: Exception) -> Response:
        """Answers what was refused: 400, 403, 404, 405, 413, 415."""
        if not isinstance(error, HTTPException):
            raise error
        response = self.error(request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    async def reader(self, talk: str) -> Audience | None:
        """As whom the talk of this key joined its classes; None too where that cannot be read."""
        try:
            return await self.boards.reader(talk)
        except Exception as error:
            log.error("web.reader_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote rows)
            return None

    async def _offers(self, talk: str) -> Sequence[Choice]:
        try:
            return await self.boards.offers(talk)
        except Exception as error:
            log.error("web.offers_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote rows)
            return ()

    def _text(self, name: str) -> Response:
        messages = self.library().messages
        told = {
            "{lifetime}": lifetime(self.options.session_minutes, messages),
            "{case_days}": messages["web.case_days"].format(n=self.options.case_days),
        }
        text = messages[f"web.{name}"]
        for hole, words in told.items():
            text = text.replace(hole, words)
        return self._page("text.html", heading=messages[f"web.{name}_title"], sections=sections(text))

    def _page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.templates.get_template(template).render(self._base() | values), status)

    def _base(self) -> dict[str, Any]:
        library, now = self.library(), self.now()
        return {
            "m": library.messages,
            "operator": self.options.operator,
            "longest": LONGEST_QUESTION,
            "most": LONGEST_READ,
            "numbers": lambda text: callable_numbers(text, library),
            "clock": lambda receipt: clock_line(receipt, now, library.messages),
            "spoken": lambda moment: spoken_time(moment, now, library.messages),
            "new_name": new_names(),
        }

    @staticmethod
    def _shown(decision: Decision | None, again: Sent | None) -> dict[str, Any]:
        if decision is None:
            return {"reply": None, "kind": "", "again": None}
        return {"reply": decision.reply, "kind": OUTCOMES[type(decision)], "again": again}
