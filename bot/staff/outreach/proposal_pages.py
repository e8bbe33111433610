"""``/staff/outreach/unanswered``: what had no answer, by topic, and in a click the change of content to review."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.counting import Family
from bot.outreach.errors import OutreachError
from bot.outreach.gathered import Gatherer
from bot.outreach.proposals import Proposals
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.outreach.board_pages import BoardPages
from bot.staff.outreach.parts import HOME, OutreachPagesParts
from bot.staff.parts import read_form
from bot.storage.audit import AuditLog
from bot.storage.staff import Role

HERE = f"{HOME}/unanswered"


@dataclass(frozen=True, slots=True)
class ProposalPages:
    """Supervisors edit; they see topics and published figures, never a word of what was asked."""

    parts: OutreachPagesParts
    boards: BoardPages
    proposals: Proposals
    audit: AuditLog

    async def listed(self, request: Request) -> Response:
        """The topics whose questions had no answer, and the changes that were made of them."""
        await self._editor(request)
        return await self._page(request)

    async def make(self, request: Request) -> Response:
        """Make a change of one of them; on to it."""
        form, signed = await read_form(request), await self._editor(request)
        try:
            made = await asyncio.to_thread(self._made, form.get("topic", ""), form.get("what", ""))
        except OutreachError as error:
            return await self._page(request, self.parts.refusal(error))
        async with self.parts.given.store.writing() as connection:
            await self.audit(connection, str(signed.member.id), "outreach.draft", None, made)
        return self.parts.go(f"/unanswered/{made}")

    async def one(self, request: Request) -> Response:
        """A change, as it would be made."""
        signed, text = await self._editor(request), await self._text(request)
        return self.parts.page(
            "outreach_proposal.html",
            signed,
            request,
            here="board",
            name=request.path_params["name"],
            lines=text.splitlines(),
        )

    async def file(self, request: Request) -> Response:
        """The same as a file."""
        await self._editor(request)
        kept = {"Content-Disposition": f'attachment; filename="{request.path_params["name"]}"'}
        return Response(await self._text(request), media_type="text/x-patch; charset=utf-8", headers=kept)

    async def drop(self, request: Request) -> Response:
        """Throw a change away."""
        await read_form(request)
        await self._editor(request)
        try:
            await asyncio.to_thread(self.proposals.drop, request.path_params["name"])
        except OutreachError:
            raise RefusedError(404) from None
        return self.parts.go("/unanswered", "dropped")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        one = f"{HERE}/{{name}}"
        return [
            Route(HERE, self.listed, methods=["GET"]),
            Route(HERE, self.make, methods=["POST"]),
            Route(one, self.one, methods=["GET"]),
            Route(f"{one}/file", self.file, methods=["GET"]),
            Route(f"{one}/drop", self.drop, methods=["POST"]),
        ]

    def _made(self, topic: str, what: str) -> str:
        if topic not in self.parts.given.library().topics:
            raise OutreachError("topic")
        today = self.parts.given.now().date()
        why = self.parts.say("proposal_why", day=today.isoformat(), topic=topic)
        if what == "new":
            return self.proposals.new(f"{topic}_draft", today, why)
        return self.proposals.more(topic, today, why)

    async def _editor(self, request: Request) -> SignedIn:
        return await self.parts.gate.require(request, Role.SUPERVISOR)

    async def _page(self, request: Request, problem: str = "") -> Response:
        looked = await self.parts.looked(request)
        choice, words = looked.choice, self.parts.words
        found = await Gatherer(self.parts.given.boards.figures).both(
            (Family.UNANSWERED,), choice.parts, choice.before, looked.place
        )
        topics, unanswered = self.parts.given.library().topics, found.now[Family.UNANSWERED]
        rows = [
            (topic, words.topic(topic), words.figure(figure), topic in topics) for topic, figure in unanswered.items()
        ]
        return self.parts.page(
            "outreach_unanswered.html",
            looked.signed,
            request,
            here="board",
            looked=looked,
            filters=self.boards.filters(looked),
            rows=rows,
            least=unanswered.least,
            empty=words.all_few(unanswered) if unanswered.told else words.untold("region", choice),
            made=await asyncio.to_thread(self.proposals.names),
            problem=problem,
        )

    async def _text(self, request: Request) -> str:
        try:
            return await asyncio.to_thread(self.proposals.read, request.path_params["name"])
        except OutreachError:
            raise RefusedError(404) from None
