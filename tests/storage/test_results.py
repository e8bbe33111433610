"""Counts of answers, and how answers become counts, on both kinds of database."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from bot.storage.folding import fold
from bot.storage.results import QuizRun, Results
from bot.storage.store import Store
from bot.storage.tallies import WHOLLY_RIGHT, Origin
from bot.storage.teaching_tables import run_tally, school_member, taking, taking_answer, tally

from .conftest import Clock
from .taught import RIGHT, WRONG, Taught


@pytest.fixture
def taught(store: Store) -> Taught:
    return Taught(store)


@pytest.fixture
def results(store: Store) -> Results:
    return Results(store)


async def counts(results: Results, run: QuizRun, origin: Origin = Origin.PERSON) -> dict[tuple[int, int, int], int]:
    """The counts of one origin by class, question and option."""
    rows = [row for row in await results.chosen(run) if row.origin is origin]
    return {(row.class_id, row.question, row.option): row.count for row in rows}


async def seen(results: Results, teacher: int, run: int) -> QuizRun:
    found = await results.run(run, [item.id for item in await results.classes(teacher)])
    assert found is not None
    return found


async def test_a_vice_principal_sees_the_classes_of_their_schools_until_they_hand_over(
    taught: Taught, results: Results, store: Store, clock: Clock
) -> None:
    chen, lin = await taught.teacher(), await taught.teacher("lin")
    mine = await taught.class_(await taught.school(chen))
    await taught.class_(await taught.school(lin, name="第二中学"))
    assert [item.id for item in await results.classes(chen)] == [mine]
    async with store.writing() as connection:
        await connection.execute(school_member.update().values(until=clock()))
    assert await results.classes(chen) == []


async def test_a_run_is_found_in_the_classes_it_went_to_and_in_no_other(taught: Taught, results: Results) -> None:
    chen = await taught.teacher()
    school = await taught.school(chen)
    one, two, other = [await taught.class_(school, name) for name in ("一班", "二班", "三班")]
    run = await taught.run(chen, [one, two])
    assert (await results.runs([one, two, other]))[0].classes == (one, two)
    assert (await seen(results, chen, run)).title == "被欺负了怎么办"
    assert await results.run(run, [other]) is None
    assert await results.runs([]) == []


async def test_two_looks_at_a_run_differ_by_nobody_or_by_five_at_least(
    taught: Taught, results: Results, clock: Clock
) -> None:
    chen = await taught.teacher()
    class_id = await taught.class_(await taught.school(chen))
    run = await taught.run(chen, [class_id])
    looks = []
    for _ in range(13):
        await taught.takes(run, class_id, RIGHT)
        clock.forward(minutes=1)
        row = await seen(results, chen, run)
        (turnout,) = await results.turnout([row])
        looks.append(turnout.counted)
        assert (await counts(results, row)).get((class_id, 0, 0), 0) == turnout.counted
    await taught.takes(run, class_id, WRONG[:1], finished=False)
    (turnout,) = await results.turnout([await seen(results, chen, run)])
    assert (turnout.started, turnout.finished, turnout.counted) == (14, 13, 5)
    clock.forward(hours=48)
    over = await seen(results, chen, run)
    assert over.over
    assert (await counts(results, over))[class_id, 0, 0] == 13
    assert looks == [0] * 9 + [5] * 4


async def test_options_are_counted_and_those_wholly_right_besides(
    taught: Taught, results: Results, clock: Clock
) -> None:
    chen = await taught.teacher()
    class_id = await taught.class_(await taught.school(chen))
    run = await taught.run(chen, [class_id])
    await taught.takes(run, class_id, *[RIGHT] * 4, WRONG)
    clock.forward(hours=48)
    found = await counts(results, await seen(results, chen, run))
    assert found[class_id, 0, 0] == 4
    assert found[class_id, 0, 1] == 1
    assert found[class_id, 2, 2] == 5
    assert found[class_id, 2, WHOLLY_RIGHT] == 4


async def test_polls_of_two_groups_and_raised_hands_stand_beside_private_answers(
    taught: Taught, results: Results
) -> None:
    chen = await taught.teacher()
    class_id = await taught.class_(await taught.school(chen))
    run = await taught.run(chen, [class_id])
    await taught.polls(run, class_id, "5,1,0", "2,5")
    await taught.polls(run, class_id, "3,0,1", "1,1")
    await taught.hands(run, class_id, 30, {(0, 0): 20, (0, 1): 10})
    row = await seen(results, chen, run)
    assert {item.origin: item.finished for item in await results.turnout([row])} == {"group": 9, "hands": 30}
    assert (await counts(results, row, Origin.GROUP))[class_id, 0, 0] == 8
    assert (await counts(results, row, Origin.HANDS))[class_id, 0, 1] == 10


async def test_a_day_after_the_end_answers_become_the_same_counts_and_nobody_is_left(
    taught: Taught, results: Results, store: Store, clock: Clock
) -> None:
    chen = await taught.teacher()
    class_id = await taught.class_(await taught.school(chen), members=9)
    run = await taught.run(chen, [class_id])
    await taught.takes(run, class_id, *[RIGHT] * 5, WRONG)
    clock.forward(hours=48)
    before, turnout = await seen(results, chen, run), await results.turnout([await seen(results, chen, run)])
    clock.forward(hours=23)
    assert await fold(store) == 0
    counted = await counts(results, before)
    clock.forward(hours=1)
    assert await fold(store) == 1
    after = await seen(results, chen, run)
    assert after.folded
    assert await counts(results, after) == counted
    assert await results.turnout([after]) == turnout
    assert await results.invited(after) == {class_id: 9}
    assert await rows(store, taking) == await rows(store, taking_answer) == 0
    assert await fold(store) == 0


async def test_of_fewer_than_five_no_counts_of_options_are_kept(
    taught: Taught, results: Results, store: Store, clock: Clock
) -> None:
    chen = await taught.teacher()
    school = await taught.school(chen)
    few, none = await taught.class_(school, "一班"), await taught.class_(school, "二班", members=3)
    run = await taught.run(chen, [few, none])
    await taught.takes(run, few, *[WRONG] * 4)
    clock.forward(days=4)
    assert await fold(store) == 1
    assert (await rows(store, tally), await rows(store, run_tally)) == (0, 2)
    assert await results.invited(await seen(results, chen, run)) == {few: 0, none: 3}


async def test_answers_that_come_after_folding_go_uncounted(
    taught: Taught, results: Results, store: Store, clock: Clock
) -> None:
    chen = await taught.teacher()
    class_id = await taught.class_(await taught.school(chen))
    run = await taught.run(chen, [class_id])
    await taught.takes(run, class_id, *[RIGHT] * 5)
    clock.forward(days=4)
    await fold(store)
    await taught.takes(run, class_id, WRONG)
    assert await fold(store) == 1
    assert await rows(store, taking) == 0
    assert sum((await counts(results, await seen(results, chen, run))).values()) == 5 * 7


async def test_a_run_that_was_ended_early_is_folded_a_day_after_that(
    taught: Taught, store: Store, clock: Clock
) -> None:
    chen = await taught.teacher()
    await taught.run(chen, [await taught.class_(await taught.school(chen))], closed_at=clock() + dt.timedelta(hours=1))
    clock.forward(hours=25)
    assert await fold(store) == 1


async def test_the_same_quiz_before_is_found_by_its_name(taught: Taught, results: Results, clock: Clock) -> None:
    chen = await taught.teacher()
    class_id = await taught.class_(await taught.school(chen))
    first = await taught.run(chen, [class_id])
    clock.forward(days=7)
    second = await taught.run(chen, [class_id])
    assert [run.id for run in await results.earlier(await seen(results, chen, second))] == [first]
    assert await results.earlier(await seen(results, chen, first)) == []


async def rows(store: Store, table: object) -> int:
    async with store.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]
