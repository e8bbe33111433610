"""Joining and leaving classes, and group chats, on both kinds of database."""

from __future__ import annotations

from sqlalchemy import select, update

from bot.core.audience import Audience
from bot.core.lessons import Joins, Leaves
from bot.core.message import Origin
from bot.storage.cleaning import clean
from bot.storage.enrolments import SealedEnrolments
from bot.storage.store import Store
from bot.storage.teaching_tables import enrolment, school_class

from .conftest import Clock
from .taught import Taught

LI = Origin("telegram", "telegram:7:7", "7")
GROUP = Origin("telegram", "telegram:group:-100", "-100")


async def join(store: Store, class_: int, reader: Audience = Audience.STUDENT, origin: Origin = LI) -> None:
    async with store.writing() as connection:
        await SealedEnrolments(store).join(connection, Joins(class_, reader, origin))


async def one_class(store: Store) -> int:
    taught = Taught(store)
    return await taught.class_(await taught.school())


async def test_who_joins_is_a_pseudonym_with_a_sealed_address(store: Store) -> None:
    number = await one_class(store)
    await join(store, number)
    async with store.reading() as connection:
        row = (await connection.execute(select(enrolment))).one()
    assert row.talk == store.vault.pseudonym(LI.talk)
    assert store.vault.open(row.address) == b"7"
    (joined,) = await SealedEnrolments(store).of_talk(LI.talk)
    assert (joined.class_, joined.school, joined.reader) == (number, "第一中学", Audience.STUDENT)


async def test_joining_again_changes_the_reader_and_counts_once(store: Store) -> None:
    number = await one_class(store)
    await join(store, number)
    await join(store, number, Audience.PARENT)
    await join(store, number, Audience.STUDENT, Origin("web", "web:x", "web:x"))
    counts = await SealedEnrolments(store).counts([number])
    assert counts == {number: {Audience.PARENT: 1, Audience.STUDENT: 1}}


async def test_leaving_erases_the_row_of_one_class_or_of_all(store: Store) -> None:
    enrolments, taught = SealedEnrolments(store), Taught(store)
    school = await taught.school()
    first, second, third = [await taught.class_(school, f"{n}班") for n in range(3)]
    for number in (first, second, third):
        await join(store, number)
    async with store.writing() as connection:
        assert await enrolments.leave(connection, Leaves(LI.talk, first)) == 1
        assert await enrolments.leave(connection, Leaves(LI.talk, first)) == 0
    assert [item.class_ for item in await enrolments.of_talk(LI.talk)] == [second, third]
    async with store.writing() as connection:
        assert await enrolments.leave(connection, Leaves(LI.talk)) == 2
    assert await enrolments.of_talk(LI.talk) == []


async def test_a_chat_that_is_gone_is_counted_no_more_until_it_joins_again(store: Store) -> None:
    enrolments, number = SealedEnrolments(store), await one_class(store)
    await join(store, number)
    async with store.writing() as connection:
        assert await enrolments.gone(connection, LI.talk) == 1
        assert await enrolments.gone(connection, LI.talk) == 0
    assert await enrolments.counts([number]) == {number: {}}
    await join(store, number)
    assert await enrolments.counts([number]) == {number: {Audience.STUDENT: 1}}


async def test_a_group_is_bound_to_one_class_at_a_time(store: Store) -> None:
    enrolments, taught = SealedEnrolments(store), Taught(store)
    teacher = await taught.teacher()
    school = await taught.school(teacher)
    first, second = await taught.class_(school, "一班"), await taught.class_(school, "二班")
    for number in (first, second):
        async with store.writing() as connection:
            await enrolments.bind(connection, number, GROUP, teacher)
    assert await enrolments.bound(GROUP) == second
    assert [(item.class_, item.bound_by) for item in await enrolments.groups([first, second])] == [(second, teacher)]
    async with store.writing() as connection:
        assert await enrolments.unbind(connection, GROUP) == second
        assert await enrolments.unbind(connection, GROUP) is None
    assert await enrolments.groups([second]) == []


async def test_enrolments_that_ended_are_erased_after_a_while(store: Store, clock: Clock) -> None:
    taught = Taught(store)
    school = await taught.school()
    going, ended = await taught.class_(school, "一班"), await taught.class_(school, "二班")
    for number in (going, ended):
        await join(store, number)
    await join(store, going, origin=Origin("web", "web:x", "web:x"))
    async with store.writing() as connection:
        await connection.execute(update(school_class).where(school_class.c.id == ended).values(archived_at=clock()))
    await clean(store)
    assert len(await rows(store)) == 3
    clock.forward(days=31)
    await clean(store)
    assert sorted(await rows(store)) == [(going, "telegram"), (going, "web")]
    clock.forward(days=180)
    await clean(store)
    assert await rows(store) == [(going, "telegram")]


async def rows(store: Store) -> list[tuple[int, str]]:
    async with store.reading() as connection:
        found = await connection.execute(select(enrolment.c.class_, enrolment.c.channel))
        return [(number, channel) for number, channel in found.all()]
