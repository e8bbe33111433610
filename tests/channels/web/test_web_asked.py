"""Whether it is still the child: the question stands until it was answered, also on a page that was opened anew."""

from dataclasses import replace

import httpx
import pytest
from conftest import CODE
from playwright.sync_api import expect

from bot.core.decision import Choice, Notice, Reply

HERE = "here:7"
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def question(library):
    """The letter that asks, as the desk writes it."""
    button = Choice(library.messages["buttons.here"], HERE)
    return Notice(Reply(library.messages["support.checking"], choices=(button,)))


def say(page, text):
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator(".card, .relayed").last).to_be_visible()


def wait(page, holds):
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came true")


@pytest.fixture
def ask(standings, write, box, question):
    """Asks whoever is at this address, as the desk does; gives whether they have read it."""

    def asks(address):
        standings.asks(address)
        item = write(address, question)
        return lambda: ("sent", item) in box.gone

    return asks


@pytest.fixture
def asked(visit, talk, ask):
    """A page on which the question was read, and not answered."""

    def opened(**options):
        page = visit(**options)
        say(page, "没人看")
        wait(page, ask(talk.heard[-1][0]))
        expect(page.locator(f"button[value='{HERE}']")).to_be_visible()
        return page, talk.heard[-1][0]

    return opened


@pytest.mark.browser
def test_a_question_that_was_read_comes_again_with_its_button_on_a_page_opened_anew(asked, talk, library):
    page, address = asked(**PHONE)
    page.reload()
    card = page.locator(".card")
    expect(card).to_have_count(1)
    expect(card).to_contain_text(library.messages["support.checking"])
    expect(card).to_be_in_viewport(ratio=1)
    card.get_by_role("button", name=library.messages["buttons.here"]).tap()
    wait(page, lambda: (talk.heard[-1][0], talk.heard[-1][1].command) == (address, HERE))


@pytest.mark.browser
def test_once_answered_it_comes_no_more(asked, standings, post):
    page, address = asked()
    standings.cases[address] = replace(standings.cases[address], checking=False)
    page.reload()
    wait(page, lambda: any(stream.case for stream in post._streams.get(address, ())))
    say(page, "你在吗")
    expect(page.locator(f"button[value='{HERE}']")).to_have_count(0)


@pytest.mark.browser
def test_a_question_that_waits_unread_is_shown_once(visit, talk, ask):
    page = visit()
    say(page, "没人看")
    page.goto("about:blank")
    read = ask(talk.heard[-1][0])
    page.go_back()
    wait(page, read)
    expect(page.locator(f"button[value='{HERE}']")).to_have_count(1)


def test_a_page_without_a_stream_and_one_without_scripts_are_asked_as_well(site, talk, ask, library):
    with httpx.Client(base_url=site) as client:
        client.post("/api/chat", json={"text": "没人看"})
        read = ask(talk.heard[0][0])
        told = client.post("/api/news", json={}).json()
        assert HERE in told["asked"]
        item = told["letters"][0]["id"]
        for shown in ("", str(item)):
            page = client.post("/news", data={"shown": shown}).text
            assert page.count(f'value="{HERE}"') == 1
            assert library.messages["web.no_news"] not in page
        assert read()


def test_who_may_not_be_the_child_is_not_asked_again(site, talk, standings):
    with httpx.Client(base_url=site) as client:
        client.post("/api/chat", json={"text": "没人看"})
        address = talk.heard[0][0]
        standings.asks(address)
        standings.cases[address] = replace(standings.cases[address], receipt="")
        assert "asked" not in client.post("/api/news", json={}).json()
        assert HERE not in client.post("/news", data={"shown": ""}).text


@pytest.fixture
def came_back(visit, returns, library):
    """A page that a code opened, on which there is much to read. ``moved`` hears to which talk the case moved."""

    def opened(moved=str, **options):
        returns.before, returns.moved = 30, moved
        page = visit(**PHONE, **options)
        page.goto(page.url + "back")
        page.get_by_label(library.messages["web.back_label"]).fill(CODE)
        page.get_by_role("button", name=library.messages["web.back_open"], exact=True).tap()
        expect(page.locator(".card.person")).to_be_visible()
        return page

    return opened


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_who_came_back_by_the_code_is_asked_with_the_button(came_back, standings, talk, scripts):
    page = came_back(standings.asks, java_script_enabled=scripts)
    page.locator(f"button[value='{HERE}']").tap()
    wait(page, lambda: talk.heard and talk.heard[-1][1].command == HERE)
    assert talk.heard[-1][0] in standings.cases


@pytest.mark.browser
def test_after_coming_back_a_page_loaded_anew_asks_again_and_the_code_is_not_sent_again(
    came_back, site, returns, standings
):
    page = came_back(standings.asks)
    expect(page.locator(f"button[value='{HERE}']")).to_have_count(1)
    page.reload()
    assert page.url == f"{site}/"
    expect(page.locator(f"button[value='{HERE}']")).to_be_in_viewport(ratio=1)
    expect(page.locator(".you, .person")).to_have_count(0)
    assert len(returns.origins) == 1


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_who_came_back_sees_the_newest_words_and_can_say_whether_they_are_safe(came_back, talk, library, scripts):
    page = came_back(java_script_enabled=scripts)
    expect(page.locator(".card.person").last).to_be_in_viewport(ratio=1)
    expect(page.locator(".clock")).to_be_in_viewport(ratio=1)
    safe = page.get_by_role("button", name=library.messages["buttons.tell_safe"])
    expect(safe).to_be_in_viewport(ratio=1)
    safe.tap()
    wait(page, lambda: talk.heard and talk.heard[-1][1].command == "tell:safe")


def test_where_nobody_works_on_it_any_more_no_such_question_is_offered(site, returns):
    returns.closed = True
    with httpx.Client(base_url=site) as client:
        assert 'value="tell:safe"' not in client.post("/back", data={"code": CODE}).text
