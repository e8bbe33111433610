"""The roster and the ways of being alerted, as people work on them with a browser without scripts."""

import html
import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.desk.news import News
from bot.staff.roster.site import RosterWith, create_roster
from bot.storage.audit import AuditLog
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route
from bot.storage.schools import SealedSchools
from bot.storage.staff import StaffRecords
from bot.web.headers import SecurityHeaders

from .conftest import admitted

SHIFT = {"who": "1", "d0": "1", "d1": "1", "d2": "1", "d3": "1", "d4": "1", "starts": "08:30", "ends": "17:30"}
TARGET = "json://127.0.0.1:9/geheim"


@pytest.fixture
def told():
    """The routes by which a test was sent, of which the first alone works; and the news that listeners hear."""
    return [], News()


@pytest.fixture
def app(site, store, clock, told):
    tested, news = told

    async def test(number):
        tested.append(number)
        return len(tested) == 1

    given = RosterWith(store, AuditLog(store), news, clock, test, telegram=True)
    app = Starlette(routes=[*site.routes, *create_roster(site, given)], middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@pytest.fixture
async def boss(store, new_person, app):
    from bot.staff.accounts import make_setup_link

    person = new_person(over=app)
    await person.enrol(await make_setup_link(store), name="zhou", display="周主管")
    await SealedRoster(store).add_route(Route(0, None, label="group", target=TARGET))
    return person


@pytest.fixture
async def counsellor(boss, new_person, app):
    person = await admitted(boss, new_person("10.2.2.2", over=app), "li")
    await person.sign_in()
    return person


async def test_an_empty_roster_is_one_red_gap_of_a_week(boss, messages):
    page = await boss.see("/staff/roster")
    assert messages["roster.gaps"].format(hours="168") in page.text
    assert page.text.count('class="red"') == 7


async def test_a_shift_is_added_shown_in_the_week_and_removed(boss, store, messages, told):
    async with told[1].listening() as heard:
        page = await boss.send("/staff/roster/shifts", **SHIFT)
        assert (await heard.get()).what == "duty"
    assert messages["roster.done_shift"] in page.text
    assert messages["roster.gaps"].format(hours="123") in page.text
    assert "08:30–17:30" in page.text
    (number,) = re.findall(r"/staff/roster/shifts/(\d+)/remove", page.text)
    page = await boss.send(f"/staff/roster/shifts/{number}/remove")
    assert messages["roster.no_shifts"] in page.text
    assert (await SealedRoster(store).read()).shifts == ()


async def test_a_night_shift_and_a_dated_shift_read_as_they_were_meant(boss, messages):
    await boss.send("/staff/roster/shifts", **{**SHIFT, "starts": "22:00", "ends": "06:00"})
    page = await boss.send("/staff/roster/shifts", who="1", day="2026-11-29", starts="09:00", ends="12:00")
    assert f"22:00–{messages['roster.next_day']}06:00" in page.text
    assert messages["roster.on_day"].format(day="2026-11-29") in page.text


async def test_a_holiday_leaves_a_gap(boss, messages):
    await boss.send("/staff/roster/shifts", **SHIFT)
    page = await boss.send("/staff/roster/days-off", who="all", first="2026-11-24", last="2026-11-25")
    assert messages["roster.gaps"].format(hours="141") in page.text
    (number,) = re.findall(r"/staff/roster/days-off/(\d+)/remove", page.text)
    page = await boss.send(f"/staff/roster/days-off/{number}/remove")
    assert messages["roster.gaps"].format(hours="123") in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        ("shifts", {**SHIFT, "starts": "half past"}, "time"),
        ("shifts", {"who": "1", "starts": "08:00", "ends": "09:00"}, "days"),
        ("shifts", {**SHIFT, "who": "99"}, "who"),
        ("shifts", {**SHIFT, "day": "29.11."}, "date"),
        ("days-off", {"who": "all", "first": "2026-11-25", "last": "2026-11-24"}, "date"),
        ("days-off", {"who": "", "first": "2026-11-25"}, "who"),
    ],
)
async def test_what_was_filled_in_wrong_is_said_and_changes_nothing(boss, store, messages, wrong):
    path, fields, error = wrong
    page = await boss.send(f"/staff/roster/{path}", **fields)
    assert page.status_code == 400
    assert messages[f"roster.error_{error}"] in page.text
    roster = await SealedRoster(store).read()
    assert (roster.shifts, roster.days_off) == ((), ())


async def test_a_school_that_is_written_like_a_registered_one_is_told(boss, store, messages):
    async with store.writing() as connection:
        await SealedSchools(store).add_school(connection, "青山县第一中学", "")
        await StaffRecords(store).set_school(connection, 1, "青山一中")
    told = messages["roster.school_alike"].format(name="周主管", school="青山一中", known="青山县第一中学")
    assert told in html.unescape((await boss.see("/staff/roster")).text)


