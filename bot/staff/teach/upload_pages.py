"""``/staff/teach/questions/upload``: questions from a spreadsheet, looked at before they are kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.own_quiz import OwnQuestion
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.teach.parts import TeachParts
from bot.teaching.own import BadQuestionError, QuestionReader
from bot.teaching.own_words import draft_of
from bot.teaching.sheet import LARGEST, MOST, SheetError, SheetReader, SheetReading
from bot.teaching.shelf import ShelfError
from bot.teaching.template import template
from bot.web.intake import read_body, require_own_page

HERE = "/staff/teach/questions/upload"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Bytes that are read to the end before a file is called too large: a browser shows no answer while it still sends.
PATIENCE = 32 * 1024 * 1024
#: Bytes of what is sent back to be kept: MOST questions, percent-encoded.
LARGEST_KEPT = 4 * 1024 * 1024
_QUESTIONS = TypeAdapter(tuple[OwnQuestion, ...])


@dataclass(frozen=True, slots=True)
class UploadPages:
    """A template to download, a file to send, its errors by row and column, a preview, and then it is kept."""

    parts: TeachParts

    async def ask(self, request: Request) -> Response:
        """The page that asks for a file."""
        return self._page(request, await self.parts.teacher(request))

    async def template(self, request: Request) -> Response:
        """The spreadsheet to fill in."""
        await self.parts.teacher(request)
        made = await asyncio.to_thread(template, self.parts.own)
        return Response(made, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="questions.xlsx"'})

    async def read(self, request: Request) -> Response:
        """Read a file, and show its questions and its errors."""
        _own_page(request)
        signed = await self.parts.teacher(request)
        reader = SheetReader(QuestionReader(self.parts.given.library()), self.parts.own)
        try:
            reading = await asyncio.to_thread(reader.read, await _file(request))
        except SheetError as error:
            return self._page(request, signed, problem=self.parts.own(f"file_{error.reason}", **error.values))
        return self._page(request, signed, reading=reading)

    async def keep(self, request: Request) -> Response:
        """Keep the questions that were shown."""
        _own_page(request)
        signed = await self.parts.teacher(request)
        questions = await self._shown(request)
        try:
            await self.parts.shelf.keep_questions(signed.member.id, questions)
        except ShelfError as error:
            return self._page(request, signed, problem=self.parts.refusal(error))
        return self.parts.go("/questions", "uploaded")

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [
            Route(HERE, self.ask, methods=["GET"]),
            Route(HERE, self.read, methods=["POST"]),
            Route(f"{HERE}/template.xlsx", self.template, methods=["GET"]),
            Route(f"{HERE}/keep", self.keep, methods=["POST"]),
        ]

    def _page(
        self, request: Request, signed: SignedIn, *, problem: str = "", reading: SheetReading | None = None
    ) -> Response:
        rows = reading.questions if reading else ()
        flaws = [
            {
                "row": flaw.row,
                "column": flaw.column,
                "name": self.parts.own(f"column_{flaw.field}"),
                "said": self.parts.own(f"flaw_{flaw.reason}", **flaw.values),
            }
            for flaw in (reading.flaws if reading else ())
        ]
        return self.parts.page(
            "teach_upload.html",
            signed,
            request,
            here="quizzes",
            status=400 if problem or flaws else 200,
            problem=problem,
            rows=rows,
            flaws=flaws,
            more=reading.more if reading else 0,
            body=_QUESTIONS.dump_json(tuple(item for _, item in rows), exclude_defaults=True).decode(),
            most=MOST,
        )

    async def _shown(self, request: Request) -> list[OwnQuestion]:
        """What the preview sent back, as mistrusted as any other form. Raises RefusedError."""
        try:
            fields = parse_qs((await read_body(request, LARGEST_KEPT)).decode(), max_num_fields=4)
            given = _QUESTIONS.validate_json(fields["body"][0])
        except (HTTPException, ValidationError, ValueError, KeyError):
            raise RefusedError(400) from None
        if not 1 <= len(given) <= MOST:
            raise RefusedError(400)
        library = self.parts.given.library()
        reader = QuestionReader(library)
        try:
            return [reader.question(draft_of(library, item)) for item in given]
        except BadQuestionError:
            raise RefusedError(400) from None


def _own_page(request: Request) -> None:
    try:
        require_own_page(request)
    except HTTPException as error:
        raise RefusedError(error.status_code) from None


async def _file(request: Request) -> bytes:
    """The file that was sent. Raises SheetError for none, or one that is too large; RefusedError."""
    try:
        body = await read_body(request, PATIENCE)
    except HTTPException as error:
        raise RefusedError(error.status_code) from None
    if len(body) > LARGEST + 4096:
        raise SheetError("large", most=LARGEST // 1024 // 1024)

    async def stream() -> AsyncIterator[bytes]:
        yield body

    try:
        form = await MultiPartParser(request.headers, stream(), max_files=1, max_fields=4).parse()  # type: ignore[arg-type]
    except (MultiPartException, KeyError):
        raise RefusedError(400) from None
    sent = form.get("file")
    data = await sent.read() if isinstance(sent, UploadFile) else b""
    await form.close()
    if not data:
        raise SheetError("none")
    return data
