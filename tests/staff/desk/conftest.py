"""The desk's pages over the staff's site, with people who are signed in; and the same on a port of the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.desk.news import Event
from bot.staff.desk.events import OVER
from bot.staff.desk.routes import create_desk_routes
from bot.storage.store import Store
from bot.web.headers import SecurityHeaders
from tests.desk.office import Office

OURS = {"Sec-Fetch-Site": "same-origin"}
#: A browser of somebody, by the number of the member.
Browse = Callable[[int], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def office(store: Store) -> Office:
    office = Office(store)
    await office.open()
    return office


@pytest.fixture
def app(site, office: Office) -> Starlette:
    routes = create_desk_routes(site.gate, site.look, office.work, claims=office.claims, beat=0.2)
    app = Starlette(routes=[*site.routes, *routes], middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@pytest.fixture
async def browse(app: Starlette, office: Office) -> AsyncIterator[Browse]:
    async with contextlib.AsyncExitStack() as clients:

        async def make(member: int, base: str = "") -> httpx.AsyncClient:
            cookies = {"staff": await office.cookie(member)}
            transport = None if base else httpx.ASGITransport(app)
            client = httpx.AsyncClient(
                transport=transport,
                base_url=base or "http://test",
                cookies=cookies,
                headers=OURS,
                follow_redirects=True,
            )
            return await clients.enter_async_context(client)

        yield make


@pytest.fixture
async def served(app: Starlette, office: Office) -> AsyncIterator[str]:
    """The address of a server that runs beside the test."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, lifespan="off"))
        running = asyncio.create_task(server.serve([bound]))
        while not server.started:  # noqa: ASYNC110  (uvicorn sets no event)
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        office.news.publish(Event(OVER))
        await running
