"""What the forms of a case do; each leads back to the case, or says why not and keeps what was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.desk.worker import DeskError, Worker
from bot.staff.desk.again import Again
from bot.staff.desk.case_pages import CasePages, Draft
from bot.staff.desk.parts import DeskParts, case_number, read_fields, refused, whole
from bot.staff.desk.views import canned
from bot.staff.errors import StaffError
from bot.staff.gate import SignInNeededError
from bot.staff.signed import SignedIn
from bot.storage.case_rows import CaseRow

Fields = Mapping[str, str]
#: What is said instead where the child is not reached by what was done; ``kept`` where nothing stands here.
_UNREACHED = {"closed": "closed_quietly"}


@dataclass(frozen=True, slots=True)
class Deed:
    """A form that was sent: by whom, for which case, with which fields."""

    signed: SignedIn
    worker: Worker
    number: int
    fields: Fields


class Deeds:
    """The forms of a case."""

    def __init__(self, parts: DeskParts, pages: CasePages) -> None:
        self._parts, self._pages, self._work = parts, pages, parts.work
        self._again = Again(parts)

    def routes(self) -> list[Route]:
        """Where they are sent."""
        deeds: dict[str, tuple[Callable[[Deed], Awaitable[bool | None]], str]] = {
            "claim": (self._claim, "claimed"),
            "take-over": (self._take_over, "claimed"),
            "answer": (self._answer, "sent"),
            "ask": (self._ask, "asked"),
            "ask-before": (self._ask_before, "asked"),
            "note": (self._note, "noted"),
            "transfer": (self._transfer, "transferred"),
            "give-back": (self._give_back, "given_back"),
            "close": (self._close, "closed"),
        }
        if not self._parts.doors.holding:
            deeds |= {"hold": (self._hold, "held"), "unhold": (self._unhold, "unheld")}
        sent = [
            Route(f"/desk/case/{{number}}/{name}", self._endpoint(do, done), methods=["POST"])
            for name, (do, done) in deeds.items()
        ]
        return [*sent, Route("/desk/case/{number}/draft", self.draft, methods=["POST"])]

    async def draft(self, request: Request) -> Response:
        """A reviewed reply is put into the answer that is being written, for browsers without scripts.

        What was typed comes here too where the sign-in had ended, with a new one.
        """
        fields = await read_fields(request)
        try:
            cookie = await self._again.enter(request, fields)
            deed = await self._deed(request, fields)
        except StaffError as error:
            return self._signed_out(request, fields, error)
        except SignInNeededError:
            return self._signed_out(request, fields)
        row = await self._admitted(deed)
        words = {item.key: item.text for item in canned(row.reader, self._parts.look.messages())}
        typed = deed.fields.get("text", "").strip()
        reply = "\n".join(filter(None, (typed, words.get(deed.fields.get("canned", ""), ""))))
        draft = self._kept(deed, "")
        done = "" if cookie is None else "again"
        draft = replace(draft, reply=reply)
        shown = await self._pages.show(deed.signed, deed.worker, deed.number, draft=draft, done=done)
        return self._again.give(shown, cookie)

    def _endpoint(
        self, do: Callable[[Deed], Awaitable[bool | None]], done: str
    ) -> Callable[[Request], Awaitable[Response]]:
        """What a form leads to; ``do`` gives False where the child is not reached by what it says to them."""

        async def endpoint(request: Request) -> Response:
            fields = await read_fields(request)
            scripted = request.headers.get("accept", "") == "application/json"
            try:
                deed = await self._deed(request, fields)
            except SignInNeededError:
                if scripted or not fields:
                    raise
                return self._signed_out(request, fields)
            try:
                told = _UNREACHED.get(done, "kept") if await do(deed) is False else done
            except DeskError as error:
                none = refused(error)
                if none is not None:
                    raise none from None
                said = self._parts.look.say(error.key)
                if scripted:
                    return JSONResponse({"error": said, "reason": error.reason}, 409)
                draft = self._kept(deed, said)
                return await self._pages.show(deed.signed, deed.worker, deed.number, draft=draft)
            if scripted:
                return JSONResponse({"done": told})
            return RedirectResponse(f"/desk/case/{deed.number}?done={told}", 303)

        return endpoint

    async def _deed(self, request: Request, fields: Fields) -> Deed:
        signed, worker = await self._parts.signed(request)
        return Deed(signed, worker, case_number(request), fields)

    def _signed_out(self, request: Request, fields: Fields, error: StaffError | None = None) -> Response:
        return self._again.page(f"/desk/case/{case_number(request)}/draft", fields, error)

    async def _admitted(self, deed: Deed) -> CaseRow:
        try:
            return await self._parts.reading.admitted(deed.worker, deed.number)
        except DeskError as error:
            raise refused(error) or error from None

    @staticmethod
    def _kept(deed: Deed, problem: str) -> Draft:
        """What was typed stays, under the name that it was to be sent by."""
        typed = (deed.fields.get(name, "") for name in ("text", "note", "outcome"))
        draft = Draft(problem, *typed)
        once = deed.fields.get("once", "")
        return replace(draft, once=once) if once else draft

    async def _claim(self, deed: Deed) -> None:
        await self._work.claim(deed.worker, deed.number)

    async def _take_over(self, deed: Deed) -> None:
        await self._work.take_over(deed.worker, deed.number)

    async def _answer(self, deed: Deed) -> bool:
        text, once = deed.fields.get("text", ""), deed.fields.get("once", "")
        return await self._work.answer(deed.worker, deed.number, text, once=once, seen=_seen(deed))

    async def _ask(self, deed: Deed, *, before: bool = False) -> bool:
        anyway = "anyway" in deed.fields
        return await self._work.ask_if_here(deed.worker, deed.number, seen=_seen(deed), anyway=anyway, before=before)

    async def _ask_before(self, deed: Deed) -> bool:
        return await self._ask(deed, before=True)

    async def _note(self, deed: Deed) -> None:
        await self._work.note(deed.worker, deed.number, deed.fields.get("note", ""))

    async def _transfer(self, deed: Deed) -> None:
        await self._work.transfer(deed.worker, deed.number, whole(deed.fields.get("to", "")))

    async def _give_back(self, deed: Deed) -> None:
        await self._work.give_back(deed.worker, deed.number)

    async def _close(self, deed: Deed) -> bool:
        seen = whole(deed.fields.get("seen", ""))
        return await self._work.close(deed.worker, deed.number, deed.fields.get("outcome", ""), seen=seen)

    async def _hold(self, deed: Deed) -> None:
        await self._work.hold(deed.worker, deed.number, held=True)

    async def _unhold(self, deed: Deed) -> None:
        await self._work.hold(deed.worker, deed.number, held=False)


def _seen(deed: Deed) -> int | None:
    return whole(deed.fields["seen"]) if "seen" in deed.fields else None
