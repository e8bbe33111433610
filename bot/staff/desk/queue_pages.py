"""The queue: who waits, how long still, who has what, and who is on duty."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.desk.worker import Worker
from bot.staff.desk.parts import DeskParts, read_fields
from bot.staff.desk.views import cards, counted, urgent_first
from bot.staff.signed import SignedIn


class QueuePages:
    """The desk's first page, the list of what has ended, and the token that links a chat."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts, self._look = parts, parts.look

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/desk", self.queue, methods=["GET"]),
            Route("/desk/closed", self.closed, methods=["GET"]),
            Route("/desk/chat", self.chat, methods=["POST"]),
            Route("/desk/api/queue", self.queue_data, methods=["GET"]),
        ]

    async def queue(self, request: Request) -> Response:
        """The open cases that this person may see; ``gone``: a page of theirs has left one that is not for them now."""
        signed, worker = await self._parts.signed(request)
        gone = "gone" in request.query_params
        return self._look.page("desk_queue.html", signed, **await self._shown(worker), token="", gone=gone)

    async def chat(self, request: Request) -> Response:
        """A token that links a chat, shown once."""
        signed, worker = await self._parts.signed(request)
        await read_fields(request)
        claims = self._parts.claims
        token = "" if claims is None else await claims.new_token(worker.id)
        return self._look.page("desk_queue.html", signed, **await self._shown(worker), token=token, gone=False)

    async def closed(self, request: Request) -> Response:
        """The cases that ended last."""
        signed, worker = await self._parts.signed(request)
        rows = await self._parts.reading.closed(worker)
        names, times = await self._parts.names(worker.id), self._parts.times()
        found = cards(rows, worker.id, names, times)
        return self._look.page("desk_closed.html", signed, cards=found, times=times, problem="")

    async def queue_data(self, request: Request) -> Response:
        """The moving part of the queue, for the script."""
        signed, worker = await self._parts.signed(request)
        shown = await self._shown(worker)
        html = self._fragment("desk_list.html", signed, shown)
        return JSONResponse({"html": html, "title": shown["heading"], "waiting": shown["waiting"]})

    def _fragment(self, template: str, signed: SignedIn, values: dict[str, Any]) -> str:
        return bytes(self._look.page(template, signed, **values).body).decode()

    async def _shown(self, worker: Worker) -> dict[str, Any]:
        parts, times = self._parts, self._parts.times()
        rows = await parts.reading.queue(worker)
        found = cards(urgent_first(rows), worker.id, await parts.names(worker.id), times)
        waiting = counted(rows, worker.id)
        return {
            "groups": [
                ("waiting", [card for card in found if card.row.holder is None]),
                ("mine", [card for card in found if card.mine]),
                ("others", [card for card in found if card.row.holder is not None and not card.mine]),
            ],
            "duty": await parts.duty(worker.id),
            "faults": [problem.text for problem in await parts.faults(times.messages)],
            "late": sum(card.clock.look == "over" for card in found),
            "notices": await parts.notices(worker),
            "times": times,
            "waiting": waiting,
            "heading": title(times.messages, waiting),
            "linking": parts.claims is not None,
        }


def title(messages: Any, waiting: int) -> str:
    """The window's title: never more than how many wait."""
    return str(messages["desk.counted"].format(count=waiting) if waiting else messages["desk.none_waiting"])
