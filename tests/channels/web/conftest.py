"""A small talk with fixed decisions, and the web chat over it: in process, and on a loopback port for a browser."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.channels.web.app import create_web
from bot.channels.web.options import WebOptions
from bot.content.load import Reader, read_library
from bot.core import decision as d
from bot.core.audience import Audience
from bot.core.content_types import Library
from bot.core.message import Incoming

ROOT = Path(__file__).parents[3]
CHROMIUM = Path("/usr/bin/chromium")
ELSEWHERE = "elsewhere.localhost"
#: The browser resolves this one name, so that no test can reach the network.
RESOLVER = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
POLICE = d.Contact("110", "报警电话", "有人正在伤害你", "全天", True)
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


@dataclass
class FakeTalk:
    """Answers by a word in the text, and remembers what it was given."""

    heard: list[tuple[str, Incoming]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
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
        if incoming.command.startswith("role:"):
            return d.Notice(d.Reply("好的。"), Audience(incoming.command.partition(":")[2]))
        if "打我" in incoming.text:
            return SUPPORT
        if "手机" in incoming.text:
            return CLARIFY
        if "压岁钱" in incoming.text or incoming.command:
            return ANSWER
        return d.Abstain(d.Reply("我不知道。"))

    async def decide(self, key: str, incoming: Incoming):
        raise NotImplementedError

    async def forget(self, key: str) -> None:
        self.forgotten.append(key)


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(Reader(ROOT))


@pytest.fixture
def talk() -> FakeTalk:
    return FakeTalk()


@pytest.fixture
def make_client(talk, library):
    """Clients of a web chat with these options; ``client_host`` is the address that it sees."""

    def make(*, extra_routes=(), status=None, host="10.1.1.1", **options) -> httpx.AsyncClient:
        extra = {"status": status} if status else {}
        app = create_web(talk, lambda: library, WebOptions(**options), extra_routes, **extra)
        scheme = "https" if options.get("secure_cookies") else "http"
        transport = httpx.ASGITransport(app, client=(host, 1))
        return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://test")

    return make


@pytest.fixture
def client(make_client) -> httpx.AsyncClient:
    return make_client()


@pytest.fixture
def site(talk, library) -> Iterator[str]:
    """The address of the web chat on a loopback port; its quick exit leads to another host on the same port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        messages = {**library.messages, "web.exit_url": f"http://{ELSEWHERE}:{port}/elsewhere"}
        own = library.model_copy(update={"messages": messages})
        elsewhere = [
            Route(path, lambda request: PlainTextResponse("elsewhere")) for path in ("/elsewhere", "/favicon.ico")
        ]
        app = create_web(talk, lambda: own, WebOptions(operator="示范单位"), elsewhere)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
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
