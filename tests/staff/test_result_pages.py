"""Results as a vice principal sees them in a browser without scripts."""

import datetime as dt
import io
import re
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.content.load import Reader, read_library
from bot.staff.accounts import make_setup_link
from bot.staff.teach.parts import TeachParts
from bot.staff.teach.result_pages import ResultPages
from bot.storage.staff import StaffRecords
from bot.teaching.results import ClassResults
from bot.teaching.studio import NoChineseFontError
from bot.web.headers import SecurityHeaders

from ..storage.taught import GIVES, RIGHT, WRONG, Taught
from .conftest import ROOT, joined

HERE = "/staff/teach/results"


@pytest.fixture(scope="session")
def library():
    return read_library(Reader(ROOT))


class Drawn:
    """Stands in for the studio; ``fails``: what goes wrong instead."""

    fails: Exception | None = None

    async def svg(self, picture):
        return b"<svg/>"

    async def png(self, picture):
        if self.fails is not None:
            raise self.fails
        return b"\x89PNG"


@pytest.fixture
def studio():
    return Drawn()


@pytest.fixture
def app(site, store, clock, *, library, studio):
    given = SimpleNamespace(store=store, library=lambda: library, now=clock)
    pages = ResultPages(TeachParts(site.gate, site.look, given), ClassResults(store, lambda: library), studio)
    app = Starlette(routes=[*site.routes, *pages.routes()], middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@pytest.fixture
async def boss(store, new_person, app):
    person = new_person(over=app)
    await person.enrol(await make_setup_link(store), name="zhou", display="周主管")
    return person


@pytest.fixture
async def chen(boss, new_person, app):
    return await joined(boss, new_person("10.2.2.2", over=app), "chen", "vice_principal")


@pytest.fixture
async def number(chen, store):
    """The row of the vice principal."""
    return next(member.id for member in await StaffRecords(store).members() if member.name == "chen")


def over(clock, days):
    """The times of a run that began so many days ago and ended just now; whoever is signed in stays so."""
    began = clock() - dt.timedelta(days=days)
    return {"planned_at": began, "started_at": began, "closes_at": clock()}


@pytest.fixture
async def quiz(store, number, clock):
    """A quiz that is over in a class of six who finished and in one of four."""
    taught = Taught(store)
    school = await taught.school(number)
    many, few = await taught.class_(school, "五（1）班", members=30), await taught.class_(school, "五（2）班")
    run = await taught.run(number, [many, few], **over(clock, days=2))
    await taught.takes(run, many, *[RIGHT] * 4, WRONG, WRONG)
    await taught.takes(run, few, *[WRONG] * 4)
    return SimpleNamespace(run=run, many=many, few=few, page=f"{HERE}/{run}")


async def test_before_the_first_push_the_list_says_what_will_stand_here(chen, messages):
    assert messages["teach_results.none"] in (await chen.see(HERE)).text


async def test_the_list_leads_to_the_classes_together_and_to_each(chen, quiz, messages):
    listed = (await chen.see(HERE)).text
    assert messages["teach_results.finished"].format(count=6) in listed
    assert f'href="{quiz.page}"' in listed
    whole = (await chen.see(quiz.page)).text
    assert f'href="{quiz.page}?class={quiz.many}"' in whole
    assert messages["teach_results.hidden_classes"] in whole


async def test_a_class_has_its_wrong_ideas_with_lines_to_say_and_its_message(chen, quiz, messages):
    page = (await chen.see(f"{quiz.page}?class={quiz.many}")).text
    assert GIVES.idea in page
    assert messages["teach_results.idea_count"].format(of=6, count=2, share="33%") in page
    assert GIVES.why in page
    assert messages["teach_results.message"] in page
    assert re.search(r'<img class="chart" src="[^"]+/right\.svg\?class=\d+" alt="[^"]+4/6', page)
    assert "style=" not in page


async def test_of_a_class_where_four_finished_every_page_says_only_that(chen, quiz, messages):
    for path in (f"{quiz.page}?class={quiz.few}", f"{quiz.page}/print?class={quiz.few}"):
        page = (await chen.see(path)).text
        assert messages["teach_results.few_hint"] in page
        assert GIVES.idea not in page
    for part in ("right.svg", "ideas.svg", "picture.png"):
        assert (await chen.see(f"{quiz.page}/{part}?class={quiz.few}")).status_code == 404


async def test_the_paper_has_the_charts_and_the_lines(chen, quiz):
    page = (await chen.see(f"{quiz.page}/print?class={quiz.many}")).text
    assert page.count('class="chart"') == 2
    assert GIVES.why in page


async def test_a_repeated_quiz_shows_before_and_after(chen, quiz, store, *, number, clock, messages):
    again = await Taught(store).run(number, [quiz.many], **over(clock, days=1))
    await Taught(store).takes(again, quiz.many, *[RIGHT] * 5)
    page = (await chen.see(f"{HERE}/{again}")).text
    assert messages["teach_results.chart_change"].format(before="67%", after="100%") in page
    assert (await chen.see(f"{HERE}/{again}/change.svg")).headers["content-type"] == "image/svg+xml"


async def test_the_table_and_the_picture_come_as_files_with_chinese_names(chen, quiz, messages):
    table = await chen.see(f"{quiz.page}/table.xlsx")
    assert "filename*=UTF-8''%E7%AD%94" in table.headers["content-disposition"]
    assert messages["teach_results.sheet_options"] in load_workbook(io.BytesIO(table.content)).sheetnames
    picture = await chen.see(f"{quiz.page}/picture.png?class={quiz.many}")
    assert picture.headers["content-type"] == "image/png"


async def test_without_a_chinese_font_the_page_says_what_to_do(chen, quiz, studio, messages):
    studio.fails = NoChineseFontError()
    page = await chen.see(f"{quiz.page}/picture.png?class={quiz.many}")
    assert page.status_code == 503
    assert messages["teach_results.no_font"] in page.text


@pytest.mark.parametrize("part", ["", "/print", "/table.xlsx", "/picture.png", "/right.svg"])
async def test_results_of_a_school_are_seen_by_its_vice_principal_alone(boss, quiz, new_person, *, app, part):
    other = await joined(boss, new_person("10.3.3.3", over=app), "lin", "vice_principal")
    assert (await other.see(f"{quiz.page}{part}")).status_code == 404
    assert (await boss.see(f"{quiz.page}{part}")).status_code == 403
    nobody = await new_person("10.4.4.4", over=app).http.get(f"{quiz.page}{part}")
    assert nobody.headers["location"].startswith("/staff/sign-in")


@pytest.mark.parametrize("path", ["/999", "/99999999999999999999", "/1?class=77", "/1?class=-1x", "/1/else.svg"])
async def test_what_is_not_there_is_not_found(chen, quiz, path):
    answer = await chen.see(f"{HERE}{path}")
    assert answer.status_code == (200 if "-1x" in path else 404)
