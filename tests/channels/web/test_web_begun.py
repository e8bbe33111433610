"""The first words of a talk: however often a page sends them because no answer came, they are one talk."""

import pytest
from playwright.sync_api import expect

from bot.channels.web.begun import HOUR, REMEMBERED, Begun

PAGE = "a-number-of-a-page"


@pytest.fixture
def send(make_client):
    """Sends a turn from a browser that never got an answer, so that it has no cookie; gives the one it is given."""
    client = make_client()

    async def sent(name: str, text: str = "他打我", *, form: bool = False) -> str:
        client.cookies.clear()
        turn = {"text": text, "delivery": name}
        response = await (client.post("/chat", data=turn) if form else client.post("/api/chat", json=turn))
        return response.cookies["talk"]

    sent.client = client
    return sent


async def test_what_is_sent_again_since_no_answer_came_is_the_same_talk(send, talk):
    assert await send(f"{PAGE}.1") == await send(f"{PAGE}.1")
    (first, told), (second, again) = talk.heard
    assert first == second
    assert told.origin.delivery == again.origin.delivery


async def test_other_words_from_that_page_belong_to_it_too(send, talk):
    assert await send(f"{PAGE}.1") == await send(f"{PAGE}.2", "我很怕")
    assert len({incoming.origin.delivery for _, incoming in talk.heard}) == 2


async def test_a_form_that_is_sent_twice_is_one_talk_and_any_form_of_its_page(send):
    assert len({await send(f"{PAGE}.{n}", form=True) for n in (1, 1, 2)}) == 1


async def test_every_form_of_one_page_bears_its_number_and_no_other_page_does(client):
    pages = [(await client.get("/")).text for _ in range(2)]
    numbers = [{part.split(".")[0] for part in page.split('name="delivery" value="')[1:]} for page in pages]
    assert [len(found) for found in numbers] == [1, 1]
    assert numbers[0] != numbers[1]


async def test_opening_a_page_gives_no_cookie(client):
    assert "set-cookie" not in (await client.get("/")).headers


async def test_two_pages_and_a_turn_without_a_name_are_talks_of_their_own(send):
    assert len({await send(name) for name in (f"{PAGE}.1", "another-page.1", "", "")}) == 4


@pytest.mark.parametrize("seen_by", ["/", "/leave"])
async def test_once_the_cookie_came_back_the_number_of_the_page_opens_nothing(send, seen_by):
    first = await send(f"{PAGE}.1")
    send.client.cookies.clear()
    await send.client.get(seen_by, headers={"cookie": f"talk={first}"})
    assert await send(f"{PAGE}.1") != first


def test_a_page_is_remembered_for_an_hour_after_its_last_words():
    time = [0.0]
    begun = Begun(lambda: time[0])
    assert begun.talk("page", "one") == "one"
    time[0] += HOUR - 1
    assert begun.talk("page", "two") == "one"
    time[0] += HOUR
    assert begun.talk("page", "three") == "three"


def test_so_many_pages_are_remembered_and_the_last_ones_rather_than_the_first():
    begun = Begun(lambda: 0.0)
    for number in range(REMEMBERED + 1):
        begun.talk(f"page {number}", f"visitor {number}")
    assert begun.talk(f"page {REMEMBERED}", "other") == f"visitor {REMEMBERED}"
    assert begun.talk("page 0", "other") == "other"


@pytest.mark.browser
def test_words_whose_answer_was_lost_go_on_in_one_talk(visit, talk):
    page = visit()

    def lose(route):
        route.fetch()  # the service has it; the browser gets neither the answer nor the cookie
        page.context.clear_cookies()
        route.abort()

    page.route("**/api/chat", lose)
    for text in ("他打我", "我很怕"):
        page.fill("#text", text)
        page.press("#text", "Enter")
    expect(page.locator(".failed")).to_have_count(2)
    page.unroute("**/api/chat")
    page.locator(".failed button").first.click()
    expect(page.locator(".card")).to_have_count(1)
    assert len(talk.heard) == 3
    assert len({key for key, _ in talk.heard}) == 1
    assert len({incoming.origin.delivery for _, incoming in talk.heard}) == 2
    visit.errors.clear()  # the aborted requests are reported, rightly


@pytest.mark.browser
def test_after_deleting_the_page_goes_on_as_another(visit, talk):
    page = visit()
    page.fill("#text", "他打我")
    page.press("#text", "Enter")
    expect(page.locator(".card")).to_be_visible()
    page.locator("#forget").click()
    page.locator("#confirm .strong").click()
    expect(page.locator(".deleted")).to_be_visible()
    page.fill("#text", "压岁钱归谁")
    page.press("#text", "Enter")
    expect(page.locator(".card")).to_be_visible()
    first, second = (incoming.origin.delivery.partition(".")[0] for _, incoming in talk.heard)
    assert first != second
