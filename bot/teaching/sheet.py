"""Questions from a spreadsheet: read with mistrust, every error with its row and column."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.own_quiz import OwnQuestion
from bot.teaching.own import LETTERS, BadQuestionError, Draft, Flaw, OptionDraft, QuestionReader

#: Questions in one file; bytes of a file, and of all that it unpacks to.
MOST, LARGEST, UNPACKED = 200, 2 * 1024 * 1024, 16 * 1024 * 1024
#: Errors that are told at once, and columns that are looked at.
TOLD, COLUMNS, LAST_ROW = 60, 60, 1_048_576

NEEDED = ("band", "type", "ask", "answer", "explain", "option_a", "option_b")
FIELDS = (
    *("band", "type", "difficulty", "ask", "answer", "explain", "law", "topic"),
    *(f"{part}_{letter.lower()}" for letter in LETTERS for part in ("option", "why")),
    *(f"idea_{letter.lower()}" for letter in LETTERS),
)
_MERGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']\$?([A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?)["']"""
)


class SheetError(Exception):
    """A file that cannot be read at all; ``reason`` names the sentence."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason, self.values = reason, values
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class CellFlaw:
    """What is wrong with a cell: its row from 1, its column's letter and field, and the sentence."""

    row: int
    column: str
    field: str
    reason: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetReading:
    """The questions of a file with their rows, and what is wrong: ``more`` errors were left untold."""

    questions: tuple[tuple[int, OwnQuestion], ...]
    flaws: tuple[CellFlaw, ...]
    more: int = 0


@dataclass(slots=True)
class SheetReader:
    """Reads spreadsheets; ``say`` gives the headings by key. CPU work: not for the event loop."""

    questions: QuestionReader
    say: Callable[[str], str]

    def read(self, data: bytes) -> SheetReading:
        """Every question of a file, with every error. Raises SheetError where it is none that can be read."""
        _check_archive(data)
        try:
            return self._reading(data)
        except SheetError:
            raise
        except Exception:
            raise SheetError("not_a_sheet") from None

    def _reading(self, data: bytes) -> SheetReading:
        # Late: a service that nobody sends a file to need not carry it.
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            merged = _merged(data, vars(sheet)["_worksheet_path"])
            sheet.reset_dimensions()
            rows = enumerate(sheet.iter_rows(min_row=1, max_col=COLUMNS), 1)
            header = next(((number, cells) for number, cells in rows if any(map(_filled, cells))), None)
            if header is None:
                raise SheetError("empty_sheet")
            return self._rows(rows, self._columns(header[1]), merged)
        finally:
            book.close()

    def _columns(self, cells: Sequence[Any]) -> dict[str, int]:
        """Where each field stands, from 0. Raises SheetError where a needed one is missing or one stands twice."""
        names = {_heading(self.say(f"column_{name}")): name for name in FIELDS}
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            name = names.get(_heading(str(cell.value or "")))
            if name in found:
                raise SheetError("column_twice", column=self.say(f"column_{name}"))
            if name:
                found[name] = place
        missing = [self.say(f"column_{name}") for name in NEEDED if name not in found]
        if missing:
            raise SheetError("columns", columns="、".join(missing))
        return found

    def _rows(self, rows: Iterator[tuple[int, Any]], columns: dict[str, int], merged: list[_Area]) -> SheetReading:
        questions: list[tuple[int, OwnQuestion]] = []
        flaws: list[CellFlaw] = []
        filled = 0
        for number, cells in rows:
            if number > LAST_ROW:
                raise SheetError("not_a_sheet")
            if not any(map(_filled, cells)):
                continue
            filled += 1
            if filled > MOST:
                raise SheetError("rows", most=MOST)
            row = _Row(number, cells, columns, [area for area in merged if area.on(number)])
            wrong = [*row.flaws()]
            try:
                question = None if wrong else self.questions.question(row.draft())
            except BadQuestionError as error:
                wrong = [*map(row.placed, error.flaws)]
                question = None
            flaws += wrong
            if question is not None:
                questions.append((number, question))
        if not filled:
            raise SheetError("empty_sheet")
        return SheetReading(tuple(questions), tuple(flaws[:TOLD]), max(0, len(flaws) - TOLD))


@dataclass(frozen=True, slots=True)
class _Area:
    """A merged range."""

    name: str
    columns: range
    rows: range

    def on(self, row: int) -> bool:
        return row in self.rows


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with its cells by field."""

    number: int
    cells: Sequence[Any]
    columns: Mapping[str, int]
    merged: Sequence[_Area]

    def flaws(self) -> Iterator[CellFlaw]:
        """What no cell of a question may be."""
        for name, place in self.columns.items():
            area = next((area for area in self.merged if place + 1 in area.columns), None)
            if area is not None:
                yield self.placed(Flaw(name, "merged", {"area": area.name}))
                continue
            reason = _wrong_kind(self.cells[place]) if place < len(self.cells) else ""
            if reason:
                yield self.placed(Flaw(name, reason))

    def placed(self, flaw: Flaw) -> CellFlaw:
        """A flaw with its place. A column that the file has not is where it would be missed: the first option's."""
        from openpyxl.utils import get_column_letter

        place = self.columns.get(flaw.field, self.columns["option_a"])
        return CellFlaw(self.number, get_column_letter(place + 1), flaw.field, flaw.reason, flaw.values)

    def draft(self) -> Draft:
        """The row as typed."""
        plain = {name: self.text(name) for name in FIELDS[:8]}
        options = tuple(
            OptionDraft(*(self.text(f"{part}_{letter.lower()}") for part in ("option", "why", "idea")))
            for letter in LETTERS
        )
        return Draft(**plain, options=options)

    def text(self, name: str) -> str:
        """A cell as text; a whole number without its point."""
        place = self.columns.get(name)
        value = None if place is None or place >= len(self.cells) else self.cells[place].value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value)


def _check_archive(data: bytes) -> None:
    """Raise SheetError for what is no spreadsheet, or unpacks to more than a spreadsheet of questions can."""
    if len(data) > LARGEST:
        raise SheetError("large", most=LARGEST // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            items = archive.infolist()
    except zipfile.BadZipFile:
        raise SheetError("not_a_sheet") from None
    if len(items) > 500 or sum(item.file_size for item in items) > UNPACKED:
        raise SheetError("unpacks", most=MOST)
    if any(item.flag_bits & 1 for item in items) or "xl/workbook.xml" not in {item.filename for item in items}:
        raise SheetError("not_a_sheet")


def _merged(data: bytes, path: str) -> list[_Area]:
    """The merged ranges of a sheet; the library does not tell them where it reads without trusting sizes."""
    from openpyxl.utils import range_boundaries

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(path.lstrip("/"))
    found = []
    for match in _MERGE.finditer(text):
        name = match[1].decode().replace("$", "")
        left, top, right, bottom = range_boundaries(name)
        found.append(_Area(name, range(left or 1, (right or COLUMNS) + 1), range(top or 1, (bottom or LAST_ROW) + 1)))
    return found


def _filled(cell: Any) -> bool:
    return cell.value is not None and str(cell.value).strip() != ""


def _wrong_kind(cell: Any) -> str:
    """Why a cell is not text or a number; empty where it is."""
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        return "formula"
    if cell.data_type == "e":
        return "error_value"
    if isinstance(cell.value, bool):
        return "truth"
    return "date" if isinstance(cell.value, dt.date | dt.time | dt.timedelta) else ""


def _heading(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return re.sub(r"\(.*?\)|\*", "", plain)
