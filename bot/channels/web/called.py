"""Counts taps on the numbers of hotlines: which number, and nothing about who."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.web.data import json_object
from bot.web.client import Network, client_address
from bot.web.flood import Flood
from bot.web.intake import read_body, require_own_page

log = structlog.get_logger(__name__)

LARGEST = 256
#: Taps a minute from one address; a school's pupils may share one.
TAPS = 60


def called_route(
    known: Callable[[], Container[str]], count: Callable[[str], Awaitable[None]], trusted: tuple[Network, ...]
) -> Route:
    """Where the page's script tells of a tap. Only ``known`` numbers count, and nobody is ever told that it failed."""
    flood = Flood(TAPS)

    async def called(request: Request) -> Response:
        require_own_page(request)
        number = json_object(await read_body(request, LARGEST)).get("number")
        if isinstance(number, str) and number in known() and not flood.over(client_address(request, trusted)):
            try:
                await count(number)
            except Exception as error:
                log.error("web.tap_uncounted", error=type(error).__name__)  # noqa: TRY400  (the trace says no more)
        return Response(status_code=204)

    return Route("/api/called", called, methods=["POST"])
