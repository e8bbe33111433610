"""Updates by webhook: stored first, and only from who knows the secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from standin import eventually
from starlette.applications import Starlette
from telegram_world import World

from bot.channels.telegram.errors import WebhookAddressError

PUPIL = 501
SECRET = "s3cret-header"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def hooked(world: World) -> World:
    return world.configured(
        telegram_mode="webhook", telegram_secret=SecretStr(SECRET), public_url="https://example.org/"
    )


@pytest.fixture
async def door(hooked: World) -> AsyncIterator[httpx.AsyncClient]:
    """What Telegram calls, with the bot running behind it."""
    channel = await hooked.runs()
    app = Starlette(routes=channel.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://example.org") as client:
        await eventually(lambda: hooked.telegram.webhook)
        yield client


async def post(door: httpx.AsyncClient, world: World, content: Any, secret: str = SECRET) -> int:
    assert world.telegram.webhook
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return (await door.post(world.telegram.webhook["url"], content=body, headers={HEADER: secret})).status_code


async def test_the_webhook_is_registered_with_its_secret_and_without_the_token(
    hooked: World, door: httpx.AsyncClient
) -> None:
    assert hooked.telegram.webhook
    assert hooked.telegram.webhook["secret_token"] == SECRET
    assert ":" not in hooked.telegram.webhook["url"].removeprefix("https:")
    assert set(hooked.telegram.webhook["allowed_updates"]) >= {"message", "edited_message", "callback_query"}
    assert not hooked.telegram.called("getUpdates")


async def test_an_update_with_the_right_secret_is_answered_once(hooked: World, door: httpx.AsyncClient) -> None:
    update = hooked.telegram.user_says(PUPIL, PUPIL, "压岁钱")
    assert await post(door, hooked, update) == 200
    assert await post(door, hooked, update) == 200
    await hooked.sees(PUPIL, "答：压岁钱")
    assert await post(door, hooked, hooked.telegram.user_says(PUPIL, PUPIL, "完")) == 200
    await hooked.sees(PUPIL, "答：完")
    assert hooked.telegram.texts(PUPIL) == ["答：压岁钱", "答：完"]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "秘密"])
async def test_a_wrong_secret_is_turned_away(hooked: World, door: httpx.AsyncClient, secret: str) -> None:
    headers = {HEADER.encode(): secret.encode()} if secret else {}
    update = json.dumps(hooked.telegram.user_says(PUPIL, PUPIL, "压岁钱")).encode()
    answer = await door.post("/telegram/webhook", content=update, headers=headers)
    assert answer.status_code == 403
    assert await hooked.inbox.last("telegram") is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"{}", b'{"update_id": "1"}', b'{"update_id": true}', b'{"update_id": -1}', b"\xff",
     b'{"update_id": 99999999999999999999}', b"[" * 100_000],
)  # fmt: skip
async def test_what_is_no_update_is_refused(hooked: World, door: httpx.AsyncClient, body: bytes) -> None:
    assert await post(door, hooked, body) == 400


async def test_a_body_beyond_the_limit_is_refused(hooked: World, door: httpx.AsyncClient) -> None:
    assert await post(door, hooked, b" " * 1_000_001) == 413


async def test_an_update_that_cannot_be_stored_is_asked_for_again(
    hooked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> bool:
        raise OSError("disk full")

    channel = await hooked.runs()
    await eventually(lambda: hooked.telegram.webhook)
    monkeypatch.setattr(channel.inbox, "put", full)
    app = Starlette(routes=channel.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://example.org") as client:
        assert await post(client, hooked, {"update_id": 1}) == 503


async def test_polling_takes_an_old_webhook_away_and_keeps_what_waits(world: World) -> None:
    world.telegram.webhook = {"url": "https://old.example.org"}
    world.telegram.user_says(PUPIL, PUPIL, "有人吗")
    await world.runs()
    await world.sees(PUPIL, "答：有人吗")


async def test_a_webhook_needs_a_public_https_address(world: World) -> None:
    world.configured(telegram_mode="webhook", public_url="http://example.org")
    with pytest.raises(WebhookAddressError, match="FAXIAOHU_PUBLIC_URL"):
        await world.channel().run(asyncio.Event())


async def test_without_a_secret_one_is_made(world: World) -> None:
    world.configured(telegram_mode="webhook", public_url="https://example.org")
    await world.runs()
    await eventually(lambda: world.telegram.webhook)
    assert world.telegram.webhook
    assert len(world.telegram.webhook["secret_token"]) >= 32
