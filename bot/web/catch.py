"""The last net: what nobody caught is logged by its type alone and answered kindly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CatchAll:
    """Answers a failed request with ``failed``, inside the middleware that adds headers."""

    app: ASGIApp
    failed: Callable[[Request], Response]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request as ASGI does."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            log.error("web.request_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote the visitor)
            await self.failed(Request(scope))(scope, receive, send)
