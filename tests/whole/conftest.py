"""A desk that is furnished, the service over it, and browsers."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from bot.content.build import Service
from tests.whole.furnishing import SignIn, furnish_all
from tests.whole.receiver import Receiver, receiving
from tests.whole.running import Running, make_settings
from tests.whole.telegram import Telegram

CHROMIUM = Path("/usr/bin/chromium")
#: No test can reach the network by a name.
OUTSIDE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
Open = Callable[..., Awaitable[Page]]


@dataclass(frozen=True, slots=True)
class Place:
    """A service with its desk: who signs in, and where alerts arrive."""

    running: Running
    receiver: Receiver
    counsellor: SignIn
    supervisor: SignIn


Serve = Callable[..., Awaitable[Place]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    await telegram.start()
    yield telegram
    await telegram.stop()


@pytest.fixture
async def serve(tmp_path: Path, receiver: Receiver, service: Service) -> AsyncIterator[Serve]:
    """Furnishes a desk and starts the service over it, with settings as given; ``service``: the content is built."""
    started: list[Running] = []

    async def serve(**settings: object) -> Place:
        running = Running(make_settings(tmp_path / "data", **settings), tmp_path / "service.log")
        supervisor, counsellor = await furnish_all(running.settings, receiver.target)
        started.append(running)
        await running.start()
        return Place(running, receiver, counsellor, supervisor)

    yield serve
    for running in started:
        await running.kill()


@pytest.fixture
def required_browser() -> None:
    """Without a real browser the tests are skipped, or fail where it is required."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing: install chromium and fonts-noto-cjk"
        if os.environ.get("FAXIAOHU_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
async def chromium(required_browser: None) -> AsyncIterator[Browser]:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", OUTSIDE])
        yield browser
        await browser.close()


@pytest.fixture
async def browse(chromium: Browser) -> AsyncIterator[Open]:
    """Opens a browser of somebody's; at the end no page has complained."""
    wrong: list[str] = []

    async def browse(address: str, **options: object) -> Page:
        still = {"locale": "zh-CN", "reduced_motion": "reduce", **options}
        context = await chromium.new_context(base_url=address, **still)  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        return page

    yield browse
    assert wrong == []


@pytest.fixture
def picture() -> Callable[[Page, str], Awaitable[None]]:
    """Keeps a picture of a page where ``PICTURES`` names a folder."""

    async def picture(page: Page, name: str) -> None:
        folder = os.environ.get("PICTURES")
        if folder:
            await page.screenshot(path=Path(folder) / f"e2e-{name}.png")

    return picture


@pytest.fixture
def record() -> Callable[[str, str], None]:
    """Keeps a text where ``PICTURES`` names a folder."""

    def record(name: str, text: str) -> None:
        folder = os.environ.get("PICTURES")
        if folder:
            (Path(folder) / f"e2e-{name}.txt").write_text(text, encoding="utf-8")

    return record
