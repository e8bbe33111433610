"""How the case of a talk stands: when it was received, until when somebody will have answered, when it was seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.channels.web.pages import Pages
from bot.core.desk import OpenCase, Receipt

log = structlog.get_logger(__name__)


async def no_case(_talk: str) -> OpenCase | None:
    """Where there is no desk."""
    return None


@dataclass(frozen=True, slots=True)
class Standings:
    """Tells pages that are open how the case of their talk stands. ``open_case``: that of a key's talk."""

    pages: Pages
    open_case: Callable[[str], Awaitable[OpenCase | None]]

    async def case(self, talk: str) -> OpenCase | None:
        """The open case of a talk; None too where that cannot be read."""
        try:
            return await self.open_case(talk)
        except Exception as error:
            log.error("web.standing_failed", error=type(error).__name__)  # noqa: TRY400  (a trace may quote rows)
            return None

    def told(self, case: OpenCase | None) -> dict[str, str] | None:
        """The clock of its receipt, and the line that shows it where a page has none; nothing is due on a page left."""
        if case is None:
            return None
        return self.pages.standing(Receipt(case.opened_at, case.due_at if case.here else None, case.seen_at))

    def asked(self, case: OpenCase | None) -> str:
        """The question whether it is still the child, once more, where its answer is awaited; else empty.

        Not on a page that they left, or that may be somebody else's by now: what is found by a code is told to none.
        """
        return self.pages.question(case.id) if case and case.checking and case.receipt else ""
