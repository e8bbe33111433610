"""Many cases that one address opens within a minute: each is opened, and the desk sees that they are many."""

import pytest

from bot.channels.web.limits import CASES
from bot.web.flood import WINDOW, Flood


@pytest.fixture
def send(make_client):
    """Sends a turn from this address without a cookie, as a program does that wants to be many."""
    clients = {}

    async def sent(host: str = "10.1.1.1", text: str = "我继父"):
        client = clients.setdefault(host, make_client(host=host))
        client.cookies.clear()
        response = await client.post("/api/chat", json={"text": text})
        assert response.status_code == 200
        return response.json()

    return sent


def crowds(talk):
    return [incoming.origin.crowd for _, incoming in talk.heard]


async def test_each_is_opened_and_told_its_code_and_those_beyond_a_few_are_marked(send, talk):
    for _ in range(CASES + 2):
        assert (await send())["receipt"]["code"]
    assert crowds(talk) == [0] * CASES + [CASES + 1, CASES + 2]


async def test_whoever_writes_from_elsewhere_is_none_of_them(send, talk):
    for host in ["10.1.1.1"] * CASES + ["10.2.2.2"]:
        await send(host)
    assert crowds(talk) == [0] * (CASES + 1)


async def test_questions_of_a_whole_class_make_no_crowd(send, talk):
    for _ in range(3 * CASES):
        await send(text="压岁钱归谁")
    await send()
    assert set(crowds(talk)) == {0}


def test_what_came_longer_ago_than_a_minute_is_not_counted():
    time = [0.0]
    flood = Flood(9, lambda: time[0])
    assert flood.count("10.1.1.1") == 0
    for _ in range(2):
        flood.over("10.1.1.1")
        time[0] += WINDOW / 2
    assert (flood.count("10.1.1.1"), flood.count("10.2.2.2")) == (1, 0)
