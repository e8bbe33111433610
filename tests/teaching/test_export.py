"""The spreadsheet of results, opened again."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from bot.content.load import Reader, read_library
from bot.core.content_types import Library
from bot.core.quiz_types import Option
from bot.storage.results import QuizRun, TaughtClass
from bot.storage.tallies import Chosen, Origin, Turnout
from bot.teaching.export import Export
from bot.teaching.figures import figures
from bot.teaching.frozen import FrozenQuiz
from bot.teaching.results import ClassResult, Earlier, RunResult

from ..conftest import NOON, ROOT
from ..storage.taught import QUIZ

FORMULA = '=HYPERLINK("http://127.0.0.1/","看这里")'


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(Reader(ROOT))


def made(quiz: FrozenQuiz, *, finished: int = 6, name: str = "五（3）班") -> RunResult:
    times = {"started_at": NOON, "closes_at": NOON + dt.timedelta(days=2)}
    run = QuizRun(1, quiz.title, quiz.id, frozenset(), **times, over=True, folded=True, classes=(1,), body=quiz.dump())
    turnout = [Turnout(1, 1, Origin.PERSON, finished, finished, finished)]
    chosen = [Chosen(1, Origin.PERSON, question, 1, finished) for question in range(len(quiz.questions))]
    given = figures(quiz, turnout, chosen, 30)
    earlier = Earlier(NOON - dt.timedelta(days=7), given)
    return RunResult(run, quiz, (ClassResult(TaughtClass(1, name, "第一中学", "10-12"), given, earlier),))


def opened(result: RunResult, library: Library) -> dict[str, list[list[object]]]:
    topics = {name: topic.title for name, topic in library.topics.items()}
    book = load_workbook(io.BytesIO(Export(result, library.messages, topics, NOON.tzinfo or dt.UTC).workbook()))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def sheet(tables: dict[str, list[list[object]]], library: Library, name: str) -> list[list[object]]:
    return tables[library.messages[f"teach_results.sheet_{name}"]][1:]


def test_every_sheet_holds_the_counts_of_the_class(library: Library) -> None:
    tables = opened(made(QUIZ), library)
    assert sheet(tables, library, "turnout")[0][:2] == ["第一中学", "五（3）班"]
    assert sheet(tables, library, "turnout")[0][4:8] == [30, 6, 6, 6]
    assert [row[3:] for row in sheet(tables, library, "questions")] == [[6, 0, 0], [6, 6, 1], [6, 0, 0]]
    assert sheet(tables, library, "options")[1][5:] == [6, 1]
    assert len(sheet(tables, library, "ideas")) == 2
    assert [row[4:] for row in sheet(tables, library, "changes")] == [[0, 0], [1, 1], [0, 0]]


def test_of_four_there_is_a_word_instead_of_numbers(library: Library) -> None:
    tables = opened(made(QUIZ, finished=4), library)
    assert sheet(tables, library, "turnout")[0][5] == library.messages["teach_results.few"]
    assert sheet(tables, library, "options") == sheet(tables, library, "ideas") == []


@pytest.mark.parametrize("text", [FORMULA, "+1+1", "-2", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0"])
def test_what_begins_like_a_formula_stays_text(library: Library, text: str) -> None:
    question = QUIZ.questions[0]
    options = (question.options[0], Option(text="甲", idea=text.strip(), why="不对。"), question.options[2])
    quiz = QUIZ.model_copy(
        update={"title": text, "questions": (question.model_copy(update={"ask": text, "options": options}),)}
    )
    tables = opened(made(quiz, name=text), library)
    assert sheet(tables, library, "turnout")[0][1:3] == [text, text]
    assert sheet(tables, library, "questions")[0][2] == text
    assert sheet(tables, library, "ideas")[0][1] == text.strip()


def test_signs_that_a_spreadsheet_cannot_hold_are_left_out(library: Library) -> None:
    tables = opened(made(QUIZ, name="五\x00\x1b班\ufffe"), library)
    assert sheet(tables, library, "turnout")[0][1] == "五班"


def test_a_share_takes_no_more_room_than_it_is_shown_in(library: Library) -> None:
    chosen = [Chosen(1, Origin.PERSON, 0, option, count) for option, count in ((1, 5), (2, 1))]
    given = figures(QUIZ, [Turnout(1, 1, Origin.PERSON, 6, 6, 6)], chosen, 30)
    result = made(QUIZ)
    result = replace(result, classes=(replace(result.classes[0], figures=given),))
    book = load_workbook(io.BytesIO(Export(result, library.messages, {}, NOON.tzinfo or dt.UTC).workbook()))
    options = book[library.messages["teach_results.sheet_options"]]
    shares = [cell for row in options.iter_rows(min_row=2) for cell in row if isinstance(cell.value, float)]
    assert any(len(str(cell.value)) > 10 for cell in shares)
    assert all(options.column_dimensions[cell.column_letter].width < 20 for cell in shares)
