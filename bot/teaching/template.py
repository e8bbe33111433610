"""The spreadsheet to fill in with questions of one's own."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.teaching.sheet import FIELDS, MOST, NEEDED

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

BRAND, QUIET = "0F6466", "5B7F80"
#: Widths of columns, in characters.
WIDE, USUAL, NARROW = 44, 26, 12


def template(say: Callable[[str], str]) -> bytes:
    """An XLSX file: headings with choices to pick from, and a second sheet with examples."""
    # Late: a service that nobody asks for it need not carry it.
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = say("sheet_questions")
    examples = book.create_sheet(say("sheet_examples"))
    for page in (sheet, examples):
        _headings(page, say)
    for row in say("examples").splitlines():
        examples.append([part.strip() for part in row.split("|")])
    for cells in examples.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for name, choices in (("band", say("pick_bands")), ("type", say("pick_types")), ("difficulty", "1,2,3")):
        column = get_column_letter(FIELDS.index(name) + 1)
        rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
        sheet.add_data_validation(rule)
        rule.add(f"{column}2:{column}{MOST + 1}")
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _headings(page: Worksheet, say: Callable[[str], str]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    page.append([say(f"column_{name}") for name in FIELDS])
    for place, name in enumerate(FIELDS, 1):
        cell = page.cell(1, place)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=BRAND if name in NEEDED else QUIET)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(place)].width = _width(name)
    page.row_dimensions[1].height = 32
    page.freeze_panes = "A2"


def _width(name: str) -> int:
    if name in ("ask", "explain"):
        return WIDE
    return NARROW if name in ("band", "type", "difficulty", "answer") else USUAL
