"""The web chat over HTTP: routes, cookies, headers, limits and bad input."""

import asyncio
import re

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.core.audience import Audience

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


async def ask(client, text, **headers):
    return await client.post("/api/chat", json={"text": text}, headers=headers)


async def test_the_page_opens_without_a_cookie(client):
    page = await client.get("/")
    assert page.status_code == 200
    assert 'lang="zh-CN"' in page.text
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    "path", ["/", "/about", "/privacy", "/forget", "/back", "/nowhere", "/healthz", "/robots.txt", "/api/events"]
)
async def test_every_response_carries_the_security_headers(client, path):
    headers = (await client.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]


async def test_pages_hold_no_inline_script_or_style(client):
    for path in ("/", "/about", "/privacy", "/forget", "/back"):
        text = (await client.get(path)).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", text)


async def test_privacy_says_how_long_and_about_says_that_no_lawyer_signed(make_client):
    assert "90分钟" in (await make_client(session_minutes=90).get("/privacy")).text
    assert "2小时" in (await make_client().get("/privacy")).text
    assert "还没有律师" in (await make_client().get("/about")).text


async def test_operator_is_shown_only_where_it_is_set(make_client):
    assert "示范单位" in (await make_client(operator="示范单位").get("/")).text
    assert "运营单位" not in (await make_client().get("/")).text


async def test_a_question_as_json_gives_the_whole_decision(client):
    response = await ask(client, "压岁钱归谁")
    told = response.json()
    assert told["kind"] == "answer"
    assert told["law"][0]["quote"] == "原文里的这一句。"
    assert told["law"][1]["url"] == "https://flk.npc.gov.cn"
    assert told["contacts"][0]["open"] is None
    assert told["choices"][1] == {"label": "网络诈骗", "command": "topic:online.fraud"}
    assert 'href="tel:12355"' in told["html"]
    assert not {"trace", "risk", "guesses"} & set(told)


async def test_a_question_by_form_gives_the_page_with_the_exchange(client, talk):
    page = await client.post("/chat", data={"text": "压岁钱归谁"})
    assert page.status_code == 200
    assert ">压岁钱归谁</bdi>" in page.text
    assert "压岁钱是你的" in page.text
    assert talk.heard[0][1].text == "压岁钱归谁"


async def test_a_button_by_form_shows_what_the_button_says(client, talk):
    page = await client.post("/chat", data={"command": "topic:online.fraud"})
    assert ">网络诈骗</bdi>" in page.text
    assert talk.heard[0][1].command == "topic:online.fraud"


@pytest.mark.parametrize("reader", list(Audience))
async def test_choosing_a_role_offers_questions_for_that_reader(client, library, reader):
    choices = (await client.post("/api/chat", json={"command": f"role:{reader}"})).json()["choices"]
    asked = [choice["command"].partition(":")[2] for choice in choices]
    assert len(asked) == len(library.messages[f"web.questions_{reader}"].splitlines()) >= 4
    assert all(reader in library.topics[topic].readers or "anyone" in library.topics[topic].for_ for topic in asked)


