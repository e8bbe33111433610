"""The pages of records, over real sign-ins, real keys and a real store."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import delete
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, Report, SealedText, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.audit import AuditWitness
from bot.desk.duty import DutyBoard
from bot.desk.envelope import open_files
from bot.desk.periods import Periods
from bot.desk.retention import sweep
from bot.desk.sealing import seal_to
from bot.staff.accounts import make_setup_link
from bot.staff.records.details import in_words
from bot.staff.records.site import RecordsWith, create_records
from bot.storage.audit import AuditLog
from bot.storage.cases import SealedCases
from bot.storage.casework import Ending, SealedCasework
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.desk_tables import audit
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route, Shift
from bot.web.headers import SecurityHeaders
from tests.staff.conftest import admit, admitted, link_on
from tests.staff.records.actions import actions_written

WORDS, ACCOUNT, REASON = "他晚上来我房间MARKER", "4815162342", "要报警找到孩子"


ALERTS = []


@pytest.fixture
def alerts():
    ALERTS.clear()
    return ALERTS


@pytest.fixture
def records(store, site, clock, tmp_path):
    async def alert(case: int, reason: str, _to: frozenset[int]) -> None:
        ALERTS.append((case, reason))

    board = DutyBoard(SealedRoster(store), clock().tzinfo, clock)
    given = RecordsWith(store, AuditLog(store), board, alert, Periods(), tmp_path, clock)
    app = Starlette(routes=[*create_records(site, given), *site.routes], middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@pytest.fixture
async def team(store, new_person, records):
    """A supervisor and two counsellors, all on shift, and a vice principal."""
    boss = new_person(over=records)
    await boss.enrol(await make_setup_link(store), name="zhou", display="周主管")
    people = [await admitted(boss, new_person(over=records), name) for name in ("li", "wang")]
    principal = await admitted(boss, new_person(over=records), "chen", "vice_principal")
    second_boss = await admitted(boss, new_person(over=records), "wu", "supervisor")
    roster = SealedRoster(store)
    for number in range(1, 6):
        await roster.add_shift(_always(number))
    await roster.add_route(Route(0, None, label="all", target="json://127.0.0.1:9/none"))
    return SimpleNamespace(boss=boss, li=people[0], wang=people[1], principal=principal, wu=second_boss)


@pytest.fixture
def stranger(new_person, records):
    return new_person(over=records)


def _always(number: int) -> Shift:
    return Shift(number, dt.time(0), dt.time(0), frozenset(range(7)))


@pytest.fixture
def open_case(store):
    async def make(level: RiskLevel = RiskLevel.URGENT, channel: str = "telegram", talk: str = "telegram:1") -> int:
        key = await SealedDeskKeys(store).current()
        text = SealedText(key.generation, seal_to(key.public, WORDS.encode()))
        report = Report(Why.RISK, level, RiskKind.SEXUAL, Audience.STUDENT, (WORDS,), opens=True)
        filing = Filing(report, Origin(channel, talk, ACCOUNT, "1"), None, Receipt(store.now()), (text,))
        async with store.writing() as connection:
            return (await SealedCases(store).file(connection, filing)).case

    return make


async def test_two_people_release_an_address_on_the_pages(team, open_case):
    case = await open_case(RiskLevel.DISCLOSURE)
    page = await team.li.see(f"/desk/case/{case}/identity")
    assert "at_once" not in page.text
    assert ACCOUNT not in page.text
    await team.li.send(f"/desk/case/{case}/identity", act="ask", reason=REASON)
    refused = await team.li.send(f"/desk/case/{case}/identity", act="see")
    assert refused.status_code == 409
    assert ACCOUNT not in refused.text

    waiting = await team.wang.see("/desk/releases")
    assert REASON in waiting.text
    assert "/grant" not in (await team.li.see("/desk/releases")).text
    number = re.search(r"/desk/releases/(\d+)/grant", waiting.text)[1]
    assert (await team.li.send(f"/desk/releases/{number}/grant")).status_code == 409
    await team.wang.send(f"/desk/releases/{number}/grant")

    shown = await team.li.send(f"/desk/case/{case}/identity", act="see")
    assert ACCOUNT in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert ACCOUNT not in (await team.wang.send(f"/desk/case/{case}/identity", act="see")).text
    team.li.clock.forward(minutes=15)
    assert ACCOUNT not in (await team.li.send(f"/desk/case/{case}/identity", act="see")).text


async def test_an_urgent_release_is_seen_at_once_and_turns_red_until_it_is_reviewed(team, open_case, alerts, messages):
    case = await open_case()
    await team.li.send(f"/desk/case/{case}/identity", act="at_once", reason=REASON)
    assert alerts == [(case, "released")]
    assert ACCOUNT in (await team.li.send(f"/desk/case/{case}/identity", act="see")).text
    assert 'role="alert"' not in (await team.boss.see("/desk/releases")).text
    team.boss.clock.forward(hours=1)
    assert 'role="alert"' in (page := await team.boss.see("/desk/releases")).text
    assert "/review" not in page.text  # whoever has just let somebody in may be them
    assert messages["records.review_one_hand"].format(people="wu老师") in page.text
    assert messages["records.review_one_hand"][:6] not in (await team.wang.see("/desk/releases")).text
    number = re.search(r"/desk/releases/(\d+)/review", (await team.wu.see("/desk/releases")).text)[1]
    assert (await team.wang.send(f"/desk/releases/{number}/review", found="right")).status_code == 409
    await team.wu.send(f"/desk/releases/{number}/review", found="right")
    assert 'role="alert"' not in (await team.boss.see("/desk/releases")).text


async def test_a_request_is_refused_on_the_pages_and_the_asker_reads_so(team, open_case, messages):
    case = await open_case(RiskLevel.DISCLOSURE)
    await team.li.send(f"/desk/case/{case}/identity", act="ask", reason=REASON)
    number = re.search(r"/desk/releases/(\d+)/refuse", (await team.wang.see("/desk/releases")).text)[1]
    assert "/refuse" not in (await team.li.see("/desk/releases")).text
    assert (await team.wang.send(f"/desk/releases/{number}/refuse", reason="嗯")).status_code == 409
    page = await team.wang.send(f"/desk/releases/{number}/refuse", reason="先在话里问他")
    assert messages["records.done_refuse"] in page.text
    said = messages["records.identity_refused"].split("{time}")[1]
    assert said in (await team.li.see(f"/desk/case/{case}/identity")).text
    assert messages["records.state_refused"].split("{time}")[1] in (await team.boss.see("/desk/releases")).text


async def test_what_was_judged_wrong_is_told_before_it_is_done_again(team, open_case, messages):
    case = await open_case()
    await team.li.send(f"/desk/case/{case}/identity", act="at_once", reason=REASON)
    number = re.search(r"/desk/releases/(\d+)/review", (await team.wu.see("/desk/releases")).text)[1]
    await team.wu.send(f"/desk/releases/{number}/review", found="wrong")
    assert f"<b>{messages['records.value_wrong']}</b>" in (await team.boss.see("/desk/releases")).text
    page = await team.li.see(f"/desk/case/{case}/identity")
    assert messages["records.identity_judged"].split("{time}")[1] in page.text
    assert 'value="at_once"' in page.text
    assert "wu老师" in page.text


async def test_whoever_took_a_colleagues_account_over_is_not_two_people(team, open_case, messages):
    team.boss.clock.forward(hours=24 * 8)
    for person in (team.boss, team.wang):
        await person.sign_in()
    case = await open_case(RiskLevel.DISCLOSURE)
    path = link_on(await team.boss.send("/staff/people/2/link"))
    await team.li.enrol(path)
    await admit(team.boss, 2)
    await team.boss.send(f"/desk/case/{case}/identity", act="ask", reason=REASON)
    told = (await team.boss.see(f"/desk/case/{case}/identity")).text
    assert "wang老师" in told
    assert "li老师" not in told

    lists = [(await person.see("/desk/releases")).text for person in (team.li, team.wang)]
    assert messages["records.refused_one_hand"] in lists[0]
    number = re.search(r"/desk/releases/(\d+)/grant", lists[1])[1]
    assert f"{number}/grant" not in lists[0]
    refused = await team.li.send(f"/desk/releases/{number}/grant")
    assert refused.status_code == 409
    assert ACCOUNT not in (await team.boss.send(f"/desk/case/{case}/identity", act="see")).text
    await team.wang.send(f"/desk/releases/{number}/grant")
    assert ACCOUNT in (await team.boss.send(f"/desk/case/{case}/identity", act="see")).text


async def test_a_desk_of_two_is_told_that_nobody_can_grant_in_the_first_week(
    store, new_person, records, *, open_case, messages
):
    boss, li = new_person(over=records), new_person(over=records)
    await boss.enrol(await make_setup_link(store), name="zhou", display="周主管")
    await admitted(boss, li, "li")
    case = await open_case(RiskLevel.DISCLOSURE)
    await li.send(f"/desk/case/{case}/identity", act="ask", reason=REASON)
    assert messages["records.identity_no_second"] in (await li.see(f"/desk/case/{case}/identity")).text
    assert messages["records.identity_no_second"] in (await li.see("/desk/releases")).text
    li.clock.forward(hours=24 * 7)
    for person in (boss, li):
        await person.sign_in()
    await li.send(f"/desk/case/{case}/identity", act="ask", reason=REASON)
    assert "周主管" in (await li.see(f"/desk/case/{case}/identity")).text
    assert "/grant" in (await boss.see("/desk/releases")).text


async def test_of_a_web_case_the_page_says_that_there_is_nothing_to_see(team, open_case, messages):
    case = await open_case(channel="web", talk="web:1")
    page = await team.boss.see(f"/desk/case/{case}/identity")
    assert messages["records.identity_nameless"] in page.text
    assert "<form method" not in page.text.split("<main")[1]


@pytest.mark.parametrize(
    "path", ["/desk/case/1/identity", "/desk/releases", "/desk/log", "/desk/retention", "/desk/case/1/export"]
)
async def test_vice_principals_and_strangers_see_none_of_it(team, open_case, stranger, path):
    await open_case()
    assert (await team.principal.see(path)).status_code == 403
    stranger = await stranger.http.get(path)
    assert (stranger.status_code, stranger.headers["Location"].split("?")[0]) == (303, "/staff/sign-in")


@pytest.mark.parametrize("path", ["/desk/log", "/desk/retention", "/desk/retention/1", "/desk/case/1/export"])
async def test_counsellors_see_none_of_the_supervisors_pages(team, open_case, path):
    await open_case()
    assert (await team.li.see(path)).status_code == 403
    sent = await team.li.send(path, act="hold", reason=REASON, passphrase="x", current="x")
    assert sent.status_code == (405 if path == "/desk/retention" else 403)


async def test_a_case_that_there_is_not_is_not_found(team):
    numbers = ("99", "9" * 30)
    paths = ("/desk/case/{}/identity", "/desk/case/{}/export", "/desk/retention/{}")
    for path in (path.format(number) for path in paths for number in numbers):
        assert (await team.boss.see(path)).status_code == 404


async def test_the_log_shows_what_was_done(team, open_case, messages):
    case = await open_case()
    await team.li.send(f"/desk/case/{case}/identity", act="ask", reason=REASON)
    page = await team.boss.see("/desk/log")
    assert messages["records.action_identity_ask"] in page.text
    assert messages["records.action_staff_admit"] in page.text
    assert REASON not in page.text
    of_case = await team.boss.see(f"/desk/log?case={case}")
    assert messages["records.action_staff_admit"] not in of_case.text
    for odd in ("case=x&before=-1", "case=9" + "9" * 40, "before=１"):
        assert (await team.boss.see(f"/desk/log?{odd}")).status_code == 200


async def test_the_log_is_checked_on_request(team, store, tmp_path):
    await AuditWitness(store, tmp_path).keep()
    assert 'class="told"' in (await team.boss.send("/desk/log")).text
    async with store.writing() as connection:
        await connection.execute(delete(audit).where(audit.c.seq == 2))
    assert 'class="wrong"' in (await team.boss.send("/desk/log")).text


def test_every_action_of_the_log_has_a_name(messages):
    found = actions_written(Path(__file__).parents[3] / "bot")
    assert {"case.claim", "case.hold", "staff.admit", "case.erase", "token.add", "roster.off_add"} <= found
    assert {"push.cancelled", "activity.photo", "class.unbind", "audit.drop"} <= found
    assert {name for name in found if f"records.action_{name.replace('.', '_')}" not in messages} == set()


async def test_a_supervisor_holds_a_case_and_lets_it_go(team, open_case, store):
    case = await open_case()
    async with store.writing() as connection:
        await SealedCasework(store).close(connection, case, 1, Ending("helped", Periods().erase_at(store.now())))
    team.boss.clock.forward(days=84)
    team.boss.clock.forward(seconds=-84 * 86400 + 60)
    assert f"/desk/retention/{case}" not in (await team.boss.see("/desk/retention")).text
    assert (await team.boss.send(f"/desk/retention/{case}", act="hold", reason="嗯")).status_code == 409
    page = await team.boss.send(f"/desk/retention/{case}", act="hold", reason="公安机关调取")
    assert f"/desk/retention/{case}" in page.text
    assert 'value="unhold"' in (await team.boss.see(f"/desk/retention/{case}")).text
    await team.boss.send(f"/desk/retention/{case}", act="unhold", reason="案件办结")
    assert 'value="hold"' in (await team.boss.see(f"/desk/retention/{case}")).text


async def test_what_goes_soon_is_listed_and_what_is_erased_is_gone(team, open_case, store):
    case = await open_case()
    async with store.writing() as connection:
        await SealedCasework(store).close(connection, case, 1, Ending("helped", store.now()))
    assert f"/desk/retention/{case}" in (await team.boss.see("/desk/retention")).text
    await sweep(store, AuditLog(store), Periods())
    # Sessions last half a day: the page is looked at with a new sign-in.
    team.boss.clock.forward(days=1)
    await sweep(store, AuditLog(store), Periods())
    await team.boss.sign_in()
    assert f"/desk/retention/{case}" not in (await team.boss.see("/desk/retention")).text
    assert (await team.boss.see(f"/desk/retention/{case}")).status_code == 404
    assert (await team.boss.see(f"/desk/case/{case}/export")).status_code == 403


async def test_an_export_is_downloaded_with_the_password_and_opened_with_the_passphrase(team, open_case):
    case = await open_case()
    path = f"/desk/case/{case}/export"
    page = await team.boss.see(path)
    passphrase = re.search(r'name="passphrase" value="([^"]+)"', page.text)[1]
    assert re.search(r'name="passphrase" value="([^"]+)"', (await team.boss.see(path)).text)[1] != passphrase

    wrong = await team.boss.send(path, passphrase=passphrase, current="不是我的密码呀")
    assert wrong.status_code == 403
    assert passphrase in wrong.text
    assert (await team.boss.send(path, passphrase="1", current=team.boss.password)).status_code == 403
    made = await team.boss.send(path, passphrase=passphrase, current=team.boss.password)
    assert made.headers["Content-Disposition"] == f'attachment; filename="case-{case}.fxhcase"'
    assert made.headers["Cache-Control"] == "no-store"
    held = open_files(made.content, passphrase)
    assert WORDS in held[f"case-{case}.txt"].decode()
    assert ACCOUNT not in held[f"case-{case}.json"].decode()


async def test_forms_of_another_site_change_nothing(team, open_case, alerts):
    case = await open_case()
    sent = await team.li.http.post(
        f"/desk/case/{case}/identity",
        data={"act": "at_once", "reason": REASON},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert sent.status_code == 403
    assert alerts == []


async def test_the_log_tells_in_words_whom_and_what_a_line_is_about(team, open_case, messages):
    case = await open_case()
    await team.li.send(f"/desk/case/{case}/identity", act="at_once", reason=REASON)
    number = re.search(r"/desk/releases/(\d+)/review", (await team.wu.see("/desk/releases")).text)[1]
    await team.wu.send(f"/desk/releases/{number}/review", found="right")
    page = (await team.boss.see("/desk/log")).text

    right = f"{number} {messages['records.value_right']}"
    assert messages["records.detail_release"].format(values=right) in page
    assert messages["records.detail_staff"].format(values="wang老师") in page
    assert not re.search(r"· (staff|release|generation) \d", page)


async def test_a_log_line_without_words_of_its_own_is_told_as_it_is(messages):
    names = {"3": "李老师"}
    assert in_words("to 3", names, messages) == messages["records.detail_to"].format(values="李老师")
    assert in_words("reported_police", names, messages) == messages["desk.outcome_reported_police"]
    assert [in_words(detail, names, messages) for detail in ("", "26", "who knows 3")] == ["", "26", "who knows 3"]
