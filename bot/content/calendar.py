"""Reads the holidays and worked weekends of each year."""

from __future__ import annotations

from pathlib import Path

from bot.content.load import Reader
from bot.content.problems import ContentError
from bot.core.school_days import Calendar, CalendarYear, calendar_of

FOLDER = "knowledge/calendar"


def read_calendar(reader: Reader) -> Calendar:
    """The calendar, as far as it can be read; the reader holds the problems."""
    return calendar_of(reader.each(FOLDER, CalendarYear).values())


def load_calendar(root: Path) -> Calendar:
    """The calendar. Raises ContentError if any file is broken."""
    reader = Reader(root)
    calendar = read_calendar(reader)
    if reader.problems:
        raise ContentError(reader.problems)
    return calendar
