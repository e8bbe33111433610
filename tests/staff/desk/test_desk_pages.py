"""The desk's pages as a browser without scripts meets them, and as somebody attacks them who may not see a case."""

from __future__ import annotations

import asyncio
import html
import json
import re

import httpx
import pyotp
import pytest
from starlette.applications import Starlette

from bot.core.desk import CaseState, Why
from bot.desk.limits import ClockLimits
from bot.desk.news import Event
from bot.desk.refusing import Refusals
from bot.desk.release import Releases
from bot.desk.service import CaseDesk
from bot.staff.desk.parts import Doors
from bot.staff.desk.routes import create_desk_routes
from bot.storage.audit import AuditLog
from bot.storage.casework import SealedCasework
from bot.storage.roster import SealedRoster
from tests.desk.office import DOOR, LIBRARY, Office

SAY = LIBRARY.messages
DEEDS = (
    "claim",
    "take-over",
    "answer",
    "ask",
    "note",
    "transfer",
    "give-back",
    "close",
    "hold",
    "unhold",
    "draft",
    "report",
)
PAGES = ("/desk/case/{}", "/desk/api/case/{}", "/desk/api/case/{}?after=1", "/desk/case/{}/report")
FIELDS = {"text": "x", "once": "1", "note": "x", "outcome": "helped", "seen": "99", "situation_1": "1", "to": "1"}


def _once(page: httpx.Response) -> str:
    found = re.search(r'name="once" value="(\w+)"', page.text)
    assert found is not None
    return found[1]


def _seen(page: httpx.Response) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page.text)
    assert found is not None
    return found[1]


def _text(page: httpx.Response) -> str:
    return html.unescape(page.text)


async def test_every_route_answers_who_may_not_see_a_case_as_if_there_were_none(office: Office, browse) -> None:
    wang = await office.hire("wang")
    case = await office.file("他打我", region="cangzhou")
    await office.work.claim(await office.worker(wang), case)
    far = await browse(await office.hire("far", "supervisor", region="guangzhou"))

    for path in (*PAGES, "/desk/case/{}/report/print?note=1"):
        there, nowhere = await far.get(path.format(case)), await far.get(path.format(999))
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert there.text == nowhere.text
    for deed in DEEDS:
        there = await far.post(f"/desk/case/{case}/{deed}", data=FIELDS)
        nowhere = await far.post(f"/desk/case/999/{deed}", data=FIELDS)
        assert (there.status_code, nowhere.status_code) == (404, 404), deed
        assert there.text == nowhere.text
    queue = await far.get("/desk")
    assert f"/desk/case/{case}" not in queue.text
    assert SAY["desk.none_waiting"] in _text(queue)
    assert (await far.get("/desk/api/queue")).json()["waiting"] == 0
    assert (await office.row(case)).holder == wang


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "-1", "abc", "1e3", "²"])
async def test_a_number_that_is_none_leads_nowhere(office: Office, browse, number: str) -> None:
    wang = await browse(await office.hire("wang"))

    assert (await wang.get(f"/desk/case/{number}")).status_code == 404
    assert (await wang.post(f"/desk/case/{number}/claim")).status_code == 404
    assert (await wang.get(f"/desk/api/case/1?after={number}")).status_code == 404


async def test_vice_principals_and_strangers_are_not_let_in(office: Office, browse, app) -> None:
    case = await office.file()
    principal = await browse(await office.hire("vp", "vice_principal"))
    for path in ("/desk", f"/desk/case/{case}", "/desk/closed", "/desk/api/queue", "/desk/api/events"):
        assert (await principal.get(path)).status_code == 403
    assert SAY["staff.error_other"] in (await principal.get("/desk")).text  # they have nothing to wait for
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as stranger:
        assert (await stranger.get(f"/desk/case/{case}")).status_code == 303
        assert (await stranger.get("/desk/api/events")).status_code == 401
        assert (
            await stranger.post(f"/desk/case/{case}/claim", headers={"Sec-Fetch-Site": "same-origin"})
        ).status_code == 303


