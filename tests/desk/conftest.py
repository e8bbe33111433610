"""A desk on a database of its own, and a stand-in that receives alerts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.app import content_root
from bot.content.load import Reader, read_library
from bot.core.content_types import Library
from bot.desk.worker import Worker
from bot.settings import Settings
from bot.storage.store import Store

from .office import Office
from .world import Clock, Receiver, World


@pytest.fixture(scope="session")
def library() -> Library:
    return read_library(Reader(content_root(Settings())))


@pytest.fixture
def clock() -> Clock:
    return Clock()


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
