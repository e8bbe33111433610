"""How a case stands, on the pages of its child: live, after a break of the line, and on a page that was opened anew."""

import datetime as dt
from dataclasses import replace

import httpx
import pytest
from conftest import EVENING
from playwright.sync_api import expect

from bot.core.decision import Relayed, Reply

RECEIVED = "收到 21:04 · 争取 21:09 前有人回"
SEEN = "收到 21:04 · 争取 21:09 前有人回 · 21:06 已有人看到"
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def told(visit, talk, standings):
    """A page on which something was told that nobody has seen yet, and the talk of its visitor."""

    def opened(**options):
        page = visit(**options)
        say(page, "没人看")
        expect(page.locator(".card.support .clock")).to_have_text(RECEIVED)
        standings.opens(talk.heard[-1][0])
        return page, talk.heard[-1][0]

    return opened


def say(page, text):
    page.fill("#text", text)
    page.press("#text", "Enter")


def wait(page, holds):
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came true")


@pytest.mark.browser
def test_that_somebody_has_seen_it_shows_before_anybody_writes(told, standings, post):
    page, address = told(**PHONE)
    say(page, "你在吗")
    wait(page, lambda: any(stream.case for stream in post._streams.get(address, ())))
    post.ring(standings.seen(address))
    expect(page.locator(".card.support .clock")).to_have_text(SEEN)


@pytest.mark.browser
def test_the_clock_of_a_case_that_ended_stays_as_it_was_where_another_begins(told, standings, post):
    page, address = told(**PHONE)
    say(page, "你在吗")
    wait(page, lambda: any(stream.case for stream in post._streams.get(address, ())))
    standings.opens(address, EVENING + dt.timedelta(minutes=20))
    post.stir(address)
    expect(page.locator(".standing .clock")).to_have_text("收到 21:24 · 争取 21:29 前有人回")
    expect(page.locator(".card.support .clock")).to_have_text(RECEIVED)


@pytest.mark.browser
def test_a_page_that_comes_back_on_the_line_hears_what_it_missed(told, standings, post):
    page, address = told()
    wait(page, lambda: post._streams.get(address))
    page.context.set_offline(True)
    for stream in list(post._streams[address]):
        stream.close()
    wait(page, lambda: not post._streams.get(address))
    standings.seen(address)
    page.context.set_offline(False)
    expect(page.locator(".card.support .clock")).to_have_text(SEEN)


@pytest.mark.browser
def test_a_page_opened_anew_shows_no_clock_until_somebody_writes_there(told, standings, post, library):
    page, address = told(**PHONE)
    page.reload()
    wait(page, lambda: any(stream.case for stream in post._streams.get(address, ())))
    expect(page.locator(".clock")).to_have_count(0)
    say(page, "你在吗")
    expect(page.locator(".you + .standing .clock")).to_have_text(RECEIVED)
    expect(page.get_by_role("button", name=library.messages["buttons.code"])).to_be_visible()
    post.ring(standings.seen(address))
    expect(page.locator(".standing .clock")).to_have_text(SEEN)


@pytest.mark.browser
def test_a_page_opened_anew_says_the_same_whatever_was_said_and_leads_to_the_code(visit, talk, standings, library):
    shown = []
    for text in ("压岁钱归谁", "没人看"):
        page = visit(**PHONE)
        assert page.locator(".anew").count() == 0
        say(page, text)
        expect(page.locator(".card")).to_be_visible()
        if text == "没人看":
            standings.opens(talk.heard[-1][0])
        page.reload()
        expect(page.locator(".anew")).to_contain_text(library.messages["web.anew"])
        expect(page.locator(".anew")).to_be_in_viewport()
        shown.append(page.locator("body").inner_text())
    assert shown[0] == shown[1]
    page.locator(".anew a").tap()
    expect(page.get_by_label(library.messages["web.back_label"])).to_be_visible()


@pytest.mark.browser
def test_where_there_is_no_case_writing_shows_no_clock(visit, talk):
    page = visit()
    say(page, "压岁钱归谁")
    page.reload()
    say(page, "压岁钱归谁")
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".clock")).to_have_count(0)


def test_a_page_whose_stream_is_refused_is_told_as_well(site, talk, standings):
    with httpx.Client(base_url=site) as client:
        client.post("/api/chat", json={"text": "没人看"})
        assert client.post("/api/news", json={}).json().get("case") is None
        standings.opens(talk.heard[0][0])
        assert client.post("/api/news", json={}).json()["case"]["clock"] == RECEIVED


def test_a_page_that_was_left_is_told_of_no_answer_that_comes_elsewhere(site, talk, standings):
    with httpx.Client(base_url=site) as client:
        client.post("/api/chat", json={"text": "没人看"})
        address = talk.heard[0][0]
        standings.opens(address)
        standings.cases[address] = replace(standings.cases[address], here=False)
        assert client.post("/api/news", json={}).json()["case"]["clock"] == "收到 21:04"


def test_others_hear_nothing_of_a_case(site, talk, standings):
    with httpx.Client(base_url=site) as mine, httpx.Client(base_url=site) as other:
        mine.post("/api/chat", json={"text": "没人看"})
        other.post("/api/chat", json={"text": "没人看"})
        standings.opens(talk.heard[0][0])
        assert other.post("/api/news", json={}).json().get("case") is None


def test_trouble_with_the_desk_keeps_no_letter_back(site, talk, standings, write):
    with httpx.Client(base_url=site) as client:
        client.post("/api/chat", json={"text": "没人看"})
        write(talk.heard[0][0], Relayed(Reply("我在。")))
        standings.broken = True
        told = client.post("/api/news", json={}).json()
        assert "我在。" in told["letters"][0]["html"]
        assert "case" not in told