async def test_a_counsellor_sees_the_roster_and_cannot_change_it(boss, counsellor, store):
    await boss.send("/staff/roster/shifts", **SHIFT)
    page = await counsellor.see("/staff/roster")
    assert page.status_code == 200
    assert "/remove" not in page.text
    assert (await counsellor.send("/staff/roster/shifts", **SHIFT)).status_code == 403
    assert (await counsellor.send("/staff/roster/shifts/1/remove")).status_code == 403
    assert len((await SealedRoster(store).read()).shifts) == 1


async def test_a_stranger_and_a_vice_principal_see_neither(boss, new_person, app):
    vice = await admitted_vice(boss, new_person("10.3.3.3", over=app))
    for path in ("/staff/roster", "/staff/routes"):
        assert "/staff/sign-in" in str((await new_person("10.4.4.4", over=app).see(path)).url)
        assert (await vice.see(path)).status_code == 403


async def admitted_vice(boss, person):
    from .conftest import joined

    await joined(boss, person, "wang", "vice_principal")
    await person.sign_in()
    return person


async def test_a_route_is_added_sealed_tested_and_removed(boss, store, messages, told):
    page = await boss.send("/staff/routes", label="我的钉钉", kind="apprise", target=TARGET, whose="me")
    assert "我的钉钉" in page.text
    assert "geheim" not in page.text
    assert (await SealedRoster(store).route(2)).target == TARGET
    assert messages["roster.done_test"] in (await boss.send("/staff/routes/2/test")).text
    assert messages["roster.error_test"] in (await boss.send("/staff/routes/2/test")).text
    assert told[0] == [2, 2]
    page = await boss.send("/staff/routes/2/remove")
    assert "我的钉钉" not in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        ({"label": "x", "kind": "apprise", "target": "nonsense"}, "target"),
        ({"label": "x", "kind": "telegram", "target": "@name"}, "target"),
        ({"label": "", "kind": "apprise", "target": TARGET}, "label"),
        ({"label": "x", "kind": "apprise", "target": TARGET, "whose": "99"}, "who"),
    ],
)
async def test_a_route_that_cannot_work_is_refused_without_showing_its_address(boss, store, messages, wrong):
    fields, error = wrong
    page = await boss.send("/staff/routes", **fields)
    assert messages[f"roster.error_{error}"] in page.text
    assert "geheim" not in page.text
    assert len((await SealedRoster(store).read()).routes) == 1


async def test_the_number_by_which_an_alert_was_refused_stands_with_its_route_until_one_arrives(boss, store, messages):
    roster = SealedRoster(store)
    await roster.route_refused(1, 93000)
    assert messages["roster.refused"].format(number=93000) in (await boss.see("/staff/routes")).text
    await roster.route_worked(1)
    assert "93000" not in (await boss.see("/staff/routes")).text


@pytest.mark.parametrize(
    "target", ["dingtalk://SEC1@token1/", "dingtalk://token1/13800000000/?verify=no", "DingTalk://token1"]
)
async def test_whoever_adds_a_robot_a_second_time_hears_that_it_is_no_second_way(boss, store, *, messages, target):
    first = await boss.send("/staff/routes", label="群", kind="apprise", target="dingtalk://SEC1@token1", whose="all")
    assert messages["roster.done_route"] in first.text
    again = await boss.send("/staff/routes", label="我的", kind="apprise", target=target, whose="me")
    assert messages["roster.done_route_again"] in again.text
    assert "token1" not in again.text
    other = await boss.send("/staff/routes", label="别的", kind="apprise", target="dingtalk://SEC1@token2", whose="me")
    assert messages["roster.done_route"] in other.text
    assert len((await SealedRoster(store).read()).routes) == 4


async def test_a_counsellor_looks_after_their_own_routes_alone(boss, counsellor, store, *, told, messages):
    await counsellor.send("/staff/routes", label="own", kind="telegram", target="4711", whose="all")
    routes = {route.label: route for route in (await SealedRoster(store).read()).routes}
    assert (routes["own"].staff, routes["own"].kind) == (2, "telegram")
    assert messages["roster.only_hears"] in (await counsellor.see("/staff/routes")).text
    assert (await counsellor.send(f"/staff/routes/{routes['group'].id}/remove")).status_code == 404
    assert (await counsellor.send(f"/staff/routes/{routes['group'].id}/test")).status_code == 404
    await counsellor.send(f"/staff/routes/{routes['own'].id}/test")
    assert told[0] == [routes["own"].id]
    await counsellor.send(f"/staff/routes/{routes['own'].id}/remove")
    assert [route.label for route in (await SealedRoster(store).read()).routes] == ["group"]


async def test_another_site_cannot_change_the_roster(boss, store):
    boss.http.headers["sec-fetch-site"] = "cross-site"
    assert (await boss.send("/staff/roster/shifts", **SHIFT)).status_code == 403
    assert (await SealedRoster(store).read()).shifts == ()


async def test_the_style_is_served(boss):
    page = await boss.see("/staff/roster")
    address = re.search(r'href="(/staff/roster/static/[^"]+)"', page.text)[1]
    assert (await boss.see(address)).status_code == 200
