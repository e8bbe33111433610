"""The API over counts in a database of the test's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.api.site import ApiWith, create_api
from bot.content.build import Service
from bot.outreach.queries import OutreachFigures
from bot.storage.api_tokens import ApiTokens
from bot.storage.schools import SealedSchools
from bot.storage.store import Store
from tests.outreach.conftest import Clock, clock, figures, put

__all__ = ["clock", "figures"]
OCTOBER = "2026-10"
HOME = "sample"


@dataclass
class Caller:
    """Another system, with its token."""

    client: httpx.AsyncClient
    token: str = field(repr=False)

    async def get(self, path: str, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}".encode()} if self.token else {}
        return await self.client.get(f"/api/v1{path}", params=query, headers=headers)


@pytest.fixture
async def school(store: Store) -> int:
    async with store.writing() as connection:
        number = await SealedSchools(store).add_school(connection, "第一小学", HOME)
    assert number is not None
    return number


@pytest.fixture
async def counted(store: Store, school: int) -> None:
    """October, in two regions and a school."""
    await put(
        store,
        {
            ("month", "total", 0, OCTOBER, HOME, "all"): 203,
            ("month", "total", 0, OCTOBER, "east", "all"): 4,
            ("month", "topic", 0, OCTOBER, HOME, "bullying.victim"): 41,
            ("month", "topic", 0, OCTOBER, HOME, "online.fraud"): 3,
            ("month", "harm", 0, OCTOBER, HOME, "opened.bullying.disclosure"): 12,
            ("month", "total", school, OCTOBER, HOME, "all"): 33,
            ("day", "total", 0, "2026-11-22", HOME, "all"): 27,
        },
    )


@pytest.fixture
def web(service: Service, store: Store, clock: Clock) -> Starlette:
    figures = OutreachFigures(store, clock, HOME)
    return Starlette(routes=[create_api(ApiWith(store, figures, lambda: service.library, clock))])


@pytest.fixture
async def client(web: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(web, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


@pytest.fixture
async def caller(client: httpx.AsyncClient, store: Store) -> Caller:
    return await call_as(client, store)


async def call_as(client: httpx.AsyncClient, store: Store, region: str = "", days: float = 30) -> Caller:
    """A system with a token of its own."""
    _, token = await ApiTokens(store).make("平台", region, dt.timedelta(days=days))
    return Caller(client, token)
