"""A person writes to a child whose page is open, in a real Chromium; and what the stream is over HTTP."""

import datetime as dt
import json
import re
from dataclasses import replace

import httpx
import pytest
from conftest import CODE, RECEIPT
from playwright.sync_api import expect

from bot.core.decision import Choice, Notice, Relayed, Reply

ELSEWHERE = re.compile("^http://elsewhere.localhost")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def disclosed(visit, talk):
    """A page on which something was disclosed, and the address of its visitor."""

    def opened(**options):
        page = visit(**options)
        say(page, "我继父")
        expect(page.locator(".card.support .clock")).to_be_visible()
        return page, talk.heard[-1][0]

    return opened


@pytest.fixture
def written(write, box):
    """Writes letters, and where they rest."""
    return write, box


def say(page, text):
    page.fill("#text", text)
    page.press("#text", "Enter")


def erased(box):
    """How many letters were acknowledged; asked again by ``expect``-like waiting of the page."""
    return [item for what, item in box.gone if what == "sent"]


def wait(page, holds):
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came true")


@pytest.mark.browser
def test_the_words_of_a_person_come_by_themselves_under_their_own_mark(disclosed, write, box, library):
    page, address = disclosed(**PHONE)
    item = write(address, Relayed(Reply("我在，慢慢说。<b>不急</b>")))
    card = page.locator(".card.person")
    expect(card).to_contain_text("我在，慢慢说。<b>不急</b>")
    expect(card.locator(".from")).to_contain_text(library.messages["receipt.person"])
    expect(card.locator(".from")).to_contain_text("21:04")
    assert card.locator("xpath=ancestor::*[@aria-live='polite']").count() == 1
    wait(page, lambda: erased(box) == [item])
    say(page, "你在吗")
    expect(page.locator(".relayed")).to_have_text(library.messages["receipt.relayed"])
    expect(page.locator(".card.support")).to_have_count(1)


@pytest.mark.browser
def test_a_letter_of_the_service_is_the_bots_card_with_its_buttons(disclosed, write, talk):
    page, address = disclosed()
    write(address, Notice(Reply("现在方便继续吗？", choices=(Choice("方便，是我", "here"),))))
    page.get_by_role("button", name="方便，是我").click()
    wait(page, lambda: talk.heard[-1][1].command == "here")
    assert page.locator(".card.person").count() == 0


@pytest.mark.browser
def test_a_later_clock_says_more_on_the_earlier_card_too(disclosed, write, now):
    page, address = disclosed()
    seen = replace(RECEIPT, code="", due_at=None)
    write(address, Notice(Reply("值班的人已经看到你的话了。", receipt=seen)))
    expect(page.locator(".card.support .clock")).to_have_text("收到 21:04 · 21:06 已有人看到")


def look_away(page):
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => window.away});window.away = true"
    )


def look_back(page):
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.browser
def test_a_letter_in_the_background_shows_only_a_number_in_the_title(disclosed, write):
    page, address = disclosed()
    title = page.title()
    look_away(page)
    write(address, Relayed(Reply("我在。")))
    expect(page).to_have_title(f"（1）{title}")
    look_back(page)
    expect(page).to_have_title(title)


@pytest.mark.browser
def test_a_letter_in_the_background_is_kept_until_the_page_is_looked_at(disclosed, write, box):
    page, address = disclosed()
    look_away(page)
    items = [write(address, Relayed(Reply(text))) for text in ("今晚别回家。", "八点我在校门口等你。")]
    expect(page.locator(".card.person")).to_have_count(2)
    # Another request of the page has come through since: an acknowledgement would have.
    with page.expect_response("**/api/chat"):
        say(page, "你在吗")
    assert erased(box) == []
    look_back(page)
    wait(page, lambda: sorted(erased(box)) == items)


@pytest.mark.browser
def test_a_tab_that_was_dropped_before_it_was_looked_at_shows_its_letters_again(disclosed, write, box):
    page, address = disclosed()
    look_away(page)
    item = write(address, Relayed(Reply("八点我在校门口等你。")))
    expect(page.locator(".card.person")).to_have_count(1)
    page.reload()
    expect(page.locator(".card.person")).to_contain_text("八点我在校门口等你。")
    wait(page, lambda: erased(box) == [item])


