"""Results as a spreadsheet: counts only, and no text that a spreadsheet could take for a formula."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.teaching.figures import wrong_ideas
from bot.teaching.result_words import lines, named
from bot.teaching.results import ClassResult, RunResult

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | None
#: Signs that XML cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: What may begin a formula, here or in the next program that opens the table.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LETTERS = "ABCDEFGHIJ"
#: Characters of the widest column, and points of a line of text.
_WIDEST, _LINE = 60, 16


@dataclass(frozen=True, slots=True)
class Export:
    """A run as a spreadsheet. ``topics``: their titles by id; ``zone``: of the dates that people read."""

    result: RunResult
    messages: Mapping[str, str]
    topics: Mapping[str, str]
    zone: dt.tzinfo

    def workbook(self) -> bytes:
        """The spreadsheet as XLSX: takes a moment, so away from the event loop."""
        from openpyxl import Workbook

        book = Workbook()
        for number, (name, rows) in enumerate(
            (
                ("turnout", self._turnout()),
                ("questions", self._questions()),
                ("options", self._options()),
                ("ideas", self._ideas()),
                ("changes", self._changes()),
            )
        ):
            sheet = book.create_sheet(self._say(f"sheet_{name}"), number)
            _fill(sheet, self._say(f"head_{name}").split("|"), rows)
        del book[book.sheetnames[-1]]
        kept = io.BytesIO()
        book.save(kept)
        return kept.getvalue()

    def _say(self, key: str) -> str:
        return self.messages[f"teach_results.{key}"]

    def _shown(self) -> Iterator[tuple[str, ClassResult]]:
        for item in self.result.classes:
            if item.figures.shown:
                yield f"{item.taught.school} {item.taught.name}", item

    def _turnout(self) -> Iterator[tuple[Value, ...]]:
        run = self.result.run
        date = f"{run.started_at.astimezone(self.zone):%Y-%m-%d %H:%M}"
        for item in self.result.classes:
            given = item.figures
            counts = (given.started, given.finished, given.counted, given.share) if given.shown else (self._say("few"),)
            yield item.taught.school, item.taught.name, run.title, date, given.invited, *counts

    def _questions(self) -> Iterator[tuple[Value, ...]]:
        for name, item in self._shown():
            for asked in item.figures.questions:
                if asked.answered:
                    counts = (asked.answered, asked.right if asked.judged else None, asked.share)
                    yield name, asked.place, asked.question.ask, *counts

    def _options(self) -> Iterator[tuple[Value, ...]]:
        for name, item in self._shown():
            for asked in item.figures.questions:
                for at, (option, count) in enumerate(zip(asked.question.options, asked.options, strict=True)):
                    if asked.answered:
                        right = self._say("right_mark") if option.right else ""
                        words = (f"{_LETTERS[at]}. {option.text}", right, option.idea or "")
                        yield name, asked.place, *words, count, count / asked.answered

    def _ideas(self) -> Iterator[tuple[Value, ...]]:
        for name, item in self._shown():
            for idea in wrong_ideas(item.figures):
                counts = (idea.count, idea.of, idea.share)
                topic = self.topics.get(idea.question.topic, "")
                yield name, named(idea, self.messages), *counts, topic, idea.place, *lines(idea, self.messages)

    def _changes(self) -> Iterator[tuple[Value, ...]]:
        for name, item in self._shown():
            if item.earlier is not None:
                date = f"{item.earlier.at.astimezone(self.zone):%Y-%m-%d}"
                for change in item.changes:
                    yield name, change.asked.place, change.asked.question.ask, date, change.before, change.after


def safe_text(text: str) -> str:
    """Text that XML can hold."""
    return _UNPRINTABLE.sub("", text)


def _fill(sheet: Worksheet, head: list[str], rows: Iterable[tuple[Value, ...]]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    widths = [len(name) * 2 + 4 for name in head]
    for line, row in enumerate((head, *rows), start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet, (line, column), value)
            widths[column - 1] = max(widths[column - 1], min(_WIDEST, _width(value)))
        lines = max(-(-_width(value) // _WIDEST) for value in row)
        if lines > 1:
            # Not every program makes a row as high as its text.
            sheet.row_dimensions[line].height = _LINE * lines
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(1, column).font = Font(bold=True)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = sheet.ORIENTATION_LANDSCAPE, sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def _width(value: Value) -> int:
    """Characters that a value takes as it is shown: parts of one as parts of a hundred."""
    return len(f"{value:.0%}" if isinstance(value, float) else str(value)) * 2 + 2


def _put(sheet: Worksheet, place: tuple[int, int], value: Value) -> None:
    cell = sheet.cell(*place)
    if isinstance(value, str):
        cell.value = safe_text(value)
        # Said to be text, whatever it begins with; the mark keeps it so in other programs.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA)
        return
    cell.value = value
    if isinstance(value, float):
        cell.number_format = "0%"
