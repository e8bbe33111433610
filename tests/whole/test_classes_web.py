"""A school in real browsers: a supervisor appoints, a vice principal makes a class, pupils take a quiz, and results."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from playwright.async_api import Page, expect

from bot.content.load import load_bank
from bot.core.quiz_types import Bank
from tests.conftest import ROOT
from tests.whole.conftest import DESKTOP, PHONE, Open, Place, Serve
from tests.whole.desk import OURS
from tests.whole.furnishing import SignIn
from tests.whole.school import PASSWORD, POST, PRINCIPAL, SCHOOL, TEACH
from tests.whole.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLASS, QUIZ, BAND = "八年级1班", "fraud-13-15", "13-15"
#: Results are told from five on: one pupil is watched, and so many others come with them.
OTHERS = 4
#: What each question is answered with: all of it right but the first, which everybody gets wrong.
WRONG = (0,)
Picture = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
async def place(serve: Serve) -> Place:
    return await serve(quiet_hours="none", rate_per_minute=1000)


async def test_from_a_school_to_its_first_results(place: Place, browse: Open, picture: Picture) -> None:
    address, bank = place.running.address, load_bank(ROOT)
    boss = await browse(address, **DESKTOP)
    await _signs_in(boss, place.supervisor)
    fang = await _joins_staff(await browse(address, **DESKTOP), await _invites(boss))
    await _appoints(boss)

    code = await _makes_class(fang)
    await picture(fang, "class-1280")
    pupil = await browse(address, **PHONE)
    await pupil.goto(f"/class/{code}")
    await expect(pupil.locator("h1")).to_have_text(CLASS)
    await pupil.click(f"[value='enrol:{code}.student']")
    push = await _pushes(fang)

    run = await _begins(pupil, code, picture)
    await _takes(pupil, run, bank, picture)

    await fang.goto(f"{TEACH}/results/{run}")
    await expect(fang.locator("main .calm")).to_be_visible()
    await expect(fang.locator(".question")).to_have_count(0)
    await _others_take(address, code, run, bank)
    await _ends(fang, push)
    await _sees(fang, f"{TEACH}/results/{run}", "已截止")
    await _told(fang, bank)
    await picture(fang, "results-1280")
    phone = await browse(address, storage_state=await fang.context.storage_state(), **PHONE)
    await phone.goto(f"{TEACH}/results/{run}")
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await picture(phone, "results-375")


async def _signs_in(page: Page, sign_in: SignIn) -> None:
    await page.goto("/staff/sign-in")
    await page.fill("[name=name]", sign_in.name)
    await page.fill("[name=password]", sign_in.password)
    await page.fill("[name=code]", sign_in.code)
    await page.click("main form button")
    await expect(page).to_have_url(re.compile("/staff$"))


async def _invites(boss: Page) -> str:
    """Invite a vice principal; gives the link by which they join."""
    await boss.goto("/staff/people/invite")
    await boss.fill("[name=display]", POST["display"])
    await boss.fill("[name=name]", PRINCIPAL)
    await boss.check("[name=role][value=vice_principal]")
    await boss.click("main form button.strong")
    found = re.search(r"/staff/join/[\w-]+", await boss.inner_text("main"))
    assert found is not None
    return found[0]


async def _joins_staff(page: Page, link: str) -> Page:
    await page.goto(link)
    secret = await page.locator("[name=secret]").get_attribute("value")
    await page.fill("[name=password]", PASSWORD)
    await page.fill("[name=again]", PASSWORD)
    await page.fill("[name=code]", pyotp.TOTP(secret or "").now())
    await page.click("main form button.strong")
    await expect(page.locator("[name=again]")).to_have_count(0)
    return page


async def _appoints(boss: Page) -> None:
    await boss.goto(f"{TEACH}/schools")
    await boss.fill("[name=name]", SCHOOL)
    await boss.click("main form button.strong")
    await boss.select_option("[name=staff]", label=POST["display"])
    await boss.click("form[action$='/appoint'] button")
    await expect(boss.locator(".lines b")).to_have_text([POST["display"]])


async def _makes_class(fang: Page) -> str:
    """Make a class; gives its join code."""
    await fang.goto(f"{TEACH}/classes")
    await fang.fill("[name=name]", CLASS)
    await fang.check(f"[name=band][value='{BAND}']")
    await fang.click("#new button")
    return (await fang.inner_text(".code")).replace(" ", "")


async def _pushes(fang: Page) -> str:
    """Push the quiz now; gives the page of the push."""
    await fang.goto(f"{TEACH}/pushes/new?kind=quiz&subject={QUIZ}")
    await fang.click("main button.whole")
    await fang.click("[name=do][value=send]")
    await expect(fang.locator(".told")).to_be_visible()
    return fang.url.partition("?")[0]


async def _ends(fang: Page, push: str) -> None:
    await fang.goto(push)
    await fang.click("summary:has-text('取消这条推送')")
    await fang.click("form[action$='/cancel'] button")
    await expect(fang.locator(".told")).to_be_visible()


async def _sees(page: Page, path: str, words: str) -> None:
    async def there() -> bool:
        await page.goto(path)
        return words in await page.inner_text("main")

    await eventually(there)


async def _begins(pupil: Page, code: str, picture: Picture) -> int:
    """Begin what the class page offers, soon after it was pushed; gives the run."""
    button = pupil.locator("[value^='quiz:']")

    async def offered() -> int:
        await pupil.goto(f"/class/{code}")
        return await button.count()

    await eventually(offered)
    await picture(pupil, "class-page-375")
    run = int((await button.get_attribute("value") or "").removeprefix("quiz:"))
    await button.click()
    return run


def _chosen(bank: Bank, question: int) -> tuple[int, ...]:
    options = bank.questions[bank.quizzes[QUIZ].questions[question]].options
    right = tuple(place for place, option in enumerate(options) if option.right)
    return right if question else WRONG


async def _takes(pupil: Page, run: int, bank: Bank, picture: Picture) -> None:
    """By touch, from the first question to the last; several right ones are typed."""
    last = len(bank.quizzes[QUIZ].questions) - 1
    for question in range(last + 1):
        asked, chosen = bank.questions[bank.quizzes[QUIZ].questions[question]], _chosen(bank, question)
        await expect(pupil.locator(".card").last).to_contain_text(asked.ask)
        if question == 0:
            await picture(pupil, "quiz-375")
        if len(chosen) == 1:
            await pupil.locator(f"[value='pick:{run}.{question}.{chosen[0]}']").last.click()
        else:
            await pupil.fill("#text", "".join("ABCDE"[place] for place in chosen))
            await pupil.press("#text", "Enter")
        await expect(pupil.locator(".card").last).to_contain_text(asked.explain)
        if question < last:
            await pupil.locator(f"[value='next:{run}']").last.click()
    await expect(pupil.locator(".card").last).to_contain_text("做完了")


async def _others_take(address: str, code: str, run: int, bank: Bank) -> None:
    """The rest of the class, without browsers."""
    async with AsyncExitStack() as stack:
        for _ in range(OTHERS):
            http = httpx.AsyncClient(base_url=address, headers=OURS, timeout=60.0, trust_env=False)
            pupil = await stack.enter_async_context(http)
            await _says(pupil, command=f"enrol:{code}.student")
            await _says(pupil, command=f"quiz:{run}")
            for question in range(len(bank.quizzes[QUIZ].questions)):
                letters = "".join("ABCDE"[place] for place in _chosen(bank, question))
                told = await _says(pupil, text=letters)
                assert told["kind"] == "quiz"
                if told["choices"] and told["choices"][0]["command"] == f"next:{run}":
                    await _says(pupil, command=f"next:{run}")


async def _says(pupil: httpx.AsyncClient, **turn: str) -> dict[str, Any]:
    response = await pupil.post("/api/chat", json={**turn, "delivery": uuid4().hex})
    told: dict[str, Any] = response.raise_for_status().json()
    return told


async def _told(fang: Page, bank: Bank) -> None:
    """All five were wrong at the first question alone."""
    many, questions = OTHERS + 1, bank.quizzes[QUIZ].questions
    share = round(100 * (len(questions) - 1) / len(questions))
    await expect(fang.locator(".numbers dd")).to_have_text([f"{many}人", f"{many}人", f"{many}人", f"{share}%"])
    wrong = bank.questions[questions[0]].options[WRONG[0]].idea
    await expect(fang.locator(".idea h3")).to_have_text([wrong or ""])
    await expect(fang.locator(".question")).to_have_count(len(questions))
    await expect(fang.locator(".question .right .how-many").first).to_contain_text("0人")
    await expect(fang.locator(".question .right .how-many").last).to_contain_text(f"{many}人")
