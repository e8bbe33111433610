"""What every test may use: the real content, built once and cached between runs."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import playwright.async_api
import playwright.sync_api
import pytest

from bot.app import make_dialogue
from bot.content.build import Service, load_service
from bot.core.dialogue import Dialogue
from bot.settings import Settings
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault

ROOT = Path(__file__).parent.parent
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def pytest_configure() -> None:
    """A page may be slow: how long a machine takes is no test's business."""
    for library in (playwright.async_api, playwright.sync_api):
        library.expect.set_options(timeout=60_000)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in os.environ:
        if name.startswith("FAXIAOHU_") and name not in ("FAXIAOHU_CACHE_DIR", "FAXIAOHU_REQUIRE_BROWSER"):
            monkeypatch.delenv(name)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Without a browser the last line says how many tests were skipped, and how to have them run."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # one of several processes that run tests
        return
    skipped = [report for report in reporter.stats.get("skipped", ()) if "chromium" in str(report.longrepr)]
    if skipped:
        reporter.write_line(
            f"{len(skipped)} browser tests skipped: install Chromium and Chinese fonts, "
            "e.g. apt-get install chromium fonts-noto-cjk"
        )


@pytest.fixture(scope="session")
def service() -> Service:
    """The real content and the model trained on it."""
    return load_service(ROOT, Settings().cache_dir)


@pytest.fixture(scope="session")
def dialogue(service: Service) -> Dialogue:
    """The real dialogue."""
    return make_dialogue(service, Settings())


@pytest.fixture
def now() -> Callable[[], dt.datetime]:
    """A clock that stands at noon of a Monday."""
    return lambda: NOON


@pytest.fixture
async def store(tmp_path: Path, clock: Callable[[], dt.datetime]) -> AsyncIterator[Store]:
    """A database of the test's own, by the test's clock."""
    address = f"sqlite+aiosqlite:///{tmp_path / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)
    yield store
    await store.close()
