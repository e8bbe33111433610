"""Takes turns of the talk from forms and scripts, and ends talks."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web.data import turn_from_form, turn_from_json
from bot.channels.web.limits import Limits
from bot.channels.web.pages import Pages
from bot.channels.web.visitor import Visitor, Visitors
from bot.channels.web.wording import command_label, with_suggestions
from bot.core.decision import Decision, Notice, Reply, Support
from bot.core.message import Incoming
from bot.core.talk import Talk
from bot.web.intake import read_body, require_own_page

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chat:
    """The talk over HTTP."""

    talk: Talk
    pages: Pages
    visitors: Visitors
    limits: Limits

    async def form_turn(self, request: Request) -> Response:
        """A turn from a form: the whole page with the exchange."""
        incoming = turn_from_form(await _body(request, "application/x-www-form-urlencoded"))
        visitor, decision, status = await self._turn(request, incoming)
        said = incoming.text.strip() or command_label(incoming.command, self.pages.library())
        response = self.pages.chat(decision, said, status)
        self.visitors.remember(response, visitor)
        return response

    async def script_turn(self, request: Request) -> Response:
        """A turn from the page's script: JSON."""
        incoming = turn_from_json(await _body(request, "application/json"))
        visitor, decision, status = await self._turn(request, incoming)
        response = self.pages.card(decision, status)
        self.visitors.remember(response, visitor)
        return response

    async def script_forget(self, request: Request) -> Response:
        """Erase the talk, for the page's script and for a beacon sent on leaving."""
        require_own_page(request)
        response = Response(status_code=204)
        await self._forget(request, response)
        return response

    async def form_forget(self, request: Request) -> Response:
        """Erase the talk, for a form: the page says that it is done."""
        require_own_page(request)
        response = self.pages.chat(Notice(Reply(self.pages.library().messages["chat.deleted"])))
        await self._forget(request, response)
        return response

    async def leave(self, request: Request) -> Response:
        """Erase the talk and go to a harmless page. A link of another site carries no cookie, so erases nothing."""
        response = RedirectResponse(self.pages.library().messages["web.exit_url"], 303)
        await self._forget(request, response)
        return response

    async def _turn(self, request: Request, incoming: Incoming) -> tuple[Visitor, Decision, int]:
        visitor = self.visitors.of(request)
        flooding = self.limits.over(request, visitor)
        async with self.limits.locks.hold(visitor.key):
            decision, status = await self._decide(visitor, incoming)
        if flooding and status == 200 and not isinstance(decision, Support):
            decision, status = self._notice("chat.too_fast"), 429
        return visitor, with_suggestions(decision, incoming.command, self.pages.library()), status

    async def _decide(self, visitor: Visitor, incoming: Incoming) -> tuple[Decision, int]:
        try:
            return await self.talk.respond(visitor.key, incoming), 200
        except Exception as error:
            log.error("web.turn_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote the visitor)
            return self._notice("chat.failed"), 500

    def _notice(self, key: str) -> Notice:
        return Notice(Reply(self.pages.library().messages[key]))

    async def _forget(self, request: Request, response: Response) -> None:
        visitor = self.visitors.of(request)
        if visitor.new:
            return
        async with self.limits.locks.hold(visitor.key):
            await self.talk.forget(visitor.key)
        self.visitors.forget(response)


async def _body(request: Request, media_type: str) -> bytes:
    require_own_page(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        raise HTTPException(415)
    return await read_body(request)
