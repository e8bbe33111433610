"""``/staff/teach/pushes``: quizzes, notices and topics for one's classes, looked at before they go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import TeachParts, number_in
from bot.staff.teach.push_forms import PushFormError, blank, draft_in, kind_of, typed
from bot.staff.teach.push_views import PushViews
from bot.storage.push_types import Push, PushDraft, PushKind
from bot.storage.staff import Role
from bot.teaching.errors import TeachingError
from bot.teaching.push_check import PushError

HERE = "/staff/teach/pushes"
#: Bytes and fields of a form with the longest notice, percent-encoded, and a number for each class, ticked or not.
LARGEST, FIELDS = 64 * 1024, 2000


@dataclass(frozen=True, slots=True)
class PushPages:
    """Vice principals push; where two people are asked for, a colleague or a supervisor approves."""

    parts: TeachParts

    @property
    def views(self) -> PushViews:
        """What the pages show."""
        return PushViews(self.parts)

    async def all(self, request: Request) -> Response:
        """One's own pushes, and what waits for one's approval."""
        signed = await self.parts.reader(request)
        work = self.parts.given.pushes
        mine = await work.mine(signed.member) if signed.member.role is Role.VICE_PRINCIPAL else []
        groups = {
            "going": [item for item in mine if not item.state.over],
            "over": [item for item in mine if item.state.over and item.readers][:30],
        }
        return self.parts.page(
            "teach_pushes.html",
            signed,
            request,
            here="pushes",
            groups=groups,
            rooms=[item for item in mine if not item.readers][:10],
            asked=await work.to_approve(signed.member),
            names=await self.views.names(signed),
        )

    async def new(self, request: Request) -> Response:
        """What is to be pushed, then the form for it."""
        signed = await self.parts.teacher(request)
        query = request.query_params
        if "kind" not in query:
            return self.parts.page(
                "teach_push_kind.html", signed, request, here="pushes", kinds=PushKind, class_=query.get("class", "")
            )
        try:
            kind = kind_of(query["kind"])
        except TeachingError:
            raise RefusedError(404) from None
        given = blank(kind, query.get("subject", ""), query.get("class", ""))
        return await self.views.form(request, signed, given)

    async def add(self, request: Request) -> Response:
        """Show what would go out, and send it once it was looked at."""
        form = await read_form(request, largest=LARGEST, most=FIELDS)
        signed = await self.parts.teacher(request)
        if form["do"] == "back":
            return await self.views.form(request, signed, form)
        try:
            draft = await self._draft(signed, form)
            if form["do"] not in ("send", "draft"):
                return await self.views.look(request, signed, form, draft)
            push = await self.parts.given.pushes.make(signed.member, draft, send=form["do"] == "send")
        except TeachingError as error:
            return await self.views.form(request, signed, form, wrong=self._wrong(error))
        return self.parts.go(f"/pushes/{push.id}", f"push_{push.state}")

    async def edit(self, request: Request) -> Response:
        """A push that never went out, to change it."""
        signed = await self.parts.teacher(request)
        push = await self._push(request, signed)
        return await self.views.form(request, signed, typed(push, self.parts.given.now()), push=push)

    async def change(self, request: Request) -> Response:
        """Show the changed push, and keep it once it was looked at."""
        form = await read_form(request, largest=LARGEST, most=FIELDS)
        signed = await self.parts.teacher(request)
        push = await self._push(request, signed)
        if form["do"] == "back":
            return await self.views.form(request, signed, form, push=push)
        try:
            draft = await self._draft(signed, form)
            if form["do"] not in ("send", "draft"):
                return await self.views.look(request, signed, form, draft, push=push)
            push = await self.parts.given.pushes.change(signed.member, push.id, draft, send=form["do"] == "send")
        except TeachingError as error:
            return await self.views.form(request, signed, form, push=push, wrong=self._wrong(error))
        return self.parts.go(f"/pushes/{push.id}", f"push_{push.state}")

    async def one(self, request: Request) -> Response:
        """A push: what, to whom, when, and what came of it."""
        signed = await self.parts.reader(request)
        return await self.views.push(request, signed, await self._push(request, signed))

    async def act(self, request: Request) -> Response:
        """Pause it, let it go on, cancel it, submit it; approve a colleague's or send it back."""
        await read_form(request)
        signed, number = await self.parts.reader(request), number_in(request)
        work = self.parts.given.pushes
        acts = {
            "pause": work.pause,
            "resume": work.resume,
            "cancel": work.cancel,
            "submit": work.submit,
            "approve": work.approve,
            "send_back": work.send_back,
        }
        name = request.path_params["act"]
        if name not in acts:
            raise RefusedError(404)
        try:
            await acts[name](signed.member, number)
        except TeachingError as error:
            push = await self._push(request, signed)
            return await self.views.push(request, signed, push, problem=self.parts.refusal(error))
        path = "/pushes" if name == "send_back" else f"/pushes/{number}"
        return self.parts.go(path, f"push_act_{name}")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        one = f"{HERE}/{{number:int}}"
        return [
            Route(HERE, self.all, methods=["GET"]),
            Route(f"{HERE}/new", self.new, methods=["GET"]),
            Route(f"{HERE}/new", self.add, methods=["POST"]),
            Route(one, self.one, methods=["GET"]),
            Route(f"{one}/edit", self.edit, methods=["GET"]),
            Route(f"{one}/edit", self.change, methods=["POST"]),
            Route(f"{one}/{{act}}", self.act, methods=["POST"]),
        ]

    async def _draft(self, signed: SignedIn, form: Mapping[str, str]) -> PushDraft:
        """What was typed, where it can be pushed. Raises PushFormError with all that is wrong."""
        draft, wrong = draft_in(form, self.parts.given.now())
        try:
            await self.parts.given.pushes.check(signed.member, draft)
        except PushError as error:
            wrong = [*error.keys, *wrong]
        if wrong:
            raise PushFormError(*wrong)
        return draft

    def _wrong(self, error: TeachingError) -> list[str]:
        """What was refused, in words."""
        keys = error.keys if isinstance(error, PushError | PushFormError) else (error.key,)
        return [self.parts.look.say(key) for key in keys]

    async def _push(self, request: Request, signed: SignedIn) -> Push:
        try:
            return await self.parts.given.pushes.push(signed.member, number_in(request))
        except TeachingError:
            raise RefusedError(404) from None
