"""``/staff/outreach/report``: the report to be handed in, as a document, a spreadsheet, data and on paper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.charts.process import DrawingError
from bot.outreach.data import as_csv, as_json
from bot.outreach.document import document
from bot.outreach.paper import Paper, on_paper, safe_text
from bot.outreach.sections import Board
from bot.outreach.workbook import workbook
from bot.staff.gate import RefusedError
from bot.staff.outreach.board_pages import BoardPages
from bot.staff.outreach.parts import HOME, Looked, OutreachPagesParts, Usual

HERE = f"{HOME}/report"
#: How each form is made, its type, and whether it has pictures in it.
FORMS: Mapping[str, tuple[Callable[[Paper], bytes], str, bool]] = {
    "docx": (document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", True),
    "xlsx": (workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", True),
    "csv": (as_csv, "text/csv; charset=utf-8", False),
    "json": (as_json, "application/json", False),
}
#: Entries that stand in a report one by one.
MOST_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class ReportPages:
    """Reports of the last month unless another period is chosen."""

    parts: OutreachPagesParts
    boards: BoardPages

    async def choose(self, request: Request) -> Response:
        """What there is to choose, and what the report says."""
        looked = await self.parts.looked(request, Usual.LAST_MONTH)
        return self.parts.page(
            "outreach_report.html",
            looked.signed,
            request,
            here="report",
            looked=looked,
            board=await self.parts.board(looked),
            filters={**self.boards.filters(looked), "lately": ""},
        )

    async def paper(self, request: Request) -> Response:
        """The report to be printed."""
        looked = await self.parts.looked(request, Usual.LAST_MONTH)
        paper = await self._paper(looked, await self.parts.board(looked))
        return self.parts.page(
            "outreach_print.html",
            looked.signed,
            request,
            here="report",
            looked=looked,
            paper=paper,
            alt=self.boards.alt(paper.board),
            on_paper=on_paper,
        )

    async def file(self, request: Request) -> Response:
        """The report as a file."""
        form = request.path_params["form"]
        if form not in FORMS:
            raise RefusedError(404)
        looked = await self.parts.looked(request, Usual.LAST_MONTH)
        make, kind, drawn = FORMS[form]
        board = await self.parts.board(looked)
        pictures = await self._pictures(board) if drawn else {}
        paper = await self._paper(looked, board, pictures)
        name, plain = f"{board.title}.{form}", f"outreach-{looked.choice.name}.{form}"
        return Response(await asyncio.to_thread(make, paper), media_type=kind, headers=_download(name, plain))

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route(HERE, self.choose, methods=["GET"]),
            Route(f"{HERE}/print", self.paper, methods=["GET"]),
            Route(f"{HERE}.{{form}}", self.file, methods=["GET"]),
        ]

    async def _paper(self, looked: Looked, board: Board, pictures: Mapping[str, bytes] | None = None) -> Paper:
        choice, given = looked.choice, self.parts.given
        scope = looked.place.entries
        entries = await given.work.listed(scope, choice.first, choice.last, limit=MOST_ENTRIES)
        operator = self.parts.look.options.operator
        return Paper(board, self.parts.words, entries, operator, given.now(), pictures or {})

    async def _pictures(self, board: Board) -> Mapping[str, bytes]:
        """The charts; none where they cannot be drawn: a report without them is better than none."""
        try:
            return await self.parts.given.easel.png(board.charts)
        except DrawingError:
            return {}


def _download(name: str, plain: str) -> dict[str, str]:
    """Headers of a file to be kept; ``plain`` for what does not understand Chinese names."""
    whole = quote(safe_text(name).replace("/", " ").replace("\\", " "), safe="")
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"}
