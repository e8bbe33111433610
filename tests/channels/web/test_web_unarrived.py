"""Who leaves or deletes before the first cookie came is left or deleted all the same: by the number of the page."""

import asyncio
import re

import pytest
from playwright.sync_api import expect

PAGE = "a-number-of-a-page"
ELSEWHERE = re.compile("^http://elsewhere.localhost")
LEAVE, FORGET, FORM = WAYS = ["/api/leave", "/api/forget", "/forget"]


@pytest.fixture
def say(client):
    """Says something from a browser that never got an answer, so that it has no cookie."""

    async def said(name: str = f"{PAGE}.1", text: str = "我继父"):
        response = await client.post("/api/chat", json={"text": text, "delivery": name})
        client.cookies.clear()
        return response

    said.client = client
    return said


def keys(talk):
    return [key for key, _ in talk.heard]


def tells(page, sentence):
    """Whether the page's card says so; what its script may say later lies behind it."""
    return sentence in page.partition("<footer")[0]


@pytest.mark.parametrize("way", WAYS)
async def test_the_number_of_the_page_ends_its_talk_and_the_page_begins_anew(say, talk, way, library):
    await say()
    response = await say.client.post(way, data={"page": PAGE})
    assert talk.forgotten == keys(talk)
    assert talk.asked == [way != LEAVE]
    assert response.is_success
    assert way != FORM or tells(response.text, library.messages["receipt.deleted"])
    await say()
    first, second = keys(talk)
    assert first != second


@pytest.mark.parametrize("way", WAYS)
async def test_a_turn_in_hand_is_ended_behind_it(say, talk, way, monkeypatch):
    real, taken, answer, done = talk.respond, asyncio.Event(), asyncio.Event(), asyncio.Event()
    order = []

    async def respond(key, incoming):
        taken.set()
        await answer.wait()
        decision = await real(key, incoming)
        order.append(("said", key))
        return decision

    async def forget(key, *, asked):
        order.append(("ended", key))
        done.set()

    monkeypatch.setattr(talk, "respond", respond)
    monkeypatch.setattr(talk, "forget", forget)
    turn = asyncio.create_task(say())
    await taken.wait()
    ending = asyncio.create_task(say.client.post(way, data={"page": PAGE}))
    if way == LEAVE:
        assert (await ending).status_code == 204  # nobody waits for it
    for _ in range(100):
        await asyncio.sleep(0)  # let it come as far as it can
    assert order == []
    answer.set()
    async with asyncio.timeout(60):
        await asyncio.gather(turn, ending, done.wait())
    key = keys(talk)[0]
    assert order == [("said", key), ("ended", key)]


@pytest.mark.parametrize("way", WAYS)
async def test_both_end_where_the_browser_has_the_cookie_of_another_talk(client, say, talk, way):
    await say()
    await client.post("/api/chat", json={"text": "压岁钱", "delivery": "another-page.1"})
    await client.post(way, data={"page": PAGE})
    assert sorted(talk.forgotten) == sorted(keys(talk))
    assert "talk" not in client.cookies


@pytest.mark.parametrize("way", WAYS)
async def test_once_the_cookie_came_it_ends_once_and_the_number_says_nothing(client, talk, way):
    await client.post("/api/chat", json={"text": "我继父", "delivery": f"{PAGE}.1"})
    await client.post(way, data={"page": PAGE})
    await client.post(way, data={"page": PAGE})
    assert talk.forgotten == keys(talk)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("data", [{}, {"page": ""}, {"page": "another-page"}])
async def test_no_other_number_ends_it_and_no_cookie_is_taken(say, talk, way, data):
    await say()
    response = await say.client.post(way, data=data)
    assert response.is_success
    assert "set-cookie" not in response.headers
    assert talk.forgotten == []
    await say()
    assert len(set(keys(talk))) == 1


async def test_a_form_that_finds_nothing_does_not_say_that_it_was_deleted(client, say, library):
    await say()
    shown = (await client.post(FORM)).text
    assert not tells(shown, library.messages["receipt.deleted"])
    assert tells(shown, library.messages["web.nothing_to_delete"])


@pytest.mark.parametrize("way", [FORGET, FORM])
async def test_what_could_not_be_deleted_can_be_asked_for_once_more(say, talk, way, monkeypatch):
    async def fails(key, *, asked):
        raise OSError(key)

    await say()
    with monkeypatch.context() as broken:
        broken.setattr(talk, "forget", fails)
        assert (await say.client.post(way, data={"page": PAGE})).status_code == 500
    await say.client.post(way, data={"page": PAGE})
    assert talk.forgotten == keys(talk)


def lost(page, text="他打我"):
    """Says something whose answer, with the cookie, never reaches the browser."""

    def lose(route):
        route.fetch()
        page.context.clear_cookies()
        route.abort()

    page.route("**/api/chat", lose)
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator(".failed")).to_be_visible()
    page.unroute("**/api/chat")


def until(page, holds):
    for _ in range(400):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came true")


@pytest.mark.browser
def test_the_quick_exit_leaves_words_whose_answer_was_lost(visit, talk):
    page = visit()
    lost(page)
    page.locator("#exit").click()
    page.wait_for_url(ELSEWHERE)
    until(page, lambda: talk.forgotten == keys(talk))
    assert talk.asked == [False]
    visit.errors.clear()  # the aborted request is reported, rightly


@pytest.mark.browser
def test_deleting_deletes_words_whose_answer_was_lost(visit, talk):
    page = visit()
    lost(page)
    page.locator("#forget").click()
    page.locator("#confirm .strong").click()
    expect(page.locator(".deleted")).to_be_visible()
    assert talk.forgotten == keys(talk)
    assert talk.asked == [True]
    visit.errors.clear()  # as above


@pytest.mark.browser
def test_where_the_script_could_not_delete_them_a_form_does(visit, talk, library):
    page = visit()
    lost(page)
    page.route("**/api/forget", lambda route: route.abort())
    page.locator("#forget").click()
    page.locator("#confirm .strong").click()
    expect(page.locator(".card")).to_contain_text(library.messages["receipt.deleted"][:20])
    assert talk.forgotten == keys(talk)
    visit.errors.clear()  # as above


@pytest.mark.browser
@pytest.mark.parametrize("end", ["leave", "delete"])
def test_what_another_tab_began_without_its_cookie_ends_with_the_talk(visit, talk, end):
    first = visit()
    second = first.context.new_page()
    second.goto(first.url)
    lost(second)
    first.fill("#text", "压岁钱归谁")
    first.press("#text", "Enter")
    expect(first.locator(".card")).to_be_visible()
    if end == "leave":
        first.locator("#exit").click()
        second.wait_for_url(ELSEWHERE)
    else:
        first.locator("#forget").click()
        first.locator("#confirm .strong").click()
        expect(second.locator(".deleted")).to_be_visible()
    until(first, lambda: sorted(talk.forgotten) == sorted(keys(talk)))
    assert len(set(keys(talk))) == 2
    visit.errors.clear()  # as above
