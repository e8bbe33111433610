"""Entered activities on both kinds of database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import select

from bot.core.activity import Activity, ActivityKind, Attendance
from bot.storage.activities import Activities
from bot.storage.activity_rows import Change, Hours, Scope, Total
from bot.storage.activity_tables import activity, activity_version
from bot.storage.schools import SealedSchools
from bot.storage.store import Store

from .desk_rows import person

DAY = dt.date(2026, 11, 20)
LECTURE = Activity(ActivityKind.LECTURE, DAY, 2, Attendance.STUDENTS, people=180, halves=4, place="报告厅", note="秋季")
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
ALL = Scope()


async def a_school(store: Store, name: str = "第一中学", region: str = "east") -> int:
    async with store.writing() as connection:
        number = await SealedSchools(store).add_school(connection, name, region)
    assert number is not None
    return number


async def entered(store: Store, given: Activity, staff: int, *, form: str = "a" * 32) -> int:
    async with store.writing() as connection:
        number, _ = await Activities(store).add(connection, given, staff=staff, form=form)
    return number


async def test_an_entry_comes_back_as_it_was_entered(store: Store) -> None:
    school, staff = await a_school(store), await person(store, "li")
    given = replace(LECTURE, school=school, region="east")
    number = await entered(store, given, staff)
    kept = await Activities(store).one(number)
    assert kept is not None
    assert (kept.activity, kept.staff, kept.school, kept.photo, kept.version) == (given, staff, "第一中学", False, 1)


async def test_a_form_that_is_sent_twice_enters_once(store: Store) -> None:
    staff = await person(store, "li")
    first, second = await entered(store, LECTURE, staff), await entered(store, LECTURE, staff)
    assert first == second
    assert await Activities(store).totals(ALL, *YEAR) == [Total(ActivityKind.LECTURE, 1, 2, 180, 4)]


async def test_every_change_stands_in_the_history_and_a_late_one_is_refused(store: Store) -> None:
    activities, staff = Activities(store), await person(store, "li")
    number, more = await entered(store, LECTURE, staff), replace(LECTURE, count=3)
    async with store.writing() as connection:
        assert await activities.change(connection, Change(number, 1, staff), more)
        assert not await activities.change(connection, Change(number, 1, staff), replace(LECTURE, count=9))
        assert await activities.remove(connection, Change(number, 2, staff), more)
        assert not await activities.change(connection, Change(number, 3, staff), LECTURE)
    assert await activities.totals(ALL, *YEAR) == []
    async with store.writing() as connection:
        assert await activities.restore(connection, Change(number, 3, staff), more)
    acts = [(old.version, old.act, old.activity.count) for old in await activities.history(number)]
    assert acts == [(1, "enter", 2), (2, "change", 3), (3, "remove", 3), (4, "restore", 3)]
    assert [total.count for total in await activities.totals(ALL, *YEAR)] == [3]


async def test_a_photo_is_kept_through_changes_and_goes_for_good(store: Store) -> None:
    activities, staff = Activities(store), await person(store, "li")
    async with store.writing() as connection:
        number, new = await activities.add(connection, LECTURE, staff=staff, form="b" * 32, photo=b"jpeg")
        assert new
        assert await activities.change(connection, Change(number, 1, staff), replace(LECTURE, count=1))
    assert await activities.photo(number) == b"jpeg"
    async with store.writing() as connection:
        assert await activities.drop_photo(connection, Change(number, 2, staff), LECTURE)
    assert await activities.photo(number) is None


async def test_notes_photos_and_history_rest_sealed(store: Store) -> None:
    activities, staff = Activities(store), await person(store, "li")
    async with store.writing() as connection:
        await activities.add(connection, replace(LECTURE, note="geheim"), staff=staff, form="c" * 32, photo=b"geheim")
    async with store.reading() as connection:
        row = (await connection.execute(select(activity.c.note, activity.c.photo))).one()
        body = (await connection.execute(select(activity_version.c.body))).scalar_one()
    assert not any(b"geheim" in part or b"180" in part for part in (row.note, row.photo, body))


async def test_scopes_part_schools_regions_and_what_is_ones_own(store: Store) -> None:
    activities, mine, other = Activities(store), await person(store, "li"), await person(store, "wang")
    east, west = await a_school(store), await a_school(store, "第二中学", "west")
    await entered(store, replace(LECTURE, school=east, region="east"), mine, form="1" * 32)
    await entered(store, replace(LECTURE, school=west, region="west"), other, form="2" * 32)
    await entered(store, replace(LECTURE, region="east", count=7), mine, form="3" * 32)

    async def counted(scope: Scope) -> int:
        return sum(total.count for total in await activities.totals(scope, *YEAR))

    assert await counted(ALL) == 11
    assert await counted(Scope(schools=frozenset((east,)))) == 2
    assert await counted(Scope(schools=frozenset())) == 0
    assert await counted(Scope(region="east")) == 9
    assert await counted(Scope(schools=frozenset((west,)), staff=mine)) == 11
    assert await activities.totals(ALL, DAY + dt.timedelta(1), YEAR[1]) == []
    assert await activities.hours(ALL, *YEAR) == [Hours(mine, east, 4), Hours(other, west, 4)]
