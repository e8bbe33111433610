"""A start takes the key that belongs to the data, or says so and stops: no other one, and no new one."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text, update

from bot.app import open_store
from bot.core.ports import TalkAfter
from bot.core.session import Session
from bot.settings import Settings
from bot.storage.desk_tables import desk_case
from bot.storage.errors import KeyFileError, KeyMissingError, WrongKeyError
from bot.storage.keycheck import key_problem
from bot.storage.keys import KEY_FILE
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route
from bot.storage.schema import upgrade
from bot.storage.staff_tables import alert_route, staff
from bot.storage.store import Store
from bot.storage.talks import SealedTalks
from bot.storage.teaching_tables import school_class
from bot.storage.vault import Vault

from .conftest import MEMORY
from .desk_rows import case
from .taught import Taught

OTHER = base64.b64encode(bytes(range(1, 33))).decode()


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    """A service whose key is kept in its data folder."""
    return Settings(data_dir=tmp_path / "folder", database_url=SecretStr(address), key=None)


@contextlib.asynccontextmanager
async def _started(settings: Settings) -> AsyncIterator[Store]:
    store = await open_store(settings)
    try:
        yield store
    finally:
        await store.close()


async def _refused(settings: Settings) -> type[Exception]:
    """What a start says; ``db check``, ``doctor`` and ``restore`` say the same."""
    told = await key_problem(settings.database, settings.data_dir, settings.given_key)
    with pytest.raises((WrongKeyError, KeyMissingError, KeyFileError)) as caught:
        async with _started(settings):
            pass
    assert type(told) is caught.type
    return caught.type


def _with(settings: Settings, key: str) -> Settings:
    return settings.model_copy(update={"key": SecretStr(key)})


def _file(settings: Settings) -> Path:
    return settings.data_dir / KEY_FILE


async def _route(store: Store) -> None:
    await SealedRoster(store).add_route(Route(0, None, label="group", target="json://host"))


async def _authenticator(store: Store) -> None:
    row = {"name": "li", "display": "li", "role": "counsellor", "line": 1, "region": "", "school": ""}
    row |= {"state": "active", "failures": 0, "created_at": store.now(), "totp": store.vault.seal(b"secret")}
    async with store.writing() as connection:
        await connection.execute(insert(staff).values(**row))


async def _class(store: Store) -> None:
    taught = Taught(store)
    teacher = await taught.teacher()
    await taught.class_(await taught.school(teacher))
    async with store.writing() as connection:
        await connection.execute(update(school_class).values(code=store.vault.seal(b"code")))


async def _case(store: Store) -> None:
    await case(store, address=store.vault.seal(b"chat-1"))


async def _talk(store: Store) -> None:
    await SealedTalks(store, MEMORY).save(TalkAfter("web:1", Session(question="q")))


@pytest.mark.parametrize("kept", [_route, _authenticator, _class, _case, _talk])
async def test_another_key_is_refused_whatever_is_stored(settings: Settings, kept) -> None:
    async with _started(settings) as store:
        await kept(store)
    assert await _refused(_with(settings, OTHER)) is WrongKeyError
    async with _started(settings):
        assert await key_problem(settings.database, settings.data_dir, None) is None


async def test_data_whose_key_is_gone_gets_no_new_one(settings: Settings) -> None:
    async with _started(settings) as store:
        await _route(store)
    key = _file(settings).read_text("ascii").strip()
    _file(settings).unlink()
    assert await _refused(settings) is KeyMissingError
    assert not _file(settings).exists()
    async with _started(_with(settings, key)) as store:
        route = await SealedRoster(store).route(1)
    assert route is not None
    assert route.target == "json://host"
    assert not _file(settings).exists()


async def test_a_fresh_folder_gets_a_key_and_says_nothing_of_it(settings: Settings) -> None:
    assert await key_problem(settings.database, settings.data_dir, None) is None
    assert not _file(settings).exists()
    async with _started(settings):
        assert _file(settings).exists()
    async with _started(_with(settings, OTHER)):
        assert await key_problem(settings.database, settings.data_dir, OTHER) is None


async def test_what_was_said_under_another_key_does_not_make_it_the_right_one(settings: Settings) -> None:
    async with _started(settings) as store:
        await _route(store)
    async with _started(settings) as store:
        wrong = Store(store.engine, Vault(base64.b64decode(OTHER)), store.now)
        await _talk(wrong)
        await _route(wrong)
    assert await _refused(_with(settings, OTHER)) is WrongKeyError
    async with _started(settings):
        pass


async def test_one_damaged_row_does_not_keep_the_service_from_starting(settings: Settings) -> None:
    async with _started(settings) as store:
        await _route(store)
        await _case(store)
        async with store.writing() as connection:
            await connection.execute(update(alert_route).values(target=b"noise"))
    async with _started(settings):
        pass
    async with _started(settings) as store, store.writing() as connection:
        await connection.execute(update(desk_case).values(address=b"noise"))
    assert await _refused(settings) is WrongKeyError


async def test_a_broken_key_file_is_told_and_kept(settings: Settings) -> None:
    async with _started(settings) as store:
        await _route(store)
    _file(settings).write_text("noise", "ascii")
    assert await _refused(settings) is KeyFileError
    assert _file(settings).read_text("ascii") == "noise"


async def test_a_database_of_an_older_program_is_read_as_far_as_it_goes(settings: Settings, address: str) -> None:
    await upgrade(address)
    async with _started(settings) as store:
        await _talk(store)
        async with store.writing() as connection:
            for table in ("alert", "alert_route"):
                await connection.execute(text(f"DROP TABLE {table}"))
    assert await key_problem(settings.database, settings.data_dir, None) is None
    assert isinstance(await key_problem(settings.database, settings.data_dir, OTHER), WrongKeyError)
