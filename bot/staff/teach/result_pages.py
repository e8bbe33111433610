"""``/staff/teach/results``: what came of each push, on a page, on paper, as a table and as a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.gate import RefusedError, SignedIn
from bot.staff.teach.parts import TeachParts, number_in, number_of
from bot.staff.teach.result_views import View, view_of
from bot.teaching import charts
from bot.teaching.export import Export, safe_text
from bot.teaching.picture import Panel, Picture
from bot.teaching.result_words import told_to_class
from bot.teaching.results import ClassResults, NoResultsError, RunResult
from bot.teaching.studio import DrawingError, NoChineseFontError, Studio

HERE = "/staff/teach/results"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How long a browser may keep a chart: it is asked for on the page and on paper.
KEPT = "private, max-age=60"


@dataclass(frozen=True, slots=True)
class ResultPages:
    """Results in the schools of the vice principal who is signed in; of nobody else's."""

    parts: TeachParts
    results: ClassResults
    studio: Studio = field(default_factory=Studio)

    async def recent(self, request: Request) -> Response:
        """The last runs."""
        signed = await self.parts.teacher(request)
        runs = await self.results.recent(signed.member.id)
        return self._page("teach_results.html", signed, request, runs=runs)

    async def run(self, request: Request) -> Response:
        """A run, in one class or in all of them."""
        signed = await self.parts.teacher(request)
        view = await self._view(request, signed)
        return self._page("teach_result.html", signed, request, **self._values(view))

    async def paper(self, request: Request) -> Response:
        """The same, to be printed."""
        signed = await self.parts.teacher(request)
        view = await self._view(request, signed)
        printed = self.parts.when(self.parts.given.now())
        return self._page("teach_result_print.html", signed, request, **self._values(view), printed=printed)

    async def chart(self, request: Request) -> Response:
        """One chart, as SVG."""
        view = await self._view(request, await self.parts.teacher(request))
        panel = self._panels(view).get(request.path_params["chart"])
        if panel is None:
            raise RefusedError(404)
        try:
            drawn = await self.studio.svg(charts.alone(panel))
        except DrawingError:
            raise RefusedError(503) from None
        return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": KEPT})

    async def picture(self, request: Request) -> Response:
        """The whole as a picture to send on."""
        signed = await self.parts.teacher(request)
        view = await self._view(request, signed)
        picture = self._picture(view)
        try:
            drawn = None if picture is None else await self.studio.png(picture)
        except NoChineseFontError:
            return self._undrawn(signed, request, view, "no_font")
        except DrawingError:
            return self._undrawn(signed, request, view, "no_picture")
        if drawn is None:
            raise RefusedError(404)
        return Response(drawn, media_type="image/png", headers=_download(f"{view.title}.png", f"{view.run.id}.png"))

    async def table(self, request: Request) -> Response:
        """All classes as a spreadsheet."""
        signed = await self.parts.teacher(request)
        result = await self._result(request, signed)
        topics = {name: topic.title for name, topic in self.parts.given.library().topics.items()}
        export = Export(result, self._messages(), topics, self.parts.zone)
        body = await asyncio.to_thread(export.workbook)
        name = f"{self._messages()['teach_results.file_name']}-{result.run.title}.xlsx"
        return Response(body, media_type=XLSX, headers=_download(name, f"results-{result.run.id}.xlsx"))

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        run = f"{HERE}/{{number:int}}"
        return [
            Route(HERE, self.recent, methods=["GET"]),
            Route(run, self.run, methods=["GET"]),
            Route(f"{run}/print", self.paper, methods=["GET"]),
            Route(f"{run}/table.xlsx", self.table, methods=["GET"]),
            Route(f"{run}/picture.png", self.picture, methods=["GET"]),
            Route(f"{run}/{{chart}}.svg", self.chart, methods=["GET"]),
        ]

    def _page(self, template: str, signed: SignedIn, request: Request, **values: object) -> Response:
        return self.parts.page(template, signed, request, here="results", r=self._say, **values)

    def _values(self, view: View) -> dict[str, object]:
        messages, one = self._messages(), view.one
        told = "" if one is None else told_to_class(view.run.title, one.taught.name, one.figures, messages)
        panels = {name: charts.in_words(panel, messages) for name, panel in self._panels(view).items()}
        return {"view": view, "charts": panels, "class_message": told}

    def _undrawn(self, signed: SignedIn, request: Request, view: View, why: str) -> Response:
        values = {**self._values(view), "problem": self._say(why), "status": 503}
        return self._page("teach_result.html", signed, request, **values)

    def _panels(self, view: View) -> Mapping[str, Panel]:
        """The charts of a page that have anything in them, by the name in their address."""
        messages = self._messages()
        panels = {
            "right": charts.right_panel(view.figures, messages),
            "ideas": charts.ideas_panel(view.figures, messages),
        }
        if view.one is not None:
            panels["change"] = charts.change_panel(view.one, messages)
        return {name: panel for name, panel in panels.items() if panel.rows}

    def _picture(self, view: View) -> Picture | None:
        name = view.one.taught.name if view.one else self._say("all_classes")
        return charts.class_picture(view.run.title, name, view.figures, self._messages())

    async def _view(self, request: Request, signed: SignedIn) -> View:
        result = await self._result(request, signed)
        try:
            return view_of(result, number_of(request.query_params.get("class", "")), self._messages())
        except NoResultsError:
            raise RefusedError(404) from None

    async def _result(self, request: Request, signed: SignedIn) -> RunResult:
        try:
            return await self.results.of_run(signed.member.id, number_in(request))
        except NoResultsError:
            raise RefusedError(404) from None

    def _messages(self) -> Mapping[str, str]:
        return self.parts.look.messages()

    def _say(self, key: str, **values: object) -> str:
        return self.parts.look.say(f"teach_results.{key}", **values)


def _download(name: str, plain: str) -> dict[str, str]:
    """Headers of a file to be kept; ``plain`` for what does not understand Chinese names."""
    whole = quote(safe_text(name).replace("/", " ").replace("\\", " "), safe="")
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"}
