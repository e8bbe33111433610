"""A report as a spreadsheet: a sheet for each section with its chart, and no text that could be taken for a formula."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from bot.outreach.paper import Paper, like_formula, plain, safe_text
from bot.outreach.sections import Section, Table, Value

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: Characters of the widest column, and of a sheet's name; pixels of a chart's width.
WIDEST, LONGEST_NAME, CHART = 60, 28, 430


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
    if paper.entries:
        sheet = book.create_sheet(paper.words("sheet_entries"))
        _fill(sheet, paper.entered())
        sheet.freeze_panes = "A2"
    book.properties.title, book.properties.creator = safe_text(paper.board.title), safe_text(paper.operator)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _summary(sheet: Worksheet, paper: Paper) -> None:
    from openpyxl.styles import Alignment, Font

    _put(sheet, (1, 1), paper.board.title)
    sheet["A1"].font = Font(bold=True, size=16)
    lines = [paper.words("unit_operator", operator=paper.operator)] if paper.operator else []
    for at, line in enumerate((*lines, paper.made_at), start=2):
        _put(sheet, (at, 1), line)
    rows = tuple((tile.label, plain(tile.value), tile.change) for tile in paper.board.tiles)
    after = _fill(sheet, Table(paper.words.head("summary"), rows), first=5)
    said = [f"{section.title}：{section.said}" for section in paper.sections if section.said]
    for at, line in enumerate((*said, paper.words("method")), start=after + 1):
        _put(sheet, (at, 1), line)
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=6)
        sheet.cell(at, 1).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[at].height = 17 * (1 + len(line) // 44)
    for column, width in (("A", 30), ("B", 16), ("C", 16)):
        sheet.column_dimensions[column].width = width
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4


def _section(sheet: Worksheet, section: Section, table: Table, paper: Paper) -> None:
    from openpyxl.drawing.image import Image
    from openpyxl.worksheet.properties import PageSetupProperties

    _fill(sheet, table)
    sheet.freeze_panes = "A2"
    picture = paper.pictures.get(section.name)
    if picture is not None:
        shown = Image(io.BytesIO(picture))
        shown.width, shown.height = CHART, round(shown.height * CHART / shown.width)
        sheet.add_image(shown, f"{_letter(len(table.head) + 2)}2")
    sheet.page_setup.orientation, sheet.page_setup.paperSize = sheet.ORIENTATION_LANDSCAPE, sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def _fill(sheet: Worksheet, table: Table, *, first: int = 1) -> int:
    """Write a table from a row on; gives the row after it."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="999999")
    widths = [len(name) * 2 + 3 for name in table.head]
    for at, row in enumerate((table.head, *table.rows), start=first):
        for column, value in enumerate(row, start=1):
            cell = _put(sheet, (at, column), value)
            cell.border = Border(line, line, line, line)
            cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal=_side(value))
            if at == first:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EDEC")
            widths[column - 1] = max(widths[column - 1], min(WIDEST, _width(value)))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[_letter(column)].width = width
    return first + len(table.rows) + 1


def _put(sheet: Worksheet, place: tuple[int, int], value: Value) -> Any:
    cell = sheet.cell(*place)
    if isinstance(value, str):
        cell.value = safe_text(value)
        # Said to be text, whatever it begins with; the mark keeps it so in other programs.
        cell.data_type = "s"
        cell.quotePrefix = like_formula(value)
    else:
        cell.value = value
        cell.number_format = "#,##0" if isinstance(value, int) else "0.0"
    return cell


def _side(value: Value) -> str:
    return "left" if isinstance(value, str) and not value.startswith(("<", "+", "-", "—")) else "right"


def _width(value: Value) -> int:
    return sum(2 if ord(sign) > 255 else 1 for sign in str(value)) + 3


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
