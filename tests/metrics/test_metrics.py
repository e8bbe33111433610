"""Prometheus learns how the service runs, and nothing about persons or harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.core.ports import Lane
from bot.metrics.site import Metrics
from bot.metrics.state import Lookout
from bot.metrics.timing import part_of
from bot.outreach.queries import OutreachFigures
from bot.storage.desk_tables import alert
from bot.storage.staff_tables import alert_route
from bot.storage.store import Store
from bot.storage.tables import inbox, outbox
from tests.outreach.conftest import HOME, Clock, clock, put
from tests.storage.desk_rows import case as open_case

__all__ = ["clock"]
TOKEN = "a-token-of-some-length"
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


async def _status() -> Mapping[str, object]:
    return {"status": "ok", "content": "current", "on_duty": 2, "desk": ["no_route"]}


async def _page(_request: Request) -> Response:
    return Response("x", 404)


@pytest.fixture
def lookout(store: Store, clock: Clock) -> Lookout:
    return Lookout(store, OutreachFigures(store, clock, HOME), _status, ("telegram",))


def serve(lookout: Lookout, token: str = "", address: str = "127.0.0.1") -> httpx.AsyncClient:
    metrics = Metrics(lookout, token)
    web = Starlette(routes=[*metrics.routes(), Route("/desk/case/{case}", _page), Route("/class/{code}", _page)])
    metrics.time(web)
    transport = httpx.ASGITransport(web, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://service")


@pytest.fixture
async def here(lookout: Lookout) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(lookout) as client:
        yield client


async def read(client: httpx.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def one(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"faxiaohu_{name}", frozenset(labels.items())))


async def _row(store: Store, table: Any, **values: Any) -> int:
    async with store.writing() as connection:
        return int((await connection.execute(insert(table).values(**values).returning(table.c.id))).scalar_one())


async def test_queues_are_told_with_how_long_they_wait(here: httpx.AsyncClient, store: Store, clock: Clock) -> None:
    for number in range(3):
        await _row(store, inbox, channel="telegram", update_number=number, body=b"x", received_at=clock())
    going = {"address": b"x", "body": b"x", "created_at": clock(), "due_at": clock(), "attempts": 0}
    for lane in (Lane.URGENT, Lane.REPLY, Lane.PUSH, Lane.PUSH):
        await _row(store, outbox, channel="telegram", lane=lane, **going)
    await _row(store, outbox, channel="web", lane=Lane.URGENT, **going)
    clock.forward(seconds=40)

    samples = await read(here)

    assert one(samples, "inbox_waiting", channel="telegram", what="message") == 3
    assert one(samples, "inbox_oldest_seconds", channel="telegram", what="message") == 40
    assert one(samples, "outbox_waiting", channel="telegram", what="message") == 2
    assert one(samples, "outbox_waiting", channel="telegram", what="push") == 2
    assert not [key for key in samples if ("channel", "web") in key[1]], "letters to a child are nobody's to count"


async def test_an_alert_is_told_only_once_it_should_have_arrived(
    here: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    case = await open_case(store, state="open")
    route = await _row(store, alert_route, kind="apprise", target=b"x", label="x")
    values = {"reason": "opened", "round": 1, "rung": 1, "created_at": clock(), "attempts": 0}
    await _row(store, alert, case=case, route=route, **values)

    assert one(await read(here), "alerts_late") == 0
    clock.forward(minutes=2)
    assert one(await read(here), "alerts_late") == 1


async def test_that_somebody_was_left_without_an_answer_is_told_late_and_never_how_many(
    here: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    await open_case(store, state="waiting", due_at=clock())
    clock.forward(minutes=30)
    assert one(await read(here), "answers_left") == 0
    clock.forward(minutes=1)
    assert one(await read(here), "answers_left") == 1
    await open_case(store, state="taken", due_at=clock() - dt.timedelta(hours=1), receipt="s")
    assert one(await read(here), "answers_left") == 1


async def test_nothing_tells_of_cases_and_yesterday_is_told_as_published(here: httpx.AsyncClient, store: Store) -> None:
    quiet = (await here.get("/metrics")).text
    await open_case(store, state="open")
    day = ("day", "total", 0, "2026-11-22", HOME, "all")
    await put(store, {day: 203, ("day", "people", 0, "2026-11-22", HOME, "all"): 4})

    samples = await read(here)
    text = (await here.get("/metrics")).text

    assert one(samples, "yesterday_turns") in (200, 205)
    assert one(samples, "yesterday_people") is None
    named = {line for line in text.splitlines() if line.startswith("# TYPE faxiaohu_")}
    assert named - set(quiet.splitlines()) == {"# TYPE faxiaohu_yesterday_turns gauge"}
    assert "case" not in text


async def test_the_desk_the_content_and_the_database_are_told(here: httpx.AsyncClient, store: Store) -> None:
    samples = await read(here)
    assert one(samples, "on_duty") == 2
    assert one(samples, "content_current") == 1
    assert one(samples, "desk_problem", problem="no_route") == 1
    assert one(samples, "up") == 1

    async with store.writing() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    assert one(await read(here), "up") == 0


async def test_requests_are_timed_by_part_and_never_by_address(here: httpx.AsyncClient) -> None:
    await here.get("/desk/case/17")
    await here.get("/class/ABCD2345")

    text = (await here.get("/metrics")).text
    samples = await read(here)

    assert one(samples, "http_request_seconds_count", part="staff", status="4xx") == 1
    assert one(samples, "http_request_seconds_count", part="chat", status="4xx") == 1
    assert "ABCD2345" not in text
    assert "17" not in [value for _, labels in samples for _, value in labels]


@pytest.mark.parametrize(
    ("path", "part"),
    [("/", "chat"), ("/api/chat", "chat"), ("/api/v1/figures", "api"), ("/desk", "staff"), ("/deskx", "chat"),
     ("/static/1/x.css", ""), ("/metrics", ""), ("/healthz", "")],
)  # fmt: skip
def test_an_address_belongs_to_a_part(path: str, part: str) -> None:
    assert part_of(path) == part


async def test_without_a_token_only_this_machine_may_ask_and_not_through_a_proxy(lookout: Lookout) -> None:
    async with (
        serve(lookout, address="192.0.2.7") as away,
        serve(lookout) as here,
        serve(lookout, address="::1") as six,
    ):
        assert (await away.get("/metrics")).status_code == 404
        assert (await here.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})).status_code == 404
        assert (await here.get("/metrics")).status_code == 200
        assert (await six.get("/metrics")).status_code == 200


async def test_with_a_token_everybody_needs_it(lookout: Lookout) -> None:
    async with serve(lookout, TOKEN, "192.0.2.7") as away, serve(lookout, TOKEN) as here:
        good, wrong = {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer wrong"}
        assert (await here.get("/metrics")).status_code == 404
        assert (await away.get("/metrics", headers=wrong)).status_code == 404
        assert (await away.get("/metrics", headers=good)).status_code == 200
