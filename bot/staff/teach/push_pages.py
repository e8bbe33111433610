"""``/staff/teach/pushes``: quizzes, notices and topics for one's classes, looked at before they go out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.quiz_types import Band
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import TeachParts, number_in
from bot.staff.teach.push_forms import LAST_PLACE, LASTS, READERS, REMINDS, blank, draft_in, kind_of, typed
from bot.storage.push_types import Push, PushDraft, PushKind
from bot.storage.staff import Role
from bot.teaching.errors import TeachingError
from bot.teaching.frozen import FreezeError, FrozenQuiz
from bot.teaching.push_check import LONGEST_LINE, LONGEST_NOTICE, LONGEST_TITLE

HERE = "/staff/teach/pushes"
#: Bytes and fields of a form with the longest notice, percent-encoded, and a number for each class, ticked or not.
LARGEST, FIELDS = 64 * 1024, 2000


@dataclass(frozen=True, slots=True)
class PushPages:
    """Vice principals push; where two people are asked for, a colleague or a supervisor approves."""

    parts: TeachParts

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
            names=await self._names(signed),
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
        return await self._form(request, signed, given)

    async def add(self, request: Request) -> Response:
        """Show what would go out, and send it once it was looked at."""
        form = await read_form(request, largest=LARGEST, most=FIELDS)
        signed = await self.parts.teacher(request)
        try:
            draft = draft_in(form, self.parts.given.now())
            if form["do"] not in ("send", "draft"):
                return await self._look(request, signed, form, draft)
            push = await self.parts.given.pushes.make(signed.member, draft, send=form["do"] == "send")
        except TeachingError as error:
            return await self._form(request, signed, form, problem=self.parts.refusal(error))
        return self.parts.go(f"/pushes/{push.id}", f"push_{push.state}")

    async def edit(self, request: Request) -> Response:
        """A push that never went out, to change it."""
        signed = await self.parts.teacher(request)
        push = await self._push(request, signed)
        return await self._form(request, signed, typed(push, self.parts.zone), push=push)

    async def change(self, request: Request) -> Response:
        """Show the changed push, and keep it once it was looked at."""
        form = await read_form(request, largest=LARGEST, most=FIELDS)
        signed = await self.parts.teacher(request)
        push = await self._push(request, signed)
        try:
            draft = draft_in(form, self.parts.given.now())
            if form["do"] not in ("send", "draft"):
                return await self._look(request, signed, form, draft, push=push)
            push = await self.parts.given.pushes.change(signed.member, push.id, draft, send=form["do"] == "send")
        except TeachingError as error:
            return await self._form(request, signed, form, push=push, problem=self.parts.refusal(error))
        return self.parts.go(f"/pushes/{push.id}", f"push_{push.state}")

    async def one(self, request: Request) -> Response:
        """A push: what, to whom, when, and what came of it."""
        return await self._show(request, await self.parts.reader(request))

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
            return await self._show(request, signed, self.parts.refusal(error))
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

    async def _form(
        self,
        request: Request,
        signed: SignedIn,
        given: Mapping[str, str],
        *,
        push: Push | None = None,
        problem: str = "",
    ) -> Response:
        try:
            kind = kind_of(given.get("kind", ""))
        except TeachingError:
            raise RefusedError(400) from None
        topics = self.parts.given.library().topics.items()
        return self.parts.page(
            "teach_push_form.html",
            signed,
            request,
            here="pushes",
            problem=problem,
            kind_=kind,
            given=defaultdict(str, given),
            push=push,
            classes=await self.parts.given.classes.classes(signed.member),
            quizzes=await self._quizzes(signed),
            topics=sorted((topic.title, name) for name, topic in topics),
            last_place=LAST_PLACE,
            lasts=LASTS,
            reminds=REMINDS,
            readers=READERS,
            soonest=f"{self.parts.given.now():%Y-%m-%dT%H:%M}",
            today=f"{self.parts.given.now():%Y-%m-%d}",
            longest={"title": LONGEST_TITLE, "text": LONGEST_NOTICE if kind is PushKind.NOTICE else LONGEST_LINE},
        )

    async def _look(
        self, request: Request, signed: SignedIn, form: Mapping[str, str], draft: PushDraft, *, push: Push | None = None
    ) -> Response:
        """What would go out. Raises TeachingError."""
        if form["do"] == "back":
            return await self._form(request, signed, form, push=push)
        kept = await self.parts.given.pushes.check(signed.member, draft)
        now = self.parts.given.now()
        return self.parts.page(
            "teach_push_look.html",
            signed,
            request,
            here="pushes",
            draft=kept,
            form={name: value for name, value in form.items() if name != "do"},
            push=push,
            at_once=kept.next_at <= now,
            moved=kept.next_at > max(draft.next_at, now),
            quiz=await self._quiz(signed.member.id, kept),
            names=await self._names(signed),
            two_people=self.parts.given.pushes.two_people,
        )

    async def _show(self, request: Request, signed: SignedIn, problem: str = "") -> Response:
        push = await self._push(request, signed)
        work = self.parts.given.pushes
        return self.parts.page(
            "teach_push.html",
            signed,
            request,
            here="pushes",
            problem=problem,
            push=push,
            mine=push.staff == signed.member.id,
            runs=await work.runs(signed.member, push.id),
            names=await self.class_names(push),
            quiz=await self._quiz(push.staff, push),
            now=self.parts.given.now(),
        )

    async def _push(self, request: Request, signed: SignedIn) -> Push:
        try:
            return await self.parts.given.pushes.push(signed.member, number_in(request))
        except TeachingError:
            raise RefusedError(404) from None

    async def _quiz(self, staff: int, draft: PushDraft | Push) -> FrozenQuiz | None:
        """The quiz as it would be asked now; None where it is none or was taken back."""
        if draft.kind is not PushKind.QUIZ:
            return None
        try:
            return await self.parts.shelf.quiz(staff, draft.subject)
        except FreezeError:
            return None

    async def _names(self, signed: SignedIn) -> dict[int, str]:
        classes = await self.parts.given.classes.classes(signed.member, archived=True)
        several = len({item.school for item in classes}) > 1
        return {item.id: f"{item.school_name} {item.name}" if several else item.name for item in classes}

    async def class_names(self, push: Push) -> dict[int, str]:
        """What the classes of a push are called, archived and handed over ones too."""
        kept = self.parts.given.classes.schools_kept
        found = [await kept.class_(number) for number in push.classes]
        return {item.id: f"{item.school_name} {item.name}" for item in found if item is not None}

    async def _quizzes(self, signed: SignedIn) -> list[tuple[str, list[tuple[str, str]]]]:
        """Every quiz by age band, one's own first."""
        own = [(f"own:{row.id}", row.item.title) for row in await self.parts.shelf.quizzes(signed.member.id)]
        bank = self.parts.given.bank().quizzes.values()
        bands = [(self.parts.band(band), [(it.id, it.title) for it in bank if it.band is band]) for band in Band]
        return [(self.parts.say("own_quizzes"), own), *bands]
