"""How the case of a talk stands: when it was received, until when somebody will have answered, when it was seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.channels.web.pages import Pages
from bot.core.desk import NO_DESK, OpenCase, Receipt, Standing

log = structlog.get_logger(__name__)


async def no_desk(_talk: str) -> Standing:
    """Where there is no desk."""
    return NO_DESK


@dataclass(frozen=True, slots=True)
class Standings:
    """Tells pages that are open how the case of their talk stands. ``standing`` is the desk's, by the key of a talk."""

    pages: Pages
    standing: Callable[[str], Awaitable[Standing]]

    async def case(self, talk: str) -> OpenCase | None:
        """The open case of a talk; None too where that cannot be read."""
        try:
            return (await self.standing(talk)).case
        except Exception as error:
            log.error("web.standing_failed", error=type(error).__name__)  # noqa: TRY400  (a trace may quote rows)
            return None

    def told(self, case: OpenCase | None) -> dict[str, str] | None:
        """The clock of its receipt, and the line that shows it where a page has none."""
        return self.pages.standing(Receipt(case.opened_at, case.due_at, case.seen_at)) if case else None
