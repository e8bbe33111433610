"""What had no answer becomes, in a click, a change of content to review; the content itself stays as it is."""

import hashlib
import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.content.load import Reader, read_library
from bot.outreach.board import Boards
from bot.outreach.entering import ActivityWork
from bot.outreach.proposals import Proposals
from bot.outreach.queries import OutreachFigures
from bot.staff.accounts import make_setup_link
from bot.staff.outreach.parts import OutreachWith
from bot.staff.outreach.site import create_outreach
from bot.storage.audit import AuditLog
from bot.web.headers import SecurityHeaders

from ..outreach.conftest import put
from .conftest import ROOT, joined

HERE = "/staff/outreach/unanswered"
OCTOBER = "?period=2026-10&place=all"
TOPIC = "bullying.victim"


@pytest.fixture(scope="session")
def library():
    return read_library(Reader(ROOT))


@pytest.fixture
def proposals(tmp_path):
    return Proposals(ROOT, tmp_path / "proposals")


@pytest.fixture
def app(site, store, clock, *, library, proposals):
    boards = Boards(store, OutreachFigures(store, clock), lambda: library)
    work = ActivityWork(store, AuditLog(store))
    given = OutreachWith(store, boards, work, lambda: library, clock, proposals=proposals)
    app = Starlette(routes=[*site.routes, *create_outreach(site, given)], middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@pytest.fixture
async def boss(store, new_person, app):
    person = new_person(over=app)
    await person.enrol(await make_setup_link(store), name="zhou", display="周主管")
    month = ("month", "unanswered", 0, "2026-10", "")
    await put(store, {(*month, TOPIC): 37, (*month, "online.fraud"): 3})
    return person


def _tree():
    files = sorted(path for name in ("knowledge", "intents") for path in (ROOT / name).rglob("*.yaml"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()


async def test_the_dashboard_leads_to_the_list_and_few_are_not_on_it(boss, library):
    board = await boss.see(f"/staff/outreach{OCTOBER}")
    assert f"{HERE}{OCTOBER}".replace("&", "&amp;") in board.text
    listed = await boss.see(f"{HERE}{OCTOBER}")
    assert library.topics[TOPIC].title in listed.text
    assert "37" not in re.sub(r"/static/\w+", "", listed.text)
    assert "online.fraud" not in listed.text


async def test_what_is_few_each_day_is_not_said_to_be_few(boss, messages):
    listed = await boss.see(f"{HERE}?period=30d")
    assert messages["outreach_report.all_few_each"] in listed.text
    assert messages["outreach_report.all_few"] not in listed.text


async def test_a_click_makes_a_patch_to_review_and_changes_no_content(boss, proposals, store):
    before = _tree()
    shown = await boss.send(f"{HERE}{OCTOBER}", topic=TOPIC, what="more")
    name = proposals.names()[0]
    assert name in shown.text
    assert "+++ b/intents/topics/bullying/victim.yaml" in shown.text
    file = await boss.see(f"{HERE}/{name}/file")
    assert file.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert file.text == proposals.read(name)
    assert _tree() == before
    assert "outreach.draft" in [line.action for line in await AuditLog(store).lines()]


async def test_a_new_topic_can_be_made_of_it_and_thrown_away_again(boss, proposals, messages):
    await boss.send(f"{HERE}{OCTOBER}", topic=TOPIC, what="new")
    name = proposals.names()[0]
    assert "+++ b/knowledge/topics/bullying/victim_draft.yaml" in proposals.read(name)
    gone = await boss.send(f"{HERE}/{name}/drop")
    assert messages["outreach_pages.done_dropped"] in gone.text
    assert proposals.names() == []


@pytest.mark.parametrize("topic", ["../../etc/passwd", "none.such", ""])
async def test_only_a_topic_that_there_is_becomes_a_patch(boss, proposals, messages, topic):
    page = await boss.send(f"{HERE}{OCTOBER}", topic=topic, what="more")
    assert page.status_code == 400
    assert messages["outreach_pages.error_topic"] in page.text
    assert proposals.names() == []


@pytest.mark.parametrize("name", ["..%2F..%2Fkey", "20261123-more-none.such.patch", "x.patch"])
async def test_no_other_file_is_read(boss, name):
    assert (await boss.see(f"{HERE}/{name}/file")).status_code == 404


async def test_vice_principals_edit_nothing(boss, new_person, app):
    chen = await joined(boss, new_person("10.2.2.2", over=app), "chen", "vice_principal")
    assert (await chen.see(HERE)).status_code == 403
    assert (await chen.send(HERE, topic=TOPIC, what="more")).status_code == 403
    assert HERE not in (await chen.see("/staff/outreach")).text
