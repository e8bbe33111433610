"""Takings and their answers, on both kinds of database."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select, update

from bot.core.audience import Audience
from bot.core.lessons import Answers, Begins, Joins, LessonAfter
from bot.core.message import Origin
from bot.core.ports import TalkAfter
from bot.core.session import Session
from bot.storage.store import Store
from bot.storage.takings import SealedTakings
from bot.storage.talks import SealedTalks
from bot.storage.teaching_tables import push, push_run, taking, taking_answer

from .conftest import Clock
from .taught import Taught

LI = Origin("telegram", "telegram:7:7", "7")


class Pupil:
    """Somebody of a class that has a quiz; what they do is kept with their talk."""

    def __init__(self, store: Store, talks: SealedTalks) -> None:
        self.store, self.talks, self.takings = store, talks, SealedTakings(store)
        self.taught = Taught(store)

    async def joins(self, reader: Audience = Audience.STUDENT) -> None:
        self.teacher = await self.taught.teacher()
        school = await self.taught.school(self.teacher)
        self.class_ = await self.taught.class_(school)
        self.run = await self.taught.run(self.teacher, [self.class_])
        await self.keeps(Joins(self.class_, reader, LI))

    async def keeps(self, after: LessonAfter) -> None:
        await self.talks.save(TalkAfter(LI.talk, Session(quiz="1.0"), lesson=after))

    async def begins(self) -> None:
        await self.keeps(Begins(self.run, self.class_, Audience.STUDENT, LI.talk))

    async def answers(self, question: int, *options: int, right: bool = True, last: bool = False) -> None:
        await self.keeps(Answers(self.run, LI.talk, question, options, right, last))


async def pupil(store: Store, talks: SealedTalks) -> Pupil:
    made = Pupil(store, talks)
    await made.joins()
    return made


async def test_a_run_is_given_to_those_of_its_classes_alone(store: Store, talks: SealedTalks) -> None:
    li = await pupil(store, talks)
    given = await li.takings.given(LI.talk, li.run)
    assert given is not None
    assert (given.kind, given.class_, given.reader, given.over) == ("quiz", li.class_, Audience.STUDENT, False)
    assert await li.takings.given("telegram:8:8", li.run) is None
    assert [item.run for item in await li.takings.open_for(LI.talk)] == [li.run]
    assert [item.run for item in await li.takings.open_in(li.class_)] == [li.run]


async def test_a_run_for_students_is_not_given_to_a_parent(store: Store, talks: SealedTalks) -> None:
    li = Pupil(store, talks)
    await li.joins(Audience.PARENT)
    assert await li.takings.given(LI.talk, li.run) is None
    assert await li.takings.open_in(li.class_, [Audience.PARENT]) == []


async def test_a_run_that_has_ended_or_was_cancelled_is_over(store: Store, talks: SealedTalks, clock: Clock) -> None:
    li = await pupil(store, talks)
    clock.forward(hours=49)
    given = await li.takings.given(LI.talk, li.run)
    assert given is not None
    assert given.over
    assert await li.takings.open_for(LI.talk) == []
    clock.forward(hours=-49)
    async with store.writing() as connection:
        await connection.execute(update(push).values(state="cancelled"))
    assert await li.takings.open_for(LI.talk) == []


async def test_answers_are_kept_in_order_under_a_pseudonym_of_the_run(store: Store, talks: SealedTalks) -> None:
    li = await pupil(store, talks)
    await li.begins()
    await li.answers(0, 0)
    await li.answers(1, 0, right=False)
    await li.answers(2, 0, 2, last=True)
    found = await li.takings.taking(li.run, LI.talk)
    assert found is not None
    assert (found.place, found.finished, found.right) == (3, True, 2)
    assert found.chosen == {0: (0,), 1: (0,), 2: (0, 2)}
    async with store.reading() as connection:
        taker = (await connection.execute(select(taking.c.taker))).scalar_one()
    assert taker not in (LI.talk, store.vault.pseudonym(LI.talk))
    assert (await talks.load(LI.talk)).quiz == "1.0"


async def test_a_second_answer_and_one_out_of_turn_change_nothing(store: Store, talks: SealedTalks) -> None:
    li = await pupil(store, talks)
    await li.begins()
    await li.begins()
    await li.answers(0, 0)
    await li.answers(0, 1, right=False)
    await li.answers(2, 1, right=False)
    found = await li.takings.taking(li.run, LI.talk)
    assert found is not None
    assert (found.place, found.chosen) == (1, {0: (0,)})


async def test_two_presses_at_once_count_once(store: Store, talks: SealedTalks) -> None:
    li = await pupil(store, talks)
    await li.begins()
    await asyncio.gather(*(li.answers(0, option) for option in (0, 1, 2, 0)))
    async with store.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(taking_answer))).scalar_one() == 1


async def test_an_answer_after_the_end_is_not_kept(store: Store, talks: SealedTalks, clock: Clock) -> None:
    li = await pupil(store, talks)
    await li.begins()
    async with store.writing() as connection:
        await connection.execute(update(push_run).values(closed_at=clock()))
    await li.answers(0, 0)
    found = await li.takings.taking(li.run, LI.talk)
    assert found is not None
    assert found.chosen == {}


async def test_what_somebody_answered_is_erased_when_they_ask(store: Store, talks: SealedTalks) -> None:
    li = await pupil(store, talks)
    await li.begins()
    await li.answers(0, 0)
    async with store.writing() as connection:
        await li.takings.forget(connection, LI.talk)
    assert await li.takings.taking(li.run, LI.talk) is None
    async with store.reading() as connection:
        assert (await connection.execute(select(taking_answer))).first() is None