async def test_a_form_of_another_site_does_nothing(office: Office, browse) -> None:
    case, wang = await office.file(), await browse(await office.hire("wang"))

    sent = await wang.post(f"/desk/case/{case}/claim", headers={"Sec-Fetch-Site": "cross-site"})

    assert sent.status_code == 403
    assert (await office.row(case)).state == CaseState.WAITING


async def test_the_queue_shows_the_gravest_first_and_no_words(office: Office, browse, clock) -> None:
    first = await office.file("打我的人是他", talk="t:1")
    clock.forward(minutes=40)
    second = await office.file("我不想活了", talk="t:2", level="urgent", kind="self_harm_suicide")
    wang = await browse(await office.hire("wang", display="王老师"))

    page = await wang.get("/desk")

    shown = re.findall(r'<a href="/desk/case/(\d+)"', page.text)
    assert shown == [str(second), str(first)]
    assert "打我" not in page.text
    assert "不想活" not in page.text
    assert SAY["desk.counted"].format(count=2) in _text(page)
    assert SAY["alerts.kind_self_harm_suicide"] in page.text
    assert SAY["desk.you"] in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_many_cases_of_one_place_are_marked_and_stand_behind_what_is_as_grave(
    office: Office, browse, clock
) -> None:
    urgent = {"level": "urgent", "kind": "self_harm_suicide"}
    of_many = await office.file("我不想活了", talk="t:1", crowd=6, **urgent)
    lesser = await office.file("打我的人是他", talk="t:2")
    clock.forward(minutes=1)
    elsewhere = await office.file("我不想活了", talk="t:3", **urgent)
    wang = await browse(await office.hire("wang"))

    page = await wang.get("/desk")

    assert re.findall(r'<a href="/desk/case/(\d+)"', page.text) == [str(elsewhere), str(of_many), str(lesser)]
    assert page.text.count(SAY["desk.crowd_mark"]) == 1
    assert SAY["desk.crowd_banner"].format(place=6) in _text(await wang.get(f"/desk/case/{of_many}"))
    assert SAY["desk.crowd_mark"] not in (await wang.get(f"/desk/case/{elsewhere}")).text


async def test_the_history_says_what_came_out_later_and_never_in_codes(office: Office, browse, clock) -> None:
    case = await office.file("他们老给我起外号")
    for text, kind in (("家里也打我", "domestic_violence"), ("我继父摸我", "sexual")):
        clock.forward(minutes=1)
        await office.file(text, why=Why.RISK, level="disclosure", kind=kind)
    await office.file("在家", why=Why.PLACE, value="home")
    wang = await browse(await office.hire("wang"))

    page = _text(await wang.get(f"/desk/case/{case}"))

    sexual, violence = (SAY[f"alerts.kind_{key}"] for key in ("sexual", "domestic_violence"))
    assert SAY["desk.event_graver"].format(value=sexual) in page
    assert SAY["desk.event_risk"].format(value=violence) in page
    assert SAY["desk.event_place"].format(value=SAY["desk.place_home"]) in page
    assert SAY["desk.raised_mark"] in _text(await wang.get("/desk"))


async def test_the_history_says_whether_what_the_child_must_know_went_out(office: Office, browse, clock) -> None:
    case, wang = await office.file(), await office.hire("wang")
    casework = SealedCasework(office.store)
    async with office.store.writing() as connection:
        await casework.told(connection, case, "breached", out=False)
        await casework.told(connection, case, "left", out=True)
        await casework.told(connection, case, "alone", out=False)
        await casework.caught_up(connection, case, "alone")
        await casework.caught_up(connection, case, "alone")

    page = _text(await (await browse(wang)).get(f"/desk/case/{case}"))

    for how, what in (("0", "breached"), ("1", "left"), ("0", "alone"), ("later", "alone")):
        assert page.count(SAY[f"desk.event_told_child_{how}"].format(value=SAY[f"desk.told_{what}"])) == 1


