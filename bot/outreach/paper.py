"""What every form of a report is made of: the board, the entries behind it, who hands it in, and its charts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.outreach.persons import counted, reached
from bot.outreach.sections import Board, Section, Table, Value, Words
from bot.storage.activity_rows import Entry

#: Signs that XML cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: What may begin a formula, here or in the next program that opens the table; and numbers, which may begin so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+%?")
_UNTOLD = re.compile(r"[<≥]\d[\d,]*(?:\+…)?|—")
_PERCENT = re.compile(r"([+-]?\d+)%")
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
    def author(self) -> str:
        """Who hands it in; the service where nobody is named."""
        return self.operator or self.words("author")

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that say something."""
        return tuple(section for section in self.board.sections if section.said or section.table)

    def summary(self) -> Table:
        """The numbers that stand at the top."""
        before, none = self.words("tile_change", change=""), self.words("no_change")
        rows = ((tile.label, plain(tile.value), tile.change.removeprefix(before) or none) for tile in self.board.tiles)
        return Table(self.words.head("summary"), tuple(rows))

    def entered(self) -> Table:
        """The entries, one by one, the oldest first, without their notes: those stay where they were typed."""
        return Table(self.words.head("entries"), tuple(self._entries()))

    def _entries(self) -> Iterator[tuple[Value, ...]]:
        words = self.words
        for entry in reversed(self.entries):
            given = entry.activity
            yield (
                given.day,
                words.named("kind", given.kind),
                counted(given.kind, given.count),
                words.named("unit", given.kind),
                entry.school,
                given.place,
                words.library.messages[f"outreach_pages.audience_{given.audience}"],
                reached(given.kind, given.count, given.people) or "",
                given.halves / 2 if given.halves else "",
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


def percent(value: Value) -> float | None:
    """The part of one that a text like 66% or +293% says; None for anything else."""
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else int(found[1]) / 100


def numeric(table: Table) -> tuple[bool, ...]:
    """For each column, whether it holds numbers, or what stands for one that is not told or not there."""
    columns = zip(*table.rows, strict=True) if table.rows else ((),) * len(table.head)
    return tuple(any(map(_is_number, column)) for column in columns)


def _is_number(value: Value) -> bool:
    if isinstance(value, str):
        return _UNTOLD.fullmatch(value) is not None or percent(value) is not None
    return not isinstance(value, dt.date)


def width(value: Value) -> int:
    """Latin letters that it is as wide as."""
    return sum(2 if ord(sign) > 255 else 1 for sign in as_text(value))


def as_text(value: Value) -> str:
    """A value as a table on paper shows it."""
    if isinstance(value, float):
        return f"{value:g}"
    return f"{value:,d}" if isinstance(value, int) else str(value)