async def test_a_talk_keeps_one_random_cookie_for_the_browser_session(client, talk):
    first = await ask(client, "压岁钱")
    cookie = first.headers["set-cookie"]
    assert re.match(r"talk=[\w-]{43};", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "expires" not in cookie.lower()
    assert "max-age" not in cookie.lower()
    second = await ask(client, "压岁钱")
    assert "set-cookie" not in second.headers
    assert len({key for key, _ in talk.heard}) == 1
    assert talk.heard[0][0] == "web:" + client.cookies["talk"]


async def test_over_https_the_cookie_is_bound_to_the_host(make_client):
    response = await ask(make_client(secure_cookies=True), "压岁钱")
    assert response.headers["set-cookie"].startswith("__Host-talk=")
    assert "Secure" in response.headers["set-cookie"]
    assert "Path=/" in response.headers["set-cookie"]
    assert "strict-transport-security" in response.headers


async def test_a_forged_cookie_is_replaced(client, talk):
    client.cookies.set("talk", "../../etc")
    assert "set-cookie" in (await ask(client, "压岁钱")).headers
    assert re.fullmatch(r"web:[\w-]{43}", talk.heard[0][0])


@pytest.mark.parametrize("path", ["/forget", "/api/forget"])
async def test_forgetting_erases_the_talk_and_the_cookie(client, talk, path):
    await ask(client, "压岁钱")
    response = await client.post(path)
    assert response.is_success
    assert talk.forgotten == [talk.heard[0][0]]
    assert "talk" not in client.cookies


async def test_leaving_erases_the_talk_and_goes_elsewhere(client, talk):
    await ask(client, "压岁钱")
    response = await client.get("/leave")
    assert response.status_code == 303
    assert response.headers["location"] == "https://www.baidu.com/"
    assert talk.forgotten == [talk.heard[0][0]]


@pytest.mark.parametrize("path", ["/chat", "/api/chat", "/forget", "/api/forget"])
@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.test"}],
)
async def test_other_sites_cannot_post(client, talk, path, headers):
    await ask(client, "压岁钱")
    talk.heard.clear()
    kind = JSON if path.startswith("/api") else FORM
    response = await client.post(path, content=b'{"text":"x"}', headers={**kind, **headers})
    assert response.status_code == 403
    assert not talk.heard
    assert not talk.forgotten


