"""Schools, classes and join codes on both kinds of database."""

from __future__ import annotations

from sqlalchemy import select

from bot.core.quiz_types import Band
from bot.storage.schools import SealedSchools
from bot.storage.store import Store
from bot.storage.teaching_tables import school_class

from .conftest import Clock
from .taught import Taught

CODE = "K7M2PQ9X"


async def made(store: Store, name: str = "第一中学", region: str = "east") -> int:
    async with store.writing() as connection:
        number = await SealedSchools(store).add_school(connection, name, region)
    assert number is not None
    return number


async def with_class(store: Store, code: str = CODE) -> tuple[int, int]:
    school = await made(store)
    async with store.writing() as connection:
        return school, await SealedSchools(store).add_class(connection, school, "五（3）班", band=Band.TEN, code=code)


async def test_a_school_is_made_once(store: Store) -> None:
    schools = SealedSchools(store)
    number = await made(store)
    async with store.writing() as connection:
        assert await schools.add_school(connection, "第一中学", "") is None
    assert [(item.id, item.name, item.region) for item in await schools.schools()] == [(number, "第一中学", "east")]


async def test_a_vice_principal_serves_several_schools_and_hands_one_over(store: Store, clock: Clock) -> None:
    schools, taught = SealedSchools(store), Taught(store)
    old, new = await taught.teacher("chen"), await taught.teacher("lin")
    first, second = await made(store), await made(store, "第二中学")
    async with store.writing() as connection:
        assert await schools.appoint(connection, first, old)
        assert await schools.appoint(connection, second, old)
        assert not await schools.appoint(connection, first, old)
    clock.forward(days=30)
    async with store.writing() as connection:
        assert await schools.dismiss(connection, first, old)
        assert not await schools.dismiss(connection, first, old)
        await schools.appoint(connection, first, new)
    assert await schools.schools_of(old) == {second}
    assert await schools.schools_of(new) == {first}
    tenures = await schools.tenures([first])
    assert [(item.staff, item.until is None) for item in tenures] == [(new, True), (old, False)]


async def test_a_class_is_found_by_its_code_which_rests_sealed(store: Store) -> None:
    schools = SealedSchools(store)
    school, number = await with_class(store)
    found = await schools.by_code(CODE)
    assert found is not None
    assert (found.id, found.school, found.name, found.band, found.code) == (number, school, "五（3）班", Band.TEN, CODE)
    assert await schools.by_code("K7M2PQ9Y") is None
    async with store.reading() as connection:
        row = (await connection.execute(select(school_class))).one()
    assert CODE.encode() not in row.code
    assert CODE not in row.code_name


async def test_a_new_code_takes_the_place_of_the_old_one(store: Store) -> None:
    schools = SealedSchools(store)
    _, number = await with_class(store)
    async with store.writing() as connection:
        await schools.recode(connection, number, "B4C6D8F9")
    assert await schools.by_code(CODE) is None
    found = await schools.by_code("B4C6D8F9")
    assert found is not None
    assert found.id == number


async def test_an_archived_class_is_found_by_no_code_and_listed_where_asked_for(store: Store) -> None:
    schools = SealedSchools(store)
    school, number = await with_class(store)
    async with store.writing() as connection:
        assert await schools.archive(connection, number)
        assert not await schools.archive(connection, number)
    assert await schools.by_code(CODE) is None
    assert await schools.classes([school]) == []
    assert [item.id for item in await schools.classes([school], archived=True)] == [number]


async def test_a_closed_school_has_no_vice_principal_and_no_class(store: Store) -> None:
    schools, teacher = SealedSchools(store), await Taught(store).teacher()
    school, _ = await with_class(store)
    async with store.writing() as connection:
        await schools.appoint(connection, school, teacher)
        await schools.close_school(connection, school)
    assert await schools.schools_of(teacher) == set()
    assert await schools.schools() == []
    assert await schools.by_code(CODE) is None
