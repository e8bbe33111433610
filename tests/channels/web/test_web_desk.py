"""What the web chat does with the people on duty: origins, receipts, what could not be kept, and coming back."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from conftest import CODE, EVENING, RECEIPT, SUPPORT

from bot.channels.guesses import HOUR, Guesses
from bot.core.decision import Choice


async def ask(client, text="他打我", **turn):
    return await client.post("/api/chat", json={"text": text, **turn})


async def test_every_turn_names_where_its_person_is_answered(client, talk):
    await ask(client)
    (key, incoming) = talk.heard[0]
    assert (incoming.origin.channel, incoming.origin.talk, incoming.origin.address) == ("web", key, key)
    assert incoming.origin.delivery


async def test_a_turn_that_is_sent_again_is_the_same_delivery_and_other_words_are_another(client, talk):
    for text in ("他打我", "他打我", "他又打我"):
        await ask(client, text, delivery="a-name-of-a-page")
    await ask(client)
    first, again, other, unnamed = (incoming.origin.delivery for _, incoming in talk.heard)
    assert first == again
    assert len({first, other, unnamed}) == 3


@pytest.mark.parametrize("typed", [CODE, CODE.replace(" ", ""), f" {CODE}\n"])
async def test_a_code_that_is_typed_into_the_talk_is_told_to_nobody_and_leads_to_its_page(client, talk, typed):
    told = (await ask(client, typed)).json()["html"]
    page = (await client.post("/chat", data={"text": typed})).text
    assert talk.heard == []
    assert 'href="/back"' in told
    assert 'href="/back"' in page
    await ask(client, f"我的银行卡 {CODE}")
    assert len(talk.heard) == 1


@pytest.mark.parametrize("name", ["短", "x" * 65, 7, None, "<script>"])
async def test_a_name_that_no_page_gives_is_passed_over(client, talk, name):
    await ask(client, delivery=name)
    await ask(client, delivery=name)
    assert len({incoming.origin.delivery for _, incoming in talk.heard}) == 2


async def test_each_form_of_the_page_carries_a_name_of_its_own(client):
    page = (await client.post("/chat", data={"text": "压岁钱归谁"})).text
    names = re.findall(r'name="delivery" value="([\w-]{16}\.\d+)"', page)
    assert len(names) == len(set(names)) == page.count('action="/chat"') >= 3


async def test_the_card_shows_what_is_known_of_the_clock(client):
    html = (await ask(client, "我继父")).json()["html"]
    assert "收到 21:04 · 争取 21:09 前有人回 · 21:06 已有人看到" in html
    assert "收到" not in (await ask(client)).json()["html"]


async def test_the_clock_tells_the_day_and_what_is_overdue(client, now):
    now.at = EVENING + dt.timedelta(hours=9)
    html = (await ask(client, "我继父")).json()["html"]
    assert "收到 11月23日 21:04" in html
    assert "说好 11月23日 21:09 前有人回" in html


async def test_the_clock_is_the_services_own(client, now):
    now.at = EVENING.astimezone(dt.timezone(dt.timedelta(hours=6)))
    assert "收到 19:04" in (await ask(client, "我继父")).json()["html"]


async def test_the_code_is_shown_in_groups_with_what_it_opens(client, library):
    told = (await ask(client, "我继父")).json()
    assert re.findall(r"<span>(\d{4})</span>", told["html"]) == CODE.split()
    assert library.messages["receipt.code"] in told["html"]
    assert told["receipt"]["code"] == CODE
    assert told["receipt"]["due_at"].startswith("2026-11-23T21:09")


async def test_a_receipt_without_its_code_offers_to_show_it_again(client):
    told = (await ask(client, "找真人")).json()
    assert 'class="code"' not in told["html"]
    assert told["choices"][0]["command"] == "code"


async def test_what_happens_in_a_call_is_told_where_somebody_needs_help(client):
    assert "先说在哪里" in (await ask(client)).json()["html"]
    assert "先说在哪里" in (await ask(client, "找真人")).json()["html"]
    assert "先说在哪里" not in (await ask(client, "压岁钱归谁")).json()["html"]


async def test_while_a_person_has_the_talk_a_turn_is_only_marked_as_delivered(client, library):
    told = (await ask(client, "你在吗")).json()
    assert told["kind"] == "relayed"
    assert library.messages["receipt.relayed"] in told["html"]
    assert "card" not in told["html"]
    page = (await client.post("/chat", data={"text": "你在吗"})).text
    assert library.messages["receipt.relayed"] in page


async def test_no_limit_on_speed_hides_that_a_turn_was_delivered_or_a_receipt(make_client):
    client = make_client(rate_per_minute=1)
    for text in ("压岁钱", "压岁钱", "你在吗", "找真人", "我继父"):
        last = await ask(client, text)
    assert [(await ask(client, text)).json()["kind"] for text in ("你在吗", "找真人", "我继父", "压岁钱")] == [
        "relayed", "handoff", "support", "notice",
    ]  # fmt: skip
    assert last.json()["receipt"]["code"] == CODE


async def test_where_nothing_can_be_kept_help_is_shown_all_the_same(client, library, talk):
    response = await ask(client, "坏了 他打我", delivery="a-name-of-a-page")
    told = response.json()
    assert response.status_code == 200
    assert told["kind"] == "support"
    assert told["note"] == library.messages["receipt.not_kept"]
    assert told["receipt"] is None
    assert 'href="tel:110"' in told["html"]
    assert 'name="delivery" value="a-name-of-a-page"' in told["html"]
    page = await client.post("/chat", data={"text": "坏了 他打我"})
    assert page.status_code == 200
    assert 'value="坏了 他打我"' in page.text


async def test_what_could_not_be_kept_is_never_hidden_by_a_limit(make_client):
    client = make_client(rate_per_minute=1)
    for _ in range(4):
        told = (await ask(client, "坏了 他打我")).json()
    assert told["kind"] == "support"


async def test_deleting_and_leaving_are_told_apart(client, talk):
    await ask(client)
    await client.post("/api/leave")
    await ask(client)
    await client.post("/api/forget")
    await ask(client)
    await client.get("/leave")
    await ask(client)
    page = await client.post("/forget")
    assert talk.asked == [False, True, False, True]
    assert "值班的人" in page.text
    assert len(set(talk.forgotten)) == 4


async def test_other_sites_can_neither_end_a_talk_nor_open_one(client, returns, talk):
    headers = {"sec-fetch-site": "cross-site"}
    await ask(client)
    for path in ("/api/leave", "/api/received", "/api/news", "/news", "/back"):
        assert (await client.post(path, data={"code": CODE}, headers=headers)).status_code == 403
    assert (await client.get("/api/events", headers=headers)).status_code == 403
    assert not talk.forgotten
    assert not returns.origins


async def test_privacy_and_about_say_what_becomes_of_a_case(make_client):
    client = make_client(case_days=30)
    privacy, about = (await client.get("/privacy")).text, (await client.get("/about")).text
    assert "30天" in privacy
    assert "90天" in (await make_client().get("/privacy")).text
    assert "{" not in privacy + about
    for page in (privacy, about):
        assert "值班的人" in page
        assert "没有真人值班" not in page


@pytest.mark.parametrize("typed", [CODE, "1234567890123456", "１２３４-5678-9012-3456"])
async def test_a_code_opens_the_talk_and_this_browser_goes_on_with_it(client, returns, talk, typed):
    page = await client.post("/back", data={"code": typed})
    assert page.status_code == 200
    assert "他晚上&lt;b&gt;进&lt;/b&gt;我房间" in page.text
    assert page.text.index("我房间") < page.text.index("慢慢说")
    assert "争取 21:09 前有人回" in page.text
    await ask(client)
    assert returns.origins[0].talk == returns.origins[0].address == talk.heard[0][0]


async def test_a_code_in_a_browser_that_somebody_else_used_starts_a_number_of_its_own(client, returns, talk):
    await ask(client)
    await client.post("/back", data={"code": CODE})
    assert returns.origins[0].talk != talk.heard[0][0]
    await ask(client)
    assert returns.origins[0].talk == talk.heard[1][0]


async def test_a_talk_that_has_ended_says_so(client, returns, library):
    returns.closed = True
    assert library.messages["receipt.back_closed"] in (await client.post("/back", data={"code": CODE})).text


async def test_wrong_and_unknown_codes_are_answered_alike_and_no_cookie_is_given(client, library, returns):
    pages = [await client.post("/back", data={"code": code}) for code in ("9" * 16, "1234", "不知道")]
    assert len({page.text for page in pages}) == 1
    assert {page.status_code for page in pages} == {400}
    assert library.messages["receipt.back_wrong"].partition("。")[0] in pages[0].text
    assert not any("set-cookie" in page.headers for page in pages)
    assert len(returns.origins) == 1


async def test_few_wrong_codes_are_tried_from_one_place(make_client, returns, library):
    client = make_client()
    statuses = [(await client.post("/back", data={"code": f"{n:016}"})).status_code for n in range(7)]
    assert statuses == [400] * 5 + [429] * 2
    refused = await client.post("/back", data={"code": CODE})
    assert "110" in refused.text
    assert refused.status_code == 429
    assert len(returns.origins) == 5
    assert (await make_client(host="10.9.9.9").post("/back", data={"code": CODE})).status_code == 200


async def test_right_codes_and_failures_of_the_service_are_no_wrong_guesses(client, returns):
    for _ in range(6):
        assert (await client.post("/back", data={"code": CODE})).status_code == 200
    returns.broken = True
    for _ in range(6):
        assert (await client.post("/back", data={"code": CODE})).status_code == 500


async def test_a_code_is_in_no_log(client, returns, capsys):
    returns.broken = True
    await client.post("/back", data={"code": CODE})
    said = capsys.readouterr()
    assert "1234" not in said.out + said.err
    assert "RuntimeError" in said.out + said.err


def test_guesses_are_few_in_all_and_forgotten_after_an_hour():
    time = [0.0]
    guesses = Guesses(each=2, all=3, clock=lambda: time[0])
    assert [guesses.begin("a") for _ in range(3)] == [True, True, False]
    assert [guesses.begin("b") for _ in range(2)] == [True, False]
    time[0] = HOUR
    assert guesses.begin("c")


async def test_the_page_of_the_code_is_neutral_and_has_the_quick_exit(client, library):
    page = (await client.get("/back")).text
    assert f"<title>{library.messages['web.title']}</title>" in page
    assert 'id="exit"' in page
    assert 'href="/back"' in (await client.get("/")).text


def test_a_button_for_the_code_is_not_doubled(library):
    from bot.channels.receipt import with_way_to_code

    reply = replace(SUPPORT.reply, receipt=replace(RECEIPT, code=""), choices=(Choice("号码", "code"),))
    decision = with_way_to_code(replace(SUPPORT, reply=reply), library.messages)
    assert [choice.command for choice in decision.reply.choices] == ["code"]
