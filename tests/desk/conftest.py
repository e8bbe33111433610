"""A desk on a database of its own, and a stand-in that receives alerts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.app import content_root
from bot.content.load import Reader, read_library
from bot.core.content_types import Library
from bot.desk.worker import Worker
from bot.settings import Settings
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault

from .office import Office
from .world import Clock, Receiver, World


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(Reader(content_root(Settings())))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    address = f"sqlite+aiosqlite:///{tmp_path / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)
    yield store
    await store.close()


@pytest.fixture
def world(store: Store, clock: Clock, library: Library) -> World:
    return World(store, clock, library)


@pytest.fixture
async def office(store: Store) -> Office:
    """A desk that has its key and a route."""
    office = Office(store)
    await office.open()
    return office


@pytest.fixture
async def wang(office: Office) -> Worker:
    """A counsellor on duty."""
    return await office.worker(await office.hire("wang"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()