async def test_the_history_says_why_a_case_waits_again(office: Office, browse) -> None:
    wang, chen = await office.hire("wang"), await office.hire("chen")
    worker, cases = await office.worker(chen), [await office.file(talk=f"telegram:{n}:{n}") for n in (1, 2, 3)]
    for case in cases:
        await office.work.claim(worker, case)
    await office.work.give_back(worker, cases[0])
    async with office.store.writing() as connection:
        await SealedCasework(office.store).give_back(connection, cases[1], None)
        await SealedCasework(office.store).release_all(connection, chen)

    told = ("event_given_back", "event_freed", "event_given_back_account")
    for case, why in zip(cases, told, strict=True):
        page = _text(await (await browse(wang)).get(f"/desk/case/{case}"))
        assert [key for key in told if SAY[f"desk.{key}"] in page] == [why]


@pytest.mark.parametrize(("safe", "words"), [("yes", "clock_rest"), ("no", "clock_rest_grave")])
async def test_a_child_in_danger_who_owes_the_next_word_is_not_said_to_have_time(
    office: Office, browse, safe: str, words: str
) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    await office.file("", why=Why.SAFE, value=safe, delivery="2")
    worker = await office.worker(wang)
    await office.work.claim(worker, case)
    await office.work.answer(worker, case, "我在", once="1")

    assert SAY[f"desk.{words}"] in (await (await browse(wang)).get(f"/desk/case/{case}")).text


async def test_a_time_that_ran_out_is_said_in_words(office: Office, browse, clock) -> None:
    wang = await browse(await office.hire("wang"))
    await office.file()
    clock.forward(minutes=31)

    assert SAY["desk.clock_over"].format(minutes=1, seconds=0) in (await wang.get("/desk")).text


async def test_how_many_wait_beyond_their_time_is_said_at_the_top(office: Office, browse, clock) -> None:
    wang = await browse(await office.hire("wang"))
    await office.file()
    await office.file("救救我", talk="telegram:8:8", address="8")
    assert 'class="banner grave"' not in (await wang.get("/desk")).text
    clock.forward(minutes=31)

    assert SAY["desk.late"].format(count=2) in (await wang.get("/desk")).text


async def test_that_an_address_was_asked_for_is_told_to_whom_it_concerns(office: Office, browse) -> None:
    asker, wang = await office.hire("asker"), await office.hire("wang")
    li = await office.hire("li", region="elsewhere")
    case = await office.file(region="cangzhou")

    async def alert(_case: int, _reason: str, _to: frozenset[int]) -> None:
        """Nobody is called."""

    releases = Releases(office.store, AuditLog(office.store), office.board, alert)
    number = await releases.ask(await office.worker(asker), case, "要报警找到孩子")
    waits = SAY["desk.notice_grant"].format(case=case)
    for path in ("/desk", f"/desk/case/{case}"):
        assert waits in (await (await browse(wang)).get(path)).text
        assert waits not in (await (await browse(asker)).get(path)).text
    assert waits not in (await (await browse(li)).get("/desk")).text
    refusals = Refusals(releases, lambda: SAY)
    await refusals.refuse(await office.worker(wang), number, "先在话里问他")
    for path in ("/desk", f"/desk/case/{case}"):
        assert SAY["desk.notice_refused"].format(case=case) in (await (await browse(asker)).get(path)).text
    assert waits not in (await (await browse(wang)).get("/desk")).text


async def test_nobody_on_duty_is_said_large(office: Office, browse) -> None:
    wang = await browse(await office.hire("wang", shift=False))

    page = await wang.get("/desk")

    assert SAY["desk.nobody"] in page.text
    assert SAY["desk.reason_no_shift"] in page.text


async def test_nobody_on_duty_promises_supervisors_alerts_only_where_an_alert_reaches_one(
    office: Office, browse
) -> None:
    wang, told = await browse(await office.hire("wang", shift=False)), SAY["desk.nobody_supervised"]
    assert told not in (await wang.get("/desk")).text
    await office.hire("chen", "supervisor", shift=False)
    assert told in (await wang.get("/desk")).text
    roster = SealedRoster(office.store)
    await roster.route_fails(1)
    assert told not in (await wang.get("/desk")).text
    await roster.remove_route(1)
    page = await wang.get("/desk")
    assert told not in page.text
    assert SAY["desk.reason_no_route"] in page.text


