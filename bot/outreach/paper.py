"""What every form of a report is made of: the board, the entries behind it, who hands it in, and its charts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.activity import PERSON_TIMES
from bot.outreach.drafts import shown_hours
from bot.outreach.sections import Board, Section, Table, Value, Words
from bot.storage.activity_rows import Entry

#: Signs that XML cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: What may begin a formula, here or in the next program that opens the table; and numbers, which may begin so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+%?")
#: Rows that a table on paper has at the most; a spreadsheet has them all.
MOST_ROWS = 16


@dataclass(frozen=True, slots=True)
class Paper:
    """A report before it takes a form. ``pictures``: its charts as PNG by section, none where they cannot be drawn."""

    board: Board
    words: Words
    entries: Sequence[Entry]
    operator: str
    made: dt.datetime
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def made_at(self) -> str:
        """When it was made, in words."""
        return self.words("made", at=f"{self.made:%Y-%m-%d %H:%M}")

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that say something."""
        return tuple(section for section in self.board.sections if section.said or section.table)

    def entered(self) -> Table:
        """The entries, one by one, the oldest first."""
        return Table(self.words.head("entries"), tuple(self._entries()))

    def _entries(self) -> Iterator[tuple[Value, ...]]:
        words = self.words
        for entry in reversed(self.entries):
            given = entry.activity
            yield (
                given.day.isoformat(),
                words.named("kind", given.kind),
                given.count,
                words.named("unit", given.kind),
                entry.school,
                given.place,
                words.library.messages[f"outreach_pages.audience_{given.audience}"],
                given.count if given.kind in PERSON_TIMES else given.people or "",
                shown_hours(given.halves) if given.halves else "",
                given.note,
                entry.by,
            )


def on_paper(section: Section) -> Table | None:
    """A section's table where a page has room for it."""
    table = section.table
    return table if table is not None and len(table.rows) <= MOST_ROWS else None


def safe_text(text: str) -> str:
    """Text that XML can hold."""
    return _UNPRINTABLE.sub("", text)


def like_formula(text: str) -> bool:
    """Whether a program that opens the table might take the text for a formula."""
    return text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)


def plain(text: str) -> Value:
    """A number as a number, anything else as it is."""
    digits = text.replace(",", "")
    return int(digits) if digits.isdecimal() else text
