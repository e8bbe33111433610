"""The API does what its OpenAPI document says, and nothing that it does not say: schemathesis asks."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation
from starlette.applications import Starlette

from bot.api import door
from bot.api.site import ApiWith, create_api
from bot.content.build import Service
from bot.outreach.queries import OutreachFigures
from bot.storage.api_tokens import ApiTokens
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault
from tests.outreach.conftest import Clock, put

from .conftest import HOME, OCTOBER

CALLS = 40


@pytest.fixture
def served(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Starlette, str]]:
    """The application, as fast as one likes to ask, and a token."""
    monkeypatch.setattr(door, "PACE", 1_000_000)
    monkeypatch.setattr(door, "WRONG", 1_000_000)
    address, clock = f"sqlite+aiosqlite:///{tmp_path / 'faxiaohu.sqlite3'}", Clock()
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)

    async def filled() -> str:
        await upgrade(address)
        await put(store, {("month", "total", 0, OCTOBER, HOME, "all"): 203})
        _, token = await ApiTokens(store).make("平台", "", dt.timedelta(days=30))
        return token

    token = asyncio.run(filled())
    api = ApiWith(store, OutreachFigures(store, clock, HOME), lambda: service.library, clock)
    yield Starlette(routes=[create_api(api)]), token
    asyncio.run(store.close())


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_it_keeps_to_its_description(served: tuple[Starlette, str], mode: GenerationMode) -> None:
    web, token = served
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", web)
    operations = [found.ok() for found in schema.get_all_operations()]
    asked = [_ask(operation, mode, token) for operation in operations if mode.is_positive or operation.query]

    assert len(operations) == 5
    assert sum(asked) > CALLS


def _ask(operation: APIOperation, mode: GenerationMode, token: str) -> int:
    """Ask many times, rightly or wrongly; every answer must be one that is described. Says how often."""
    asked = 0

    @settings(
        max_examples=CALLS,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

    holds()
    return asked
