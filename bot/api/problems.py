"""What is wrong with a request, as RFC 9457 has it, in words of the messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ExceptionHandler

from bot.storage.errors import StorageError

log = structlog.get_logger(__name__)
TYPE = "application/problem+json"
#: Seconds after which it is worth another try.
LATER = {429: 60, 503: 10}


class ProblemError(Exception):
    """A request that is refused. ``key`` names the sentence that says why; ``parameter`` is the one that is wrong."""

    def __init__(self, status: int, key: str, parameter: str = "", **values: object) -> None:
        self.status, self.key, self.parameter, self.values = status, key, parameter, values
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Problems:
    """Answers requests that failed."""

    messages: Callable[[], Mapping[str, str]]

    def handlers(self) -> dict[type[Exception], ExceptionHandler]:
        """One for each kind of failure."""
        return {
            ProblemError: self.refused,
            HTTPException: self.unknown,
            StorageError: self.down,
            Exception: self.failed,
        }

    async def refused(self, _request: Request, error: Exception) -> Response:
        """The request was wrong."""
        if not isinstance(error, ProblemError):
            raise error
        return self._answer(error)

    async def unknown(self, _request: Request, error: Exception) -> Response:
        """There is no such address, or it is only read."""
        if not isinstance(error, HTTPException):
            raise error
        known = {404: "no_path", 405: "only_get"}
        response = self._answer(ProblemError(error.status_code, known.get(error.status_code, "failed")))
        response.headers.update(error.headers or {})
        return response

    async def down(self, _request: Request, error: Exception) -> Response:
        """The database does not answer."""
        log.error("api.storage_failed", error=type(error).__name__)
        return self._answer(ProblemError(503, "down"))

    async def failed(self, _request: Request, error: Exception) -> Response:
        """Nobody has thought of this."""
        log.error("api.failed", error=type(error).__name__)
        return self._answer(ProblemError(500, "failed"))

    def _answer(self, error: ProblemError) -> Response:
        messages, status = self.messages(), error.status
        body: dict[str, object] = {
            "type": "about:blank",
            "title": messages.get(f"outreach_api.title_{status}", str(status)),
            "status": status,
            "detail": messages[f"outreach_api.{error.key}"].format(**error.values),
        }
        if error.parameter:
            body["parameter"] = error.parameter
        headers = {"WWW-Authenticate": 'Bearer realm="faxiaohu"'} if status == 401 else {}
        if status in LATER:
            headers["Retry-After"] = str(LATER[status])
        return JSONResponse(body, status, headers=headers, media_type=TYPE)
