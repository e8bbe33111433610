"""What the page of a case says of who it is: nothing is promised that the page behind a link would take back."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from bot.core.desk import Why
from bot.core.message import Origin
from bot.desk.returns import CaseReturns
from bot.staff.desk.parts import Doors
from bot.staff.desk.routes import create_desk_routes
from tests.desk.office import LIBRARY, Office
from tests.staff.desk.conftest import OURS

SAY = LIBRARY.messages
WEB = {"talk": "web:1", "channel": "web", "address": "web:1"}


@pytest.fixture
async def wang(site, office: Office) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on duty at a desk that has a page on which an identity is asked for."""
    doors = Doors(identity="/x/{case}/who")
    app = Starlette(routes=[*site.routes, *create_desk_routes(site.gate, site.look, office.work, doors=doors)])
    site.join(app)
    asks = {"cookies": {"staff": await office.cookie(await office.hire("wang"))}, "headers": OURS}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", follow_redirects=True, **asks) as client:
        yield client


async def _told(client: httpx.AsyncClient, case: int) -> str:
    return await _told_at(client, f"/desk/case/{case}")


async def _told_at(client: httpx.AsyncClient, path: str) -> str:
    return html.unescape((await client.get(path)).text)


async def test_nobody_is_sent_in_an_emergency_to_look_for_an_identity_that_the_web_has_not(
    office: Office, wang: httpx.AsyncClient
) -> None:
    nameless = await _told(wang, await office.file(level="urgent", **WEB))
    named = await _told(wang, await office.file(level="urgent"))

    assert SAY["desk.urgent_nameless_banner"] in nameless
    assert SAY["records.identity_nameless"] in nameless
    assert "/who" not in nameless
    assert SAY["desk.urgent_banner"] not in nameless
    assert SAY["desk.urgent_banner"] in named
    assert "/who" in named
    assert SAY["desk.urgent_nameless_banner"] not in named


@pytest.mark.parametrize(("about", "said"), [(WEB, "none"), ({}, "released")], ids=["web", "telegram"])
async def test_the_draft_of_a_report_promises_the_police_no_identity_that_there_is_not(
    office: Office, wang: httpx.AsyncClient, about: dict[str, str], said: str
) -> None:
    case = await office.file(**about)
    await wang.post(f"/desk/case/{case}/claim")
    paper = html.unescape((await wang.post(f"/desk/case/{case}/report", data={"situation_4": "1"})).text)

    assert [key for key in ("none", "released") if SAY[f"report.identity_{key}"] in paper] == [said]


async def test_that_words_are_missing_which_no_key_kept_is_said_above_the_case(
    office: Office, wang: httpx.AsyncClient
) -> None:
    unkept = await office.keep(replace(await office.prepared("他昨天打我"), texts=()))
    await office.file("他今天又打我", why=Why.RISK, delivery="2")
    kept = await office.file("我爸打我", **WEB)

    assert SAY["desk.unkept_banner"] in await _told(wang, unkept)
    assert SAY["desk.unkept_banner"] not in await _told(wang, kept)


async def test_whoever_asks_for_somebody_else_is_not_taken_for_the_one_who_was_harmed(
    office: Office, wang: httpx.AsyncClient
) -> None:
    case = await office.file("她爸爸摸她")
    assert SAY["desk.for_another"] not in await _told(wang, case)
    await office.file("", why=Why.BYSTANDER, delivery="2")

    page = await _told(wang, case)
    assert SAY["desk.for_another"] in page
    # On a phone the facts are folded to one line.
    assert SAY["desk.for_another_brief"] in page.split('class="brief"')[1].split("</summary>")[0]


async def test_whoever_asked_for_somebody_else_and_is_harmed_themselves_is_known_as_such(
    office: Office, wang: httpx.AsyncClient
) -> None:
    case = await office.file("她爸爸摸她")
    await office.file("", why=Why.BYSTANDER, delivery="2")
    await office.file("其实是我", why=Why.MYSELF, delivery="3")

    page = await _told(wang, case)
    assert SAY["desk.for_another"] not in page
    assert SAY["desk.for_myself"] in page
    assert SAY["desk.for_myself_brief"] in page.split('class="brief"')[1].split("</summary>")[0]
    assert SAY["desk.event_myself"] in page


async def test_where_help_finds_a_child_who_typed_it_stands_in_their_words(
    office: Office, wang: httpx.AsyncClient
) -> None:
    case = await office.file("他打我")
    await office.file("在家里，青山路12号3楼", why=Why.PLACE, delivery="2")
    await wang.post(f"/desk/case/{case}/claim")

    assert SAY["desk.place_typed"] in await _told(wang, case)
    hint = html.unescape((await wang.get(f"/desk/case/{case}/report")).text)
    assert SAY["report.place_told"].format(place=SAY["desk.place_typed"]) in hint


@pytest.mark.parametrize(("kind", "ticked"), [("sexual", ""), ("bullying", "to_education"), ("neglect", "to_civil")])
async def test_a_report_goes_to_nobody_besides_the_police_whom_the_kind_of_harm_does_not_name(
    office: Office, wang: httpx.AsyncClient, kind: str, ticked: str
) -> None:
    case = await office.file("他打我", kind=kind)
    form = (await wang.get(f"/desk/case/{case}/report")).text

    assert re.findall(r'name="(to_\w+)" value="1" checked', form) == [ticked] * bool(ticked)


@pytest.mark.parametrize(("channel", "told"), [("drill", "closed_drill"), ("web", "closed_quietly")])
async def test_the_end_of_a_drill_speaks_of_no_child(
    office: Office, wang: httpx.AsyncClient, channel: str, told: str
) -> None:
    case = await office.file(talk="x:1", channel=channel, address="x:1")
    await wang.post(f"/desk/case/{case}/claim")
    ended = await wang.post(f"/desk/case/{case}/close", data={"outcome": "helped", "seen": "9"})

    assert SAY[f"desk.done_{told}"] in html.unescape(ended.text)


async def test_words_from_an_earlier_place_say_so_and_can_be_asked_after_there(
    office: Office, wang: httpx.AsyncClient
) -> None:
    case = await office.file("我爸打我")
    code = office.receipt.code
    await wang.post(f"/desk/case/{case}/claim")
    asks = f"/desk/case/{case}/ask-before"
    await CaseReturns(office.store, office.news).open(code, Origin("web", "web:1", "web:1"))
    assert asks not in await _told(wang, case)

    await office.file("他回来了，拿着刀", delivery="2")
    await office.file("", why=Why.PLACE, value="home", delivery="3")

    page = await _told(wang, case)
    assert page.count(SAY["desk.unsure_before"]) == 2  # the words, and the tap in the history
    assert f"<dd>{SAY['desk.place_home']}</dd>" not in page
    assert f"<dd>{SAY['desk.place_']}</dd>" in page
    assert SAY["desk.before_button"] in page
    assert SAY["desk.place_home"] not in await _told_at(wang, f"/desk/case/{case}/report")

    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    asked = html.unescape((await wang.post(asks, data={"seen": seen[1]})).text)
    assert SAY["desk.done_asked"] in asked
    assert asks not in asked
    assert (await office.out())[-1].address == "7"
    again = await wang.post(asks, data={"seen": seen[1]})
    assert (again.status_code, SAY["desk.refused_no_door"] in html.unescape(again.text)) == (409, True)
