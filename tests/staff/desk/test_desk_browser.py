"""The desk in a real browser, on a phone and on a desktop: live, by keyboard, without a request to anyone else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from bot.core.desk import Why
from bot.desk.news import Event
from tests.desk.office import DOOR, LIBRARY, Office

CHROMIUM = Path("/usr/bin/chromium")
SAY = LIBRARY.messages
OUTSIDE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and not os.environ.get("FAXIAOHU_REQUIRE_BROWSER"), reason="needs chromium and fonts"
    ),
]
Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", OUTSIDE])
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser, office: Office, served: str) -> AsyncIterator[Open]:
    """Opens pages of a member's; at the end no page has complained, and none has asked anybody else for anything."""
    wrong: list[str] = []

    async def open_page(member: int, width: int = 375, **options: object) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": 800},
            base_url=served,
            **options,  # type: ignore[arg-type]
        )
        await context.add_cookies([{"name": "staff", "value": await office.cookie(member), "url": served}])
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if _is_fault(line) else None)
        page.on("request", lambda sent: None if sent.url.startswith(served) else wrong.append(sent.url))
        return page

    yield open_page
    assert wrong == []


def _is_fault(line: ConsoleMessage) -> bool:
    """That a sign-in has ended is none, nor that a case is for somebody else."""
    gone = "status of 404" in line.text and "/case/" in line.location["url"]
    return line.type == "error" and "status of 401" not in line.text and not gone


async def _fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def test_a_new_case_appears_by_itself_and_its_title_tells_no_words(office: Office, open_page: Open) -> None:
    page = await open_page(await office.hire("wang"))
    await page.goto("/desk")
    await expect(page).to_have_title(SAY["desk.none_waiting"])
    await expect(page.locator("[data-sound]")).to_be_visible()

    case = await office.file("他打我", level="urgent")
    office.news.publish(Event("opened", case))

    await expect(page.locator(".case")).to_have_count(1)
    await expect(page.locator("[data-arrived]")).to_have_text(SAY["desk.new_case"])
    await expect(page).to_have_title(SAY["desk.counted"].format(count=1))
    await page.locator("[data-sound]").click()
    await expect(page.locator("[data-sound]")).to_have_text(SAY["desk.sound_off"])
    await page.reload()
    await expect(page.locator("[data-sound]")).to_have_text(SAY["desk.sound_off"])
    assert await _fits(page)


@pytest.mark.parametrize("width", [375, 1280])
async def test_a_talk_goes_on_live_and_keeps_what_is_being_typed(office: Office, open_page: Open, width: int) -> None:
    case, wang = await office.file("<b>他打我</b>"), await office.hire("wang")
    page = await open_page(wang, width)
    await page.goto(f"/desk/case/{case}")
    await page.get_by_role("button", name=SAY["desk.claim"]).click()
    await expect(page.locator(".told")).to_have_text(SAY["desk.done_claimed"])
    assert await _fits(page)

    if width < 500:
        await page.locator("#canned summary").click()
    await page.get_by_role("button", name=SAY["desk.canned_believe"]).click()
    await expect(page.locator("#text")).to_have_value(SAY["desk.canned_believe_child"])
    await page.locator(".send-row button").dblclick()
    await expect(page.locator(".line.staff")).to_have_count(1)
    await expect(page.locator("#text")).to_have_value("")

    await page.locator("#text").fill("正在写")
    await office.file("谢谢你", delivery="2")
    office.news.publish(Event("message", case))
    await expect(page.locator(".line.child")).to_have_count(2)
    await expect(page.locator("#text")).to_have_value("正在写")
    await page.locator("#text").press("Control+Enter")
    await expect(page.locator(".line.staff")).to_have_count(2)
    await expect(page.locator(".line.child b")).to_have_count(0)
    assert [item.text for item in await office.out()] == [SAY["desk.canned_believe_child"], "正在写"]


async def test_what_comes_while_the_end_is_filled_in_counts_as_unread_there(office: Office, open_page: Open) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    page = await open_page(wang, 1280)
    await office.work.claim(await office.worker(wang), case)
    await page.goto(f"/desk/case/{case}")
    ending, answering = page.locator("#close [name=seen]"), page.locator("#act [data-answer] [name=seen]")
    await page.locator("#close summary").click()

    await office.file("", why=Why.UNSAFE, value="no", level="urgent", delivery="2")
    office.news.publish(Event("raised", case))
    await expect(answering).to_have_value("2")
    await expect(ending).to_have_value("1")

    await page.locator("#close summary").click()
    await page.locator("#close summary").click()
    await expect(ending).to_have_value("2")


