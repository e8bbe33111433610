"""A report as a spreadsheet: a sheet for each section with its chart, and no text that could be taken for a formula."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from bot.outreach.paper import Paper, like_formula, numeric, percent, safe_text, width
from bot.outreach.sections import Section, Table, Value

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: Characters of the widest column, and of a sheet's name; pixels of a chart's width; points of a line.
WIDEST, LONGEST_NAME, CHART, LINE = 60, 28, 430, 16
#: How numbers and dates look, and how much more or less than before.
FORMATS = ((int, "#,##0"), (float, "General"), (dt.date, "yyyy-mm-dd"))
CHANGE = "+0%;-0%;0%"


def workbook(paper: Paper) -> bytes:
    """The report as XLSX: takes a moment, so away from the event loop."""
    from openpyxl import Workbook

    book = Workbook()
    while book.worksheets:
        book.remove(book.worksheets[0])
    _summary(book.create_sheet(paper.words("sheet_summary")), paper)
    for section in paper.sections:
        if section.table is not None:
            _section(book.create_sheet(section.title[:LONGEST_NAME]), section, section.table, paper)
    _fill(book.create_sheet(paper.words("how_title")), Table(paper.words.head("how"), paper.words.how()))
    if paper.entries:
        sheet = book.create_sheet(paper.words("sheet_entries"))
        _fill(sheet, paper.entered())
        sheet.freeze_panes = "A2"
    for sheet in book.worksheets:
        _on_a4(sheet)
    book.properties.title, book.properties.creator = safe_text(paper.board.title), safe_text(paper.author)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _summary(sheet: Worksheet, paper: Paper) -> None:
    from openpyxl.styles import Font

    _put(sheet, (1, 1), paper.board.title)
    sheet["A1"].font = Font(bold=True, size=16)
    lines = [paper.words("unit_operator", operator=paper.operator)] if paper.operator else []
    for at, line in enumerate((*lines, paper.made_at), start=2):
        _put(sheet, (at, 1), line)
    after = _fill(sheet, paper.summary(), first=5)
    said = [f"{section.title}：{section.said}" for section in paper.sections if section.said]
    untold = [paper.board.untold] if paper.board.untold else []
    for at, line in enumerate((*untold, *said), start=after + 1):
        _line(sheet, at, line, 6)
    for column, wide in (("A", 30), ("B", 16), ("C", 16)):
        sheet.column_dimensions[column].width = wide


def _section(sheet: Worksheet, section: Section, table: Table, paper: Paper) -> None:
    from openpyxl.drawing.image import Image

    after = _fill(sheet, table)
    if section.note:
        _line(sheet, after, section.note, len(table.head))
    sheet.freeze_panes = "A2"
    picture = paper.pictures.get(section.name)
    if picture is not None:
        shown = Image(io.BytesIO(picture))
        shown.width, shown.height = CHART, round(shown.height * CHART / shown.width)
        sheet.add_image(shown, f"{_letter(len(table.head) + 2)}2")


def _on_a4(sheet: Worksheet) -> None:
    """As wide as a sheet of paper, however long."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation, sheet.page_setup.paperSize = sheet.ORIENTATION_LANDSCAPE, sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def _line(sheet: Worksheet, at: int, text: str, columns: int) -> None:
    """A paragraph across so many columns."""
    from openpyxl.styles import Alignment

    _put(sheet, (at, 1), text)
    sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=columns)
    sheet.cell(at, 1).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[at].height = 17 * (1 + len(text) // (7 * columns))


def _fill(sheet: Worksheet, table: Table, *, first: int = 1) -> int:
    """Write a table from a row on; gives the row after it."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="999999")
    right = numeric(table)
    widths = [
        max(min(WIDEST, width(value) + 3) for value in column) for column in zip(table.head, *table.rows, strict=True)
    ]
    for at, row in enumerate((table.head, *table.rows), start=first):
        for column, value in enumerate(row, start=1):
            cell = _put(sheet, (at, column), value)
            cell.border = Border(line, line, line, line)
            side = "right" if right[column - 1] else "left"
            cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal=side)
            if at == first:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EDEC")
        lines = max(-(-(width(value) + 3) // WIDEST) for value in row)
        if lines > 1:
            # Not every program makes a row as high as its text.
            sheet.row_dimensions[at].height = LINE * lines
    for column, wide in enumerate(widths, start=1):
        sheet.column_dimensions[_letter(column)].width = wide
    return first + len(table.rows) + 1


def _put(sheet: Worksheet, place: tuple[int, int], value: Value) -> Any:
    cell, part = sheet.cell(*place), percent(value)
    if part is not None:
        cell.value, cell.number_format = part, CHANGE if str(value).startswith(("+", "-")) else "0%"
    elif isinstance(value, str):
        cell.value = safe_text(value)
        # Said to be text, whatever it begins with; the mark keeps it so in other programs.
        cell.data_type = "s"
        cell.quotePrefix = like_formula(value)
    else:
        cell.value = value
        cell.number_format = next(form for kind, form in FORMATS if isinstance(value, kind))
    return cell


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
