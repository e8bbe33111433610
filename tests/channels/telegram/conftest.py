"""Fixtures of the Telegram channel's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from standin import TOKEN, StandIn
from telegram_world import BRISK, ScriptedTalk, World, now

from bot.app import content_root
from bot.channels.telegram.pace import Pace
from bot.content.load import Reader, read_library
from bot.core.desk import Desk
from bot.core.dialogue import Dialogue
from bot.core.talk import StoredTalk
from bot.settings import Settings
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.vault import Vault


@pytest.fixture(scope="session")
def messages() -> dict[str, str]:
    """The real sentences of the interface."""
    return read_library(Reader(content_root(Settings()))).messages


@pytest.fixture
async def world(tmp_path: Path, messages: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A bot that is configured and not yet running."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    telegram = StandIn()
    await telegram.start()
    settings = Settings(data_dir=tmp_path, telegram_token=SecretStr(TOKEN), telegram_api=telegram.url)
    await upgrade(settings.database)
    store = Store(make_engine(settings.database), Vault(bytes(range(32))), now)
    made = World(telegram, settings, store, messages)
    yield made
    await made.stops()
    await telegram.stop()
    await store.close()


@pytest.fixture
def scripted(world: World) -> ScriptedTalk:
    """The talk of a bot that answers by script."""
    assert isinstance(world.talk, ScriptedTalk)
    return world.talk


@pytest.fixture
def slow() -> Callable[..., Pace]:
    """A pace with some limits as given."""
    return lambda **changes: replace(BRISK, **changes)


@pytest.fixture
def real(world: World, dialogue: Dialogue, desk: Desk) -> World:
    """A bot with the real content and understanding."""
    world.talk = StoredTalk(lambda: dialogue, world.talks, now, desk)
    return world
