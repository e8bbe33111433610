"""From the set-up link to a signed-in counsellor, on a phone, with no script and nothing refused by the policy."""

import datetime as dt

import pyotp
import pytest
from playwright.sync_api import expect

from .conftest import BETTER, GOOD, refused

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "java_script_enabled": False}


@pytest.fixture
def phones(chromium):
    """Makes phones of different people; at the end none has complained about a page."""
    complaints, opened = [], []

    def make():
        context = chromium.new_context(**PHONE)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.extend(refused(request)))
        return page

    yield make
    for context in opened:
        context.close()
    assert [text for text in complaints if "status of" not in text] == []


def choose(page, password):
    """Fill in what every enrolment asks, and give back the app's secret."""
    secret = page.get_attribute("[name=secret]", "value")
    page.fill("[name=password]", password)
    page.fill("[name=again]", password)
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click("main button")
    return secret


def fits(page):
    return page.locator("main").bounding_box()["width"] <= PHONE["viewport"]["width"]


def test_from_the_set_up_link_to_a_signed_in_counsellor(served, phones):
    boss, newcomer = phones(), phones()
    boss.goto(served.address + served.setup)
    assert boss.locator("svg.qr").bounding_box()["width"] > 150
    assert fits(boss)
    boss.fill("[name=display]", "周主管")
    boss.fill("[name=name]", "zhou")
    choose(boss, GOOD)
    assert len(boss.locator(".big > span").all()) == 8
    assert fits(boss)

    boss.goto(f"{served.address}/staff/people/invite")
    boss.fill("[name=display]", "李老师")
    boss.fill("[name=name]", "li")
    boss.check("[value=counsellor]")
    boss.click("main button")
    newcomer.goto(boss.inner_text(".link"))
    secret = choose(newcomer, BETTER)
    seen = newcomer.inner_text(".big")

    boss.goto(f"{served.address}/staff/people")
    assert fits(boss)
    boss.click("a[href$='/admit']")
    assert boss.inner_text(".big") == seen
    boss.click("main button")

    newcomer.goto(f"{served.address}/staff")
    expect(newcomer.locator(".doors a[href='/desk']")).to_have_count(1)
    newcomer.click(".bar button")
    newcomer.fill("[name=name]", "li")
    newcomer.fill("[name=password]", BETTER)
    # The next code: the one of this half minute set up the app.
    newcomer.fill("[name=code]", pyotp.TOTP(secret).at(dt.datetime.now(dt.UTC), counter_offset=1))
    newcomer.click("main button")
    expect(newcomer).to_have_url(f"{served.address}/staff")
    expect(newcomer.locator(".doors a[href='/desk']")).to_have_count(1)
    expect(newcomer.locator(".doors a[href='/staff/people']")).to_have_count(0)
