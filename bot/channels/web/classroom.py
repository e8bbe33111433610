"""The public page of a class: what goes on in it, and joining; no sign-in, no name."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web.pages import Pages
from bot.core.lessons import Board, Boards, TooManyGuessesError
from bot.web.client import Network, client_address

log = structlog.get_logger(__name__)

#: A code has eight signs; people write things between them.
LONGEST_CODE = 24


@dataclass(frozen=True, slots=True)
class ClassPages:
    """The page of a class, and the one on which its code is typed."""

    pages: Pages
    boards: Boards
    trusted: tuple[Network, ...]

    async def ask(self, request: Request) -> Response:
        """The page on which a code is typed; with a code, the way to its page."""
        code = "".join(sign for sign in request.query_params.get("code", "") if sign.isalnum())
        if not code:
            return self.pages.code()
        return RedirectResponse(f"/class/{code[:LONGEST_CODE]}", 303)

    async def show(self, request: Request) -> Response:
        """The page of the class with this code. A wrong code and one that never was are answered alike."""
        code, visitor = request.path_params["code"][:LONGEST_CODE], self.pages.visitors.of(request)
        try:
            board = await self.boards.board(code, visitor.key, client_address(request, self.trusted))
        except TooManyGuessesError:
            return self._refused("too_many", 429)
        except Exception as error:
            log.error("web.class_failed", error=type(error).__name__)  # noqa: TRY400  (a traceback may quote the code)
            return self._refused("failed", 500)
        return self._refused("wrong", 404) if board is None else self._page(board)

    def _page(self, board: Board) -> Response:
        return self.pages.board(board)

    def _refused(self, key: str, status: int) -> Response:
        return self.pages.code(self.pages.library().messages[f"teach_web.{key}"], status)
