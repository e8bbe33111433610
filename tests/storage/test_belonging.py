"""A new case knows the school of whoever filed it, by the classes that their talk joined; on both kinds of database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, Report, Why
from bot.core.lessons import Joins, Leaves
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.cases import SealedCases
from bot.storage.enrolments import SealedEnrolments
from bot.storage.store import Store
from bot.storage.teaching_tables import school, school_class

from .taught import Taught

LI, OTHER = Origin("telegram", "telegram:7:7", "7"), Origin("telegram", "telegram:8:8", "8")


@pytest.fixture
def taught(store: Store) -> Taught:
    return Taught(store)


async def joins(taught: Taught, name: str, region: str = "", *, reader: Audience = Audience.STUDENT) -> int:
    """Li joins a class of a school; gives the class."""
    store = taught.store
    number = await taught.school(name=name)
    class_ = await taught.class_(number)
    async with store.writing() as connection:
        await connection.execute(update(school).where(school.c.id == number).values(region=region))
        await SealedEnrolments(store).join(connection, Joins(class_, reader, LI))
    return class_


async def files(store: Store, origin: Origin = LI, region: str = "") -> Any:
    """They file a report; gives the case."""
    report = Report(
        Why.RISK, RiskLevel.DISCLOSURE, RiskKind.BULLYING, Audience.STUDENT, ("x",), opens=True, region=region
    )
    filing = Filing(report, origin, None, Receipt(store.now(), store.now() + dt.timedelta(minutes=30)))
    async with store.writing() as connection:
        await SealedCases(store).file(connection, filing)
    return await SealedCases(store).open_case(origin.talk)


@pytest.mark.parametrize("reader", [Audience.STUDENT, Audience.PARENT, Audience.SCHOOL])
async def test_a_new_case_has_the_school_and_its_region(store: Store, taught: Taught, reader: Audience) -> None:
    await joins(taught, "第一中学", "neimenggu", reader=reader)
    case = await files(store)
    assert (case.school, case.region, case.outsiders_only) == ("第一中学", "neimenggu", False)


async def test_the_region_that_the_talk_named_stands(store: Store, taught: Taught) -> None:
    await joins(taught, "第一中学", "neimenggu")
    assert (await files(store, region="beijing")).region == "beijing"


async def test_whoever_is_in_no_class_or_has_left_it_has_no_school(store: Store, taught: Taught) -> None:
    await joins(taught, "第一中学", "neimenggu")
    case = await files(store, OTHER)
    assert (case.school, case.region) == ("", "")
    async with store.writing() as connection:
        await SealedEnrolments(store).leave(connection, Leaves(LI.talk))
    assert (await files(store)).school == ""


async def test_an_archived_class_and_a_closed_school_still_are_theirs(store: Store, taught: Taught) -> None:
    class_ = await joins(taught, "第一中学")
    async with store.writing() as connection:
        archived = update(school_class).where(school_class.c.id == class_).values(archived_at=store.now())
        await connection.execute(archived)
        await connection.execute(update(school).values(closed_at=store.now()))
        await SealedEnrolments(store).gone(connection, LI.talk)
    assert (await files(store)).school == "第一中学"


async def test_two_schools_are_both_named(store: Store, taught: Taught) -> None:
    await joins(taught, "第一中学", "neimenggu")
    await joins(taught, "育才培训学校", "neimenggu")
    case = await files(store)
    assert (case.school, case.region, case.outsiders_only) == ("第一中学、育才培训学校", "neimenggu", False)


async def test_two_regions_are_none(store: Store, taught: Taught) -> None:
    await joins(taught, "第一中学", "neimenggu")
    await joins(taught, "第二中学", "beijing")
    assert (await files(store)).region == ""


async def test_more_schools_than_there_is_room_for_keep_everybody_of_any_school_away(
    store: Store, taught: Taught
) -> None:
    for number in range(3):
        await joins(taught, f"{number}" * 60)
    case = await files(store)
    assert (case.school, case.outsiders_only) == ("0" * 60 + "、" + "1" * 60, True)


async def test_whoever_speaks_up_in_the_group_chat_of_a_class_is_of_its_school(store: Store, taught: Taught) -> None:
    class_, staff = await taught.class_(await taught.school(name="第一中学")), await taught.teacher()
    enrolments = SealedEnrolments(store)
    for key in ("telegram:group:-100", "telegram:group:-200"):
        async with store.writing() as connection:
            await enrolments.bind(connection, class_, Origin("telegram", key, key[15:]), staff)
    async with store.writing() as connection:
        await enrolments.unbind(connection, Origin("telegram", "telegram:group:-200", "-200"))

    assert (await files(store, replace(LI, group="telegram:group:-100"))).school == "第一中学"
    assert (await files(store, replace(OTHER, group="telegram:group:-200"))).school == "第一中学"
    elsewhere = Origin("telegram", "telegram:9:9", "9", group="telegram:group:-300")
    assert (await files(store, elsewhere)).school == ""


async def test_a_school_that_becomes_known_while_the_case_is_open_is_added_and_none_is_taken_away(
    store: Store, taught: Taught
) -> None:
    await joins(taught, "第一中学")
    await files(store)
    async with store.writing() as connection:
        await SealedEnrolments(store).leave(connection, Leaves(LI.talk))
    await joins(taught, "育才培训学校", "neimenggu")
    case = await files(store)
    assert (case.school, case.region, case.outsiders_only) == ("第一中学、育才培训学校", "", False)
    for number in range(2):
        await joins(taught, f"{number}" * 60)
    assert (await files(store)).outsiders_only


async def test_a_report_that_is_not_kept_leaves_no_case(store: Store, taught: Taught) -> None:
    await joins(taught, "第一中学")
    report = Report(Why.SAID, RiskLevel.NONE, RiskKind.BULLYING, Audience.STUDENT, ("x",))
    async with store.writing() as connection:
        kept = await SealedCases(store).file(connection, Filing(report, LI, None, Receipt(store.now())))
    assert kept is None
    assert await SealedCases(store).open_case(LI.talk) is None
