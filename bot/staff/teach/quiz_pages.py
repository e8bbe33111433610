"""``/staff/teach/quizzes``: the ready quizzes with a preview, and putting together one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.own_quiz import QUESTION_MARK, QUIZ_MARK, OwnQuiz, own_row
from bot.core.quiz_types import Band, QuizQuestion
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import TeachParts, chosen, number_in, number_of
from bot.storage.own_questions import Kept
from bot.storage.staff import Role
from bot.teaching.frozen import FreezeError, FrozenQuiz
from bot.teaching.shelf import LONGEST_INTRO, LONGEST_QUIZ, LONGEST_TITLE, QuizDraft, ShelfError

HERE = "/staff/teach/quizzes"
#: Every question of a band may be ticked before somebody counts them.
MOST_FIELDS = 300


@dataclass(frozen=True, slots=True)
class QuizPages:
    """The library, previews, and one's own quizzes."""

    parts: TeachParts

    async def library(self, request: Request) -> Response:
        """Every quiz by age band, one's own first."""
        signed = await self.parts.reader(request)
        band = _band(request.query_params.get("band", ""))
        quizzes = self.parts.given.bank().quizzes.values()
        groups = {
            each: [quiz for quiz in quizzes if quiz.band is each] for each in Band if band is None or each is band
        }
        own = await self._own(signed)
        mine = [row for row in own if band is None or row.item.band is band]
        shown = {"groups": groups, "mine": mine, "bands": list(Band), "chosen": band}
        return self.parts.page("teach_library.html", signed, request, here="quizzes", **shown)

    async def preview(self, request: Request) -> Response:
        """A quiz with everything that its takers will see."""
        signed = await self.parts.reader(request)
        quiz = await find_quiz(self.parts, signed, request.path_params["quiz"])
        row = own_row(quiz.id)
        return self.parts.page("teach_quiz.html", signed, request, here="quizzes", quiz=quiz, own=row)

    async def paper(self, request: Request) -> Response:
        """A quiz to print: for pupils, with the answers, and a sheet to count hands on."""
        signed = await self.parts.reader(request)
        quiz = await find_quiz(self.parts, signed, request.path_params["quiz"])
        part = request.query_params.get("part", "")
        shown = {"quiz": quiz, "part": part if part in ("pupil", "teacher") else "all"}
        return self.parts.page("teach_paper.html", signed, request, here="quizzes", **shown)

    async def choose_band(self, request: Request) -> Response:
        """The first step of an own quiz: for whom."""
        signed = await self.parts.teacher(request)
        band = _band(request.query_params.get("band", ""))
        if band is None:
            return self.parts.page("teach_quiz_band.html", signed, request, here="quizzes", bands=list(Band))
        return await self._form(request, signed, band)

    async def add(self, request: Request) -> Response:
        """Keep a new quiz."""
        form, signed = await read_form(request, most=MOST_FIELDS), await self.parts.teacher(request)
        draft = _draft(form)
        try:
            name = await self.parts.shelf.keep_quiz(signed.member.id, draft)
        except ShelfError as error:
            return await self._form(request, signed, draft.band, draft=draft, problem=self.parts.refusal(error))
        return self.parts.go(f"/quizzes/{name}", "quiz")

    async def edit(self, request: Request) -> Response:
        """One's own quiz, to change it."""
        signed = await self.parts.teacher(request)
        row = await self._row(signed, number_in(request))
        item = row.item
        draft = QuizDraft(item.title, item.intro, item.band, item.questions)
        return await self._form(request, signed, item.band, draft=draft, row=row)

    async def change(self, request: Request) -> Response:
        """Keep a changed quiz."""
        form, signed = await read_form(request, most=MOST_FIELDS), await self.parts.teacher(request)
        row = await self._row(signed, number_in(request))
        draft = _draft(form)
        try:
            await self.parts.shelf.change_quiz(signed.member.id, row.id, draft, number_of(form["version"]))
        except ShelfError as error:
            problem = self.parts.refusal(error)
            return await self._form(request, signed, draft.band, draft=draft, row=row, problem=problem)
        return self.parts.go(f"/quizzes/{QUIZ_MARK}{row.id}", "quiz")

    async def drop(self, request: Request) -> Response:
        """Take one's own quiz back."""
        await read_form(request)
        signed = await self.parts.teacher(request)
        row = await self._row(signed, number_in(request))
        await self.parts.shelf.drop_quiz(signed.member.id, row.id)
        return self.parts.go("/quizzes", "quiz_dropped")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route(HERE, self.library, methods=["GET"]),
            Route(f"{HERE}/new", self.choose_band, methods=["GET"]),
            Route(f"{HERE}/new", self.add, methods=["POST"]),
            Route(f"{HERE}/own/{{number:int}}", self.edit, methods=["GET"]),
            Route(f"{HERE}/own/{{number:int}}", self.change, methods=["POST"]),
            Route(f"{HERE}/own/{{number:int}}/drop", self.drop, methods=["POST"]),
            Route(f"{HERE}/{{quiz}}", self.preview, methods=["GET"]),
            Route(f"{HERE}/{{quiz}}/paper", self.paper, methods=["GET"]),
        ]

    async def _own(self, signed: SignedIn) -> Sequence[Kept[OwnQuiz]]:
        if signed.member.role is not Role.VICE_PRINCIPAL:
            return []
        return await self.parts.shelf.quizzes(signed.member.id)

    async def _row(self, signed: SignedIn, number: int) -> Kept[OwnQuiz]:
        try:
            return await self.parts.shelf.own_quiz(signed.member.id, number)
        except ShelfError:
            raise RefusedError(404) from None

    async def _form(
        self,
        request: Request,
        signed: SignedIn,
        band: Band,
        *,
        draft: QuizDraft | None = None,
        row: Kept[OwnQuiz] | None = None,
        problem: str = "",
    ) -> Response:
        kept = await self.parts.shelf.questions(signed.member.id)
        own = {f"{QUESTION_MARK}{each.id}": each.item for each in kept}
        known: dict[str, QuizQuestion] = {**own, **self.parts.given.bank().questions}
        return self.parts.page(
            "teach_quiz_form.html",
            signed,
            request,
            here="quizzes",
            problem=problem,
            draft=draft or QuizDraft("", "", band, ()),
            row=row,
            questions={name: item for name, item in known.items() if item.band is band},
            most=LONGEST_QUIZ,
            longest={"title": LONGEST_TITLE, "intro": LONGEST_INTRO},
        )


async def find_quiz(parts: TeachParts, signed: SignedIn, name: str) -> FrozenQuiz:
    """A quiz that this member may see. Raises RefusedError."""
    try:
        return await parts.shelf.quiz(signed.member.id, name)
    except FreezeError:
        raise RefusedError(404) from None


def _band(text: str) -> Band | None:
    return Band(text) if text in set(Band) else None


def _draft(form: Mapping[str, str]) -> QuizDraft:
    band = _band(form["band"])
    if band is None:
        raise RefusedError(400)
    return QuizDraft(form["title"], form["intro"], band, chosen(form, "q:"))
