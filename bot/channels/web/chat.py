"""Takes turns of the talk from forms and scripts, and ends talks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.guesses import is_whole_code
from bot.channels.receipt import with_way_to_code
from bot.channels.unkept import SteadyTalk, unkept
from bot.channels.web.data import Sent, form_fields, letters_shown, turn_from_form, turn_from_json
from bot.channels.web.leaving import Leaving
from bot.channels.web.limits import Limits
from bot.channels.web.pages import Exchange, Pages
from bot.channels.web.post import Post
from bot.channels.web.repeats import Repeats
from bot.channels.web.visitor import Visitor
from bot.channels.web.wording import command_label, with_suggestions
from bot.core.decision import Decision, Notice, Relayed, Reply, Support
from bot.core.message import Incoming
from bot.web.intake import read_body, require_own_page

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turned:
    """What became of a turn; ``kept`` is false where it could not be stored."""

    visitor: Visitor
    decision: Decision
    status: int
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Chat:
    """The talk over HTTP."""

    talk: SteadyTalk
    pages: Pages
    limits: Limits
    post: Post
    leaving: Leaving
    repeats: Repeats = field(default_factory=Repeats)

    async def form_turn(self, request: Request) -> Response:
        """A turn from a form: the whole page with the exchange."""
        body = await typed_body(request, "application/x-www-form-urlencoded")
        sent = turn_from_form(body)
        turned = await self._turn(request, sent)
        await self._read(turned.visitor, letters_shown(form_fields(body)))
        said = sent.text.strip() or command_label(sent.command, self.pages.library())
        exchange = Exchange(turned.decision, said, None if turned.kept else sent)
        reader = await self.pages.reader(turned.visitor.key)
        response = self.pages.chat(exchange, turned.status, known=True, reader=reader)
        self.pages.visitors.remember(response, turned.visitor)
        return response

    async def script_turn(self, request: Request) -> Response:
        """A turn from the page's script: JSON."""
        sent = turn_from_json(await typed_body(request, "application/json"))
        turned = await self._turn(request, sent)
        # Where the turn failed altogether the script itself offers to send it again.
        again = sent if not turned.kept and turned.status == 200 else None
        response = self.pages.card(turned.decision, turned.status, again)
        self.pages.visitors.remember(response, turned.visitor)
        return response

    async def script_forget(self, request: Request) -> Response:
        """Delete the talk, for the page's script."""
        require_own_page(request)
        response = Response(status_code=204)
        if await self._forget(request):
            self.pages.visitors.forget(response)
        return response

    async def script_leave(self, request: Request) -> Response:
        """Erase what is remembered, for the quick exit and its beacon: whoever leaves in haste deletes nothing more."""
        require_own_page(request)
        response = Response(status_code=204)
        await self._leave(request, response)
        return response

    async def form_forget(self, request: Request) -> Response:
        """Delete the talk, for a form: the page says what was done."""
        require_own_page(request)
        found = await self._forget(request)
        said = self._say("receipt.deleted" if found else "web.nothing_to_delete")
        response = self.pages.chat(Exchange(Notice(Reply(said))))
        if found:
            self.pages.visitors.forget(response)
        return response

    async def leave(self, request: Request) -> Response:
        """Erase the talk and go to a harmless page. A link of another site carries no cookie, so erases nothing."""
        response = RedirectResponse(self._say("web.exit_url"), 303)
        await self._leave(request, response)
        return response

    async def _turn(self, request: Request, sent: Sent) -> Turned:
        visitor = self.pages.visitors.of(request, sent.page)
        flooding = self.limits.over(request, visitor)
        if not sent.command and is_whole_code(sent.text):
            # Whoever holds a code can read the talk: it is opened on its own page, and stands in no case.
            return Turned(visitor, Notice(Reply(self._say("receipt.back_typed"))), 200)
        async with self.limits.locks.hold(visitor.key):
            delivery = self.repeats.delivery(visitor.key, sent, answered=self.post.waits(visitor.key))
            turned = await self._decide(visitor, sent.incoming(visitor, delivery, self.limits.crowd(request)))
        if turned.decision.reply.receipt is not None and turned.decision.reply.receipt.code:
            self.limits.opened(request)
        self.post.stir(visitor.key)
        decision = turned.decision
        if flooding and turned.kept and not _must_be_said(decision):
            return Turned(visitor, Notice(Reply(self._say("chat.too_fast"))), 429)
        library = self.pages.library()
        decision = with_way_to_code(with_suggestions(decision, sent.command, library), library.messages)
        return Turned(visitor, decision, turned.status, turned.kept)

    async def _read(self, visitor: Visitor, letters: Sequence[int]) -> None:
        """Whoever answers on a page has seen the letters on it; where that cannot be kept they come once more."""
        try:
            for item in letters:
                await self.post.received(visitor.key, item)
        except Exception as error:
            log.error("web.read_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote rows)

    async def _decide(self, visitor: Visitor, incoming: Incoming) -> Turned:
        try:
            return Turned(visitor, await self.talk.respond(visitor.key, incoming), 200)
        except Exception as error:
            log.error("web.turn_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote the visitor)
        try:
            decision = unkept(self.talk, incoming, self.pages.library().messages)
        except Exception as error:
            log.error("web.turn_failed", error=type(error).__name__)  # noqa: TRY400  (as above)
            decision = None
        if decision is not None:
            return Turned(visitor, decision, 200, kept=False)
        return Turned(visitor, Notice(Reply(self._say("chat.failed"))), 500, kept=False)

    def _say(self, key: str) -> str:
        return self.pages.library().messages[key]

    async def _leave(self, request: Request, response: Response) -> None:
        visitors = self.pages.visitors
        async for visitor in self._gone(request):
            visitors.forget(response)
            visitors.begun.drop(visitor.id)
            await self.leaving.leave(visitor.key)

    async def _forget(self, request: Request) -> bool:
        """Delete; says whether there was a talk. Where it fails cookie and number stay: one can ask once more."""
        found = False
        async for visitor in self._gone(request):
            await self.leaving.forget(visitor.key, asked=True)
            self.pages.visitors.begun.drop(visitor.id)
            found = True
        return found

    async def _gone(self, request: Request) -> AsyncIterator[Visitor]:
        """Whose talks end: the cookie's, before more is read of whoever is leaving; then that of the page's number."""
        visitor = self.pages.visitors.of(request)
        if not visitor.new:
            yield visitor
        begun = self.pages.visitors.begun_by(form_fields(await read_body(request)).get("page", ""))
        if begun is not None:
            yield begun


def _must_be_said(decision: Decision) -> bool:
    """What no limit on speed may hide: help, that a person has the words, and a code that is told once."""
    return isinstance(decision, Support | Relayed) or decision.reply.receipt is not None


async def typed_body(request: Request, media_type: str) -> bytes:
    """The body of a request of this site's own pages. Raises HTTPException 403, 413 or 415."""
    require_own_page(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        raise HTTPException(415)
    return await read_body(request)