@pytest.mark.browser
def test_a_letter_comes_once_even_when_its_acknowledgement_was_lost(disclosed, written, visit, now):
    write, box = written
    page, address = disclosed()
    page.route("**/api/received", lambda route: route.abort())
    item = write(address, Relayed(Reply("我在。")))
    expect(page.locator(".card.person")).to_have_count(1)
    assert erased(box) == []
    page.unroute("**/api/received")
    now.at += dt.timedelta(minutes=1)
    wait(page, lambda: erased(box) == [item])
    expect(page.locator(".card.person")).to_have_count(1)
    visit.errors.clear()  # the aborted request is reported, rightly


@pytest.mark.browser
def test_who_reloads_the_page_gets_what_came_meanwhile(disclosed, write, box):
    page, address = disclosed()
    page.goto("about:blank")
    write(address, Relayed(Reply("我还在。")))
    page.go_back()
    expect(page.locator(".card.person")).to_contain_text("我还在。")
    wait(page, lambda: len(erased(box)) == 1)


@pytest.mark.browser
def test_a_page_whose_stream_is_refused_asks_by_itself(disclosed, visit, write):
    page, address = disclosed()
    page.clock.install()
    page.route("**/api/events", lambda route: route.fulfill(status=503))
    page.reload()
    write(address, Relayed(Reply("我在。")))
    # The refusal may reach the page only after the clock was turned on: it is turned on until it has.
    wait(page, lambda: page.clock.run_for(16_000) or page.locator(".card.person").count())
    expect(page.locator(".card.person")).to_have_count(1)
    page.close()
    visit.errors.clear()  # the refusal is reported, rightly


@pytest.mark.browser
def test_after_deleting_and_after_leaving_nothing_listens(disclosed, post, talk):
    page, _ = disclosed()
    wait(page, lambda: post._streams)
    page.locator("#forget").click()
    page.locator("dialog .strong").click()
    expect(page.locator(".deleted")).to_be_visible()
    wait(page, lambda: not post._streams)
    assert talk.asked == [True]
    say(page, "我继父")
    wait(page, lambda: post._streams)
    page.locator("#exit").click()
    page.wait_for_url(ELSEWHERE)
    wait(page, lambda: not post._streams and talk.asked == [True, False])


@pytest.mark.browser
def test_without_scripts_a_line_brings_what_is_new(visit, talk, written, library):
    write, box = written
    page = visit(java_script_enabled=False, **PHONE)
    assert page.locator(".look").count() == 0
    page.fill("#text", "我继父")
    page.locator(".send").tap()
    expect(page.locator(".code .groups")).to_contain_text("9012")
    item = write(talk.heard[0][0], Relayed(Reply("我在。")))
    look = page.get_by_role("button", name=library.messages["web.look"])
    look.tap()
    expect(page.locator(".card.person")).to_contain_text("我在。")
    assert erased(box) == []
    look.tap()
    expect(page.locator(".deleted")).to_have_text(library.messages["web.no_news"])
    assert erased(box) == [item]


@pytest.mark.browser
@pytest.mark.parametrize("by", ["words", "button"])
def test_without_scripts_whoever_answers_a_letter_has_read_it(visit, talk, written, by):
    write, box = written
    page = visit(java_script_enabled=False, **PHONE)
    page.fill("#text", "我继父")
    page.locator(".send").tap()
    expect(page.locator(".code .groups")).to_contain_text("9012")
    key = talk.heard[0][0]
    items = [write(key, Relayed(Reply("我在。")))]
    items.append(write(key, Notice(Reply("现在方便继续吗？", choices=(Choice("方便，是我", "here"),)))))
    page.locator(".look button").tap()
    expect(page.locator(".card.person")).to_contain_text("我在。")
    if by == "words":
        page.fill("#text", "好的")
        page.locator(".send").tap()
        expect(page.locator(".you .said")).to_have_text("好的")
    else:
        page.get_by_role("button", name="方便，是我").tap()
    wait(page, lambda: sorted(erased(box)) == items)
    page.locator("#exit").tap()
    page.wait_for_url(ELSEWHERE)
    assert [what for what, _ in box.gone] == ["sent", "sent"]


