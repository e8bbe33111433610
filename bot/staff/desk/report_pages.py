"""The mandatory report: nine situations to tick, a draft that is kept sealed, and a page to print."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.desk.reading import CaseFile
from bot.desk.report import BESIDES, SITUATIONS, Reporter, ReportForm, draft, read_report, suggested
from bot.desk.worker import DeskError, Worker
from bot.staff.desk.again import Again
from bot.staff.desk.parts import DeskParts, case_number, queried, read_fields, refused
from bot.staff.desk.views import place, reports
from bot.staff.errors import StaffError
from bot.staff.gate import RefusedError, SignInNeededError
from bot.staff.signed import SignedIn
from bot.storage.case_rows import CaseRow


class ReportPages:
    """The checklist, and the drafts that were made with it."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts, self._look, self._again = parts, parts.look, Again(parts)

    def routes(self) -> list[Route]:
        """Where they are."""
        place = "/desk/case/{number}/report"
        return [
            Route(place, self.form, methods=["GET"]),
            Route(place, self.make, methods=["POST"]),
            Route(f"{place}/draft", self.again, methods=["POST"]),
            Route(f"{place}/print", self.paper, methods=["GET"]),
        ]

    async def form(self, request: Request) -> Response:
        """The checklist."""
        signed, worker = await self._parts.signed(request)
        row = await self._admitted(worker, case_number(request))
        return await self._form(signed, row, suggested(row.kind))

    async def make(self, request: Request) -> Response:
        """Make a draft of what was ticked and written, and keep it."""
        fields, number = await read_fields(request), case_number(request)
        try:
            signed, worker = await self._parts.signed(request)
        except SignInNeededError:
            return self._again.page(f"/desk/case/{number}/report/draft", fields)
        form, row = read_report(fields), await self._admitted(worker, number)
        if not form.situations:
            return await self._form(signed, row, form, "report.tick")
        by = Reporter(signed.member.display, self._look.options.operator, self._parts.work.store.now())
        try:
            made = await self._parts.work.report(worker, number, draft(form, row, by, self._look.messages()))
        except DeskError as error:
            none = refused(error)
            if none is not None:
                raise none from None
            return await self._form(signed, row, form, error.key)
        return RedirectResponse(f"/desk/case/{number}/report/print?note={made}", 303)

    async def again(self, request: Request) -> Response:
        """The checklist as it was filled in, where the sign-in had ended meanwhile."""
        fields, number = await read_fields(request), case_number(request)
        try:
            cookie = await self._again.enter(request, fields)
            signed, worker = await self._parts.signed(request)
        except (StaffError, SignInNeededError) as error:
            told = error if isinstance(error, StaffError) else None
            return self._again.page(f"/desk/case/{number}/report/draft", fields, told)
        row = await self._admitted(worker, number)
        return self._again.give(await self._form(signed, row, read_report(fields)), cookie)

    async def paper(self, request: Request) -> Response:
        """A draft, to be read and printed."""
        signed, worker = await self._parts.signed(request)
        number, note = case_number(request), queried(request, "note")
        file = await self._opened(worker, number)
        kept = {identity for identity, _ in reports(file.events, self._parts.times())}
        line = next((line for line in file.lines if line.id == note and str(note) in kept), None)
        if line is None:
            raise RefusedError(404)
        return self._look.page("desk_report_print.html", signed, row=file.row, line=line)

    async def _form(self, signed: SignedIn, row: CaseRow, form: ReportForm, problem: str = "") -> Response:
        values = {"row": row, "form": form, "situations": SITUATIONS, "besides": BESIDES}
        said = self._look.messages()[problem] if problem else ""
        events = await self._parts.reading.events(row.id)
        values |= {"place": place(events), "drafts": reports(events, self._parts.times())}
        return self._look.page("desk_report.html", signed, status=409 if problem else 200, problem=said, **values)

    async def _admitted(self, worker: Worker, number: int) -> CaseRow:
        try:
            return await self._parts.reading.admitted(worker, number)
        except DeskError as error:
            raise refused(error) or error from None

    async def _opened(self, worker: Worker, number: int) -> CaseFile:
        try:
            return await self._parts.reading.open(worker, number)
        except DeskError as error:
            raise refused(error) or error from None
