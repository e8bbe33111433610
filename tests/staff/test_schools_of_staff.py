"""Of which school a member of staff is: chosen from the registered ones, so that no name is written in two ways."""

import pytest
from sqlalchemy import select

from bot.storage.desk_tables import audit
from bot.storage.schools import SealedSchools
from bot.storage.staff import StaffRecords

from .conftest import joined, number_of

POST = {"display": "李", "role": "counsellor", "line": "1", "region": "", "school": "", "name": "li"}


@pytest.fixture
async def schools(store):
    async with store.writing() as connection:
        for name in ("青山县第一中学", "呼市二中"):
            await SealedSchools(store).add_school(connection, name, "")


async def school_of(store, name):
    return next(member.post.school for member in await StaffRecords(store).members() if member.name == name)


async def test_a_registered_school_is_chosen_and_another_is_typed(supervisor, store, schools):
    page = await supervisor.see("/staff/people/invite")
    assert "<option>青山县第一中学</option>" in page.text
    await supervisor.send("/staff/people/invite", **POST, registered="青山县第一中学")
    assert await school_of(store, "li") == "青山县第一中学"
    await supervisor.send("/staff/people/invite", **POST | {"name": "wu", "school": "青山县公安局"})
    assert await school_of(store, "wu") == "青山县公安局"
    both = POST | {"name": "he", "school": "红星中学"}
    await supervisor.send("/staff/people/invite", **both, registered="呼市二中")
    assert await school_of(store, "he") == "呼市二中、红星中学"
    assert (await supervisor.send("/staff/people/invite", **POST | {"registered": "没有的学校"})).status_code == 400


async def test_a_name_that_is_written_like_a_registered_one_is_asked_about(supervisor, store, schools, messages):
    alike = POST | {"school": "青山一中"}
    page = await supervisor.send("/staff/people/invite", **alike)
    assert page.status_code == 400
    assert messages["staff.refused_school_alike"].format(names="青山县第一中学") in page.text
    assert 'name="apart"' in page.text
    assert 'value="青山一中"' in page.text
    await supervisor.send("/staff/people/invite", **alike, apart="1")
    assert await school_of(store, "li") == "青山一中"


async def test_a_school_is_put_right_later_and_stands_in_the_log(supervisor, store, schools, messages):
    await supervisor.send("/staff/people/invite", **POST | {"school": "青山一中"}, apart="1")
    number = await number_of(supervisor, "li")
    path = f"/staff/people/{number}/school"
    assert 'value="青山一中"' in (await supervisor.see(path)).text
    page = await supervisor.send(path, registered="青山县第一中学", school="")
    assert messages["staff.done_school"] in page.text
    assert await school_of(store, "li") == "青山县第一中学"
    assert "<option selected>青山县第一中学</option>" in (await supervisor.see(path)).text
    async with store.reading() as connection:
        (told,) = await connection.execute(select(audit.c.detail).where(audit.c.action == "staff.school"))
    assert told.detail == f"staff {number}"
    assert (await supervisor.send(path, school="长" * 65)).status_code == 400
    assert (await supervisor.see("/staff/people/99/school")).status_code == 404


async def test_only_a_supervisor_says_of_which_school_somebody_is(supervisor, new_person, store):
    wang = await joined(supervisor, new_person("10.2.2.2"), "wang")
    assert (
        await wang.send(f"/staff/people/{await number_of(supervisor, 'wang')}/school", school="青山")
    ).status_code == 403
    assert not await school_of(store, "wang")


async def test_nobody_takes_away_their_own_school(supervisor, store, schools, messages):
    number = await number_of(supervisor, supervisor.name)
    page = await supervisor.send(f"/staff/people/{number}/school", registered="", school="")
    assert page.status_code == 400
    assert messages["staff.refused_own_school"] in page.text
