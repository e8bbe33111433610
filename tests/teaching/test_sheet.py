"""Questions from spreadsheets that people really send: every error has its row and column."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from bot.content.load import Reader, read_library
from bot.core.quiz_types import Band, QuestionType
from bot.teaching.own import QuestionReader
from bot.teaching.sheet import FIELDS, MOST, SheetError, SheetReader
from bot.teaching.template import template

from ..conftest import ROOT

GOOD = {
    "band": "10–12岁",
    "type": "单选题",
    "ask": "有人让你帮他收快递，怎么做？",
    "answer": "b",
    "explain": "不知道是什么的东西不替人收。",
    "law": "未成年人保护法第39条",
    "option_a": "帮他收",
    "why_a": "里面的东西可能害了你。",
    "idea_a": "以为只是帮忙",
    "option_b": "告诉爸妈",
    "option_c": "打开看看",
    "why_c": "可能有危险。",
}


@pytest.fixture(scope="module")
def library():
    return read_library(Reader(ROOT))


@pytest.fixture(scope="module")
def say(library):
    return lambda key: library.messages[f"teach_own.{key}"]


@pytest.fixture(scope="module")
def reader(library, say):
    return SheetReader(QuestionReader(library), say)


@pytest.fixture
def book(say):
    """The template, to fill in."""
    return load_workbook(io.BytesIO(template(say)))


def add(book, **changed):
    row = GOOD | changed
    book.worksheets[0].append([row.get(name) for name in FIELDS])


def saved(book):
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def told(reading):
    return [(flaw.row, flaw.column, flaw.reason) for flaw in reading.flaws]


def column(name):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[FIELDS.index(name)]


def test_the_examples_of_the_template_are_questions_themselves(book, reader):
    del book[book.worksheets[0].title]
    reading = reader.read(saved(book))
    assert not reading.flaws
    assert len(reading.questions) == 2


def test_a_row_becomes_a_question(book, reader):
    add(book)
    ((row, question),) = reader.read(saved(book)).questions
    assert (row, question.band, question.type) == (2, Band.TEN, QuestionType.SINGLE)
    assert [option.right for option in question.options] == [False, True, False]
    assert question.options[0].idea == GOOD["idea_a"]
    assert question.law == ("minors-protection:39",)


def test_a_statement_needs_no_options_typed(book, reader):
    blank = dict.fromkeys(("option_a", "option_b", "option_c", "why_c"))
    add(book, type="判断", answer="不对", ask="帮人收快递没有关系。", **blank)
    ((_, question),) = reader.read(saved(book)).questions
    assert [option.right for option in question.options] == [False, True]


def test_columns_in_another_order_are_found_by_their_headings(reader, say):
    book = Workbook()
    names = [name for name in reversed(FIELDS) if name in GOOD]
    book.active.append([f" {say(f'column_{name}')} " for name in names])
    book.active.append([GOOD[name] for name in names])
    assert len(reader.read(saved(book)).questions) == 1


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"answer": ""}, "answer", "answer"),
        ({"answer": "E"}, "answer", "letters"),
        ({"answer": "AB"}, "answer", "right_single"),
        ({"ask": None}, "ask", "empty"),
        ({"ask": "问" * 301}, "ask", "long"),
        ({"explain": "讲" * 201}, "explain", "long"),
        ({"option_a": "选" * 101}, "option_a", "long"),
        ({"ask": "李小明的爸爸打他，电话138-0013-8000，怎么办？"}, "ask", "personal"),
        ({"why_c": "身份证110101201501011234"}, "why_c", "personal"),
        ({"option_b": "帮他收"}, "option_a", "twins"),
        ({"option_c": None, "why_c": None}, "option_a", "count_single"),
        ({"option_b": None}, "option_b", "empty"),
        ({"why_a": None}, "why_a", "why"),
        ({"band": "12岁"}, "band", "word"),
        ({"type": "填空"}, "type", "word"),
        ({"difficulty": 7}, "difficulty", "difficulty"),
        ({"law": "民法典第99999条"}, "law", "law_article_unknown"),
        ({"law": "星际法第1条"}, "law", "law_unknown"),
        ({"topic": "没有的话题"}, "topic", "topic"),
        ({"ask": "=1+1"}, "ask", "formula"),
        ({"answer": True}, "answer", "truth"),
    ],
)
def test_what_is_wrong_is_told_with_its_row_and_column(book, reader, *, wrong, field, reason):
    add(book)
    add(book, **wrong)
    reading = reader.read(saved(book))
    assert (3, column(field), reason) in told(reading)
    assert [row for row, _ in reading.questions] == [2]


def test_every_reason_has_its_sentence(library):
    keys = {key for key in library.messages if key.startswith("teach_own.flaw_")}
    assert {f"teach_own.flaw_count_{kind}" for kind in QuestionType} <= keys
    assert {f"teach_own.flaw_right_{kind}" for kind in QuestionType} <= keys


def test_a_date_in_a_cell_is_told(book, reader):
    import datetime as dt

    add(book, answer=dt.date(2026, 11, 3))
    assert told(reader.read(saved(book))) == [(2, column("answer"), "date")]


def test_merged_cells_are_told_with_their_range(book, reader):
    add(book)
    add(book)
    place = column("explain")
    book.worksheets[0].merge_cells(f"{place}2:{place}3")
    reading = reader.read(saved(book))
    assert told(reading) == [(2, place, "merged"), (3, place, "merged")]
    assert reading.flaws[0].values["area"] == f"{place}2:{place}3"


@pytest.mark.parametrize("area", ["A1:XFD1048576", "B2:B1048576"])
def test_a_merged_range_over_the_whole_sheet_costs_nothing(book, reader, area):
    add(book)
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as old, zipfile.ZipFile(changed, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.endswith("sheet1.xml"):
                merge = f'<mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'.encode()
                data = data.replace(b"</sheetData>", b"</sheetData>" + merge)
            new.writestr(item, data)
    assert {flaw.reason for flaw in reader.read(changed.getvalue()).flaws} == {"merged"}


def test_a_hundred_thousand_rows_are_refused_at_the_first_too_many(reader, say):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([say(f"column_{name}") for name in FIELDS])
    for _ in range(100_000):
        sheet.append(["x"])
    data = saved(book)
    with pytest.raises(SheetError) as error:
        reader.read(data)
    assert error.value.reason == "rows"
    assert error.value.values["most"] == MOST


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(reader):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (64 * 1024 * 1024))
    with pytest.raises(SheetError) as error:
        reader.read(bomb.getvalue())
    assert error.value.reason == "unpacks"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0" * 100, "年龄段,题目".encode()])
def test_what_is_no_spreadsheet_is_refused(reader, data):
    with pytest.raises(SheetError) as error:
        reader.read(data)
    assert error.value.reason == "not_a_sheet"


def test_an_empty_sheet_and_missing_columns_are_refused(book, reader, say):
    with pytest.raises(SheetError) as error:
        reader.read(saved(book))
    assert error.value.reason == "empty_sheet"
    other = Workbook()
    other.active.append([say("column_band"), say("column_ask")])
    with pytest.raises(SheetError) as error:
        reader.read(saved(other))
    assert say("column_answer") in error.value.values["columns"]
