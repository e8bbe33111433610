"""What a service answers decides whether an alert arrived: for every service that we name, with a stand-in for it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from structlog.testing import capture_logs

from bot.core.risk import RiskLevel
from bot.desk.alerts import AlertSender
from bot.desk.answers import RefusedError
from bot.desk.apprising import Apprising
from bot.desk.carriers import AppriseCarrier
from bot.desk.duty import Scope

from .world import World

ROBOT = "12345678-1234-1234-1234-123456789012"
#: An address of each service, what it says where it takes something, and where it does not, always with HTTP's 200.
SERVICES: dict[str, tuple[str, Any, Any, int]] = {
    "dingtalk": (
        f"dingtalk://GEHEIM@{'a' * 64}/",
        {"errcode": 0, "errmsg": "ok"},
        {"errcode": 310000, "errmsg": "sign not match"},
        310000,
    ),
    "wecom": (f"wecombot://{ROBOT}/", {"errcode": 0, "errmsg": "ok"}, {"errcode": 93000, "errmsg": "invalid"}, 93000),
    "wecom as copied": (
        f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={ROBOT}",
        {"errcode": 0, "errmsg": "ok"},
        {"errcode": 45009, "errmsg": "api freq out of limit"},
        45009,
    ),
    "feishu": (
        f"feishu://{'a' * 36}/",
        {"code": 0, "data": {}, "msg": "success"},
        {"code": 19001, "msg": "param invalid"},
        19001,
    ),
    "feishu of before": (
        f"feishu://{'a' * 36}/",
        {"Extra": None, "StatusCode": 0, "StatusMessage": "success"},
        {"code": 9499, "msg": "Bad Request", "data": {}},
        9499,
    ),
    "lark": (f"lark://{'a' * 20}/", {"StatusCode": 0, "code": 0, "data": {}}, {"code": 19024, "msg": "key"}, 19024),
    "serverchan": (
        f"schan://SCT{'1' * 20}/",
        {"code": 0, "message": "", "data": {"pushid": "1", "errno": 0}},
        {"code": 40001, "message": "bad key"},
        40001,
    ),
    "pushdeer": (f"pushdeer://{'a' * 20}/", {"code": 0, "content": {"result": ["{}"]}}, {"code": 80501}, 80501),
    "pushplus": (f"pushplus://{'a' * 32}/", {"code": 200, "msg": "ok"}, {"code": 903, "msg": "token"}, 903),
    "wxpusher": (
        f"wxpusher://AT_{'a' * 30}/UID_123/",
        {"code": 1000, "msg": "ok", "data": []},
        {"code": 1001, "msg": "token"},
        1001,
    ),
    "bark": ("bark://bark.invalid/devicekey", {"code": 200, "message": "success"}, {"code": 400}, 400),
    "webhook": ("jsons://gateway.invalid/sms", {"code": 200}, {"code": "500", "msg": "余额不足"}, 500),
    "webhook of a robot": ("jsons://oapi.dingtalk.com/robot", {"errcode": 0}, {"errcode": 40035}, 40035),
}
SECRETS = ("GEHEIM", "a" * 20, ROBOT, "devicekey", "1" * 20)


@dataclass
class Service:
    """A stand-in for the servers of all services: whatever is sent anywhere comes here."""

    says: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(service.status)
                for header in service.headers.items():
                    self.send_header(*header)
                self.send_header("Content-Length", str(len(service.says)))
                self.end_headers()
                self.wfile.write(service.says)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, body: Any) -> None:
        self.says = json.dumps(body).encode()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    stand_in, adapter = Service(), requests.adapters.HTTPAdapter()

    def send(_: Any, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        request.url = f"http://127.0.0.1:{stand_in.server.server_port}/"
        return adapter.__class__.plain(adapter, request, **given)  # type: ignore[attr-defined]

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "plain", requests.adapters.HTTPAdapter.send, raising=False)
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()


@pytest.fixture
def apprising() -> Iterator[Apprising]:
    apprising = Apprising()
    yield apprising
    apprising.close()


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_that_says_yes_has_taken_it(service: Service, apprising: Apprising, name: str) -> None:
    target, yes, *_ = SERVICES[name]
    service.answer(yes)
    assert await apprising.send(target, "提醒", "第3号")
    assert len(service.asked) == 1


async def test_an_address_that_hangs_for_longer_than_anybody_waits_leaves_threads_to_the_others(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, over, send = threading.Event(), threading.Event(), requests.adapters.HTTPAdapter.send

    def slow(adapter: Any, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        if "hangs.invalid" in str(request.url):
            reached.set()
            over.wait()
        return send(adapter, request, **given)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", slow)
    apprising = Apprising(whole=60)
    hanging = [asyncio.create_task(apprising.send("json://hangs.invalid/", "提醒", "第3号")) for _ in range(64)]
    try:
        assert await asyncio.to_thread(reached.wait)
        assert await apprising.send("json://gateway.invalid/", "提醒", "第4号")
    finally:
        over.set()
        await asyncio.gather(*hanging)
        apprising.close()


async def test_a_second_receiver_of_an_address_need_not_wait(
    service: Service, apprising: Apprising, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("apprise.url.time.sleep", slept.append)
    service.answer({"code": 200})
    assert await apprising.send("bark://bark.invalid/one/two", "提醒", "第3号")
    assert len(service.asked) == 2
    assert slept == []


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_that_refuses_under_200_has_not_and_its_number_alone_is_kept(
    service: Service, apprising: Apprising, name: str
) -> None:
    target, _, no, number = SERVICES[name]
    service.answer(no)
    with pytest.raises(RefusedError) as refused:
        await apprising.send(target, "提醒", "第3号")
    assert refused.value.number == number
    assert str(refused.value) == str(number)
    assert len(service.asked) == 1


@pytest.mark.parametrize("name", ["dingtalk", "wecom", "feishu", "lark", "serverchan", "pushdeer"])
@pytest.mark.parametrize("page", [b"", b"<html>sign in to the network</html>", b"[]", b'{"errcode": null}'])
async def test_a_robot_that_does_not_say_yes_has_not_taken_it(
    service: Service, apprising: Apprising, name: str, page: bytes
) -> None:
    service.says = page
    assert not await apprising.send(SERVICES[name][0], "提醒", "第3号")


@pytest.mark.parametrize("page", [b"", b"ok", b"\xff\xfe", b"[" * 100_000, b"[1]", b'{"code": 2}', b'{"status": "ok"}'])
async def test_a_webhook_of_ones_own_may_answer_anything_but_a_plain_no(
    service: Service, apprising: Apprising, page: bytes
) -> None:
    service.says = page
    assert await apprising.send("json://gateway.invalid/", "提醒", "第3号")
    service.answer({"success": False})
    assert not await apprising.send("json://gateway.invalid/", "提醒", "第3号")


@pytest.mark.parametrize(("number", "kept"), [(-1, -1), (99991201, 99991201), (13800001111, None)])
async def test_what_may_be_more_than_a_number_of_an_error_is_not_kept(
    service: Service, apprising: Apprising, number: int, kept: int | None
) -> None:
    service.answer({"errcode": number})
    with pytest.raises(RefusedError) as refused:
        await apprising.send("json://gateway.invalid/", "提醒", "第3号")
    assert refused.value.number == kept


#: What is too much: the service, its answer with HTTP's number, what it says of when, and how long it is left alone.
TOO_MUCH: list[tuple[str, int, dict[str, object], dict[str, str], float]] = [
    ("dingtalk", 200, {"errcode": 130101, "errmsg": "send too fast", "status": 1111, "wait": 5}, {}, 600),
    ("dingtalk", 200, {"errcode": 410100}, {}, 600),
    ("dingtalk", 302, {}, {"Location": "https://elsewhere.invalid/"}, 600),
    ("wecom", 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, {}, 60),
    ("feishu", 200, {"code": 11232}, {}, 60),
    ("feishu", 429, {"code": 99991400}, {"x-ogw-ratelimit-reset": "52"}, 52),
    ("feishu", 400, {"code": 99991400}, {"x-ogw-ratelimit-reset": "0"}, 1),
    ("bark", 429, {}, {"Retry-After": "7"}, 7),
    ("webhook", 429, {"code": 7}, {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}, 600),
    ("webhook", 429, {}, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1),
    ("webhook", 429, {}, {"Retry-After": "soon"}, 60),
    ("webhook", 429, {}, {}, 60),
    ("webhook", 200, {"code": 429}, {}, 60),
]


@pytest.mark.parametrize("answered", TOO_MUCH)
async def test_a_service_that_was_sent_too_much_is_left_alone_for_as_long_as_it_says(
    service: Service, apprising: Apprising, answered: tuple[str, int, dict[str, object], dict[str, str], float]
) -> None:
    name, service.status, body, service.headers, wait = answered
    service.answer(body)
    with pytest.raises(RefusedError) as refused:
        await apprising.send(SERVICES[name][0], "提醒", "第3号")
    assert refused.value.wait == wait


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"wecom as copied"}))
async def test_a_service_that_refuses_for_another_reason_may_be_tried_again(
    service: Service, apprising: Apprising, name: str
) -> None:
    service.answer(SERVICES[name][2])
    with pytest.raises(RefusedError) as refused:
        await apprising.send(SERVICES[name][0], "提醒", "第3号")
    assert refused.value.wait == 0


async def test_a_robot_that_refuses_everything_is_a_route_that_fails_and_the_next_rung_hears(
    world: World, service: Service, apprising: Apprising
) -> None:
    target, yes, no, number = SERVICES["dingtalk"]
    first, *_ = await world.staffed(target)
    case, look = await world.open(RiskLevel.DISCLOSURE), world.look()
    await look.look(case)
    service.answer(no)
    carrier = AppriseCarrier(apprising, world.wording)

    async def unreached(case: int, rung: int) -> None:
        await look.look(case, rung)

    sender = AlertSender(
        world.alerts,
        world.roster,
        {"apprise": carrier},
        world.clock,
        unreached,
        steady=lambda: world.clock().timestamp(),
    )
    with capture_logs() as logs:
        for seconds in (0, 5, 10):
            world.clock.forward(seconds=seconds)
            await sender.settle()
    (route,) = [route for route in (await world.roster.read()).routes if route.staff == first]
    assert route.failing_since is not None
    assert (route.refused, route.last_ok) == (number, None)
    assert not (await world.board.state(Scope())).first
    assert ("unreached", 2) in [(reason, rung) for reason, rung, _ in await world.made(case)]
    assert {"event": "alerts.refused", "route": route.id, "answer": number, "log_level": "warning"} in logs
    assert not any(secret in str(logs) for secret in SECRETS)
    assert "errmsg" not in str(logs)
    assert not await sender.test(route.id)

    service.answer(yes)
    assert await sender.test(route.id)
    mended = next(item for item in (await world.roster.read()).routes if item.id == route.id)
    assert (mended.refused, mended.failing_since) == (None, None)
