"""Teaching on a phone with no script: every page fits, and nothing is refused by the policy."""

import contextlib
import datetime as dt
import queue
import re
import socket
import threading
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import httpx
import pyotp
import pytest
import uvicorn
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.content.load import load_bank, load_library
from bot.core.school_days import Calendar
from bot.staff.accounts import Accounts, make_setup_link
from bot.staff.options import StaffOptions
from bot.staff.pages import create_staff
from bot.staff.teach.site import TeachWith, create_teach
from bot.storage.audit import AuditLog
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault
from bot.teaching.classes import Classes
from bot.teaching.plan import Plan
from bot.teaching.pushes import PushWork
from bot.teaching.results import ClassResults
from bot.teaching.shelf import Shelf
from bot.web.headers import SecurityHeaders

from .conftest import GOOD, ROOT, refused

pytestmark = pytest.mark.browser
ZONE = ZoneInfo("Asia/Shanghai")
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "java_script_enabled": False}
HERE = "/staff/teach"
PAGES = (
    *("", "/classes", "/results"),
    *("/quizzes", "/quizzes/new?band=13-15", "/quizzes/fraud-13-15", "/quizzes/fraud-13-15/paper"),
    *("/questions", "/questions/new", "/questions/upload"),
    *("/pushes", "/pushes/new", "/pushes/new?kind=notice"),
)


def now():
    return dt.datetime.now(ZONE)


@pytest.fixture
def served(tmp_path):
    """The site with teaching on a loopback port, at the time it really is."""
    links = queue.Queue()
    app = application(f"sqlite+aiosqlite:///{tmp_path / 'served' / 'faxiaohu.sqlite3'}", links)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="on"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield SimpleNamespace(address=f"http://127.0.0.1:{listening.getsockname()[1]}", setup=links.get(timeout=90))
        server.should_exit = True
        thread.join()


def application(database, links):
    library, bank = load_library(ROOT), load_bank(ROOT)
    store = Store(make_engine(database), Vault(bytes(range(32))), now)

    @contextlib.asynccontextmanager
    async def lifespan(_app):
        await upgrade(database)
        links.put(await make_setup_link(store))
        yield
        await store.close()

    audit, shelf = AuditLog(store), Shelf(store, lambda: bank)
    site = create_staff(Accounts(store, audit), lambda: library.messages, StaffOptions(), now)
    given = TeachWith(
        store=store,
        audit=audit,
        library=lambda: library,
        bank=lambda: bank,
        classes=Classes(store, audit),
        pushes=PushWork(store, shelf, lambda: library, Plan(ZONE, None, Calendar), audit),
        results=ClassResults(store, lambda: library),
        now=now,
    )
    routes = [*site.routes, *create_teach(site, given)]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)], lifespan=lifespan)
    site.join(app)
    return app


def enrol(http, path, **fields):
    """Set a password, as somebody who was given this link."""
    secret = re.search(r'name="secret" value="(\w+)"', http.get(path).text)[1]
    both = {"password": GOOD, "again": GOOD, "secret": secret, "code": pyotp.TOTP(secret).now()}
    http.post(path, data={**both, **fields})


@pytest.fixture
def teacher(served):
    """The cookies of a vice principal who has just been appointed."""
    with (
        httpx.Client(base_url=served.address, follow_redirects=True) as boss,
        httpx.Client(base_url=served.address, follow_redirects=True) as fang,
    ):
        enrol(boss, served.setup, name="zhou", display="周主管")
        post = {"display": "方检察官", "role": "vice_principal", "line": "1", "region": "", "school": ""}
        invited = boss.post("/staff/people/invite", data={"name": "fang", **post})
        enrol(fang, re.search(r"/staff/join/[\w-]+", invited.text)[0])
        boss.post(f"{HERE}/schools", data={"name": "示范县青山镇九年一贯制学校", "region": ""})
        school = boss.get(f"{HERE}/schools/1")
        who = re.search(r'<option value="(\d+)">方检察官', school.text)[1]
        boss.post(f"{HERE}/schools/1/appoint", data={"staff": who})
        return [{"name": item.name, "value": item.value, "url": served.address} for item in fang.cookies.jar]


@pytest.fixture
def phone(chromium, teacher):
    """Their phone; at the end it has not complained about a page."""
    complaints = []
    context = chromium.new_context(**PHONE)
    context.add_cookies(teacher)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.extend(refused(request)))
    yield page
    context.close()
    assert complaints == []


def test_from_a_class_to_a_push_and_a_lesson_on_the_wall(served, phone):
    phone.goto(f"{served.address}{HERE}")
    phone.click("a[href$='classes#new']")
    phone.fill("[name=name]", "五年级2班")
    phone.check("[name=band][value='10-12']")
    phone.click("#new button")
    assert phone.locator("svg.qr").bounding_box()["width"] > 150
    assert re.fullmatch(r"\w{4} \w{4}", phone.inner_text(".code"))
    phone.click("a[href$='/poster']")
    phone.click("nav a")

    phone.click("a[href*='quizzes?band=10-12']")
    phone.click("a[href$='/bullying-10-12']")
    phone.click("a[href*='/pushes/new']")
    phone.click("main button.whole")
    phone.click("[name=do][value=send]")
    expect(phone.locator(".told")).to_have_count(1)

    phone.goto(f"{served.address}{HERE}/quizzes/bullying-10-12/room")
    phone.fill("[name=present]", "30")
    phone.click("main button.whole")
    phone.click("[data-next]")
    phone.fill("[name=hands_0]", "9")
    phone.fill("[name=hands_1]", "20")
    phone.click("button[form=hands]")
    expect(phone.locator(".yes")).to_have_count(1)
    expect(phone.locator("svg.bar")).to_have_count(2)


def test_every_page_fits_a_phone(served, phone):
    for path in PAGES:
        assert phone.goto(f"{served.address}{HERE}{path}").status == 200
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"], path
