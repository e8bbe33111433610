"""Live news for the pages of the desk, each only to who may see the case that it is of."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.desk.news import Event, News
from bot.desk.worker import NoSuchCaseError, Worker
from bot.staff.desk.parts import DeskParts
from bot.storage.errors import StorageError

#: Told when the service goes down: streams end, so that the server need not wait for them.
OVER = "over"
#: Told to whoever may not see a case any more: their page looks anew, and is not told why.
LOOK = "look"
#: Seconds between signs of life; with each it is looked whether the sign-in still stands.
BEAT = 15.0


class DeskEvents:
    """The stream of events: what happened, to which case; never a word of what was said."""

    def __init__(self, parts: DeskParts, news: News, beat: float = BEAT) -> None:
        self._parts, self._news, self._beat = parts, news, beat

    def routes(self) -> list[Route]:
        """Where it is."""
        return [Route("/desk/api/events", self.events, methods=["GET"])]

    async def events(self, request: Request) -> Response:
        """The stream, until the page is closed or the sign-in ends."""
        _, worker = await self._parts.signed(request)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(request, worker), media_type="text/event-stream", headers=headers)

    async def _stream(self, request: Request, worker: Worker) -> AsyncIterator[str]:
        async with self._news.listening() as told:
            seen = await self._seen(worker)
            # A browser says that the stream is open only once something came.
            yield "retry: 3000\n\n" + _sent("hello", None)
            while True:
                try:
                    event = await asyncio.wait_for(told.get(), self._beat)
                except TimeoutError:
                    if not await self._still(request, worker):
                        return
                    yield _sent("beat", None)
                    continue
                if event.what == OVER:
                    return
                if await self._may_hear(worker, event):
                    seen.update(() if event.case is None else (event.case,))
                    yield _sent(event.what, event.case)
                elif event.case in seen:
                    # Once: of what goes on in it afterwards they hear nothing, not even that something does.
                    seen.discard(event.case)
                    yield _sent(LOOK, None)

    async def _seen(self, worker: Worker) -> set[int]:
        """The cases that a page of theirs may show."""
        try:
            return {row.id for row in await self._parts.reading.queue(worker)}
        except StorageError:
            return set()

    async def _still(self, request: Request, worker: Worker) -> bool:
        try:
            return await self._parts.still(request, worker)
        except StorageError:
            return False

    async def _may_hear(self, worker: Worker, event: Event) -> bool:
        if event.case is None:
            return True
        try:
            await self._parts.reading.admitted(worker, event.case)
        except (NoSuchCaseError, StorageError):
            return False
        return True


def _sent(what: str, case: int | None) -> str:
    return f"data: {json.dumps({'what': what, 'case': case})}\n\n"