async def test_own_pages_can_post(client):
    assert (await ask(client, "压岁钱", origin="http://test")).status_code == 200
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert (await ask(client, "压岁钱", **headers)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff\xfe\x00", b'{"text": 3}', b"[" * 50_000, b'{"command": "' + b"x" * 65 + b'"}'],
)
async def test_what_is_not_a_turn_is_refused_kindly(client, talk, body):
    response = await client.post("/api/chat", content=body, headers=JSON)
    assert response.status_code == 400
    assert response.json()["lead"]
    assert not talk.heard


@pytest.mark.parametrize("body", [b"", b"other=1", b"\xff\xfe", b"&".join(b"a=1" for _ in range(500))])
async def test_a_form_that_is_not_a_turn_is_refused_kindly(client, talk, body):
    response = await client.post("/chat", content=body, headers=FORM)
    assert response.status_code == 400
    assert "110" in response.text
    assert not talk.heard


async def test_other_media_types_are_refused(client):
    assert (await client.post("/api/chat", content=b'{"text":"x"}', headers=FORM)).status_code == 415
    assert (await client.post("/chat", files={"text": b"x"})).status_code == 415


async def test_a_text_of_100_kb_reaches_the_talk_whole(client, talk):
    assert (await ask(client, "a" * 100_000)).status_code == 200
    assert len(talk.heard[0][1].text) == 100_000


async def test_a_body_over_the_limit_is_refused_whether_its_size_is_told_or_not(client, talk):
    async def endless():
        while True:
            yield b"x" * 10_000

    assert (await client.post("/chat", content=b"x" * 140_000, headers=FORM)).status_code == 413
    assert (await client.post("/api/chat", content=endless(), headers=JSON)).status_code == 413
    assert not talk.heard


async def test_characters_that_no_store_can_write_are_replaced(client, talk):
    body = b'{"text": "\\ud800\\u0000ok"}'
    assert (await client.post("/api/chat", content=body, headers=JSON)).status_code == 200
    assert talk.heard[0][1].text == "?ok"


async def test_html_is_shown_as_text_and_isolated(client):
    page = (await client.post("/chat", data={"text": "<script>alert(1)</script>\u202eabc"})).text
    assert "<script>alert" not in page
    assert '<bdi class="said">&lt;script&gt;alert(1)' in page


async def test_whoever_says_that_it_is_they_reads_so_whoever_asked(client):
    page = (await client.post("/chat", data={"command": "here:12"})).text
    assert '<bdi class="said">方便，是我' in page


async def test_beyond_the_rate_risk_is_still_read_and_support_still_shown(make_client, talk):
    client = make_client(rate_per_minute=2)
    for _ in range(3):
        assert (await ask(client, "压岁钱")).status_code == 200  # the first came without a cookie
    slow_down = await ask(client, "压岁钱")
    assert slow_down.status_code == 429
    assert slow_down.json()["kind"] == "notice"
    in_need = await ask(client, "他打我")
    assert in_need.status_code == 200
    assert in_need.json()["kind"] == "support"
    assert len(talk.heard) == 5


async def test_new_cookies_do_not_outrun_the_rate_of_an_address(make_client):
    client = make_client(rate_per_minute=1, address_factor=3)
    statuses = []
    for _ in range(5):
        client.cookies.clear()
        statuses.append((await ask(client, "压岁钱")).status_code)
    assert statuses == [200, 200, 200, 429, 429]


async def test_one_ipv6_household_is_one_address(make_client):
    client = make_client(rate_per_minute=1, address_factor=1, trusted_proxies=("10.1.1.1",))
    statuses = []
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        client.cookies.clear()
        statuses.append((await ask(client, "压岁钱", **{"x-forwarded-for": address})).status_code)
    assert statuses == [200, 429, 200]


async def test_forwarded_addresses_count_only_behind_a_trusted_proxy(make_client):
    async def statuses(client):
        found = []
        for place in range(4):
            client.cookies.clear()
            found.append((await ask(client, "压岁钱", **{"x-forwarded-for": f"9.9.9.9, 8.8.8.{place}"})).status_code)
        return found

    limits = {"rate_per_minute": 1, "address_factor": 2}
    assert await statuses(make_client(**limits)) == [200, 200, 429, 429]
    assert await statuses(make_client(trusted_proxies=("10.0.0.0/8",), **limits)) == [200] * 4


async def test_turns_of_one_talk_are_handled_one_at_a_time(client, talk):
    await ask(client, "压岁钱")
    await asyncio.gather(*(ask(client, "压岁钱") for _ in range(10)))
    assert len(talk.heard) == 11
    assert not talk.overlapped


async def test_a_failed_turn_says_so_and_shows_nothing_of_it(client, capsys):
    response = await ask(client, "坏了 SECRET")
    assert response.status_code == 500
    assert "110" in response.json()["lead"]
    said = capsys.readouterr()
    assert "SECRET" not in response.text + said.out + said.err
    assert "RuntimeError" in said.out + said.err


async def test_errors_are_kind_pages_or_json(client):
    lost = await client.get("/nowhere")
    assert lost.status_code == 404
    assert "回到聊天" in lost.text
    assert (await client.get("/api/nowhere")).json()["kind"] == "notice"
    wrong = await client.put("/chat")
    assert wrong.status_code == 405
    assert wrong.headers["allow"]
    assert (await client.get("/chat")).headers["location"] == "/"


async def test_a_broken_route_gives_a_kind_page_with_its_headers(make_client):
    async def broken(request):
        raise RuntimeError("SECRET")

    response = await make_client(extra_routes=[Route("/broken", broken)]).get("/broken")
    assert response.status_code == 500
    assert "SECRET" not in response.text
    assert "content-security-policy" in response.headers


async def test_routes_of_others_are_served(make_client):
    hook = Route("/hook", lambda request: PlainTextResponse("here"), methods=["POST"])
    assert (await make_client(extra_routes=[hook]).post("/hook")).text == "here"


async def test_health_tells_the_status_it_is_given(make_client):
    async def ill():
        return {"status": "failing", "store": "down"}

    assert (await make_client().get("/healthz")).json() == {"status": "ok"}
    response = await make_client(status=ill).get("/healthz")
    assert (response.status_code, response.json()["store"]) == (503, "down")


async def test_files_are_kept_for_good_under_an_address_of_their_content(client):
    page = (await client.get("/")).text
    addresses = set(re.findall(r'"(/static/[^"]+)"', page))
    weight = len(page.encode())
    for address in addresses:
        served = await client.get(address)
        assert "immutable" in served.headers["cache-control"]
        weight += len(served.content)
    for imported in ("composer.js", "letters.js", "parts.js"):
        weight += len((await client.get(min(addresses).rpartition("/")[0] + f"/{imported}")).content)
    assert len(addresses) >= 5
    assert weight < 60_000
    assert (await client.get("/static/000000000000/base.css")).status_code == 404


async def test_pages_are_compressed(client):
    assert (await client.get("/")).headers["content-encoding"] == "gzip"


async def test_search_engines_are_asked_to_stay_away(client):
    assert "Disallow: /" in (await client.get("/robots.txt")).text
