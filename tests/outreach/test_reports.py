"""Dashboards and reports: who is told what, and what stands in the files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from openpyxl import load_workbook

from bot.content.load import Reader, read_library
from bot.core.content_types import Library
from bot.core.counting import ALL, Family
from bot.outreach.board import Boards
from bot.outreach.choices import LATELY, choice_of, trend_parts
from bot.outreach.data import as_csv, as_json
from bot.outreach.document import document
from bot.outreach.entering import ActivityWork, Sent
from bot.outreach.paper import Paper
from bot.outreach.queries import OutreachFigures
from bot.outreach.sections import Board, Section, Tile, Words
from bot.outreach.sight import Sight, sight_of
from bot.outreach.workbook import workbook
from bot.storage.audit import AuditLog
from bot.storage.counts import CellName
from bot.storage.staff import Role
from bot.storage.store import Store

from .conftest import put
from .people import member, school, sent

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ONE, OTHER = 1, 2


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(Reader(Path(__file__).parents[2]))


@pytest.fixture
def boards(store: Store, figures: OutreachFigures, library: Library) -> Boards:
    return Boards(store, figures, lambda: library)


def month(name: str, family: Family, key: str, count: int, *, number: int = 0) -> dict[CellName, int]:
    return {("month", family, number, name, "", key): count}


async def counted(store: Store) -> None:
    """Two Octobers with turns, a topic, a harm, and two schools, of which one is small."""
    cells: dict[CellName, int] = {}
    cells |= month("2026-10", Family.TOTAL, ALL, 1000) | month("2025-10", Family.TOTAL, ALL, 500)
    cells |= month("2025-09", Family.TOTAL, ALL, 80)
    cells |= month("2026-10", Family.TOPIC, "bullying.victim", 400) | month("2026-10", Family.GROUP, "bullying", 400)
    cells |= month("2026-10", Family.HARM, "opened.sexual.disclosure", 15)
    cells |= month("2026-10", Family.TOTAL, ALL, 200, number=ONE) | month("2026-10", Family.TOTAL, ALL, 3, number=OTHER)
    await put(store, cells)


def section(board: Board, name: str) -> Section:
    return next(item for item in board.sections if item.name == name)


async def board_of(boards: Boards, sight: Sight, period: str = "2026-10", place: str = "all") -> Board:
    chosen, choice = sight.place(place), choice_of(period, NOW)
    assert chosen is not None
    assert choice is not None
    return await boards.board(sight, chosen, choice)


@pytest.fixture
async def boss(store: Store) -> Sight:
    return await sight_of(store, await member(store, "zhou", Role.SUPERVISOR))


async def test_a_supervisor_sees_the_year_before_beside_the_month(store: Store, boards: Boards, boss: Sight) -> None:
    await counted(store)
    board = await board_of(boards, boss)
    assert [tile.value for tile in board.tiles if tile.name == "turns"] == ["1,000"]
    assert "100%" in section(board, "trend").said
    assert section(board, "topics").table is not None


async def test_a_year_that_was_not_counted_from_its_beginning_is_not_compared(
    store: Store, boards: Boards, boss: Sight
) -> None:
    await counted(store)
    board = await board_of(boards, boss, "2026")
    assert "%" not in section(board, "trend").said
    assert not any(tile.change for tile in board.tiles)


async def test_nothing_about_harm_or_topics_is_told_of_a_school(store: Store, boards: Boards) -> None:
    chen = await member(store, "chen")
    await school(store, "第一中学", chen)
    await school(store, "第二中学", chen)
    await counted(store)
    sight = await sight_of(store, chen)
    for place in ("all", "school:1", "school:2"):
        names = {item.name for item in (await board_of(boards, sight, place=place)).sections}
        assert not names & {"harm", "desk", "topics", "unanswered", "hotlines", "regions"}
    alone = await board_of(boards, sight, place="school:2")
    assert [tile.value for tile in alone.tiles if tile.name == "turns"] == ["<5"]


async def test_a_vice_principal_is_shown_no_other_place(store: Store) -> None:
    chen = await member(store, "chen")
    await school(store, "第一中学", chen)
    await school(store, "第二中学")
    sight = await sight_of(store, chen)
    assert [sight.place(name) for name in ("school:2", "region:east", "region:", "x")] == [None] * 4
    counsellor = await sight_of(store, await member(store, "li", Role.COUNSELLOR, "east"))
    assert counsellor.place("region:west") is None
    assert counsellor.everything.region == "east"


@pytest.mark.parametrize("name", ["2027-01", "2026-13", "2026-1", "1e9", "2026-winter", "../etc", "2026-11-01", ""])
def test_what_is_no_period_is_none(name: str) -> None:
    assert choice_of(name, NOW) is None


def test_a_period_that_goes_on_is_told_by_what_is_over() -> None:
    term = choice_of("2026-autumn", NOW)
    assert term is not None
    assert not term.over
    assert [part.name for part in term.parts][:3] == ["2026-09", "2026-10", "2026-11-01"]
    assert (term.first, term.last) == (dt.date(2026, 9, 1), dt.date(2026, 11, 23))
    assert [part.name for part in trend_parts(term, coarse=False)] == ["2026-09", "2026-10", "2026-11"]
    lately = choice_of(LATELY, NOW)
    assert lately is not None
    assert len(lately.parts) == 30


@pytest.fixture
def paper(store: Store, boards: Boards, boss: Sight, library: Library) -> Callable[..., object]:
    async def made(*more: Sent, **fields: object) -> Paper:
        work = ActivityWork(store, AuditLog(store))
        await counted(store)
        for each in (sent(day="2026-10-09", people=180, **fields), *more):
            await work.enter(boss.member, each)
        board = await board_of(boards, boss)
        entries = await work.listed(board.place.entries, board.choice.first, board.choice.last)
        return Paper(board, Words(library), entries, "某检察院", NOW)

    return made


async def test_the_document_has_a_paragraph_and_a_table_for_each_matter(paper: Callable[..., object]) -> None:
    made = Document(io.BytesIO(document(await paper())))  # type: ignore[misc]
    text = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert "1,000次" in text
    assert "100%" in text
    assert "法治讲座1场次（180人次参加）" in text
    assert len(made.tables) > 4
    assert any(cell.text == "<5" for table in made.tables for row in table.rows for cell in row.cells)


async def test_the_spreadsheet_takes_nothing_for_a_formula(paper: Callable[..., object]) -> None:
    book = load_workbook(io.BytesIO(workbook(await paper(place="=HYPERLINK(1)"))))  # type: ignore[misc]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    hidden = next(cell for cell in cells if str(cell.value).startswith("=HYPERLINK"))
    assert hidden.quotePrefix
    assert any(cell.value == 1000 for cell in cells)


@pytest.mark.parametrize(("hours", "met"), [("3.5", False), ("4", True), ("8", True)])
async def test_class_hours_are_full_from_four_on(store: Store, boards: Boards, *, hours: str, met: bool) -> None:
    chen = await member(store, "chen")
    number = await school(store, "第一中学", chen)
    await ActivityWork(store, AuditLog(store)).enter(chen, sent(school=number, hours=hours))
    found = section(await board_of(boards, await sight_of(store, chen)), "class_hours")
    assert found.chart is not None
    assert ["已满" in text for text in (found.said, found.chart.marks[0].text)] == [met, met]
    assert ("/4" in found.chart.marks[0].text) is not met


FORMS = {
    "csv": lambda paper: as_csv(paper).decode(),
    "json": lambda paper: as_json(paper).decode(),
    "xlsx": lambda paper: "\n".join(
        str(value)
        for sheet in load_workbook(io.BytesIO(workbook(paper)))
        for row in sheet.iter_rows(values_only=True)
        for value in row
    ),
}


@pytest.mark.parametrize("form", FORMS)
async def test_a_note_stays_where_it_was_typed(paper: Callable[..., object], form: str) -> None:
    made = await paper(note="给李小明讲了两次")  # type: ignore[misc]
    assert "李小明" not in FORMS[form](made)


async def test_fewer_than_five_persons_are_told_nowhere_and_add_nothing_to_a_sum(
    paper: Callable[..., object], library: Library
) -> None:
    few = [sent(kind="assessment", count=4, day="2026-10-10"), sent(kind="guidance", count=6, day="2026-10-11")]
    made: Paper = await paper(*few)  # type: ignore[misc]
    rows = {row[0]: row for row in section(made.board, "activities").table.rows}  # type: ignore[union-attr]
    assert rows["心理测评"][2:5] == ("<5", "<5", "<5")
    assert rows["家庭教育指导"][2:4] == (6, 6)
    assert "心理测评" not in section(made.board, "activities").said
    assert [tile.value for tile in made.board.tiles if tile.name == "entered"] == ["186"]
    assert [row[2] for row in made.entered().rows if row[1] in ("心理测评", "家庭教育指导")] == ["<5", 6]


async def test_the_spreadsheet_holds_shares_dates_and_hours_as_numbers(
    paper: Callable[..., object], library: Library
) -> None:
    made: Paper = await paper(hours="1.5")  # type: ignore[misc]
    right = Tile("right", "答题正确", "66%", Words(library)("tile_change", change="+293%"))
    book = load_workbook(io.BytesIO(workbook(replace(made, board=replace(made.board, tiles=(right,))))))
    entry = next(row for row in book.worksheets[-1].iter_rows() if row[0].is_date)
    assert entry[0].value == dt.datetime(2026, 10, 9)  # noqa: DTZ001  (a spreadsheet knows no zone)
    assert 1.5 in [cell.value for cell in entry]
    shares = [cell for row in book.worksheets[0].iter_rows() for cell in row if "%" in cell.number_format]
    assert [cell.value for cell in shares] == [0.66, 2.93]


async def test_the_document_numbers_its_tables_and_says_who_made_it(paper: Callable[..., object]) -> None:
    made = Document(io.BytesIO(document(await paper())))  # type: ignore[misc]
    captions = [line.text for line in made.paragraphs if line.style is not None and line.style.name == "Caption"]
    assert [text.split("　")[0] for text in captions] == [f"表{at}" for at in range(1, len(made.tables) + 1)]
    assert made.core_properties.author == "某检察院"


async def test_other_systems_read_the_same_figures(paper: Callable[..., object]) -> None:
    made = await paper(place="@SUM(1)")  # type: ignore[misc]
    body = json.loads(as_json(made))
    trend = next(item for item in body["sections"] if item["name"] == "harm")
    assert ["性侵害", 15, "<5", "<5"] in trend["rows"]
    assert next(item["value"] for item in body["summary"] if item["name"] == "turns") == 1000
    rows = list(csv.reader(io.StringIO(as_csv(made).decode("utf-8-sig"))))
    assert not any(value.startswith(("=", "@")) for row in rows for value in row)
    assert any("法治讲座" in row and "180" in row for row in rows)
