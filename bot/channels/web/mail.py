"""Brings letters to a page, and how its case stands: as a stream, when it asks, by a form; and hears what was read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.channels.web.chat import typed_body
from bot.channels.web.data import form_fields, json_object, letters_shown
from bot.channels.web.letter import Letter
from bot.channels.web.pages import Exchange, Pages
from bot.channels.web.post import FullError, Post, Stream
from bot.channels.web.standing import Standings
from bot.core.command import Verb
from bot.web.client import Network, client_address
from bot.web.intake import require_own_page

log = structlog.get_logger(__name__)

#: Seconds between two signs of life, so that no proxy takes the silence for an end.
HEARTBEAT = 15.0
#: Milliseconds after which a browser that lost the stream asks again.
AGAIN = 3000
STREAMED = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
#: Who is refused a stream holds no connection either.
REFUSED = {"Retry-After": "30", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Mail:
    """Letters over HTTP, each to the visitor whose talk it belongs to."""

    pages: Pages
    post: Post
    standings: Standings
    trusted: tuple[Network, ...]

    async def events(self, request: Request) -> Response:
        """A stream of letters; 204 for a browser that has no talk, 503 where too many are connected."""
        require_own_page(request)
        visitor = self.pages.visitors.of(request)
        if visitor.new:
            return Response(status_code=204)
        place = client_address(request, self.trusted)
        if self.post.full(visitor.key, place):
            return Response(status_code=503, headers=REFUSED)
        return StreamingResponse(self._told(visitor.key, place), media_type="text/event-stream", headers=STREAMED)

    async def received(self, request: Request) -> Response:
        """A page that is looked at has shown a letter: it is erased. Raises HTTPException 400 where it names none."""
        item = json_object(await typed_body(request, "application/json")).get("id")
        if type(item) is not int:
            raise HTTPException(400)
        await self.post.received(self.pages.visitors.of(request).key, item)
        return Response(status_code=204)

    async def news(self, request: Request) -> Response:
        """What waits for this visitor, for a page whose stream was refused."""
        require_own_page(request)
        letters = await self._waiting(request)
        visitor = self.pages.visitors.of(request)
        case = None if visitor.new else await self.standings.case(visitor.key)
        told: dict[str, object] = {"letters": [self._data(item, letter) for item, letter in letters.items()]}
        if case:
            told["case"] = self.standings.told(case)
        if asked := self.standings.asked(case):
            told["asked"] = asked
        return JSONResponse(told)

    async def form_news(self, request: Request) -> Response:
        """What waits for this visitor, as a page; what the form names as shown is erased first."""
        fields = form_fields(await typed_body(request, "application/x-www-form-urlencoded"))
        visitor = self.pages.visitors.of(request)
        for item in letters_shown(fields):
            await self.post.received(visitor.key, item)
        reader = await self.pages.reader(visitor.key)
        letters = await self._waiting(request)
        case = None if visitor.new else await self.standings.case(visitor.key)
        asked = "" if any(_asks(letter) for letter in letters.values()) else self.standings.asked(case)
        return self.pages.chat(Exchange(letters=letters, asked=asked), known=True, reader=reader)

    async def _waiting(self, request: Request) -> dict[int, Letter]:
        visitor = self.pages.visitors.of(request)
        return {} if visitor.new else await self.post.fetch(visitor.key)

    async def _told(self, address: str, place: str) -> AsyncIterator[str]:
        yield f"retry: {AGAIN}\n\n"
        try:
            async with self.post.connected(address, place) as stream:
                async for event in self._events(address, stream):
                    yield event
        except FullError:
            return
        except Exception as error:
            # The browser asks again; a trace may quote a letter.
            log.error("web.stream_failed", error=type(error).__name__)  # noqa: TRY400

    async def _events(self, address: str, stream: Stream) -> AsyncIterator[str]:
        clock, begins = "", True
        while not stream.closed:
            case = await self.standings.case(address)
            # Who looks at the page while it is asked gets the letter; here it is a page that was opened anew.
            if begins and (asked := self.standings.asked(case)):
                yield f"event: asked\ndata: {json.dumps(asked, ensure_ascii=False)}\n\n"
            begins = False
            stream.case = case.id if case else 0
            told = self.standings.told(case)
            now = told["clock"] if told else ""
            if now != clock:
                yield f"event: case\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
                clock = now
            found = await stream.next(HEARTBEAT)
            yield self._event(*found) if found else ": \n\n"

    def _event(self, item: int, letter: Letter) -> str:
        data = json.dumps(self._data(item, letter), ensure_ascii=False)
        # Without an id of the event: a browser would tell the last one on coming back, which says not that it was read.
        return f"data: {data}\n\n"

    def _data(self, item: int, letter: Letter) -> dict[str, object]:
        return {"id": item, "html": self.pages.letter(letter)}


def _asks(letter: Letter) -> bool:
    """Whether it asks if it is still the child."""
    return any(choice.command.startswith(Verb.HERE) for choice in letter.reply.choices)
