"""What is taught with: the question bank and the calendar, read anew when the content that serves is exchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import structlog

from bot.content.calendar import load_calendar
from bot.content.load import load_bank
from bot.content.problems import ContentError
from bot.core.content_types import Library
from bot.core.quiz_types import Bank
from bot.core.school_days import Calendar

log = structlog.get_logger(__name__)


class TaughtContent:
    """The bank and the calendar below a root, as fresh as ``library``. Raises ContentError where they are broken."""

    def __init__(self, root: Path, library: Callable[[], Library]) -> None:
        self._root, self._library = root, library
        self._seen = library()
        self._bank, self._calendar = load_bank(root), load_calendar(root)

    def bank(self) -> Bank:
        """The questions and quizzes."""
        self._refresh()
        return self._bank

    def calendar(self) -> Calendar:
        """The school days."""
        self._refresh()
        return self._calendar

    def _refresh(self) -> None:
        """A broken change leaves the old content serving."""
        library = self._library()
        if library is self._seen:
            return
        self._seen = library
        try:
            self._bank, self._calendar = load_bank(self._root), load_calendar(self._root)
        except ContentError:
            log.warning("content.bank_not_reloaded")
