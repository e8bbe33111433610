"""Taps on hotlines are counted by number alone."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bot.channels.web.called import TAPS, called_route


@pytest.fixture
def taps() -> list[str]:
    return []


@pytest.fixture
def page(taps: list[str], make_client: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    async def count(number: str) -> None:
        if number == "120":
            raise OSError
        taps.append(number)

    return make_client(extra_routes=[called_route(lambda: {"110", "120"}, count, ())])


async def test_a_known_number_counts_and_nothing_else_does(page: httpx.AsyncClient, taps: list[str]) -> None:
    for body in ({"number": "110"}, {"number": "999"}, {"number": ["110"]}, {}):
        assert (await page.post("/api/called", json=body)).status_code == 204
    assert (await page.post("/api/called", content=b"no json")).status_code == 400
    assert (await page.post("/api/called", content=b"x" * 1000)).status_code == 413
    assert taps == ["110"]


async def test_a_count_that_cannot_be_kept_is_no_matter_to_the_child(page: httpx.AsyncClient) -> None:
    assert (await page.post("/api/called", json={"number": "120"})).status_code == 204


async def test_other_sites_and_floods_do_not_count(page: httpx.AsyncClient, taps: list[str]) -> None:
    assert (
        await page.post("/api/called", json={"number": "110"}, headers={"sec-fetch-site": "cross-site"})
    ).status_code == 403
    for _ in range(TAPS + 5):
        await page.post("/api/called", json={"number": "110"})
    assert len(taps) == TAPS
