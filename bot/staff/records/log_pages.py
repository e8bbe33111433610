"""The audit log for supervisors: newest first, of one case or of all."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.desk.audit import SHOWN
from bot.staff.gate import SignedIn
from bot.staff.parts import read_form
from bot.staff.records.details import in_words
from bot.staff.records.parts import RecordsParts
from bot.storage.audit import Verdict

PAGE = 100
#: Longer numbers are those of no line, and of no row that a database has.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class LogPages:
    """Reads the log, and checks it on request."""

    parts: RecordsParts

    async def log(self, request: Request) -> Response:
        """The newest lines, or from before one of them on."""
        return await self._shown(request, await self.parts.supervisor(request))

    async def verify(self, request: Request) -> Response:
        """Read the whole log and say whether it fits."""
        await read_form(request)
        signed = await self.parts.supervisor(request)
        return await self._shown(request, signed, await self.parts.witness.verify())

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route("/desk/log", self.log, methods=["GET"]),
            Route("/desk/log", self.verify, methods=["POST"]),
        ]

    async def _shown(self, request: Request, signed: SignedIn, verdict: Verdict | None = None) -> Response:
        case, before = _number(request, "case"), _number(request, "before")
        lines = await self.parts.audit.lines(case, before=before, limit=PAGE)
        older = lines[-1].seq if len(lines) == PAGE else None
        return await self.parts.page(
            "records_log.html",
            signed,
            lines=lines,
            case=case,
            older=older,
            verdict=verdict,
            witnessed=self.parts.witness.known() is not None,
            shown=SHOWN,
            in_words=in_words,
        )


def _number(request: Request, name: str) -> int | None:
    typed = request.query_params.get(name, "").strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < _DIGITS else None
