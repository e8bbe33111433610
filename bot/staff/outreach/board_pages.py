"""``/staff/outreach``: the dashboard with its filters, and its charts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.charts.chart import Chart
from bot.charts.process import DrawingError
from bot.outreach.choices import LATELY, offered
from bot.outreach.periods import Grain
from bot.outreach.sections import Board
from bot.staff.gate import RefusedError
from bot.staff.outreach.parts import HOME, Looked, OutreachPagesParts
from bot.storage.staff import Role

#: Seconds for which a board is shown again to its charts, and how many boards are.
FRESH, KEPT = 60.0, 32
#: How long a browser may keep a chart: it is asked for on the page and on paper.
CACHED = "private, max-age=60"


@dataclass(frozen=True, slots=True)
class BoardPages:
    """What is counted and what was entered, for a place and a stretch of time."""

    parts: OutreachPagesParts
    _fresh: dict[tuple[int, str], tuple[float, Board]] = field(default_factory=dict)

    async def board(self, request: Request) -> Response:
        """The dashboard."""
        looked = await self.parts.looked(request)
        board = await self._board(looked, anew=True)
        return self.parts.page(
            "outreach_board.html",
            looked.signed,
            request,
            here="board",
            edits=self.parts.given.proposals is not None and looked.signed.member.role is Role.SUPERVISOR,
            board=board,
            alt=self.alt(board),
            filters=self.filters(looked),
            looked=looked,
        )

    async def chart(self, request: Request) -> Response:
        """One chart of a dashboard, as SVG."""
        looked = await self.parts.looked(request)
        board = await self._board(looked)
        name, dark = request.path_params["chart"], request.query_params.get("paper", "") == "dark"
        if name not in board.charts:
            raise RefusedError(404)
        try:
            drawn = await self.parts.given.easel.svg(board.charts, dark=dark)
        except DrawingError:
            raise RefusedError(503) from None
        return Response(drawn[name], media_type="image/svg+xml", headers={"Cache-Control": CACHED})

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route(HOME, self.board, methods=["GET"]),
            Route(f"{HOME}/chart/{{chart}}.svg", self.chart, methods=["GET"]),
        ]

    def alt(self, board: Board) -> dict[str, str]:
        """The charts in words, for those who do not see them."""
        titles = {section.name: section.title for section in board.sections}
        return {name: self._in_words(titles[name], chart) for name, chart in board.charts.items()}

    def filters(self, looked: Looked) -> dict[str, object]:
        """What may be chosen: periods and places by name, in groups."""
        words, say = self.parts.words, self.parts.say
        groups = {Grain.MONTH: "months", Grain.TERM: "terms", Grain.YEAR: "years"}
        periods = [
            (say(groups[grain]), [(part.name, words.period(part)) for part in parts])
            for grain, parts in offered(self.parts.given.now()).items()
        ]
        sight = looked.sight
        schools = [(f"school:{school.id}", school.name) for school in sight.schools]
        regions = () if sight.own or sight.region is not None else sight.regions
        places = [
            (say("regions"), [(f"region:{code}", words.region(code)) for code in regions]),
            (say("schools"), schools),
        ]
        first = say("all_own") if sight.own else words.place(sight.everything)
        return {
            "lately": "" if sight.own else LATELY,
            "periods": periods,
            "first": first,
            "places": [(name, choices) for name, choices in places if choices],
        }

    def _in_words(self, title: str, chart: Chart) -> str:
        words = self.parts.words
        rows = [words("chart_row", label=mark.label, text=mark.text) for mark in chart.marks if mark.value]
        return words("chart_alt", title=title, rows=words.listed(rows))

    async def _board(self, looked: Looked, *, anew: bool = False) -> Board:
        name, now = (looked.signed.member.id, looked.query), time.monotonic()
        kept = self._fresh.get(name)
        if kept is not None and not anew and now - kept[0] < FRESH:
            return kept[1]
        board = await self.parts.board(looked)
        self._fresh[name] = (now, board)
        while len(self._fresh) > KEPT:
            self._fresh.pop(next(iter(self._fresh)))
        return board
