"""Takes updates by webhook: answered 200 once they lie in the inbox."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.pace import Bell
from bot.channels.telegram.quiet import report
from bot.core.ports import Inbox

#: Where Telegram delivers; the secret is in a header, so that no log of addresses holds it.
PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LARGEST = 1_000_000
LARGEST_NUMBER = 2**63


class TooLargeError(Exception):
    """A body beyond the limit."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """The end that Telegram calls. ``not_stored`` is given what could not be stored, which Telegram will send again."""

    inbox: Inbox
    secret: str
    work: Bell
    not_stored: Callable[[bytes], Awaitable[object]]

    def route(self) -> Route:
        """The route to mount."""
        return Route(PATH, self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """Store an update: 200 stored, 400 no update, 403 wrong secret, 413 too large, 503 try again."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return Response(status_code=403)
        try:
            body = await _read(request)
            number = _number(body)
        except TooLargeError:
            return Response(status_code=413)
        except (ValueError, RecursionError, ClientDisconnect):
            return Response(status_code=400)
        try:
            await self.inbox.put(CHANNEL, number, body)
        except Exception as error:
            report("telegram.storing_failed", error)
            await self.not_stored(body)
            return Response(status_code=503)
        self.work.ring()
        return Response(status_code=200)


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise TooLargeError
    return bytes(body)


def _number(body: bytes) -> int:
    """The number of the update in a body. Raises ValueError."""
    data = json.loads(body)
    number = data.get("update_id") if isinstance(data, dict) else None
    if type(number) is not int or not 0 <= number < LARGEST_NUMBER:
        raise ValueError("not an update")
    return number
