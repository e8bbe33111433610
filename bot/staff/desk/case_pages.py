"""One case: the talk both ways, what is known, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.desk.reading import CaseFile
from bot.desk.release_types import NAMELESS
from bot.desk.work import LONGEST_ANSWER, OUTCOMES
from bot.desk.worker import NoSuchCaseError, Worker
from bot.staff.desk import views
from bot.staff.desk.parts import DeskParts, case_number, queried
from bot.staff.desk.queue_pages import title
from bot.staff.gate import RefusedError
from bot.staff.signed import SignedIn

#: What a deed can have led to: shown once above the case.
DONE = frozenset(
    {
        "claimed",
        "sent",
        "asked",
        "noted",
        "transferred",
        "given_back",
        "closed",
        "closed_quietly",
        "held",
        "unheld",
        "kept",
    },
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form gave back: why it was refused, the words that were typed, and how the case was to end."""

    problem: str = ""
    reply: str = ""
    note: str = ""
    outcome: str = ""
    once: str = field(default_factory=lambda: uuid4().hex)


class CasePages:
    """The page of a case."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts, self._look = parts, parts.look

    def routes(self) -> list[Route]:
        """Where it is."""
        return [
            Route("/desk/case/{number}", self.case, methods=["GET"]),
            Route("/desk/api/case/{number}", self.live, methods=["GET"]),
        ]

    async def case(self, request: Request) -> Response:
        """All of a case."""
        signed, worker = await self._parts.signed(request)
        done = request.query_params.get("done", "")
        return await self.show(signed, worker, case_number(request), done=done if done in DONE else "")

    async def show(
        self, signed: SignedIn, worker: Worker, number: int, *, draft: Draft | None = None, done: str = ""
    ) -> Response:
        """The page, with what a form gave back. Raises RefusedError, StorageError."""
        file = await self._read(worker, number, 0)
        draft = draft or Draft()
        values = await self._values(worker, file) | {"draft": draft, "done": done}
        return self._look.page("desk_case.html", signed, status=409 if draft.problem else 200, **values)

    async def live(self, request: Request) -> Response:
        """What changed since a line, for the script: new lines, and the parts around them.

        ``heard``: something came of the child after the turns that were seen, be it a tap without a line.
        """
        signed, worker = await self._parts.signed(request)
        after = queried(request, "after")
        file = await self._read(worker, case_number(request), after)
        values = await self._values(worker, file) | {"draft": Draft(), "done": ""}
        shown: dict[str, object] = {
            name: bytes(self._look.page(f"desk_{name}.html", signed, **values).body).decode()
            for name in ("lines", "state", "facts", "act", "tools")
        }
        last = max((line.id for line in file.lines), default=after)
        heard = file.last_of_child > queried(request, "seen")
        return JSONResponse(
            shown
            | {"last": last, "seen": file.last_of_child, "heard": heard}
            | {"title": values["heading"], "version": values["can"].state}
        )

    async def _read(self, worker: Worker, number: int, after: int) -> CaseFile:
        try:
            return await self._parts.reading.open(worker, number, after)
        except NoSuchCaseError:
            raise RefusedError(404) from None

    async def _values(self, worker: Worker, file: CaseFile) -> dict[str, Any]:
        parts, times, row = self._parts, self._parts.times(), file.row
        names, duty = await parts.names(worker.id), await parts.duty(worker.id)
        messages = times.messages
        waiting = views.counted(await parts.reading.queue(worker), worker.id)
        return {
            "heading": title(messages, waiting),
            "file": file,
            "row": row,
            "clock": times.clock(row),
            "times": times,
            "marks": views.marks(row),
            "lines": [(line, views.who_says(line, row.reader, names, messages)) for line in file.lines],
            "last": max((line.id for line in file.lines), default=0),
            "can": views.standing(file, worker, times.now),
            "also": views.also(row, file.events),
            "place": views.place(file.events),
            "whose": views.whose(file.events),
            "unkept": any(event.what == "unkept" for event in file.events),
            "retracted": views.happened(file.events, "retracted"),
            "history": views.history(file.events, names, times),
            "reports": views.reports(file.events, times),
            "canned": views.canned(row.reader, messages),
            "names": names,
            "others": [person for person in file.colleagues if person.id not in (worker.id, row.holder)],
            "on_shift": duty.on_shift,
            "outcomes": OUTCOMES,
            "longest": LONGEST_ANSWER,
            "supervisor": worker.supervisor,
            "pushed": row.channel in parts.work.outward or row.synthetic,
            "notices": [notice for notice in await parts.notices(worker) if notice.case == row.id],
            "doors": parts.doors.of(row.id),
            "nameless": row.channel in NAMELESS,
        }