@pytest.mark.browser
def test_a_child_comes_back_by_the_code_and_goes_on(visit, returns, talk, write):
    page = visit(**PHONE)
    page.get_by_role("link", name="用号码回来").tap()
    page.get_by_label("16个数字").fill("1234 5678 9012 3457")
    page.get_by_role("button", name="打开").tap()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("16个数字").fill(CODE)
    page.get_by_role("button", name="打开").tap()
    expect(page.locator(".you .said")).to_have_text("他晚上<b>进</b>我房间")
    expect(page.locator(".card.person")).to_contain_text("慢慢说")
    write(returns.origins[-1].address, Relayed(Reply("欢迎回来。")))
    expect(page.locator(".card.person").last).to_contain_text("欢迎回来。")
    say(page, "你在吗")
    expect(page.locator(".relayed")).to_be_visible()
    assert talk.heard[-1][0] == returns.origins[-1].talk
    page.locator("#exit").tap()
    page.wait_for_url(ELSEWHERE)
    visit.errors.clear()  # the refused code is reported, rightly


@pytest.mark.browser
def test_what_was_not_kept_is_sent_again_by_one_button(visit, talk):
    page = visit()
    say(page, "坏了 他打我")
    expect(page.locator(".card.support .note")).to_be_visible()
    page.locator(".again button").click()
    wait(page, lambda: len(talk.heard) == 2)
    first, again = (incoming for _, incoming in talk.heard)
    assert (first.text, first.origin.delivery) == (again.text, again.origin.delivery)


@pytest.mark.browser
def test_a_turn_that_was_lost_on_the_way_is_sent_again_under_its_own_name(visit, talk):
    page = visit()

    def answered_but_lost(route):
        route.fetch()
        route.abort()

    page.route("**/api/chat", answered_but_lost)
    say(page, "我继父")
    page.locator(".failed button").wait_for()
    page.unroute("**/api/chat")
    page.locator(".failed button").click()
    expect(page.locator(".card.support")).to_have_count(1)
    first, again = (incoming.origin.delivery for _, incoming in talk.heard)
    assert first == again
    visit.errors.clear()  # the lost answer is reported, rightly


def test_the_stream_speaks_to_its_own_visitor_with_numbers_and_stays_uncompressed(site, talk, write):
    with httpx.Client(base_url=site, headers={"accept-encoding": "gzip"}) as client:
        assert client.get("/api/events").status_code == 204
        client.post("/api/chat", json={"text": "我继父"})
        write("web:somebody-else", Relayed(Reply("不是给你的")))
        item = write(talk.heard[0][0], Relayed(Reply("我在。")))
        with client.stream("GET", "/api/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["cache-control"] == "no-store"
            assert "content-encoding" not in stream.headers
            lines = stream.iter_lines()
            told = [next(lines) for _ in range(3)]
        assert told[0].startswith("retry:")
        letter = json.loads(told[2].removeprefix("data:"))
        assert letter["id"] == item
        assert "我在。" in letter["html"]


def test_a_stream_that_begins_again_brings_what_was_shown_but_not_read(site, talk, write, box):
    with httpx.Client(base_url=site) as client:
        client.post("/api/chat", json={"text": "我继父"})
        item = write(talk.heard[0][0], Relayed(Reply("我在。")))
        for headers in ({}, {"last-event-id": str(item)}):
            with client.stream("GET", "/api/events", headers=headers) as stream:
                brought = next(line for line in stream.iter_lines() if line.startswith("data:"))
                assert json.loads(brought.removeprefix("data:"))["id"] == item
        assert erased(box) == []


def test_others_cannot_acknowledge_a_letter(site, talk, written):
    write, box = written
    with httpx.Client(base_url=site) as mine, httpx.Client(base_url=site) as other:
        mine.post("/api/chat", json={"text": "我继父"})
        other.post("/api/chat", json={"text": "我继父"})
        item = write(talk.heard[0][0], Relayed(Reply("我在。")))
        assert mine.post("/api/news", json={}).json()["letters"][0]["id"] == item
        assert other.post("/api/news", json={}).json() == {"letters": []}
        other.post("/api/received", json={"id": item})
        assert erased(box) == []
        for body in ({}, {"id": "1"}, {"id": True}):
            assert mine.post("/api/received", json=body).status_code == 400
        assert mine.post("/api/received", json={"id": item}).status_code == 204
        assert erased(box) == [item]
