"""After somebody deleted their talk its page tells nothing of it, whatever it was, and shows that it was deleted."""

import pytest
from conftest import CODE
from playwright.sync_api import expect

from bot.core.decision import Relayed, Reply

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
#: All that is on a page, but for the names of its turns, which are new on each.
SEEN = """() => {
  const page = document.documentElement.cloneNode(true);
  for (const name of page.querySelectorAll("[name=delivery]")) name.remove();
  for (const template of page.querySelectorAll("template")) template.remove();
  for (const gone of page.querySelectorAll("noscript, script")) gone.remove();
  return page.querySelector("main").innerHTML.replace(/\\s+/g, " ") + document.title + location.href
    + document.getElementById("text").value + document.getElementById("status").textContent;
}"""


def say(page, text):
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator(".card, .relayed").last).to_be_visible()


def delete(page):
    page.locator("#forget").click()
    page.locator("dialog .strong").click()
    # A page that a code opened has a note that looks the same.
    expect(page.locator(".you, .card")).to_have_count(0)
    expect(page.locator(".deleted")).to_be_visible()


@pytest.fixture
def never_here(visit):
    """What a page shows on which nothing but an ordinary question was asked and deleted."""

    def looked():
        page = visit(**PHONE)
        say(page, "压岁钱归谁")
        delete(page)
        return page.evaluate(SEEN)

    return looked


def test_a_page_opened_anew_loses_its_note_when_the_talk_is_deleted(visit, never_here, library):
    page = visit(**PHONE)
    say(page, "没人看")
    page.reload()
    expect(page.locator(".anew")).to_be_visible()
    page.fill("#text", "他又")
    delete(page)
    expect(page.locator(".deleted")).to_have_text(library.messages["receipt.deleted"])
    expect(page.locator(".deleted")).to_be_in_viewport(ratio=1)
    assert page.evaluate(SEEN) == never_here()


def test_a_talk_that_a_code_opened_leaves_nothing_either(visit, never_here, returns, library):
    page = visit(**PHONE)
    page.goto(page.url + "back")
    page.get_by_label(library.messages["web.back_label"]).fill(CODE)
    page.get_by_role("button", name=library.messages["web.back_open"], exact=True).tap()
    expect(page.locator(".card.person")).to_be_visible()
    delete(page)
    assert page.evaluate(SEEN) == never_here()
    page.reload()
    expect(page.locator("#hello")).to_be_visible()
    expect(page.locator(".you, .anew, .deleted")).to_have_count(0)
    page.go_back()
    expect(page.get_by_label(library.messages["web.back_label"])).to_have_value("")
    assert len(returns.origins) == 1


def test_a_tab_in_the_background_keeps_no_number_in_its_title(visit, talk, write, post):
    page = visit()
    say(page, "我继父")
    title = page.title()
    other = page.context.new_page()
    other.goto(page.url)
    other.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    write(talk.heard[0][0], Relayed(Reply("我在。")))
    expect(other).to_have_title(f"（1）{title}")
    delete(page)
    for tab in (page, other):
        expect(tab.locator(".deleted")).to_be_visible()
        expect(tab).to_have_title(title)


def test_what_was_on_its_way_when_the_talk_was_deleted_is_not_shown(visit, talk):
    page, held = visit(), []
    page.clock.install()
    page.route("**/api/events", lambda route: route.fulfill(status=503))
    page.route("**/api/news", lambda route: held.append(route))  # noqa: PLW0108  (Playwright marks its handlers)
    say(page, "我继父")
    for _ in range(400):
        if held:
            break
        page.clock.run_for(16_000)
    delete(page)
    html = '<p class="clock">收到 21:04</p>'
    letters = [{"id": 1, "html": '<article class="card person">我在。</article>'}]
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/api/news")):
        held[0].fulfill(json={"letters": letters, "case": {"clock": "收到 21:04", "html": html}})
    say(page, "压岁钱归谁")
    expect(page.locator(".card.person, .clock")).to_have_count(0)
    visit.errors.clear()  # the refusal is reported, rightly