async def test_without_scripts_a_case_is_claimed_answered_and_closed(office: Office, browse) -> None:
    case, number = await office.file("他打我"), await office.hire("wang")
    wang = await browse(number)
    place = f"/desk/case/{case}"

    page = await wang.post(f"{place}/claim")
    assert "他打我" in page.text
    assert SAY["desk.done_claimed"] in page.text
    draft = await wang.post(f"{place}/draft", data={"text": "你好", "once": _once(page), "canned": "believe"})
    assert f"你好\n{SAY['desk.canned_believe_child']}" in _text(draft)
    for _ in range(2):
        page = await wang.post(f"{place}/answer", data={"text": "我相信你", "once": _once(draft)})
    assert page.text.count('class="line staff"') == 1
    assert [item.text for item in await office.out()] == ["我相信你"]
    page = await wang.post(f"{place}/note", data={"note": "备注甲"})
    assert "备注甲" in page.text
    page = await wang.post(f"{place}/close", data={"outcome": "helped", "seen": _seen(page)})
    assert SAY["desk.done_closed"] in page.text
    assert 'name="text"' not in page.text
    assert f'href="{place}"' in (await wang.get("/desk/closed")).text


async def test_a_refused_answer_keeps_what_was_typed(office: Office, browse, clock) -> None:
    case, number = await office.file(), await office.hire("wang")
    wang = await browse(number)
    page = await wang.post(f"/desk/case/{case}/claim")
    clock.forward(minutes=20)

    refused = await wang.post(f"/desk/case/{case}/answer", data={"text": "写了很久的话", "once": _once(page)})

    assert refused.status_code == 409
    assert SAY["desk.refused_check"] in refused.text
    assert "写了很久的话" in refused.text
    assert _once(refused) == _once(page)
    assert SAY["support.checking"] in refused.text
    assert await office.out() == []


async def test_an_answer_from_a_page_that_shows_less_is_refused_and_kept(office: Office, browse) -> None:
    case, number = await office.file(), await office.hire("wang")
    wang = await browse(number)
    page = await wang.post(f"/desk/case/{case}/claim")
    typed = {"text": "写了很久的话", "once": _once(page), "seen": _seen(page)}
    await office.file("他们在门口等我")

    refused = await wang.post(f"/desk/case/{case}/answer", data=typed)

    assert (refused.status_code, SAY["desk.refused_newer"] in refused.text) == (409, True)
    assert "他们在门口等我" in refused.text
    assert "写了很久的话" in refused.text
    assert await office.out() == []
    await wang.post(f"/desk/case/{case}/answer", data=typed | {"seen": _seen(refused)})
    assert [item.text for item in await office.out()] == ["写了很久的话"]


async def test_a_script_is_told_in_json(office: Office, browse) -> None:
    case, wang = await office.file(), await browse(await office.hire("wang"))
    headers = {"Accept": "application/json"}

    refused = await wang.post(f"/desk/case/{case}/answer", data={"text": "x", "once": "1"}, headers=headers)
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_yours")
    assert (await wang.post(f"/desk/case/{case}/claim", headers=headers)).json() == {"done": "claimed"}


async def test_what_a_child_writes_is_text_and_nothing_else(office: Office, browse) -> None:
    said = '<script>alert(1)</script><img onerror="alert(2)">{{ 7*7 }}</li>'
    case = await office.file(said)
    wang = await browse(await office.hire("wang"))

    page = await wang.get(f"/desk/case/{case}")
    live = (await wang.get(f"/desk/api/case/{case}")).json()

    for markup in (page.text, live["lines"]):
        assert "<script>alert" not in markup
        assert "<img onerror" not in markup
        assert said in html.unescape(markup)
    title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
    assert title is not None
    assert title[1].strip() == SAY["desk.counted"].format(count=1)


async def test_a_case_tells_what_is_known(office: Office, browse) -> None:
    case, wang = await office.file(), await browse(await office.hire("wang"))
    told = ((Why.UNSAFE, "no"), (Why.PLACE, "school"), (Why.WRITE, "evening"), (Why.RETRACTED, ""), (Why.OUTSIDERS, ""))
    for why, value in told:
        await office.file("", why=why, value=value)

    page = await wang.get(f"/desk/case/{case}")

    for key in ("safe_no", "place_school", "write_evening", "retracted_banner", "outsiders_banner", "unsafe_banner"):
        assert SAY[f"desk.{key}"] in page.text, key


