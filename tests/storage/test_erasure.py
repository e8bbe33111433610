"""Erasing takes what tells of a person and leaves what is counted; it never touches what is open or held."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert, select

from bot.storage.desk_tables import case_message, desk_case, identity_release
from bot.storage.erasure import CaseErasure
from bot.storage.store import Store

from .desk_rows import case, person

GONE = ("address", "receipt", "receipt_salt", "receipt_public", "untold")
STAYS = ("level", "kind", "why", "reader", "region", "channel", "state", "outcome", "opened_at", "closed_at")


async def _erase(store: Store, number: int) -> int | None:
    async with store.writing() as connection:
        return await CaseErasure(store).erase(connection, number)


async def _row(store: Store, number: int) -> dict[str, object]:
    async with store.reading() as connection:
        return dict((await connection.execute(select(desk_case).where(desk_case.c.id == number))).one()._mapping)


async def _texts(store: Store) -> int:
    async with store.reading() as connection:
        return len((await connection.execute(select(case_message.c.id))).all())


async def test_what_tells_of_a_person_goes_and_what_is_counted_stays(store: Store) -> None:
    number, asker = await case(store, untold="closed"), await person(store, "li")
    release = {"case": number, "asked_by": asker, "asked_at": store.now(), "generation": 1, "reason": b"sealed"}
    async with store.writing() as connection:
        await connection.execute(insert(identity_release).values(**release, urgent=False))
    before = await _row(store, number)
    assert await _erase(store, number) == 1
    after = await _row(store, number)

    assert [name for name in GONE if after[name] is not None] == []
    assert (after["school"], after["safe"], after["write_when"]) == ("", "", "")
    assert after["talk"] != before["talk"]
    assert [name for name in STAYS if after[name] != before[name]] == []
    assert after["erased_at"] is not None
    assert await _texts(store) == 0
    async with store.reading() as connection:
        assert (await connection.execute(select(identity_release.c.reason))).scalar_one() == b""


@pytest.mark.parametrize("changes", [{"held": True}, {"state": "waiting"}, {"state": "taken"}])
async def test_held_and_open_cases_stay_whole(store: Store, changes: dict[str, object]) -> None:
    number = await case(store, **changes)
    before = await _row(store, number)
    assert await _erase(store, number) is None
    assert await _row(store, number) == before
    assert await _texts(store) == 1


async def test_a_case_is_erased_once_though_two_try(store: Store, second_store: Store) -> None:
    number = await case(store)
    done = await asyncio.gather(_erase(store, number), _erase(second_store, number))
    assert sorted(done, key=str) == [1, None]


async def test_erasing_one_case_leaves_the_others(store: Store) -> None:
    number = await case(store)
    other = await case(store, receipt="o" * 32, talk="o" * 32)
    await _erase(store, number)
    assert [row.id for row in await CaseErasure(store).closed()] == [other]
    assert await _texts(store) == 1
