"""The pages of outreach, as people work on them with a browser without scripts."""

import html
import io
import re

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.charts.process import DrawingError
from bot.content.load import Reader, read_library
from bot.outreach.board import Boards
from bot.outreach.entering import ActivityWork
from bot.outreach.queries import OutreachFigures
from bot.staff.accounts import make_setup_link
from bot.staff.outreach.parts import OutreachWith
from bot.staff.outreach.site import create_outreach
from bot.storage.audit import AuditLog
from bot.storage.schools import SealedSchools
from bot.storage.staff import StaffRecords
from bot.web.headers import SecurityHeaders

from ..outreach.conftest import put
from .conftest import ROOT, admitted, joined

HERE = "/staff/outreach"
LECTURE = {"kind": "lecture", "count": "2", "day": "2026-11-20", "hours": "2"}


@pytest.fixture(scope="session")
def library():
    return read_library(Reader(ROOT))


class Drawn:
    """Stands in for the easel; ``fails``: what goes wrong instead."""

    fails: Exception | None = None

    async def svg(self, charts, *, dark=False):
        if self.fails is not None:
            raise self.fails
        return dict.fromkeys(charts, b"<svg>dark</svg>" if dark else b"<svg>light</svg>")

    png = svg


@pytest.fixture
def easel():
    return Drawn()


@pytest.fixture
def app(site, store, clock, *, library, easel):
    boards = Boards(store, OutreachFigures(store, clock), lambda: library)
    given = OutreachWith(store, boards, ActivityWork(store, AuditLog(store)), lambda: library, clock, easel)
    routes = [*site.routes, *create_outreach(site, given)]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@pytest.fixture
async def boss(store, new_person, app):
    person = new_person(over=app)
    await person.enrol(await make_setup_link(store), name="zhou", display="周主管")
    return person


@pytest.fixture
async def chen(boss, store, new_person, app):
    """The vice principal of the first school; there is a second one."""
    person = await joined(boss, new_person("10.2.2.2", over=app), "chen", "vice_principal")
    found = next(member for member in await StaffRecords(store).members() if member.name == "chen")
    async with store.writing() as connection:
        number = await SealedSchools(store).add_school(connection, "第一中学", "")
        await SealedSchools(store).add_school(connection, "第二中学", "")
        await SealedSchools(store).appoint(connection, number, found.id)
    return person


def field(page, name):
    return re.search(rf'name="{name}" value="(\w*)"', page.text)[1]


async def test_a_lecture_is_entered_from_what_the_form_has_already(chen, messages):
    blank = await chen.see(f"{HERE}/enter")
    assert 'value="lecture" required checked' in blank.text
    filled = {"kind": "lecture", "count": field(blank, "count"), "day": "", "hours": "1", "school": "1"}
    page = await chen.send(f"{HERE}/enter", form=field(blank, "form"), **filled)
    assert messages["outreach_pages.done_entered"] in page.text
    listed = await chen.see(f"{HERE}/entries")
    assert "法治讲座 1 场次" in listed.text
    assert "第一中学" in listed.text


async def test_a_note_and_few_persons_stay_on_the_entrys_own_page(chen, boss):
    given = {"kind": "assessment", "count": "1", "day": "2026-11-20", "school": "1", "note": "下次带量表"}
    await chen.send(f"{HERE}/enter", **given)
    for reader in (chen, boss):
        listed = await reader.see(f"{HERE}/entries")
        assert "心理测评 &lt;5 人次" in listed.text
        assert "下次带量表" not in listed.text
    own = await chen.see(f"{HERE}/entries/1")
    assert "下次带量表" in own.text
    assert 'name="count" value="1"' in own.text


async def test_a_service_without_a_region_offers_itself_and_no_region_that_has_nothing(boss, store):
    await put(store, {("month", "total", 0, "2026-10", "east", "all"): 500})
    page = await boss.see(HERE)
    assert re.findall(r'value="(region:\w*)"', page.text) == ["region:", "region:east"]
    assert (await boss.see(f"{HERE}?place=region:")).status_code == 200
    assert (await boss.see(f"{HERE}?place=region:neimenggu")).status_code == 404


async def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(chen, messages):
    page = await chen.send(f"{HERE}/enter", **{**LECTURE, "count": "很多", "note": "<b>三班</b>", "form": "a" * 32})
    assert page.status_code == 400
    assert messages["outreach_pages.error_count"] in page.text
    assert "&lt;b&gt;三班&lt;/b&gt;" in page.text