async def test_text_of_a_key_that_is_not_held_is_shown_as_locked(office: Office, browse) -> None:
    number, chen = await office.hire("wang"), await office.hire("chen", "supervisor")
    await office.rotate(chen)
    case = await office.file("只给新密钥的句子")
    wang = await browse(number)

    page = await wang.get(f"/desk/case/{case}")

    assert SAY["desk.locked"].format(generation=2) in page.text
    assert "只给新密钥" not in page.text


async def test_live_parts_hold_only_what_is_new(office: Office, browse) -> None:
    case = await office.file("第一句")
    wang = await browse(await office.hire("wang"))
    first = (await wang.get(f"/desk/api/case/{case}")).json()
    await office.file("第二句")

    second = (await wang.get(f"/desk/api/case/{case}?after={first['last']}")).json()

    assert "第一句" not in second["lines"]
    assert "第二句" in second["lines"]
    assert second["heard"]
    assert second["last"] > first["last"]


async def test_a_tap_that_leaves_no_line_is_heard_and_seen_before_the_end(office: Office, browse) -> None:
    case, number = await office.file(), await office.hire("wang")
    await office.work.claim(await office.worker(number), case)
    wang = await browse(number)
    first = (await wang.get(f"/desk/api/case/{case}")).json()
    await office.file("", why=Why.UNSAFE, value="no", level="urgent")

    late = await wang.post(f"/desk/case/{case}/close", data={"outcome": "helped", "seen": first["seen"]})
    live = (await wang.get(f"/desk/api/case/{case}?after={first['last']}&seen={first['seen']}")).json()
    again = (await wang.get(f"/desk/api/case/{case}?after={live['last']}&seen={live['seen']}")).json()

    assert (late.status_code, SAY["desk.refused_newer"] in late.text) == (409, True)
    assert f'name="seen" value="{live["seen"]}"' in late.text
    assert (live["heard"], again["heard"]) == (True, False)
    await wang.post(f"/desk/case/{case}/close", data={"outcome": "helped", "seen": live["seen"]})
    assert (await office.row(case)).state == CaseState.CLOSED


async def test_a_report_is_ticked_kept_and_printed(office: Office, browse) -> None:
    case, number = await office.file("他打我"), await office.hire("wang", display="王老师")
    await office.work.claim(await office.worker(number), case)
    wang = await browse(number)
    place = f"/desk/case/{case}/report"

    form = await wang.get(place)
    assert form.text.count('name="situation_') == 9
    untold = await wang.post(place, data={"known": "有伤"})
    assert (untold.status_code, SAY["report.tick"] in untold.text, "有伤" in untold.text) == (409, True, True)
    paper = await wang.post(place, data={"situation_4": "1", "to_civil": "1", "known": "<b>有伤</b>"})

    assert paper.status_code == 200
    shown = _text(paper)
    assert SAY["report.situation_4"] in shown
    assert SAY["report.situation_5"] not in shown
    assert SAY["report.rule_civil"] in shown
    assert "<b>有伤" not in paper.text
    assert "他打我" not in shown
    assert "王老师" in shown
    notes = [
        line for line in (await office.reading.open(await office.worker(number), case)).lines if line.author == "note"
    ]
    assert (await wang.get(f"{place}/print?note={notes[-1].id}")).status_code == 200
    assert (await wang.get(f"{place}/print?note={notes[-1].id - 1}")).status_code == 404
    page = await wang.get(f"/desk/case/{case}")
    assert f"{place}/print?note={notes[-1].id}" in page.text


async def test_a_token_to_link_a_chat_is_shown_once(office: Office, browse) -> None:
    number = await office.hire("wang")
    wang = await browse(number)

    token = re.search(r"/link ([\w-]+)", (await wang.post("/desk/chat")).text)

    assert token is not None
    assert token[1] not in (await wang.get("/desk")).text
    await office.claims.link("55", token[1])
    case = await office.file()
    await office.claims.claim("55", case)
    assert (await office.row(case)).holder == number


