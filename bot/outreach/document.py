"""A report as a Word document: headings, a paragraph each, charts and tables, on A4."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.outreach.paper import Paper, as_text, numeric, on_paper, safe_text, width
from bot.outreach.sections import Section, Table

if TYPE_CHECKING:
    from docx.document import Document as Made

#: The fonts of official papers; a machine without them takes its own.
BODY, HEADING = "仿宋", "黑体"
LATIN = "Times New Roman"
#: Centimetres between the margins.
WIDE = 15.8


def document(paper: Paper) -> bytes:
    """The report as DOCX: takes a moment, so away from the event loop."""
    from docx import Document

    made = Document()
    _set_up(made, paper)
    captions = _Captions(made, paper)
    _front(made, paper, captions)
    for section in paper.sections:
        _section(made, section, paper, captions)
    if not paper.pictures and paper.board.charts:
        made.add_paragraph(paper.words("no_font"))
    made.add_heading(paper.words("how_title"), 1)
    for name, told in paper.words.how():
        paragraph = made.add_paragraph(style="Small")
        paragraph.add_run(f"{name}：").bold = True
        paragraph.add_run(told)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


@dataclass(frozen=True, slots=True)
class _Captions:
    """Numbers figures and tables as Word does, so that it numbers them anew where one is taken out."""

    made: Made
    paper: Paper
    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, text: str) -> None:
        """The line above a table or below a figure. ``kind``: table, figure."""
        from docx.shared import Pt

        mark = self.paper.words(f"caption_{kind}")
        self.numbers[mark] += 1
        paragraph = self.made.add_paragraph(mark, style="Caption")
        _field(paragraph, f"SEQ {mark} \\* ARABIC", str(self.numbers[mark]))
        paragraph.add_run(f"　{safe_text(text)}")
        paragraph.paragraph_format.keep_with_next = kind == "table"
        paragraph.paragraph_format.space_before = Pt(6 if kind == "table" else 0)


def _set_up(made: Made, paper: Paper) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin = page.bottom_margin = Cm(2.5)
    page.left_margin = page.right_margin = Cm(2.6)
    styles: Any = made.styles
    _font(styles["Normal"], BODY, 12)
    styles["Normal"].paragraph_format.line_spacing = 1.4
    styles["Normal"].paragraph_format.space_after = Pt(4)
    _font(styles["Title"], HEADING, 20)
    _font(styles["Heading 1"], HEADING, 14)
    _font(styles["Caption"], HEADING, 10)
    styles["Caption"].font.bold = False
    styles["Caption"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH), BODY, 9)
    core = made.core_properties
    core.title, core.author, core.comments = safe_text(paper.board.title), safe_text(paper.author), ""
    core.language, core.created = "zh-CN", paper.made.astimezone(dt.UTC)
    core.modified = core.created
    _number_pages(page.footer.paragraphs[0])


def _font(style: Any, name: str, size: int) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.color.rgb = LATIN, Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    # A theme's font would win over the one that is named.
    for mark in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{mark}"), None)


def _number_pages(paragraph: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(paragraph, "PAGE", "1")


def _field(paragraph: Any, code: str, shown: str) -> None:
    """A number that Word works out; ``shown`` until it has."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def mark(kind: str) -> None:
        paragraph.add_run()._r.append(OxmlElement("w:fldChar", {qn("w:fldCharType"): kind}))

    mark("begin")
    written = OxmlElement("w:instrText")
    written.text = code
    paragraph.add_run()._r.append(written)
    mark("separate")
    paragraph.add_run(shown)
    mark("end")


def _front(made: Made, paper: Paper, captions: _Captions) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    title = made.add_paragraph(safe_text(paper.board.title), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _without_line(title)
    lines = [paper.words("unit_operator", operator=paper.operator)] if paper.operator else []
    for line in (*lines, paper.made_at):
        made.add_paragraph(safe_text(line)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if paper.board.untold:
        made.add_paragraph(safe_text(paper.board.untold))
    captions.add("table", paper.words("sheet_summary"))
    _table(made, paper.summary())


def _section(made: Made, section: Section, paper: Paper, captions: _Captions) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    made.add_heading(safe_text(section.title), 1)
    if section.said:
        paragraph = made.add_paragraph(safe_text(section.said))
        paragraph.paragraph_format.first_line_indent = Cm(0.85)
        paragraph.paragraph_format.keep_with_next = True
    picture = paper.pictures.get(section.name)
    if picture is not None:
        made.add_picture(io.BytesIO(picture), width=Cm(10))
        _describe(made, f"{section.title}：{section.said}")
        made.paragraphs[-1].paragraph_format.keep_with_next = True
        made.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
        captions.add("figure", section.title)
    table = on_paper(section)
    if table is not None:
        captions.add("table", section.title)
        _table(made, table)
    if section.note:
        made.add_paragraph(section.note, style="Small")


def _describe(made: Made, text: str) -> None:
    """Say what a picture shows to who does not see it."""
    found = made.paragraphs[-1]._p.xpath(".//wp:docPr")
    found[0].set("descr", safe_text(text))


def _table(made: Made, table: Table) -> None:
    from docx.shared import Cm, Pt

    drawn: Any = made.add_table(rows=0, cols=len(table.head), style="Table Grid")
    right, widths = numeric(table), _widths(table)
    for column, wide in zip(drawn.columns, widths, strict=True):
        column.width = Cm(wide)
    for at, row in enumerate((table.head, *table.rows)):
        line = drawn.add_row()
        _whole(line, head=at == 0)
        for place, (cell, value) in enumerate(zip(line.cells, row, strict=True)):
            cell.width = Cm(widths[place])
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(safe_text(as_text(value)))
            run.font.size, run.bold = Pt(10.5), at == 0
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(2)
            form.line_spacing = 1
            paragraph.alignment = 2 if right[place] else 0
    made.add_paragraph(style="Small")


def _widths(table: Table) -> list[float]:
    """How wide its columns are, in cm: the page is shared out by their longest words."""
    longest = [min(40, max(8, *map(width, column))) for column in zip(table.head, *table.rows, strict=True)]
    return [WIDE * each / sum(longest) for each in longest]


def _whole(line: Any, *, head: bool) -> None:
    """Keep a row on one page, and the head on every page."""
    from docx.oxml import OxmlElement

    parts = line._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if head else ())):
        parts.append(OxmlElement(name))


def _without_line(title: Any) -> None:
    from docx.oxml.ns import qn

    border = title.style.element.find(f".//{qn('w:pBdr')}")
    if border is not None:
        border.getparent().remove(border)