async def test_an_entry_is_mended_removed_and_restored_with_its_history(chen, messages):
    await chen.send(f"{HERE}/enter", **LECTURE)
    page = await chen.send(f"{HERE}/entries/1", **{**LECTURE, "count": "5", "version": "1"})
    assert messages["outreach_pages.done_changed"] in page.text
    assert "法治讲座 2 场次" in page.text
    assert "法治讲座 5 场次" in page.text
    late = await chen.send(f"{HERE}/entries/1", **{**LECTURE, "count": "7", "version": "1"})
    assert messages["outreach_pages.error_changed"] in late.text
    assert 'name="count" value="5"' in late.text
    removed = await chen.send(f"{HERE}/entries/1/remove", version="2")
    assert messages["outreach_pages.removed"] in removed.text
    assert "法治讲座" not in (await chen.see(f"{HERE}/entries")).text
    restored = await chen.send(f"{HERE}/entries/1/restore", version="3")
    assert messages["outreach_pages.done_restored"] in restored.text


async def test_a_photo_is_shown_to_who_may_see_the_entry_only(chen, boss, new_person, *, app):
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(kept, "PNG")
    photo = {"photo": ("a.png", kept.getvalue(), "image/png")}
    await chen.http.post(f"{HERE}/enter", data={**LECTURE, "school": "1"}, files=photo)
    shown = await chen.see(f"{HERE}/entries/1/photo.jpg")
    assert shown.headers["content-type"] == "image/jpeg"
    other = await joined(boss, new_person("10.3.3.3", over=app), "hu", "vice_principal")
    assert (await other.see(f"{HERE}/entries/1/photo.jpg")).status_code == 404
    assert (await other.see(f"{HERE}/entries/1")).status_code == 404
    nobody = new_person("10.4.4.4", over=app)
    assert "/staff/sign-in" in str((await nobody.see(f"{HERE}/entries/1/photo.jpg")).url)


async def test_a_counsellor_looks_and_does_not_enter(boss, new_person, app):
    li = await admitted(boss, new_person("10.5.5.5", over=app), "li")
    await li.sign_in()
    assert (await li.see(HERE)).status_code == 200
    assert f"{HERE}/enter" not in (await li.see(f"{HERE}/entries")).text
    assert (await li.see(f"{HERE}/enter")).status_code == 403
    assert (await li.send(f"{HERE}/enter", **LECTURE)).status_code == 403


@pytest.mark.parametrize("query", ["place=school:2", "place=region:east", "period=2027", "period=x", "place=school:x"])
async def test_a_vice_principal_gets_no_place_and_no_time_that_is_not_theirs(chen, query):
    for page in (HERE, f"{HERE}/report", f"{HERE}/report.json", f"{HERE}/entries", f"{HERE}/chart/trend.svg"):
        assert (await chen.see(f"{page}?{query}")).status_code == 404


async def test_every_chart_has_words_and_a_table_behind_it(boss, store):
    total = {("month", "total", 0, "2026-10", "", "all"): 500, ("month", "hour", 0, "2026-10", "", "20"): 500}
    await put(store, total)
    page = await boss.see(f"{HERE}?period=2026-10")
    pictures = re.findall(r'<img class="chart" src="([^"]+)" alt="([^"]+)"', page.text)
    assert len(pictures) == page.text.count("<details>") == 1
    assert all("20" in words for _, words in pictures)
    address = pictures[0][0].replace("&amp;", "&")
    assert (await boss.see(address)).text == "<svg>light</svg>"
    assert (await boss.see(f"{address}&paper=dark")).text == "<svg>dark</svg>"
    assert (await boss.see(address.replace("hours", "harm"))).status_code == 404


@pytest.mark.parametrize("form", ["docx", "xlsx", "csv", "json"])
async def test_reports_are_handed_out_as_files_even_where_no_chart_can_be_drawn(boss, store, easel, *, form):
    easel.fails = DrawingError()
    await put(store, {("month", "hour", 0, "2026-10", "", "20"): 500})
    page = await boss.see(f"{HERE}/report.{form}?period=2026-10")
    assert page.status_code == 200
    assert f'filename="outreach-2026-10.{form}"' in page.headers["content-disposition"]
    assert (await boss.see(f"{HERE}/report.exe?period=2026-10")).status_code == 404


async def test_a_report_on_paper_says_how_the_figures_were_made(boss, messages):
    page = await boss.see(f"{HERE}/report/print?period=2026-10")
    for name in messages["outreach_report.how_list"].split("|"):
        assert messages[f"outreach_report.how_{name}"] in html.unescape(page.text)
    assert "data-print" in page.text


async def test_another_sites_page_enters_nothing(chen):
    sent = await chen.http.post(f"{HERE}/enter", data=LECTURE, headers={"sec-fetch-site": "cross-site"})
    assert sent.status_code == 403
    files = {"photo": ("a.png", b"x", "image/png")}
    sent = await chen.http.post(f"{HERE}/enter", data=LECTURE, files=files, headers={"sec-fetch-site": "cross-site"})
    assert sent.status_code == 403
    assert "法治讲座" not in (await chen.see(f"{HERE}/entries")).text
