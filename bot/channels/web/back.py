"""Comes back to a talk by its code: the browser that has the code goes on with the talk."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.guesses import Guesses, is_whole_code
from bot.channels.web.chat import typed_body
from bot.channels.web.data import form_fields
from bot.channels.web.letter import CHANNEL
from bot.channels.web.pages import Exchange, Pages
from bot.channels.web.standing import Standings
from bot.core.message import Origin
from bot.core.returns import Returns
from bot.web.client import Network, client_address

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Back:
    """The page of the code, and what is done with it."""

    pages: Pages
    returns: Returns
    guesses: Guesses
    trusted: tuple[Network, ...]
    standings: Standings

    async def ask(self, _request: Request) -> Response:
        """The page on which the code is typed."""
        return self.pages.back()

    async def open(self, request: Request) -> Response:
        """The talk of a code. A wrong code and one that never was are answered alike."""
        fields = form_fields(await typed_body(request, "application/x-www-form-urlencoded"))
        code, place = fields.get("code", "").strip()[:100], client_address(request, self.trusted)
        if not is_whole_code(code):
            return self._refused("back_wrong" if code else "back_ask", 400)
        if not self.guesses.begin(place):
            return self._refused("back_too_many", 429)
        # Somebody else may have used this browser: the talk goes on under a number of its own.
        visitor = self.pages.visitors.fresh()
        try:
            returned = await self.returns.open(code, Origin(CHANNEL, visitor.key, visitor.key))
        except Exception as error:
            self.guesses.right(place)
            log.error("web.return_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote the code)
            return self._refused("back_failed", 500)
        if returned is None:
            return self._refused("back_wrong", 400)
        self.guesses.right(place)
        asked = self.standings.asked(await self.standings.case(visitor.key))
        response = self.pages.chat(Exchange(returned=returned, asked=asked), known=True)
        self.pages.visitors.remember(response, visitor)
        return response

    def _refused(self, key: str, status: int) -> Response:
        return self.pages.back(self.pages.library().messages[f"receipt.{key}"], status)
