"""Asking for the address of a case, granting it, and looking at what was done in a hurry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.desk.reasons import reasons_of
from bot.desk.release_types import Identity, RecordsError
from bot.desk.worker import NoSuchCaseError
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.records.parts import RecordsParts, number_in, worker

#: So many of those who could grant a request, or review a release, are named to whoever cannot.
NAMED = 6


@dataclass(frozen=True, slots=True)
class ReleasePages:
    """The page of one case's address, and the list of releases."""

    parts: RecordsParts

    async def identity(self, request: Request) -> Response:
        """How the release of this case's address stands for whoever asks."""
        return await self._case(request, await self.parts.reader(request))

    async def act(self, request: Request) -> Response:
        """Ask, release at once, or look at what was released."""
        form, signed = await read_form(request), await self.parts.reader(request)
        by, case, releases = worker(signed), number_in(request, "case"), self.parts.releases
        try:
            if form["act"] == "ask":
                await releases.ask(by, case, form["reason"])
            elif form["act"] == "at_once":
                await releases.release_now(by, case, form["reason"])
            else:
                return await self._case(request, signed, shown=await releases.identity(by, case))
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError as error:
            return await self._case(request, signed, problem=self.parts.sentence(error), reason=form["reason"])
        return self.parts.go(f"/desk/case/{case}/identity")

    async def releases(self, request: Request) -> Response:
        """What waits for this person or any; for supervisors what was done in a hurry as well, and older ones."""
        return await self._list(request, await self.parts.reader(request))

    async def grant(self, request: Request) -> Response:
        """Grant what a colleague asked."""
        await read_form(request)
        signed = await self.parts.reader(request)
        try:
            await self.parts.releases.grant(worker(signed), number_in(request, "number"))
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError as error:
            return await self._list(request, signed, self.parts.sentence(error))
        return self.parts.go("/desk/releases?done=grant")

    async def refuse(self, request: Request) -> Response:
        """Refuse what a colleague asked, and say why."""
        form, signed = await read_form(request), await self.parts.reader(request)
        try:
            await self.parts.refusals.refuse(worker(signed), number_in(request, "number"), form["reason"])
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError as error:
            return await self._list(request, signed, self.parts.sentence(error))
        return self.parts.go("/desk/releases?done=refuse")

    async def review(self, request: Request) -> Response:
        """Say whether an urgent release was right."""
        form, signed = await read_form(request), await self.parts.reader(request)
        if form["found"] not in {"right", "wrong"}:
            raise RefusedError(400)
        right, number = form["found"] == "right", number_in(request, "number")
        try:
            await self.parts.releases.review(worker(signed), number, right=right)
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError as error:
            return await self._list(request, signed, self.parts.sentence(error))
        return self.parts.go("/desk/releases?done=review")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        one, release = "/desk/case/{case:int}/identity", "/desk/releases/{number:int}"
        return [
            Route(one, self.identity, methods=["GET"]),
            Route(one, self.act, methods=["POST"]),
            Route("/desk/releases", self.releases, methods=["GET"]),
            Route(f"{release}/grant", self.grant, methods=["POST"]),
            Route(f"{release}/refuse", self.refuse, methods=["POST"]),
            Route(f"{release}/review", self.review, methods=["POST"]),
        ]

    async def _case(
        self,
        request: Request,
        signed: SignedIn,
        *,
        shown: Identity | None = None,
        problem: str = "",
        reason: str = "",
    ) -> Response:
        by, case = worker(signed), number_in(request, "case")
        try:
            standing = await self.parts.releases.standing(by, case)
        except NoSuchCaseError:
            raise RefusedError(404) from None
        except RecordsError as error:
            return await self.parts.page("records_refused.html", signed, status=403, problem=self.parts.sentence(error))
        releases = self.parts.releases
        waiting = standing.theirs if standing.mine is None else (standing.mine, *standing.theirs)
        seconds, names = {row.id: await releases.seconds(row) for row in waiting}, await self.parts.names()
        mine = frozenset() if standing.mine is None else seconds[standing.mine.id]
        return await self.parts.page(
            "records_identity.html",
            signed,
            status=409 if problem else 200,
            case=case,
            standing=standing,
            theirs=await reasons_of(releases, by, standing.theirs),
            seconds=seconds,
            could=_named(mine, names),
            shown=shown,
            reason=reason,
            problem=problem,
        )

    async def _list(self, request: Request, signed: SignedIn, problem: str = "") -> Response:
        by, releases = worker(signed), self.parts.releases
        rows = await releases.listed(by)
        reviewers, names = {row.id: await releases.reviewers(row) for row in rows}, await self.parts.names()
        return await self.parts.page(
            "records_releases.html",
            signed,
            status=409 if problem else 200,
            rows=await reasons_of(releases, by, rows),
            reviewers=reviewers,
            could={number: _named(found, names) for number, found in reviewers.items()},
            seconds={row.id: await releases.seconds(row) for row in rows},
            releases=releases,
            done=request.query_params.get("done", ""),
            problem=problem,
        )


def _named(people: Iterable[int], names: Mapping[str, str]) -> str:
    return "、".join(names[str(person)] for person in sorted(people)[:NAMED])
