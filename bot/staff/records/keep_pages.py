"""For supervisors: what will be erased soon, what the law keeps, and the sealed export of a case."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.desk.envelope import new_passphrase, normal_passphrase
from bot.desk.release_types import RecordsError
from bot.desk.retention import going
from bot.desk.worker import NoSuchCaseError
from bot.staff.errors import StaffError
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.records.parts import RecordsParts, number_in, worker
from bot.storage.case_rows import CaseRow
from bot.storage.erasure import CaseErasure
from bot.web.client import client_address, networks

DONE = ("held", "unheld")


@dataclass(frozen=True, slots=True)
class KeepPages:
    """Retention, legal holds and exports."""

    parts: RecordsParts

    async def retention(self, request: Request) -> Response:
        """What goes within the time of warning, and what is held."""
        signed = await self.parts.supervisor(request)
        by, done = worker(signed), request.query_params.get("done", "")
        periods = self.parts.holds.periods
        return await self.parts.page(
            "records_retention.html",
            signed,
            soon=[
                item
                for item in await going(self.parts.store, periods)
                if not item.case.held and await self.parts.releases.sees(by, item.case)
            ],
            held=[row for row in await CaseErasure(self.parts.store).held() if await self.parts.releases.sees(by, row)],
            periods=periods,
            done=done if done in DONE else "",
        )

    async def hold_form(self, request: Request) -> Response:
        """Whether the case is held, and the form to change that."""
        return await self._hold(request, await self.parts.supervisor(request))

    async def hold(self, request: Request) -> Response:
        """Set a hold, or lift it."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        held, reason = form["act"] == "hold", form["reason"]
        try:
            await self.parts.holds.decide(worker(signed), number_in(request, "case"), reason, held=held)
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError as error:
            return await self._hold(request, signed, problem=self.parts.sentence(error), reason=reason)
        return self.parts.go(f"/desk/retention?done={'held' if held else 'unheld'}")

    async def export_form(self, request: Request) -> Response:
        """A new passphrase, shown on this page alone, and the form to have the file."""
        return await self._export(request, await self.parts.supervisor(request), new_passphrase())

    async def export(self, request: Request) -> Response:
        """The sealed file, for whoever types their password once more."""
        form, signed = await read_form(request), await self.parts.supervisor(request)
        address = client_address(request, networks(self.parts.look.options.trusted_proxies))
        try:
            await self.parts.gate.sign_ins.confirm(signed, form["current"], address)
            made = await self.parts.exports.make(worker(signed), number_in(request, "case"), form["passphrase"])
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except (StaffError, RecordsError) as error:
            told = self.parts.look.sentence(error) if isinstance(error, StaffError) else self.parts.sentence(error)
            kept = form["passphrase"] if normal_passphrase(form["passphrase"]) else new_passphrase()
            return await self._export(request, signed, kept, told)
        headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return Response(made.data, media_type="application/octet-stream", headers=headers)

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        hold, export = "/desk/retention/{case:int}", "/desk/case/{case:int}/export"
        return [
            Route("/desk/retention", self.retention, methods=["GET"]),
            Route(hold, self.hold_form, methods=["GET"]),
            Route(hold, self.hold, methods=["POST"]),
            Route(export, self.export_form, methods=["GET"]),
            Route(export, self.export, methods=["POST"]),
        ]

    async def _hold(self, request: Request, signed: SignedIn, *, problem: str = "", reason: str = "") -> Response:
        row = await self._seen(request, signed)
        status = 409 if problem else 200
        return await self.parts.page(
            "records_hold.html", signed, status=status, row=row, reason=reason, problem=problem
        )

    async def _export(self, request: Request, signed: SignedIn, passphrase: str, problem: str = "") -> Response:
        by, case = worker(signed), number_in(request, "case")
        try:
            await self.parts.exports.may(by, case)
            standing = await self.parts.releases.standing(by, case)
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError as error:
            return await self.parts.page("records_refused.html", signed, status=403, problem=self.parts.sentence(error))
        status = 403 if problem else 200
        return await self.parts.page(
            "records_export.html",
            signed,
            status=status,
            case=case,
            passphrase=passphrase,
            standing=standing,
            problem=problem,
        )

    async def _seen(self, request: Request, signed: SignedIn) -> CaseRow:
        try:
            row = await self.parts.releases.eligible(worker(signed), number_in(request, "case"))
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError:
            raise RefusedError(403) from None
        if row.erased_at is not None:
            raise RefusedError(404)
        return row
