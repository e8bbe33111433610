"""A small talk with fixed decisions, and the web chat over it: in process, and on a loopback port for a browser."""

import asyncio
import datetime as dt
import os
import socket
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.channels.web.app import WebParts, create_web
from bot.channels.web.letter import CHANNEL, WebOutward
from bot.channels.web.options import WebOptions
from bot.channels.web.post import Post, PostPace
from bot.content.load import Reader, read_library
from bot.core import decision as d
from bot.core.audience import Audience
from bot.core.content_types import Library
from bot.core.desk import CaseState, OpenCase, Receipt
from bot.core.message import Incoming, Origin
from bot.core.ports import Outgoing, Queued
from bot.core.returns import Returned, ReturnedMessage
from bot.core.risk import RiskKind, RiskLevel

ROOT = Path(__file__).parents[3]
CHROMIUM = Path("/usr/bin/chromium")
ELSEWHERE = "elsewhere.localhost"
#: The browser resolves this one name, so that no test can reach the network.
RESOLVER = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
ZONE = dt.timezone(dt.timedelta(hours=8))
EVENING = dt.datetime(2026, 11, 23, 21, 4, tzinfo=ZONE)
CODE = "1234 5678 9012 3456"
RECEIPT = Receipt(EVENING, EVENING + dt.timedelta(minutes=5), EVENING + dt.timedelta(minutes=2), CODE)
POLICE = d.Contact("110", "报警电话", "有人正在伤害你", "全天", True, call="先说在哪里，再说发生了什么。")
BY_TEXT = d.Contact("12110", "短信报警", "不方便说话时", "全天", True, sms=True)
YOUTH = d.Contact("12355", "青少年服务台", "心里难受", "各地不同", None)
OWN = d.LawLine("decision:8", "《决定》第八条", "学校要管欺凌。", "原文里的这一句。", "本地")
OTHER = d.LawLine(
    "civil:35", "《民法典》第三十五条", "钱归孩子。", None, "国家法律法规数据库", "https://flk.npc.gov.cn"
)
ANSWER = d.Answer(
    d.Reply(
        "压岁钱是你的。有危险打110。",
        title="压岁钱与财产",
        steps=("先和爸妈说。", "说不通，打12348。"),
        law=(OWN, OTHER),
        contacts=(YOUTH, POLICE),
        choices=(d.Choice("说简单点", "simple"), d.Choice("网络诈骗", "topic:online.fraud")),
    )
)
SUPPORT = d.Support(
    d.Reply(
        "谢谢你告诉我。",
        steps=("先离开，去有人的地方。",),
        more="这里没有真人。",
        contacts=(POLICE, BY_TEXT),
        choices=(d.Choice("不是这样", "wrong"),),
    )
)
CLARIFY = d.Clarify(d.Reply("是哪一个？", choices=(d.Choice("手机进校园", "topic:online.phone_school"),)))
FILED = replace(SUPPORT, reply=replace(SUPPORT.reply, receipt=RECEIPT))
UNSEEN = replace(SUPPORT, reply=replace(SUPPORT.reply, receipt=replace(RECEIPT, seen_at=None)))
HANDOFF = d.Handoff(d.Reply("好的，我帮你找真人。", contacts=(POLICE,), receipt=replace(RECEIPT, code="")))
RELAYED = d.Relayed(d.Reply(""))


