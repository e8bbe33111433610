"""The web chat over the real dialogue and the real content."""

import httpx
import pytest

from bot.channels.web.app import WebParts, create_web
from bot.channels.web.options import WebOptions
from bot.core.audience import Audience
from bot.core.talk import FleetingSessions, StoredTalk
from bot.core.turn import LONGEST_READ


@pytest.fixture
def client(dialogue, now, ends, desk) -> httpx.AsyncClient:
    talk = StoredTalk(lambda: dialogue, FleetingSessions(), now, desk)
    app = create_web(WebParts(talk, lambda: dialogue.library, now, **ends), WebOptions(rate_per_minute=1000))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def said(client, **turn):
    response = await client.post("/api/chat", json=turn)
    assert response.status_code == 200
    return response.json()


async def test_a_question_is_answered_and_followed_up_in_the_same_talk(client):
    first = await said(client, text="压岁钱归谁")
    assert first["kind"] == "answer"
    assert first["law"]
    assert first["html"].count("<details>") == len(first["law"])
    simple = await said(client, command="simple")
    assert simple["title"] == first["title"]
    assert simple["lead"] != first["lead"]


@pytest.mark.parametrize("reader", list(Audience))
async def test_every_suggested_question_has_an_answer(client, reader):
    choices = (await said(client, command=f"role:{reader}"))["choices"]
    assert len(choices) >= 4
    for choice in choices:
        assert (await said(client, command=choice["command"]))["kind"] == "answer"


async def test_after_forgetting_nothing_is_remembered(client, dialogue):
    await said(client, text="压岁钱归谁")
    await client.post("/api/forget")
    assert (await said(client, command="more"))["lead"] == dialogue.library.messages["chat.nothing_before"]


async def test_a_disclosure_is_filed_for_this_visitor_and_the_child_holds_a_receipt(client, desk):
    desk.opens()
    told = await said(client, text="我爸昨天又用皮带打我，腿上全是印子", delivery="a-name-of-a-page")
    assert told["receipt"]["code"]
    ((report, origin),) = desk.filed
    assert report.opens
    assert origin.talk == "web:" + client.cookies["talk"]
    assert {choice["command"] for choice in told["choices"]} >= {"tell:safe", "tell:place", "tell:write", "wrong"}
    again = await said(client, command="code")
    assert again["receipt"] is None  # the pretended desk has no case


async def test_a_disclosure_at_the_very_end_of_the_longest_text_is_heard(client):
    before = ("今天天气很好，我们去公园玩。" * 2000)[: LONGEST_READ - 20]
    told = await said(client, text=before + "。我继父晚上摸我下面")
    assert told["kind"] == "support"


async def test_what_goes_beyond_the_longest_text_is_said_not_to_have_been_read(client, dialogue):
    text = ("今天天气很好，我们去公园玩。" * 2000)[:LONGEST_READ]
    messages = dialogue.library.messages
    assert (await said(client, text=text))["lead"] == messages["chat.too_long"]
    assert (await said(client, text=text + "。"))["lead"] == messages["chat.not_all_read"]


async def test_who_writes_too_much_to_be_understood_is_one_tap_from_a_person_where_there_is_one(client, desk):
    text = "今天天气很好，我们去公园玩。" * 100
    assert (await said(client, text=text))["choices"] == []
    desk.opens()
    assert [choice["command"] for choice in (await said(client, text=text))["choices"]] == ["human"]


async def test_deleting_is_noted_at_the_desk_and_leaving_is_not(client, desk):
    await said(client, text="压岁钱归谁")
    key = "web:" + client.cookies["talk"]
    await client.post("/api/leave")
    assert desk.forgot == []
    client.cookies.set("talk", key.removeprefix("web:"))
    await client.post("/api/forget")
    assert desk.forgot == [key]
