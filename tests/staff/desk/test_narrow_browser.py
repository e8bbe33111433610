"""Every page of the desk on a small phone, and on a desktop at twice the size: nothing is cut off or covered."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.assembly import DOORS
from bot.core.desk import Why
from bot.core.message import Origin
from bot.desk.periods import Periods
from bot.desk.release import Releases
from bot.desk.returns import CaseReturns
from bot.staff.desk.routes import create_desk_routes
from bot.staff.records.site import RecordsWith, create_records
from bot.staff.roster.site import RosterWith, create_roster
from bot.storage.audit import AuditLog
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route
from bot.storage.schools import SealedSchools
from bot.storage.staff import StaffRecords
from bot.web.headers import SecurityHeaders
from tests.desk.office import LIBRARY, Office

from .test_desk_browser import Open, browser, open_page, pytestmark

__all__ = ["browser", "open_page", "pytestmark"]
SAY = LIBRARY.messages
UNBROKEN = "a_very_long_name_without_any_place_to_break_it_0123456789"
#: What a person could not see or touch, in words.
HINDRANCES = """() => {
  const found = [], named = (item) => `${item.tagName} ${(item.textContent || item.name).trim().slice(0, 20)}`;
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the screen");
  for (const item of document.querySelectorAll("details")) item.open = true;
  for (const item of document.querySelectorAll("a, button, input, select, textarea, summary")) {
    if (item.disabled || item.type === "hidden" || item.matches(".skip") || !item.checkVisibility()) continue;
    item.scrollIntoView({ block: "center" });
    const box = item.getBoundingClientRect();
    if (box.left < 0 || box.right > innerWidth + 0.5) found.push(`off the screen: ${named(item)}`);
    const label = item.closest("label") ?? item, room = label.getBoundingClientRect();
    if (room.height < 24 && !item.matches(".person a")) found.push(`hard to touch: ${named(item)}`);
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
    if (!item.contains(top) && !label.contains(top)) found.push(`covered: ${named(item)}`);
  }
  const brand = document.querySelector(".brand").getBoundingClientRect();
  if (brand.height > 60) found.push("the name in the bar is broken");
  return found;
}"""


@pytest.fixture
def app(site, office: Office, tmp_path: Path) -> Starlette:
    async def alert(_case: int, _reason: str, _to: frozenset[int]) -> None:
        pass

    async def tried(_route: int) -> bool:
        return False

    store, now = office.store, office.store.now
    audit = AuditLog(store)
    routes = [
        *create_desk_routes(site.gate, site.look, office.work, claims=office.claims, doors=DOORS),
        *create_roster(site, RosterWith(store, audit, office.news, now, tried, telegram=True)),
        *create_records(site, RecordsWith(store, audit, office.board, alert, Periods(), tmp_path, now)),
    ]
    app = Starlette(routes=[*site.routes, *routes], middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


async def _busy(office: Office, clock) -> tuple[int, int, list[str]]:
    """A desk with long names and much to do; a counsellor, a supervisor, and the pages of the counsellor's case."""

    async def alert(_case: int, _reason: str, _to: frozenset[int]) -> None:
        pass

    boss = await office.hire("boss", "supervisor", display="周主管", line=2)
    wang = await office.hire("wang", display="欧阳建国（沧州市第一中学法治副校长）")
    failing = await SealedRoster(office.store).add_route(Route(0, boss, label=UNBROKEN, target="json://x"))
    await SealedRoster(office.store).route_fails(failing)
    case = await office.file(f"他打我 {UNBROKEN}{UNBROKEN}", level="urgent")
    code = office.receipt.code
    await office.file("", why=Why.UNSAFE, value="no", delivery="2")
    await CaseReturns(office.store, office.news).open(code, Origin("telegram", "telegram:9:9", "9"))
    await office.file("在吗", delivery="3")
    await office.file("我害怕", talk="telegram:8:8", kind="self_harm_suicide")
    worker = await office.worker(wang)
    await office.work.claim(worker, case)
    releases = Releases(office.store, AuditLog(office.store), office.board, alert)
    await releases.release_now(worker, case, UNBROKEN)
    await releases.ask(await office.worker(boss, supervisor=True), case, UNBROKEN)
    async with office.store.writing() as connection:
        await SealedSchools(office.store).add_school(connection, "沧州市第一中学", "")
        await StaffRecords(office.store).set_school(connection, wang, "沧州一中")
    clock.forward(minutes=70)
    at = f"/desk/case/{case}"
    return wang, boss, [at, f"{at}/report", f"{at}/identity"]


COMMON = ("/desk", "/desk/releases", "/desk/closed", "/staff", "/staff/roster", "/staff/routes", "/staff/password")
PEOPLE = ("/staff/people", "/staff/people/invite", "/staff/people/2/school")
SUPERVISORS = (*PEOPLE, "/staff/recovery", "/desk/log", "/desk/retention")


@pytest.mark.parametrize("size", [(360, 640), (640, 360)])
async def test_everything_can_be_seen_and_touched(
    office: Office, open_page: Open, clock, size: tuple[int, int]
) -> None:
    wang, boss, case = await _busy(office, clock)
    for member, paths in ((wang, (*case, *COMMON)), (boss, (*case, *COMMON, *SUPERVISORS))):
        page = await open_page(member)
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        for path in paths:
            await page.goto(path)
            assert (path, await page.evaluate(HINDRANCES)) == (path, [])
    await _signed_out(office, page, boss)


async def _signed_out(office: Office, page: Page, member: int) -> None:
    await office.sign_out(member)
    await page.goto("/staff/sign-in")
    assert await page.evaluate(HINDRANCES) == []


async def test_what_was_done_about_the_address_is_told_in_chinese(office: Office, open_page: Open, clock) -> None:
    wang, _, (case, *_) = await _busy(office, clock)
    page = await open_page(wang)
    await page.goto(case)
    told = SAY["desk.event_identity"].format(value=SAY["desk.release_at_once"])
    assert told in (await page.locator("#history .events").text_content() or "")
