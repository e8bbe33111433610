"""Two tabs of one browser, which have one talk: what reaches both, what stays in one, and what ends both."""

import re

import pytest
from playwright.sync_api import expect

from bot.core.decision import Relayed, Reply

pytestmark = pytest.mark.browser
ELSEWHERE = re.compile("^http://elsewhere.localhost")


@pytest.fixture
def tabs(visit):
    """Two tabs that were opened before anything was said."""

    def opened():
        first = visit()
        second = first.context.new_page()
        second.set_default_timeout(60_000)
        second.goto(first.url)
        return first, second

    return opened


def say(page, text):
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator(".card").last).to_be_visible()


def wait(page, holds):
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came true")


def test_the_quick_exit_of_one_ends_the_other(tabs, talk):
    first, second = tabs()
    say(first, "我继父")
    say(second, "压岁钱归谁")
    first.locator("#exit").click()
    for page in (first, second):
        page.wait_for_url(ELSEWHERE)
        page.go_back()
        assert "压岁钱归谁" not in page.content()
    assert talk.asked == [False]


def test_a_page_beside_the_chat_ends_with_it_too(tabs):
    first, second = tabs()
    say(first, "我继父")
    second.goto(second.url + "back")
    first.locator("#exit").click()
    second.wait_for_url(ELSEWHERE)


def test_the_words_of_a_person_appear_in_both(tabs, talk, write, box):
    first, second = tabs()
    say(first, "我继父")
    item = write(talk.heard[0][0], Relayed(Reply("我在，慢慢说。")))
    for page in (first, second):
        expect(page.locator(".card.person")).to_contain_text("我在，慢慢说。")
    wait(first, lambda: ("sent", item) in box.gone)


def test_what_was_read_in_one_is_not_lost_to_one_whose_line_is_down(tabs, talk, write, box):
    first, second = tabs()
    second.route("**/api/events", lambda route: route.abort())
    say(first, "我继父")
    item = write(talk.heard[0][0], Relayed(Reply("我在，慢慢说。")))
    wait(first, lambda: ("sent", item) in box.gone)
    expect(second.locator(".card.person")).to_have_count(1)


def test_what_is_told_in_one_shows_its_clock_in_the_other_once_somebody_writes_there(tabs, talk, standings, post):
    first, second = tabs()
    say(first, "没人看")
    standings.opens(talk.heard[0][0])
    expect(second.locator(".you, .clock")).to_have_count(0)
    say(second, "压岁钱归谁")
    expect(second.locator(".standing .clock")).to_be_visible()
    post.ring(standings.seen(talk.heard[0][0]))
    for page in (first, second):
        expect(page.locator(".clock")).to_contain_text("已有人看到")


def test_what_was_typed_stays_where_it_was_typed(tabs, talk, write):
    first, second = tabs()
    say(first, "我继父")
    write(talk.heard[0][0], Relayed(Reply("我在。")))
    expect(second.locator(".card.person")).to_be_visible()
    assert "继父" not in second.content()


def test_deleting_in_one_empties_the_other(tabs, talk, library):
    first, second = tabs()
    say(first, "压岁钱归谁")
    say(second, "压岁钱归谁")
    first.locator("#forget").click()
    first.locator("dialog .strong").click()
    for page in (first, second):
        expect(page.locator(".deleted")).to_have_text(library.messages["receipt.deleted"])
        expect(page.locator(".card, .you")).to_have_count(0)
    assert talk.asked == [True]


def test_a_code_that_opens_the_talk_in_one_brings_its_letters_to_both(tabs, returns, write, library):
    first, second = tabs()
    say(first, "我继父")
    second.goto(second.url + "back")
    second.get_by_label(library.messages["web.back_label"]).fill("1234 5678 9012 3456")
    second.get_by_role("button", name=library.messages["web.back_open"], exact=True).click()
    expect(second.locator(".card.person")).to_be_visible()
    write(returns.origins[-1].address, Relayed(Reply("欢迎回来。")))
    for page in (first, second):
        expect(page.locator(".card.person").last).to_contain_text("欢迎回来。")
