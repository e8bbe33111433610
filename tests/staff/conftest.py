"""The staff's site over a store of its own, a clock that the test turns, and people with phones."""

import contextlib
import datetime as dt
import os
import queue
import re
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pyotp
import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.content.load import Reader, read_library
from bot.staff.accounts import Accounts, make_setup_link
from bot.staff.gate import require
from bot.staff.options import StaffOptions
from bot.staff.pages import create_staff
from bot.storage.audit import AuditLog
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault
from bot.web.headers import SecurityHeaders

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
GOOD = "安静的河边有三块石头"
BETTER = "三块石头下面有一条鱼"


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    time: dt.datetime = dt.datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> dt.datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += dt.timedelta(**by)


def refused(request):
    """What the policy refused of a page; the icon of one that was left before it came is broken off by that alone."""
    return [] if request.failure == "net::ERR_ABORTED" else [request.url]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def store(tmp_path, clock):
    address = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def messages():
    return read_library(Reader(ROOT)).messages


@pytest.fixture
def released():
    """Cases of which the site said that nobody holds them any more."""
    return []


@pytest.fixture
def make_site(store, messages, clock, released):
    def make(**options):
        accounts = Accounts(store, AuditLog(store), released.append)
        return create_staff(accounts, lambda: messages, StaffOptions(**options), clock)

    return make


@pytest.fixture
def site(make_site):
    return make_site()


def application(site):
    """The site with pages that others would add."""

    async def cases(request):
        signed = await require(request, "counsellor", "supervisor")
        return PlainTextResponse(",".join(map(str, sorted(signed.desk.generations))))

    extra = [Route(path, cases) for path in ("/desk", "/desk/case/{number:int}", "/desk/api/queue")]
    app = Starlette(routes=[*site.routes, *extra], middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@dataclass
class Person:
    """Somebody with a browser and an authenticator app."""

    http: httpx.AsyncClient
    clock: Clock
    name: str = ""
    password: str = GOOD
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    def code(self) -> str:
        """The app's next code: time goes on until it shows one that was not used."""
        self.clock.forward(seconds=30)
        return pyotp.TOTP(self.secret).at(self.clock())

    async def see(self, path: str) -> httpx.Response:
        return await self.http.get(path, follow_redirects=True)

    async def send(self, path: str, **fields: str) -> httpx.Response:
        return await self.http.post(path, data=fields, follow_redirects=True)

    async def enrol(self, path: str, **fields: str) -> httpx.Response:
        page = await self.see(path)
        self.secret = re.search(r'name="secret" value="(\w+)"', page.text)[1]
        self.name = fields.get("name", self.name)
        both = {"password": self.password, "again": self.password, "secret": self.secret, "code": self.code()}
        return await self.send(path, **{**both, **fields})

    async def sign_in(self, **fields: str) -> httpx.Response:
        typed = {"name": self.name, "password": self.password, "code": fields.get("code") or self.code(), "next": ""}
        return await self.send("/staff/sign-in", **{**typed, **fields})


@pytest.fixture
async def new_person(site, clock):
    """Makes people; each has a browser of their own and an address."""
    clients, app = [], application(site)

    def make(address: str = "10.1.1.1", over=None) -> Person:
        transport = httpx.ASGITransport(over or app, client=(address, 1))
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://test"))
        return Person(clients[-1], clock)

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def supervisor(store, new_person):
    """The first supervisor, just set up; ``codes`` has the recovery code."""
    person = new_person()
    page = await person.enrol(await make_setup_link(store), name="zhou", display="周主管")
    person.codes.append(code_on(page))
    return person


def code_on(page: httpx.Response) -> str:
    return "-".join(re.findall(r"<span>([A-Z2-7]{4})<", page.text))


def link_on(page: httpx.Response) -> str:
    return re.search(r"http://test(/staff/\w+/[\w-]+)", page.text)[1]


def fingerprint_on(page: httpx.Response) -> str:
    return " ".join(re.findall(r"<span>(\d{4})</span>", page.text))


async def invited(supervisor: Person, name: str, role: str = "counsellor", **fields: str) -> str:
    """The path of the link for somebody who was invited."""
    post = {"display": f"{name}老师", "role": role, "line": "1", "region": "", "school": ""}
    return link_on(await supervisor.send("/staff/people/invite", name=name, **{**post, **fields}))


async def joined(supervisor: Person, person: Person, name: str, role: str = "counsellor") -> Person:
    """Somebody who was invited and has joined."""
    path = await invited(supervisor, name, role)
    person.name = name
    await person.enrol(path)
    return person


async def admitted(supervisor: Person, person: Person, name: str, role: str = "counsellor") -> Person:
    """Somebody who has joined and was admitted."""
    await joined(supervisor, person, name, role)
    await admit(supervisor, await number_of(supervisor, name))
    return person


async def admit(supervisor: Person, number: int) -> httpx.Response:
    page = await supervisor.see(f"/staff/people/{number}/admit")
    return await supervisor.send(f"/staff/people/{number}/admit", fingerprint=fingerprint_on(page))


async def number_of(supervisor: Person, name: str) -> int:
    page = await supervisor.see("/staff/people")
    part = page.text.split(f"<small>{name}</small>")[1]
    return int(re.search(r"/staff/people/(\d+)/", part)[1])


@dataclass
class Served:
    """A site on a loopback port, and the path of its set-up link."""

    address: str
    setup: str


@pytest.fixture
def served(tmp_path, messages):
    """The site on a loopback port, at the time it really is."""
    links: queue.Queue[str] = queue.Queue()
    app = _whole(f"sqlite+aiosqlite:///{tmp_path / 'served' / 'faxiaohu.sqlite3'}", messages, links)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="on"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", links.get(timeout=90))
        server.should_exit = True
        thread.join()


def _whole(database, messages, links):
    store = Store(make_engine(database), Vault(bytes(range(32))), lambda: dt.datetime.now(dt.UTC))

    @contextlib.asynccontextmanager
    async def lifespan(_app):
        await upgrade(database)
        links.put(await make_setup_link(store))
        yield
        await store.close()

    site = create_staff(Accounts(store, AuditLog(store)), lambda: messages, StaffOptions(), store.now)
    app = Starlette(routes=site.routes, middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)
    site.join(app)
    return app


@pytest.fixture(scope="module")
def chromium():
    """A real browser; without one the tests are skipped, or fail where it is required."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing: install chromium and fonts-noto-cjk"
        if os.environ.get("FAXIAOHU_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()
