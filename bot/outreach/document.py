"""A report as a Word document: headings, a paragraph each, charts and tables, on A4."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from bot.outreach.paper import Paper, on_paper, safe_text
from bot.outreach.sections import Section, Table, Value

if TYPE_CHECKING:
    from docx.document import Document as Made

#: The fonts of official papers; a machine without them takes its own.
BODY, HEADING = "仿宋", "黑体"
LATIN = "Times New Roman"


def document(paper: Paper) -> bytes:
    """The report as DOCX: takes a moment, so away from the event loop."""
    from docx import Document

    made = Document()
    _set_up(made, paper)
    _front(made, paper)
    for section in paper.sections:
        _section(made, section, paper)
    if not paper.pictures and paper.board.charts:
        made.add_paragraph(paper.words("no_font"))
    made.add_paragraph(paper.words("method"), style="Small")
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _set_up(made: Made, paper: Paper) -> None:
    from docx.enum.style import WD_STYLE_TYPE
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
    _font(styles.add_style("Small", WD_STYLE_TYPE.PARAGRAPH), BODY, 9)
    core = made.core_properties
    core.title, core.author, core.comments = safe_text(paper.board.title), safe_text(paper.operator), ""
    core.language = "zh-CN"
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
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)


def _front(made: Made, paper: Paper) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    title = made.add_paragraph(safe_text(paper.board.title), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _without_line(title)
    lines = [paper.words("unit_operator", operator=paper.operator)] if paper.operator else []
    for line in (*lines, paper.made_at):
        made.add_paragraph(safe_text(line)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    rows = tuple((tile.label, tile.value, tile.change) for tile in paper.board.tiles)
    _table(made, Table(paper.words.head("summary"), rows))


def _section(made: Made, section: Section, paper: Paper) -> None:
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
    table = on_paper(section)
    if table is not None:
        _table(made, table)
    if section.note:
        made.add_paragraph(section.note, style="Small")


def _describe(made: Made, text: str) -> None:
    """Say what a picture shows to who does not see it."""
    found = made.paragraphs[-1]._p.xpath(".//wp:docPr")
    found[0].set("descr", safe_text(text))


def _table(made: Made, table: Table) -> None:
    from docx.shared import Pt

    drawn: Any = made.add_table(rows=0, cols=len(table.head), style="Table Grid")
    for at, row in enumerate((table.head, *table.rows)):
        line = drawn.add_row()
        _whole(line, head=at == 0)
        for cell, value in zip(line.cells, row, strict=True):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(safe_text(_text(value)))
            run.font.size, run.bold = Pt(10.5), at == 0
            paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(0), 1.15
            paragraph.alignment = 0 if isinstance(value, str) and not value.startswith("<") else 2
    made.add_paragraph(style="Small")


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


def _text(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:,d}" if isinstance(value, int) else f"{value:g}"