async def test_a_colleague_sees_at_once_who_has_it(office: Office, open_page: Open) -> None:
    case, chen = await office.file(), await office.hire("chen", display="陈主任")
    page = await open_page(await office.hire("wang"), 1280)
    await page.goto(f"/desk/case/{case}")
    await expect(page.get_by_role("button", name=SAY["desk.claim"])).to_be_visible()

    await office.work.claim(await office.worker(chen), case)

    await expect(page.locator("#about")).to_contain_text(SAY["desk.another_banner"].format(name="陈主任"))
    await expect(page.get_by_role("button", name=SAY["desk.claim"])).to_have_count(0)


async def _is_left(page: Page) -> None:
    await expect(page.locator(".told")).to_have_text(SAY["desk.gone"])
    await expect(page.locator("body")).not_to_contain_text("他打我")
    await page.go_back()
    await expect(page.locator("body")).not_to_contain_text("他打我")


@pytest.mark.parametrize("how", ["news", "sending", "note"])
async def test_who_may_not_see_a_case_any_more_has_its_words_on_no_page(
    office: Office, open_page: Open, how: str
) -> None:
    case, zhao = await office.file("他打我"), await office.hire("zhao", school="青山中学")
    await office.work.claim(await office.worker(zhao), case)
    page, queue = await open_page(zhao, 1280), await open_page(zhao)
    await queue.goto("/desk")
    await expect(queue.locator(".case")).to_have_count(1)
    await page.goto("/desk")
    await page.goto(f"/desk/case/{case}")
    await page.goto(f"/desk/case/{case}?done=claimed")
    await page.locator("#text").fill("我是学校的赵老师")

    await office.file("", why=Why.OUTSIDERS, delivery="2")
    if how == "news":
        office.news.publish(Event("message", case))
        await expect(queue.locator(".case")).to_have_count(0)
    elif how == "note":
        await page.locator("#note summary").click()
        await page.locator("#note-text").fill("孩子在学校")
        await page.get_by_role("button", name=SAY["desk.note_add"]).click()
    else:
        await page.locator(".send-row button").click()

    await _is_left(page)


async def test_a_case_is_taken_by_keyboard_alone(office: Office, open_page: Open) -> None:
    case, wang = await office.file(), await office.hire("wang")
    page = await open_page(wang, 1280)
    await page.goto("/desk")
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('.case button')"):
            break
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"**/desk/case/{case}**")
    assert (await office.row(case)).holder == wang


async def test_a_clock_that_runs_out_turns_by_itself(office: Office, open_page: Open, clock) -> None:
    page = await open_page(await office.hire("wang"))
    await office.file()
    clock.forward(minutes=29, seconds=58)
    await page.clock.install()
    await page.goto("/desk")
    await expect(page.locator(".clock")).to_have_class("clock left")

    await page.clock.fast_forward(3000)
    await expect(page.locator(".clock")).to_have_class("clock over")
    await expect(page.locator(".case")).to_have_class("case disclosure late")


async def test_without_scripts_it_reads_claims_and_answers(office: Office, open_page: Open) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    page = await open_page(wang, java_script_enabled=False, color_scheme="dark")
    await page.goto("/desk")
    await page.locator(".case button").click()
    await expect(page.locator(".line.child")).to_contain_text("他打我")
    await page.locator("#text").fill("我在")
    await page.locator(".send-row button").click()

    await expect(page.locator(".line.staff")).to_have_count(1)
    assert [item.text for item in await office.out()] == ["我在"]
    assert (await office.row(case)).holder == wang


@pytest.mark.parametrize("width", [375, 1280])
async def test_what_a_case_follows_and_all_that_was_told_is_seen_at_the_top(
    office: Office, open_page: Open, width: int
) -> None:
    number = await office.hire("wang")
    wang, first = await office.worker(number), await office.file()
    await office.work.claim(wang, first)
    await office.work.close(wang, first, "referred", seen=9)
    second = await office.file("继父碰我", kind="sexual")
    await office.file("在学校也有人堵我", why=Why.RISK, kind="bullying", level="urgent")
    page = await open_page(number, width)
    await page.goto(f"/desk/case/{second}")

    await expect(page.locator("#state .kind").last).to_have_text(SAY["desk.also"] + SAY["alerts.kind_bullying"])
    assert await _fits(page)
    await page.locator(f'#about a[href="/desk/case/{first}"]').click()
    await expect(page.locator("h1")).to_have_text(SAY["desk.case_title"].format(number=first))


