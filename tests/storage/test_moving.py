"""A case goes on at another door, on either database."""

from __future__ import annotations

from bot.core.message import Origin
from bot.storage.case_rows import CaseRow
from bot.storage.casework import SealedCasework
from bot.storage.moving import earlier_door, go_back, left_for_good, move, stays, wrote_before
from bot.storage.store import Store

from .desk_rows import case

PHONE = Origin("telegram", "telegram:7:7", "7")
FRIEND = Origin("telegram", "telegram:8:8", "8")


async def _row(store: Store, number: int) -> CaseRow:
    row = await SealedCasework(store).case(number)
    assert row is not None
    return row


async def test_a_case_goes_on_again_at_the_door_from_which_its_newest_words_came(store: Store) -> None:
    number = await case(store, state="waiting", receipt=None, turns=1, asks=1, heard=1)
    async with store.writing() as connection:
        await move(connection, store, number, FRIEND)
    row = await _row(store, number)
    async with store.writing() as connection:
        assert await stays(connection, row, store.now())
        assert await go_back(connection, store, row) is None
        for _ in ("在吗", "是我"):
            await wrote_before(connection, store, row, PHONE)
        there = await go_back(connection, store, row)
    assert there is not None
    assert SealedCasework(store).address(there) == "7"
    assert (there.talk, there.in_doubt) == (store.vault.pseudonym(PHONE.talk), True)


async def test_a_visit_that_ended_is_no_door_at_which_anybody_can_be_asked(store: Store) -> None:
    number = await case(store, state="waiting", receipt=None, turns=1, asks=1, heard=1)
    visit = Origin("web", "web:1", "web:1")
    async with store.writing() as connection:
        await move(connection, store, number, FRIEND)
    row = await _row(store, number)
    async with store.writing() as connection:
        await wrote_before(connection, store, row, visit)
        assert await earlier_door(connection, row) is not None
        await left_for_good(connection, store.vault.pseudonym(visit.talk), ("web",))
        assert await earlier_door(connection, row) is None