async def _told(client: httpx.AsyncClient, heard: list[dict[str, object]], ready: asyncio.Event) -> None:
    async with client.stream("GET", "/desk/api/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                heard.append(json.loads(line.removeprefix("data: ")))
                ready.set()


async def _until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  (what another task hears sets no event here)
            await asyncio.sleep(0.01)


async def test_news_reach_only_who_may_see_the_case(office: Office, browse, served: str) -> None:
    near, far = await office.hire("near", region="cangzhou"), await office.hire("far", region="guangzhou")
    case = await office.file("他打我", region="cangzhou")
    heard: dict[int, list[dict[str, object]]] = {near: [], far: []}
    listening = []
    for member, told in heard.items():
        ready = asyncio.Event()
        client = await browse(member, served)
        listening.append(asyncio.create_task(_told(client, told, ready)))
        await ready.wait()

    office.news.publish(Event("opened", case))
    office.news.publish(Event("raised", 999))
    office.news.publish(Event("duty"))
    await _until(lambda: all(any(item["what"] == "duty" for item in told) for told in heard.values()))
    for task in listening:
        task.cancel()

    assert {"what": "opened", "case": case} in heard[near]
    assert all(item["case"] is None for item in heard[far])
    assert all("他打我" not in str(told) for told in heard.values())


async def test_who_may_see_a_case_no_more_is_told_once_to_look_again_and_nothing_else(
    office: Office, browse, served: str
) -> None:
    zhao = await office.hire("zhao", school="青山中学")
    case = await office.file("他打我")
    client, heard, ready = await browse(zhao, served), [], asyncio.Event()
    listening = asyncio.create_task(_told(client, heard, ready))
    await ready.wait()
    await office.file("", why=Why.OUTSIDERS, delivery="2")

    for what in ("message", "message", "raised"):
        office.news.publish(Event(what, case))
    office.news.publish(Event("opened", 999))
    office.news.publish(Event("duty"))
    await _until(lambda: any(item["what"] == "duty" for item in heard))
    listening.cancel()

    assert [item for item in heard if item["what"] not in ("hello", "beat")] == [
        {"what": "look", "case": None},
        {"what": "duty", "case": None},
    ]


async def test_a_stream_ends_with_the_sign_in(office: Office, browse, served: str) -> None:
    wang = await office.hire("wang")
    client, heard, ready = await browse(wang, served), [], asyncio.Event()
    listening = asyncio.create_task(_told(client, heard, ready))
    await ready.wait()
    await office.leave(wang)

    async with asyncio.timeout(60):
        await listening


async def test_pages_made_elsewhere_are_doors_of_a_case(site, office: Office) -> None:
    doors = Doors("/x/{case}/who", "/x/{case}/keep", "/x/{case}/file")
    app = Starlette(routes=[*site.routes, *create_desk_routes(site.gate, site.look, office.work, doors=doors)])
    site.join(app)
    case = await office.file()
    cookies = {"staff": await office.cookie(await office.hire("chen", "supervisor"))}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", cookies=cookies) as chen:
        page = await chen.get(f"/desk/case/{case}")
        for door in ("who", "keep", "file"):
            assert f'href="/x/{case}/{door}"' in page.text
        sent = await chen.post(f"/desk/case/{case}/hold", headers={"Sec-Fetch-Site": "same-origin"})
        assert sent.status_code == 404


async def test_what_never_reached_the_child_is_said_above_the_case_and_where_it_was_sent(
    office: Office, browse, clock
) -> None:
    case = await office.file(talk="web:1", channel="web", address="web:1")
    wang = await browse(await office.hire("wang"))
    await wang.post(f"/desk/case/{case}/claim")
    await CaseDesk(office.store, office.keys, office.board, ClockLimits()).left("web:1")
    page = await wang.get(f"/desk/case/{case}")
    assert SAY["desk.left_banner"] in _text(page)
    assert SAY["desk.undelivered_banner"] not in _text(page)

    answer = {"text": "我在。", "once": "a"}
    sent = await wang.post(f"/desk/case/{case}/answer", data=answer)

    assert SAY["desk.done_kept"] in _text(sent)
    assert SAY["desk.undelivered_banner"] in _text(sent)
    assert SAY["desk.event_undelivered"] in _text(sent)
    answer["once"] = "b"
    scripted = {"accept": "application/json"}
    told = await wang.post(f"/desk/case/{case}/answer", data=answer, headers=scripted)
    assert told.json() == {"done": "kept"}
    assert "我在。" in _text(await wang.get(f"/desk/case/{case}"))


async def test_a_case_that_follows_another_says_which_and_how_it_ended(office: Office, browse) -> None:
    number = await office.hire("wang")
    wang, page = await office.worker(number), await browse(number)
    first = await office.file()
    await office.work.claim(wang, first)
    await office.work.close(wang, first, "referred", seen=9)
    second = await office.file("他又来了")

    shown = _text(await page.get(f"/desk/case/{second}"))
    assert f'href="/desk/case/{first}"' in shown
    assert SAY["desk.outcome_referred"] in shown
    assert f'href="/desk/case/{second}"' not in _text(await page.get(f"/desk/case/{first}")).split('class="after"')[0]


async def test_a_further_kind_of_harm_stands_beside_the_one_that_the_case_bears(office: Office, browse) -> None:
    page = await browse(await office.hire("wang"))
    case = await office.file("继父碰我", kind="sexual")
    state = SAY["alerts.kind_sexual"]
    assert SAY["desk.also"] not in _text(await page.get(f"/desk/case/{case}"))
    await office.file("在学校也有人堵我", why=Why.RISK, kind="bullying", level="urgent")

    shown = _text(await page.get(f"/desk/case/{case}"))
    assert shown.index(state) < shown.index(SAY["desk.also"] + SAY["alerts.kind_bullying"])


async def test_a_wrong_code_and_a_second_sending_lose_nothing_of_what_was_typed(office: Office, browse, clock) -> None:
    case, wang = await office.file("他打我"), await office.hire("wang")
    secret = await office.door(wang)
    await office.work.claim(await office.worker(wang), case)
    http = await browse(wang)
    await office.sign_out(wang)
    typed = {"text": "<i>我在</i>", "once": "abc", "seen": "1"}
    page = await http.post(f"/desk/case/{case}/answer", data=typed)
    assert SAY["desk.again"] in page.text
    assert "他打我" not in page.text
    assert "<i>" not in page.text

    door = {"name": "wang", "password": DOOR, "code": "000000"}
    page = await http.post(f"/desk/case/{case}/draft", data=typed | door)
    assert (page.status_code, SAY["staff.refused_sign_in"] in page.text) == (403, True)
    assert DOOR not in page.text
    assert "<i>我在</i>" in _text(page)

    door["code"] = pyotp.TOTP(secret).at(clock())
    for _ in range(2):
        page = await http.post(f"/desk/case/{case}/draft", data=typed | door)
        assert "<i>我在</i></textarea>" in _text(page)
        assert _once(page) == "abc"


async def test_whoever_lost_the_case_meanwhile_still_sees_what_they_had_typed(office: Office, browse) -> None:
    case, wang, chen = await office.file("他打我"), await office.hire("wang"), await office.hire("chen")
    await office.work.claim(await office.worker(chen), case)
    page = await (await browse(wang)).post(f"/desk/case/{case}/answer", data={"text": "我在", "once": "abc"})

    assert SAY["desk.not_yours_typed"] in page.text
    assert "我在</textarea>" in page.text


async def test_that_nobody_may_review_what_was_done_in_a_hurry_stands_red_above_the_queue(
    office: Office, browse
) -> None:
    async def alert(_case: int, _reason: str, _to: frozenset[int]) -> None:
        pass

    case, wang = await office.file("他打我", level="urgent"), await office.hire("wang")
    http = await browse(wang)
    told = SAY["alerts.nobody_reviews"].format(count=1)
    assert told not in (await http.get("/desk")).text
    releases = Releases(office.store, AuditLog(office.store), office.board, alert)
    await releases.release_now(await office.worker(wang), case, "要报警找到孩子")
    assert f'<p class="banner grave" role="alert">{told}</p>' in (await http.get("/desk")).text

    await office.hire("chen")
    assert told not in (await http.get("/desk")).text