async def _signs_in(page: Page, name: str, secret: str, clock) -> None:
    clock.forward(seconds=30)
    await page.fill("[name=name]", name)
    await page.fill("[name=password]", DOOR)
    await page.fill("[name=code]", pyotp.TOTP(secret).at(clock()))
    await page.get_by_role("button", name=SAY["staff.sign_in"]).click()


STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}])"


@pytest.mark.parametrize("how", ["sending", "news", "note", "without scripts"])
async def test_what_is_typed_when_the_sign_in_ends_stands_there_after_the_next(
    office: Office, open_page: Open, clock, how: str
) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    secret = await office.door(wang)
    await office.work.claim(await office.worker(wang), case)
    page = await open_page(wang, 360, java_script_enabled=how != "without scripts")
    await page.goto(f"/desk/case/{case}")
    await page.locator("#text").fill("我在，<b>你慢慢说</b>\n不急")
    if how == "note":
        await page.locator("#note summary").click()
        await page.locator("#note-text").fill("孩子在学校")
    await office.sign_out(wang)
    if how == "news":
        office.news.publish(Event("message", case))
    elif how == "note":
        await page.get_by_role("button", name=SAY["desk.note_add"]).click()
    else:
        await page.locator(".send-row button").click()

    await expect(page.locator(".banner")).to_have_text(SAY["desk.again"])
    await expect(page.locator("body")).not_to_contain_text("他打我")
    assert await _fits(page)
    await _signs_in(page, "wang", secret, clock)

    await expect(page.locator(".told")).to_have_text(SAY["desk.done_again"])
    await expect(page.locator("#text")).to_have_value("我在，<b>你慢慢说</b>\n不急")
    if how == "note":
        await expect(page.locator("#note-text")).to_have_value("孩子在学校")
    else:
        assert "你慢慢说" not in await page.evaluate(STORED)
    await page.locator(".send-row button").click()
    await expect(page.locator(".line.staff")).to_have_count(1)
    assert [item.text for item in await office.out()] == ["我在，<b>你慢慢说</b>\n不急"]


async def test_how_a_case_was_to_end_is_still_chosen_after_the_next_sign_in(
    office: Office, open_page: Open, clock
) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    secret = await office.door(wang)
    await office.work.claim(await office.worker(wang), case)
    page = await open_page(wang, 1280)
    await page.goto(f"/desk/case/{case}")
    await page.locator("#close summary").click()
    await page.locator("[name=outcome][value=helped]").check()
    await office.sign_out(wang)
    await page.get_by_role("button", name=SAY["desk.close_do"]).click()
    await _signs_in(page, "wang", secret, clock)

    await expect(page.locator("[name=outcome][value=helped]")).to_be_checked()
    await page.get_by_role("button", name=SAY["desk.close_do"]).click()
    await expect(page.locator(".told")).to_have_text(SAY["desk.done_closed"])


async def test_that_somebody_is_waited_for_is_said_no_more_once_they_answered(office: Office, open_page: Open) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    await office.work.claim(await office.worker(wang), case)
    page = await open_page(wang)
    await page.goto(f"/desk/case/{case}?done=asked")
    await expect(page.locator(".told")).to_have_text(SAY["desk.done_asked"])
    await office.file("是我", why=Why.HERE, delivery="2")
    office.news.publish(Event("message", case))
    await expect(page.locator("#lines")).to_contain_text("是我")
    await expect(page.locator(".told")).to_have_count(0)


async def test_a_note_is_kept_without_leaving_the_answer_that_is_being_written(office: Office, open_page: Open) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    await office.work.claim(await office.worker(wang), case)
    page = await open_page(wang, 1280)
    await page.goto(f"/desk/case/{case}")
    await page.locator("#text").fill("正在写")
    await page.locator("#note summary").click()
    await page.locator("#note-text").fill("孩子在学校")
    await page.get_by_role("button", name=SAY["desk.note_add"]).click()

    await expect(page.locator(".line.note")).to_contain_text("孩子在学校")
    await expect(page.locator("#note-text")).to_have_value("")
    await expect(page.locator("#text")).to_have_value("正在写")


async def test_a_report_that_was_filled_in_outlasts_the_sign_in(office: Office, open_page: Open, clock) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    secret = await office.door(wang)
    await office.work.claim(await office.worker(wang), case)
    page = await open_page(wang)
    await page.goto(f"/desk/case/{case}/report")
    await page.locator("[name=situation_2]").check()
    await page.fill("[name=known]", "手臂有伤")
    await office.sign_out(wang)
    await page.get_by_role("button", name=SAY["report.make"]).click()
    await _signs_in(page, "wang", secret, clock)

    await expect(page.locator("[name=situation_2]")).to_be_checked()
    await expect(page.locator("[name=known]")).to_have_value("手臂有伤")
