from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.errors import StorageError, WrongKeyError
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import DayOff, Route, Shift
from bot.storage.staff_tables import alert_route, desk_key, desk_key_grant, staff
from bot.storage.store import Store

MONDAY = dt.date(2026, 11, 23)


@pytest.fixture
def roster(store: Store) -> SealedRoster:
    return SealedRoster(store)


async def add_person(store: Store, name: str, **other: Any) -> int:
    row = {
        "name": name,
        "display": name,
        "role": "counsellor",
        "line": 1,
        "region": "",
        "school": "",
        "state": "active",
        "failures": 0,
        "created_at": store.now(),
        **other,
    }
    async with store.writing() as connection:
        number: int = (await connection.execute(insert(staff).values(**row).returning(staff.c.id))).scalar_one()
    return number


async def add_key(store: Store, generation: int, *holders: str) -> None:
    async with store.writing() as connection:
        row = {"generation": generation, "public": b"p", "made_at": store.now()}
        await connection.execute(insert(desk_key).values(**row))
        for holder in holders:
            grant = {"generation": generation, "holder": holder, "sealed": b"s", "holder_public": b"p"}
            await connection.execute(insert(desk_key_grant).values(**grant))


async def test_only_active_people_of_the_desk_stand_in_the_roster(store: Store, roster: SealedRoster) -> None:
    await add_person(store, "first")
    await add_person(store, "boss", role="supervisor", line=2)
    await add_person(store, "vice", role="vice_principal")
    await add_person(store, "gone", state="disabled")
    await add_person(store, "newcomer", state="waiting")
    people = (await roster.read()).people
    assert [(person.display, person.line, person.supervisor) for person in people] == [
        ("first", 1, False),
        ("boss", 2, True),
    ]


async def test_who_holds_only_an_older_key_is_not_keyed(store: Store, roster: SealedRoster) -> None:
    await add_person(store, "first")
    await add_person(store, "second")
    assert not (await roster.read()).keyed
    await add_key(store, 1, "1", "2")
    await add_key(store, 2, "2", "recovery")
    read = await roster.read()
    assert read.keyed
    assert [person.keyed for person in read.people] == [False, True]


async def test_shifts_and_days_off_come_back_as_they_went_in(store: Store, roster: SealedRoster) -> None:
    person = await add_person(store, "first")
    weekly = Shift(person, dt.time(8, 30), dt.time(17, 30), frozenset({0, 4}))
    dated = Shift(person, dt.time(22), dt.time(6), day=MONDAY)
    for shift in (weekly, dated):
        await roster.add_shift(shift)
    await roster.add_day_off(DayOff(None, MONDAY, MONDAY))
    await roster.add_day_off(DayOff(person, MONDAY, MONDAY + dt.timedelta(days=2)))
    read = await roster.read()
    assert [(item.starts, item.ends, item.weekdays, item.day) for item in read.shifts] == [
        (dt.time(8, 30), dt.time(17, 30), frozenset({0, 4}), None),
        (dt.time(22), dt.time(6), frozenset(), MONDAY),
    ]
    assert [(item.staff, item.first, item.last) for item in read.days_off] == [
        (None, MONDAY, MONDAY),
        (person, MONDAY, MONDAY + dt.timedelta(days=2)),
    ]
    assert await roster.remove_shift(read.shifts[0].id)
    assert not await roster.remove_shift(read.shifts[0].id)
    assert await roster.remove_day_off(read.days_off[0].id)
    assert not await roster.remove_day_off(read.days_off[0].id)
    left = await roster.read()
    assert (len(left.shifts), len(left.days_off)) == (1, 1)


async def test_the_target_of_a_route_rests_sealed(store: Store, roster: SealedRoster, stranger: Store) -> None:
    number = await roster.add_route(Route(0, None, label="group", target="json://host/geheim"))
    async with store.reading() as connection:
        (kept,) = (await connection.execute(select(alert_route.c.target))).scalars()
    assert b"geheim" not in kept
    read = await roster.read()
    assert "geheim" not in repr(read)
    route = await roster.route(number)
    assert route is not None
    assert route.target == "json://host/geheim"
    assert "geheim" not in repr(route)
    with pytest.raises(WrongKeyError):
        await SealedRoster(stranger).route(number)


async def test_a_route_fails_once_and_is_mended_once(roster: SealedRoster) -> None:
    number = await roster.add_route(Route(0, None, label="group", target="x"))
    assert [await roster.route_fails(number), await roster.route_fails(number)] == [True, False]
    assert (await roster.read()).routes[0].failing_since is not None
    assert [await roster.route_worked(number), await roster.route_worked(number)] == [True, False]
    (route,) = (await roster.read()).routes
    assert route.failing_since is None
    assert route.last_ok is not None


async def test_a_change_that_cannot_be_logged_is_not_made(store: Store, roster: SealedRoster) -> None:
    number = await roster.add_route(Route(0, None, label="group", target="x"))
    off = await roster.add_day_off(DayOff(None, MONDAY, MONDAY))
    noted: list[int] = []

    async def refuse(_connection: AsyncConnection, number: int) -> None:
        noted.append(number)
        raise StorageError

    for change in (
        roster.add_route(Route(0, None, label="second", target="y"), refuse),
        roster.add_day_off(DayOff(None, MONDAY, MONDAY), refuse),
        roster.remove_route(number, refuse),
        roster.remove_day_off(off, refuse),
    ):
        with pytest.raises(StorageError):
            await change
    assert noted[2:] == [number, off]
    read = await roster.read()
    assert ([route.id for route in read.routes], [each.id for each in read.days_off]) == ([number], [off])
    assert not await roster.remove_route(number + 9, refuse)
