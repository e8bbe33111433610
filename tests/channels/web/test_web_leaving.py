"""Whoever leaves in haste is gone at once, whatever the store does; what is remembered goes as soon as it can."""

import asyncio

import pytest

from bot.channels.web.leaving import Leaving
from bot.web.locks import KeyedLocks

WAYS = [("GET", "/leave"), ("POST", "/api/leave")]


@pytest.fixture
def left(client, library):
    """Leaves; the browser must be rid of the talk, and see no page of ours."""

    async def gone(way: tuple[str, str]) -> None:
        await client.post("/api/chat", json={"text": "我继父"})
        response = await client.request(*way)
        assert response.status_code == (303 if way[0] == "GET" else 204)
        assert response.headers.get("location", library.messages["web.exit_url"]) == library.messages["web.exit_url"]
        assert "talk" not in client.cookies

    return gone


@pytest.mark.parametrize("way", WAYS)
async def test_as_a_rule_all_is_erased_when_they_are_gone(left, way, talk):
    await left(way)
    assert talk.forgotten == [talk.heard[0][0]]
    assert talk.asked == [False]


@pytest.mark.parametrize("way", WAYS)
async def test_a_store_that_fails_keeps_nobody(left, way, talk, monkeypatch):
    async def fails(key, *, asked):
        raise OSError(key)

    monkeypatch.setattr(talk, "forget", fails)
    await left(way)


@pytest.mark.parametrize("way", WAYS)
async def test_a_store_that_does_not_answer_keeps_nobody(left, way, talk, monkeypatch):
    async def hangs(key, *, asked):
        await asyncio.Event().wait()

    monkeypatch.setattr(talk, "forget", hangs)
    await left(way)


async def test_what_could_not_be_erased_is_erased_as_soon_as_the_store_works(talk, post, monkeypatch):
    pauses, erase, works = [], talk.forget, asyncio.Event()

    async def forget(key, *, asked):
        if len(pauses) < 3:
            raise OSError(key)
        await erase(key, asked=asked)
        works.set()

    async def pause(seconds):
        pauses.append(seconds)

    monkeypatch.setattr(talk, "forget", forget)
    leaving = Leaving(talk, post, KeyedLocks(), pause)
    await leaving.leave("web:1")
    await works.wait()
    assert talk.forgotten == ["web:1"]
    assert pauses == sorted(pauses)


async def test_who_wants_it_deleted_is_not_told_so_where_it_was_not(client, talk, monkeypatch):
    async def fails(key, *, asked):
        raise OSError(key)

    await client.post("/api/chat", json={"text": "我继父"})
    monkeypatch.setattr(talk, "forget", fails)
    for path in ("/forget", "/api/forget"):
        assert (await client.post(path)).status_code == 500
    assert "talk" in client.cookies