@dataclass
class FakeTalk:
    """Answers by a word in the text, and remembers what it was given."""

    heard: list[tuple[str, Incoming]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    overlapped: bool = False

    async def respond(self, key: str, incoming: Incoming) -> d.Decision:
        self.overlapped |= key in self.running
        self.running.add(key)
        await asyncio.sleep(0)
        self.running.discard(key)
        self.heard.append((key, incoming))
        if "坏了" in incoming.text:
            raise RuntimeError(incoming.text)
        return _decided(incoming)

    def without_desk(self, incoming: Incoming) -> d.Decision:
        return _decided(replace(incoming, text=incoming.text.replace("在吗", "")))

    async def forget(self, key: str, *, asked: bool = True) -> None:
        self.forgotten.append(key)
        self.asked.append(asked)


def _decided(incoming: Incoming) -> d.Decision:
    text = incoming.text
    if incoming.command.startswith("role:"):
        return d.Notice(d.Reply("好的。"), Audience(incoming.command.partition(":")[2]))
    said = {
        "继父": FILED,
        "打我": SUPPORT,
        "真人": HANDOFF,
        "在吗": RELAYED,
        "没人看": UNSEEN,
        "手机": CLARIFY,
        "压岁钱": ANSWER,
    }
    for word, decision in said.items():
        if word in text:
            return decision
    return ANSWER if incoming.command else d.Abstain(d.Reply("我不知道。"))


@dataclass
class FakeBox:
    """An outbox in memory that keeps the promises of the real one."""

    rows: dict[int, list] = field(default_factory=dict)
    gone: list[tuple[str, int]] = field(default_factory=list)
    fails: bool = False
    made: int = 0

    def put(self, outgoing: Outgoing) -> int:
        self.made += 1
        self.rows[self.made] = [outgoing, dt.datetime.min.replace(tzinfo=dt.UTC), 0]
        return self.made

    async def due(self, channel: str, now: dt.datetime, limit: int) -> list[Queued]:
        assert channel == CHANNEL
        if self.fails:
            raise OSError("disk")
        found = []
        for number, row in sorted(self.rows.items()):
            if row[1] <= now and len(found) < limit:
                found.append(Queued(number, row[0].address, row[0].body, row[2]))
                row[2] += 1
        return found

    async def recover(self, channel: str) -> int:
        return 0

    async def retry(self, item: int, at: dt.datetime) -> None:
        if item in self.rows:
            self.rows[item][1] = at

    async def sent(self, item: int) -> None:
        if self.rows.pop(item, None):
            self.gone.append(("sent", item))

    async def give_up(self, item: int) -> None:
        if self.rows.pop(item, None):
            self.gone.append(("given up", item))


@dataclass
class FakeReturns:
    """Knows one code."""

    origins: list[Origin] = field(default_factory=list)
    closed: bool = False
    broken: bool = False
    moved: Callable[[str], object] = str
    before: int = 0

    async def open(self, code: str, origin: Origin) -> Returned | None:
        self.origins.append(origin)
        if self.broken:
            raise RuntimeError(code)
        if "".join(filter(str.isdigit, unicodedata.normalize("NFKC", code))) != CODE.replace(" ", ""):
            return None
        self.moved(origin.talk)
        messages = (
            *(ReturnedMessage(EVENING, "child", f"第{n}句") for n in range(self.before)),
            ReturnedMessage(EVENING, "child", "他晚上<b>进</b>我房间"),
            ReturnedMessage(EVENING, "service", "我是程序。"),
            ReturnedMessage(EVENING + dt.timedelta(minutes=3), "staff", "我在，慢慢说。"),
        )
        return Returned(messages, replace(RECEIPT, code=""), self.closed)


@pytest.fixture
def now():
    """The hour at which everything happens; a test moves it by ``now.at``."""

    def told() -> dt.datetime:
        return told.at

    told.at = EVENING
    return told


@pytest.fixture
def box() -> FakeBox:
    return FakeBox()


@pytest.fixture
def post(box, now) -> Post:
    return Post(box, now, PostPace(idle=0.05))


@pytest.fixture
def returns() -> FakeReturns:
    return FakeReturns()


@pytest.fixture
def write(box, now, post):
    """Writes to a visitor as the desk does."""

    def written(address: str, decision: d.Decision) -> int:
        (outgoing,) = WebOutward(now).outgoing(address, decision)
        number = box.put(outgoing)
        post.ring()
        return number

    return written


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(Reader(ROOT))


@pytest.fixture
def talk() -> FakeTalk:
    return FakeTalk()


@dataclass
class FakeStandings:
    """How the desk stands to talks: a test opens a case, and lets it be seen."""

    cases: dict[str, OpenCase] = field(default_factory=dict)
    broken: bool = False

    def opens(self, talk: str, at: dt.datetime = EVENING) -> None:
        due = at + dt.timedelta(minutes=5)
        number = len(self.cases) + 7
        self.cases[talk] = OpenCase(number, RiskLevel.DISCLOSURE, RiskKind.SEXUAL, CaseState.WAITING, at, due_at=due)

    def asks(self, talk: str) -> None:
        """Somebody asked whether it is still the child, who has not answered."""
        self.opens(talk)
        self.cases[talk] = replace(self.cases[talk], checking=True, receipt="a-receipt")

    def seen(self, talk: str) -> int:
        """The number of the case, which was seen two minutes after it came."""
        self.cases[talk] = replace(self.cases[talk], seen_at=EVENING + dt.timedelta(minutes=2))
        return self.cases[talk].id

    async def case(self, talk: str) -> OpenCase | None:
        if self.broken:
            raise RuntimeError(talk)
        return self.cases.get(talk)


@pytest.fixture
def standings() -> FakeStandings:
    return FakeStandings()


@pytest.fixture
def ends(post, returns, standings):
    """Where letters come from, where codes lead, and how cases stand."""
    return {"post": post, "returns": returns, "open_case": standings.case}


@pytest.fixture
def parts(talk, library, now, ends) -> WebParts:
    return WebParts(talk, lambda: library, now, **ends)


@pytest.fixture
def make_client(parts):
    """Clients of a web chat with these options; ``client_host`` is the address that it sees."""

    def make(*, extra_routes=(), status=None, host="10.1.1.1", **options) -> httpx.AsyncClient:
        own = replace(parts, status=status) if status else parts
        app = create_web(own, WebOptions(**options), extra_routes)
        scheme = "https" if options.get("secure_cookies") else "http"
        transport = httpx.ASGITransport(app, client=(host, 1))
        return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://test")

    return make


@pytest.fixture
def client(make_client) -> httpx.AsyncClient:
    return make_client()


@pytest.fixture
def site(parts, library, post) -> Iterator[str]:
    """The address of the web chat on a loopback port; its quick exit leads to another host on the same port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        messages = {**library.messages, "web.exit_url": f"http://{ELSEWHERE}:{port}/elsewhere"}
        own = library.model_copy(update={"messages": messages})
        elsewhere = [
            Route(path, lambda request: PlainTextResponse("elsewhere")) for path in ("/elsewhere", "/favicon.ico")
        ]
        app = create_web(replace(parts, library=lambda: own), WebOptions(operator="示范单位"), elsewhere)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="off"))
        ends: list = []

        async def serve() -> None:
            stop = asyncio.Event()
            ends.append((asyncio.get_running_loop(), stop))
            running = asyncio.create_task(post.run(stop))
            serving = asyncio.create_task(server.serve([listening]))
            await stop.wait()
            await running
            server.should_exit = True
            await serving

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        yield f"http://127.0.0.1:{port}"
        loop, stop = ends[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@pytest.fixture(scope="module")
def chromium():
    """A real browser; without one the tests are skipped, or fail where it is required."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing: install chromium and fonts-noto-cjk"
        if os.environ.get("FAXIAOHU_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", RESOLVER])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site) -> Iterator:
    """Opens the chat; afterwards no error, no violation of the policy and no request to another host may have been."""
    contexts, errors, hosts = [], [], set()

    def opened(path: str = "/", **options):
        still = {"locale": "zh-CN", "reduced_motion": "reduce", "viewport": {"width": 1280, "height": 800}}
        context = chromium.new_context(**(still | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.goto(site + path)
        return page

    opened.errors = errors
    yield opened
    for context in contexts:
        context.close()
    assert errors == []
    assert hosts <= {"127.0.0.1", "elsewhere.localhost"}
