"""``/staff/teach/questions``: questions of one's own, typed into a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.own_quiz import OwnQuestion
from bot.core.quiz_types import Band, QuestionType
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import TeachParts, number_in, number_of
from bot.storage.own_questions import Kept
from bot.teaching.own import LETTERS, BadQuestionError, Draft, OptionDraft, QuestionReader
from bot.teaching.own_words import draft_of
from bot.teaching.shelf import ShelfError

HERE = "/staff/teach/questions"
#: Bytes of the longest question, percent-encoded.
LARGEST = 64 * 1024
_PLAIN = ("band", "type", "difficulty", "ask", "explain", "law", "topic")


@dataclass(frozen=True, slots=True)
class QuestionPages:
    """Vice principals write, change and take back; everything is shown as takers will see it before it is kept."""

    parts: TeachParts

    async def all(self, request: Request) -> Response:
        """One's own questions."""
        signed = await self.parts.teacher(request)
        return await self._list(request, signed)

    async def new(self, request: Request) -> Response:
        """An empty form."""
        signed = await self.parts.teacher(request)
        return self._form(request, signed, Draft(difficulty="1"))

    async def add(self, request: Request) -> Response:
        """Show what was typed, and keep it once it was looked at."""
        form, signed = await read_form(request, largest=LARGEST), await self.parts.teacher(request)
        draft = _draft(form)
        try:
            question = self._reader().question(draft)
            if form["do"] != "keep":
                return self._form(request, signed, draft, preview=question if form["do"] == "look" else None)
            await self.parts.shelf.keep_questions(signed.member.id, [question])
        except BadQuestionError as error:
            flaws = {} if form["do"] == "back" else self._said(error)
            return self._form(request, signed, draft, flaws=flaws)
        except ShelfError as error:
            return self._form(request, signed, draft, problem=self.parts.refusal(error))
        return self.parts.go("/questions", "question")

    async def edit(self, request: Request) -> Response:
        """One's own question, to change it."""
        signed = await self.parts.teacher(request)
        row = await self._row(signed, number_in(request))
        return self._form(request, signed, draft_of(self.parts.given.library(), row.item), row=row)

    async def change(self, request: Request) -> Response:
        """Show the changed question, and keep it once it was looked at."""
        form, signed = await read_form(request, largest=LARGEST), await self.parts.teacher(request)
        row = await self._row(signed, number_in(request))
        draft = _draft(form)
        try:
            question = self._reader().question(draft)
            if form["do"] != "keep":
                return self._form(request, signed, draft, row=row, preview=question if form["do"] == "look" else None)
            await self.parts.shelf.change_question(signed.member.id, row.id, question, number_of(form["version"]))
        except BadQuestionError as error:
            return self._form(request, signed, draft, row=row, flaws=self._said(error))
        except ShelfError as error:
            return self._form(request, signed, draft, row=row, problem=self.parts.refusal(error))
        return self.parts.go("/questions", "question")

    async def drop(self, request: Request) -> Response:
        """Take a question back."""
        await read_form(request)
        signed = await self.parts.teacher(request)
        try:
            await self.parts.shelf.drop_question(signed.member.id, number_in(request))
        except ShelfError as error:
            return await self._list(request, signed, self.parts.refusal(error))
        return self.parts.go("/questions", "question_dropped")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route(HERE, self.all, methods=["GET"]),
            Route(f"{HERE}/new", self.new, methods=["GET"]),
            Route(f"{HERE}/new", self.add, methods=["POST"]),
            Route(f"{HERE}/{{number:int}}", self.edit, methods=["GET"]),
            Route(f"{HERE}/{{number:int}}", self.change, methods=["POST"]),
            Route(f"{HERE}/{{number:int}}/drop", self.drop, methods=["POST"]),
        ]

    async def _list(self, request: Request, signed: SignedIn, problem: str = "") -> Response:
        rows = await self.parts.shelf.questions(signed.member.id)
        return self.parts.page("teach_questions.html", signed, request, here="quizzes", rows=rows, problem=problem)

    def _form(  # noqa: PLR0913  (what a form shows)
        self,
        request: Request,
        signed: SignedIn,
        draft: Draft,
        *,
        row: Kept[OwnQuestion] | None = None,
        flaws: Mapping[str, str] | None = None,
        preview: OwnQuestion | None = None,
        problem: str = "",
    ) -> Response:
        topics = sorted((topic.title, name) for name, topic in self.parts.given.library().topics.items())
        return self.parts.page(
            "teach_question_form.html",
            signed,
            request,
            here="quizzes",
            status=400 if flaws or problem else 200,
            problem=problem or (self.parts.say("question_flaws", count=len(flaws)) if flaws else ""),
            draft=draft,
            options=[*draft.options, *[OptionDraft()] * len(LETTERS)][: len(LETTERS)],
            row=row,
            flaws=flaws or {},
            preview=preview,
            bands=list(Band),
            kinds=list(QuestionType),
            topics=topics,
        )

    def _reader(self) -> QuestionReader:
        return QuestionReader(self.parts.given.library())

    def _said(self, error: BadQuestionError) -> dict[str, str]:
        return {flaw.field: self.parts.own(f"flaw_{flaw.reason}", **flaw.values) for flaw in reversed(error.flaws)}

    async def _row(self, signed: SignedIn, number: int) -> Kept[OwnQuestion]:
        try:
            return await self.parts.shelf.question(signed.member.id, number)
        except ShelfError:
            raise RefusedError(404) from None


def _draft(form: Mapping[str, str]) -> Draft:
    low = [letter.lower() for letter in LETTERS]
    return Draft(
        **{name: form[name] for name in _PLAIN},
        answer="".join(letter.upper() for letter in low if form[f"right_{letter}"]),
        options=tuple(OptionDraft(form[f"option_{it}"], form[f"why_{it}"], form[f"idea_{it}"]) for it in low),
    )
