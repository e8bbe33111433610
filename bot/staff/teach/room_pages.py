"""``/staff/teach/room``: one question a screen for the wall, its answer, and the hands that were counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import TeachParts, number_in, number_of
from bot.staff.teach.quiz_pages import find_quiz
from bot.teaching.errors import TeachingError
from bot.teaching.rooms import MOST_PRESENT, Lesson, RoomError

HERE = "/staff/teach/room"


@dataclass(frozen=True, slots=True)
class RoomPages:
    """Choose a class, then one question after the other; every step is a page, so that no script is needed."""

    parts: TeachParts

    async def ask(self, request: Request) -> Response:
        """In which class, and how many are there."""
        signed = await self.parts.teacher(request)
        return await self._ask(request, signed)

    async def open(self, request: Request) -> Response:
        """Begin a lesson."""
        form, signed = await read_form(request), await self.parts.teacher(request)
        quiz = await find_quiz(self.parts, signed, request.path_params["quiz"])
        class_ = number_of(form["class"])
        try:
            run = await self.parts.rooms.open(signed.member, class_, quiz.id, number_of(form["present"]))
        except TeachingError as error:
            return await self._ask(request, signed, form, self.parts.refusal(error))
        return self.parts.go(f"/room/{run}/{class_}")

    async def show(self, request: Request) -> Response:
        """A screen: the beginning, a question, its answer, or the end."""
        signed = await self.parts.teacher(request)
        return self._show(request, signed, await self._lesson(request, signed))

    async def count(self, request: Request) -> Response:
        """Keep the hands of a question, and show its answer."""
        form, signed = await read_form(request), await self.parts.teacher(request)
        lesson, place = await self._lesson(request, signed), number_in(request, "place")
        if not 1 <= place <= len(lesson.quiz.questions):
            raise RefusedError(404)
        options = range(len(lesson.quiz.questions[place - 1].options))
        try:
            counts = {option: _count(form[f"hands_{option}"]) for option in options}
            if not any(counts.values()):
                raise RoomError("hands_none")
            await self.parts.rooms.count(signed.member, lesson, place - 1, counts)
        except TeachingError as error:
            typed = {option: form[f"hands_{option}"][:4] for option in options}
            shown = form["shown"] == "1"
            return self._show(request, signed, lesson, typed=typed, problem=self.parts.refusal(error), shown=shown)
        return self.parts.go(f"/room/{lesson.run}/{lesson.class_.id}?q={place}&show=1")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        here = f"{HERE}/{{run:int}}/{{number:int}}"
        return [
            Route("/staff/teach/quizzes/{quiz}/room", self.ask, methods=["GET"]),
            Route("/staff/teach/quizzes/{quiz}/room", self.open, methods=["POST"]),
            Route(here, self.show, methods=["GET"]),
            Route(f"{here}/count/{{place:int}}", self.count, methods=["POST"]),
        ]

    async def _ask(
        self, request: Request, signed: SignedIn, given: Mapping[str, str] | None = None, problem: str = ""
    ) -> Response:
        quiz = await find_quiz(self.parts, signed, request.path_params["quiz"])
        classes = await self.parts.given.classes.classes(signed.member)
        form = {"class": request.query_params.get("class", ""), "present": "", **(given or {})}
        shown = {"quiz": quiz, "classes": classes, "form": form, "problem": problem, "most": MOST_PRESENT}
        return self.parts.page("teach_room_ask.html", signed, request, here="quizzes", **shown)

    def _show(
        self,
        request: Request,
        signed: SignedIn,
        lesson: Lesson,
        *,
        typed: Mapping[int, str] | None = None,
        problem: str = "",
        shown: bool = False,
    ) -> Response:
        questions = lesson.quiz.questions
        asked = request.path_params.get("place") or number_of(request.query_params.get("q", "0"))
        place = min(asked, len(questions) + 1)
        question = questions[place - 1] if 1 <= place <= len(questions) else None
        counts = lesson.hands.counts.get(place - 1, {})
        known = {
            "lesson": lesson,
            "place": place,
            "count": len(questions),
            "question": question,
            "shown": shown or request.query_params.get("show") == "1",
            "counts": counts,
            "typed": typed or counts,
            "problem": problem,
        }
        return self.parts.page("teach_room.html", signed, request, here="quizzes", **known)

    async def _lesson(self, request: Request, signed: SignedIn) -> Lesson:
        try:
            return await self.parts.rooms.lesson(signed.member, number_in(request, "run"), number_in(request))
        except TeachingError:
            raise RefusedError(404) from None


def _count(text: str) -> int:
    """A number of hands; nothing typed is none. Raises RoomError."""
    typed = text.strip()
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        raise RoomError("hands_wrong")
    return int(typed)
