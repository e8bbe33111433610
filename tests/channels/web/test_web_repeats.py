"""The page of an earlier turn, shown again by a browser without script: what is sent from it is heard."""

import httpx
import pytest

from bot.channels.web.data import Sent
from bot.channels.web.repeats import AGAIN, REMEMBERED, Repeats
from bot.core.decision import Relayed, Reply

HELP = Sent(text="救救我", name="a-number-of-a-page.1", once=False)
UNSAFE = Sent(command="safe:no", name="a-number-of-a-page.2", once=False)
TALK = "web:1"


@pytest.fixture
def form(client):
    """Sends from a page that the browser kept."""

    async def sent(turn: Sent = HELP) -> httpx.Response:
        fields = {"command": turn.command} if turn.command else {"text": turn.text}
        return await client.post("/chat", data=fields | {"delivery": turn.name})

    return sent


def deliveries(talk):
    return [incoming.origin.delivery for _, incoming in talk.heard]


@pytest.mark.parametrize("turn", [HELP, UNSAFE])
async def test_a_second_tap_on_a_form_is_the_same_delivery(form, talk, turn):
    await form(turn)
    await form(turn)
    first, again = deliveries(talk)
    assert first == again


async def test_the_same_words_from_the_same_page_are_new_after_any_other_turn(form, talk):
    for turn in (HELP, UNSAFE, HELP, UNSAFE):
        await form(turn)
    assert len(set(deliveries(talk))) == 4


async def test_the_same_words_are_new_once_somebody_has_answered(form, client, talk, write):
    await form()
    write(talk.heard[0][0], Relayed(Reply("我在。警察到了吗？")))
    assert "警察到了吗" in (await client.post("/news", data={"shown": ""})).text
    await form()
    first, later = deliveries(talk)
    assert first != later


async def test_looking_where_nothing_came_makes_nothing_new(form, client, talk):
    await form()
    await client.post("/news", data={"shown": ""})
    await form()
    first, again = deliveries(talk)
    assert first == again


def test_the_same_words_are_new_after_a_while():
    time = [0.0]
    repeats = Repeats(lambda: time[0])
    first = repeats.delivery(TALK, HELP)
    time[0] += AGAIN - 1
    assert repeats.delivery(TALK, HELP) == first
    time[0] += 1
    assert repeats.delivery(TALK, HELP) != first


def test_what_a_script_sends_again_is_the_same_however_late_and_whatever_came_since():
    time = [0.0]
    repeats = Repeats(lambda: time[0])
    named = Sent(text="救救我", name="a-number-of-a-page.1")
    first = repeats.delivery(TALK, named)
    repeats.delivery(TALK, UNSAFE)
    time[0] += 2 * AGAIN
    assert repeats.delivery(TALK, named) == first


def test_what_is_not_remembered_any_more_is_new():
    repeats = Repeats(lambda: 0.0)
    first = repeats.delivery(TALK, HELP)
    for number in range(REMEMBERED):
        repeats.delivery(f"web:another {number}", HELP)
    assert repeats.delivery(TALK, HELP) != first
