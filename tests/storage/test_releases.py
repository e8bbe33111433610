"""Releases as they are kept: the rule of two people holds in the database itself."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.storage.releases import Asked, ReleaseRecords
from bot.storage.store import Store

from .conftest import Clock
from .desk_rows import case, person

DAY = dt.timedelta(days=1)


@pytest.fixture
async def people(store: Store) -> tuple[int, int, int]:
    return await person(store, "asker"), await person(store, "second"), await person(store, "third")


async def _add(store: Store, number: int, by: int, *, urgent: bool = False) -> int:
    async with store.writing() as connection:
        return await ReleaseRecords(store).add(connection, Asked(number, by, 1, b"sealed"), urgent=urgent)


async def _grant(store: Store, number: int, by: int) -> bool:
    async with store.writing() as connection:
        return await ReleaseRecords(store).grant(connection, number, by, since=store.now() - DAY) is not None


async def _review(store: Store, number: int, by: int) -> bool:
    async with store.writing() as connection:
        return await ReleaseRecords(store).review(connection, number, by, right=True) is not None


async def test_one_other_person_grants_once(store: Store, second_store: Store, people: tuple[int, int, int]) -> None:
    asker, second, third = people
    number = await _add(store, await case(store), asker)
    assert not await _grant(store, number, asker)
    done = await asyncio.gather(_grant(store, number, second), _grant(second_store, number, third))
    assert sorted(done) == [False, True]


async def test_a_request_of_yesterday_is_not_granted(store: Store, clock: Clock, people: tuple[int, int, int]) -> None:
    asker, second, _ = people
    number = await _add(store, await case(store), asker)
    clock.forward(days=1)
    assert not await _grant(store, number, second)
    assert await ReleaseRecords(store).waiting(clock() - DAY) == []


async def test_it_is_live_for_the_asker_alone_and_from_the_grant_on(
    store: Store, clock: Clock, people: tuple[int, int, int]
) -> None:
    asker, second, _ = people
    held, records = await case(store), ReleaseRecords(store)
    number = await _add(store, held, asker)
    since = clock() - dt.timedelta(minutes=15)
    assert await records.live(held, asker, since) is None
    await _grant(store, number, second)
    assert await records.live(held, second, since) is None
    assert await records.live(held, asker, since) is not None
    assert await records.live(held, asker, clock()) is None


async def test_an_urgent_one_is_live_at_once_is_not_granted_and_is_reviewed_by_another(
    store: Store, clock: Clock, people: tuple[int, int, int]
) -> None:
    asker, second, third = people
    held, records = await case(store), ReleaseRecords(store)
    number = await _add(store, held, asker, urgent=True)
    assert await records.live(held, asker, clock() - DAY) is not None
    assert not await _grant(store, number, second)
    assert [row.id for row in await records.unreviewed()] == [number]
    assert not await _review(store, number, asker)
    assert await _review(store, number, second)
    assert not await _review(store, number, third)
    assert await records.unreviewed() == []


async def test_an_ordinary_one_needs_no_review(store: Store, people: tuple[int, int, int]) -> None:
    asker, second, _ = people
    number = await _add(store, await case(store), asker)
    assert not await _review(store, number, second)


async def test_old_ones_go_but_those_of_held_cases(store: Store, clock: Clock, people: tuple[int, int, int]) -> None:
    records = ReleaseRecords(store)
    kept = await _add(store, await case(store, held=True), people[0])
    await _add(store, await case(store, receipt="o" * 32), people[0])
    clock.forward(days=2)
    async with store.writing() as connection:
        assert await records.drop_before(connection, clock() - DAY) == 1
    assert [row.id for row in await records.newest()] == [kept]
