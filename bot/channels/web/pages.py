"""Renders the pages, and serves those that only read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from bot.channels.web.data import decision_data
from bot.channels.web.options import WebOptions
from bot.channels.web.wording import callable_numbers, lifetime, role_choices, sections, suggestions
from bot.core.audience import Audience
from bot.core.content_types import Library
from bot.core.decision import OUTCOMES, Decision, Notice, Reply
from bot.core.dialogue import LONGEST_QUESTION

Status = Callable[[], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page of the web chat."""

    templates: Environment
    library: Callable[[], Library]
    options: WebOptions
    status: Status

    async def home(self, _request: Request) -> Response:
        """The chat, before anything was said."""
        return self.chat(None)

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

    def chat(self, decision: Decision | None, said: str = "", status: int = 200) -> Response:
        """The chat with one exchange in it."""
        library = self.library()
        extra = {"roles": role_choices(library), "suggestions": suggestions(library, Audience.STUDENT), "said": said}
        return self._page("chat.html", status, **extra, **self._shown(decision))

    def card(self, decision: Decision, status: int = 200) -> Response:
        """A decision as JSON, with the card that the page shows for it."""
        html = self.templates.get_template("card.html").render(self._base() | self._shown(decision))
        return JSONResponse({**decision_data(decision), "html": html}, status)

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

    def _text(self, name: str) -> Response:
        messages = self.library().messages
        text = messages[f"web.{name}"].replace("{lifetime}", lifetime(self.options.session_minutes, messages))
        return self._page("text.html", heading=messages[f"web.{name}_title"], sections=sections(text))

    def _page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.templates.get_template(template).render(self._base() | values), status)

    def _base(self) -> dict[str, Any]:
        library = self.library()
        return {
            "m": library.messages,
            "operator": self.options.operator,
            "longest": LONGEST_QUESTION,
            "numbers": lambda text: callable_numbers(text, library),
        }

    @staticmethod
    def _shown(decision: Decision | None) -> dict[str, Any]:
        if decision is None:
            return {"reply": None, "kind": ""}
        return {"reply": decision.reply, "kind": OUTCOMES[type(decision)]}
