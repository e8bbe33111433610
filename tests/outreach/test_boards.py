"""What a board says of itself: only what is true of what is told, in every form."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import update

from bot.core.content_types import Library
from bot.core.counting import ALL, Family, QuizStep
from bot.outreach.board import Boards
from bot.outreach.data import as_csv, as_json
from bot.outreach.document import document
from bot.outreach.paper import Paper
from bot.outreach.periods import days
from bot.outreach.queries import OutreachFigures
from bot.outreach.sections import Board, Words
from bot.outreach.sight import Sight, sight_of
from bot.outreach.workbook import workbook
from bot.storage.counts import CellName
from bot.storage.outreach_tables import cell
from bot.storage.staff import Role
from bot.storage.store import Store

from .conftest import HOME, put
from .people import member, school
from .test_reports import NOW, board_of, library, month, section

__all__ = ["library"]
COUNTED_BY_DAYS = {"trend", "groups", "quiz", "hours", "readers", "channels", "outcomes", "after", "harm", "desk"}


@pytest.fixture
def boards(store: Store, figures: OutreachFigures, library: Library) -> Boards:
    return Boards(store, figures, lambda: library)


@pytest.fixture
async def boss(store: Store) -> Sight:
    return await sight_of(store, await member(store, "zhou", Role.SUPERVISOR))


@pytest.fixture
async def principal(store: Store) -> Sight:
    chen = await member(store, "chen")
    await school(store, "第一中学", chen)
    return await sight_of(store, chen)


def daily(family: Family, key: str, counts: Mapping[dt.date, int]) -> dict[CellName, int]:
    return {("day", family, 0, day.isoformat(), "", key): count for day, count in counts.items()}


def november(count: int) -> dict[dt.date, int]:
    return {part.first: count for part in days(dt.date(2026, 11, 22), 22)}


def _xlsx(paper: Paper) -> str:
    book = load_workbook(io.BytesIO(workbook(paper)))
    return "\n".join(str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row)


def _docx(paper: Paper) -> str:
    made = Document(io.BytesIO(document(paper)))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


FORMS: Mapping[str, Callable[[Paper], str]] = {
    "csv": lambda paper: as_csv(paper).decode("utf-8-sig"),
    "json": lambda paper: as_json(paper).decode(),
    "xlsx": _xlsx,
    "docx": _docx,
}


def paper_of(board: Board, library: Library) -> Paper:
    return Paper(board, Words(library), (), "", NOW)


@pytest.mark.parametrize("period", ["2026-11", "30d"])
async def test_a_school_s_month_that_goes_on_is_not_told_and_not_few(
    store: Store, boards: Boards, principal: Sight, library: Library, *, period: str
) -> None:
    for name in ("2026-06", "2026-10", "2026-11"):
        await put(store, month(name, Family.TOTAL, ALL, 200, number=1))
        await put(store, month(name, Family.QUIZ, QuizStep.ANSWERED, 100, number=1))
        await put(store, month(name, Family.QUIZ, QuizStep.RIGHT, 60 + int(name[-1]), number=1))
    for place in ("all", "school:1"):
        board = await board_of(boards, principal, period, place)
        assert not {item.name for item in board.sections} & COUNTED_BY_DAYS
        assert [tile.name for tile in board.tiles] == ["entered"]
        assert board.untold
        assert "数到" not in board.title
        for form in FORMS.values():
            text = form(paper_of(board, library))
            assert board.untold in text
            assert "正确率从" not in text


async def test_harm_and_schools_say_that_the_month_is_not_over(
    store: Store, boards: Boards, boss: Sight, library: Library
) -> None:
    await school(store, "第一中学")
    sight = await sight_of(store, boss.member)
    await put(store, daily(Family.TOTAL, ALL, november(20)) | month("2026-10", Family.HARM, "opened.sexual.urgent", 20))
    for period in ("2026-11", "30d"):
        board = await board_of(boards, sight, period)
        assert board.title.endswith("数到11月22日）")
        for name in ("harm", "desk", "schools"):
            found = section(board, name)
            assert (found.table, found.chart) == (None, None)
            assert "结束后才有" in found.said or "整月" in found.said
    term = await board_of(boards, sight, "2026-autumn")
    assert "数到10月31日" in section(term, "harm").note
    assert section(term, "harm").table is not None


async def test_a_school_s_term_says_up_to_which_day_it_goes(store: Store, boards: Boards, principal: Sight) -> None:
    await put(store, month("2026-10", Family.TOTAL, ALL, 200, number=1))
    board = await board_of(boards, principal, "2026-autumn")
    assert "数到10月31日" in board.title
    table = section(board, "trend").table
    assert table is not None
    assert [row[0] for row in table.rows] == ["2026年9月", "2026年10月"]


@pytest.mark.parametrize(("no", "share"), [(4, None), (20, "75%")])
async def test_a_share_is_told_with_its_base_and_not_where_one_part_is_few(
    store: Store, boards: Boards, boss: Sight, *, no: int, share: str | None
) -> None:
    await put(store, month("2026-10", Family.HELPFUL, "yes", 60) | month("2026-10", Family.HELPFUL, "no", no))
    helpful = [tile for tile in (await board_of(boards, boss)).tiles if tile.name == "helpful"]
    assert [tile.value for tile in helpful] == ([share] if share else [])
    assert all("80次" in tile.label for tile in helpful)


async def test_a_month_before_that_was_counted_in_part_is_not_compared(
    store: Store, boards: Boards, boss: Sight
) -> None:
    await put(store, month("2026-10", Family.TOTAL, ALL, 1180) | month("2025-10", Family.TOTAL, ALL, 300))
    await put(store, daily(Family.TOTAL, ALL, {dt.date(2025, 10, 19): 30}))
    board = await board_of(boards, boss)
    assert "%" not in section(board, "trend").said
    assert not any(tile.change for tile in board.tiles)


@pytest.mark.parametrize("period", ["2026", "2026-autumn", "2026-11", "30d"])
async def test_a_trend_adds_up_to_the_number_at_the_top(
    store: Store, boards: Boards, boss: Sight, *, period: str
) -> None:
    for number in range(1, 12):
        await put(store, month(f"2026-{number:02}", Family.TOTAL, ALL, 300 + number))
    await put(store, daily(Family.TOTAL, ALL, november(30) | {dt.date(2026, 11, 5): 2}))
    board = await board_of(boards, boss, period)
    (turns,) = (tile.value for tile in board.tiles if tile.name == "turns")
    table = section(board, "trend").table
    assert table is not None
    numbers = [int(str(row[1]).replace(",", "").removeprefix("≥")) for row in table.rows if row[1] != "<5"]
    assert turns == f"至少{sum(numbers):,}"
    assert "没有算进来" in section(board, "trend").note


async def test_what_is_few_each_day_is_never_said_to_be_few(
    store: Store, boards: Boards, boss: Sight, library: Library
) -> None:
    await put(store, daily(Family.TOTAL, ALL, november(20)) | daily(Family.UNANSWERED, "bullying.victim", november(4)))
    board = await board_of(boards, boss, "30d")
    words = Words(library)
    for item in board.sections:
        assert words("all_few") not in item.said
    assert section(board, "unanswered").said == words("all_few_each")


async def test_every_form_says_how_each_figure_is_counted(
    store: Store, boards: Boards, boss: Sight, library: Library
) -> None:
    paper = paper_of(await board_of(boards, boss), library)
    for form in FORMS.values():
        text = form(paper)
        assert all(name in text and told in text for name, told in paper.words.how())


#: Small cells of each kind, and the choices that put them together with others.
SMALL: tuple[CellName, ...] = (
    ("month", "helpful", 0, "2026-10", HOME, "no"),
    ("month", "quiz", 0, "2026-10", HOME, "right"),
    ("month", "harm", 0, "2026-10", HOME, "opened.sexual.urgent"),
    ("month", "outcome", 1, "2026-10", HOME, "answer"),
    ("month", "total", 0, "2025-10", HOME, "all"),
    ("day", "total", 0, "2026-11-20", HOME, "all"),
    ("day", "unanswered", 0, "2026-11-20", HOME, "bullying.victim"),
    ("day", "hour", 0, "2026-11-21", HOME, "20"),
)
SEEN = (("2026-10", "all"), ("2026-autumn", "all"), ("30d", "all"), ("2026", "school:1"))


async def test_no_board_and_no_file_depends_on_what_a_small_cell_holds(
    store: Store, boards: Boards, boss: Sight, library: Library
) -> None:
    await school(store, "第一中学")
    sight = await sight_of(store, boss.member)
    around = {
        **month("2026-10", Family.TOTAL, ALL, 200),
        **month("2026-10", Family.HELPFUL, "yes", 60),
        **month("2026-10", Family.QUIZ, "answered", 60),
        **month("2026-10", Family.HARM, "opened.sexual.disclosure", 12),
        **month("2026-10", Family.TOTAL, ALL, 40, number=1),
        **daily(Family.TOTAL, ALL, {dt.date(2026, 11, 21): 30}),
        **daily(Family.UNANSWERED, "bullying.victim", {dt.date(2026, 11, 21): 9}),
        **daily(Family.HOUR, "20", {dt.date(2026, 11, 22): 9}),
    }
    await put(store, around)
    await put(store, dict.fromkeys(SMALL, 3))

    async def everything() -> list[str]:
        seen = [await board_of(boards, sight, period, place) for period, place in SEEN]
        return [f"{board}\n{as_json(paper_of(board, library)).decode()}" for board in seen]

    before = await everything()
    names = tuple(column.name for column in cell.primary_key)
    for name in SMALL:
        where = [cell.c[column] == value for column, value in zip(names, name, strict=True)]
        for count in (0, 1, 4):
            async with store.writing() as connection:
                await connection.execute(update(cell).where(*where).values(count=count))
            assert await everything() == before
