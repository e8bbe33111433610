"""What a vice principal and a class are told of results, and what nobody is told."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.content.load import Reader, read_library
from bot.core.content_types import Library
from bot.storage.folding import fold
from bot.storage.store import Store
from bot.teaching.figures import wrong_ideas
from bot.teaching.result_words import lines
from bot.teaching.results import ClassResults, NoResultsError

from ..conftest import ROOT
from ..storage.conftest import Clock
from ..storage.taught import FORWARDS, GIVES, QUIZ, RIGHT, WRONG, Taught


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(Reader(ROOT))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass(frozen=True)
class World:
    """A school with its vice principal, and what is known of their results."""

    taught: Taught
    results: ClassResults
    teacher: int
    school: int


@pytest.fixture
async def world(store: Store, library: Library) -> World:
    taught = Taught(store)
    teacher = await taught.teacher()
    return World(taught, ClassResults(store, lambda: library), teacher, await taught.school(teacher))


async def test_of_a_class_where_four_finished_nothing_is_told(world: World, clock: Clock) -> None:
    class_id = await world.taught.class_(world.school, members=30)
    run = await world.taught.run(world.teacher, [class_id])
    await world.taught.takes(run, class_id, *[WRONG] * 4)
    clock.forward(hours=48)
    result = await world.results.of_run(world.teacher, run)
    figures = result.of(class_id).figures
    assert (figures.invited, figures.started, figures.finished, figures.questions) == (30, 0, 0, ())
    assert not result.whole.shown
    assert await world.results.message(run, class_id) == ""


async def test_few_private_answers_do_not_show_behind_many_hands(world: World, clock: Clock) -> None:
    class_id = await world.taught.class_(world.school)
    run = await world.taught.run(world.teacher, [class_id])
    await world.taught.takes(run, class_id, *[WRONG] * 4)
    await world.taught.hands(run, class_id, 30, {(0, 0): 30, (1, 1): 30, (2, 0): 28, (2, 2): 25})
    clock.forward(hours=48)
    figures = (await world.results.of_run(world.teacher, run)).of(class_id).figures
    assert (figures.finished, figures.questions[0].options) == (30, (30, 0, 0))


async def test_the_sum_over_classes_leaves_out_those_of_which_nothing_is_told(world: World, clock: Clock) -> None:
    many, few = await world.taught.class_(world.school, "一班"), await world.taught.class_(world.school, "二班")
    run = await world.taught.run(world.teacher, [many, few])
    await world.taught.takes(run, many, *[RIGHT] * 6)
    await world.taught.takes(run, few, *[WRONG] * 4)
    clock.forward(hours=48)
    whole = (await world.results.of_run(world.teacher, run)).whole
    assert (whole.finished, whole.share) == (6, 1.0)
    assert (await world.results.recent(world.teacher))[0].finished == 6


async def test_wrong_ideas_come_named_with_how_many_hold_them_and_two_lines_to_say(
    world: World, library: Library, clock: Clock
) -> None:
    class_id = await world.taught.class_(world.school)
    run = await world.taught.run(world.teacher, [class_id])
    await world.taught.takes(run, class_id, *[RIGHT] * 5, ("1", "0", "0,2"), ("1", "1", "0,2"), ("2", "1", "0,2"))
    clock.forward(hours=48)
    ideas = wrong_ideas((await world.results.of_run(world.teacher, run)).whole)
    assert [(idea.idea, idea.count, idea.of, idea.question.topic) for idea in ideas] == [
        (GIVES.idea, 2, 8, "bullying.victim"),
        ("以为躲开就好了", 1, 8, "bullying.victim"),
        (FORWARDS.options[0].idea, 1, 8, "bullying.cyber"),
    ]
    first, second = lines(ideas[0], library.messages)
    assert GIVES.idea in first
    assert GIVES.why in first
    assert QUIZ.questions[0].explain in second


async def test_several_right_options_count_as_right_only_together(world: World, clock: Clock) -> None:
    class_id = await world.taught.class_(world.school)
    run = await world.taught.run(world.teacher, [class_id])
    await world.taught.takes(run, class_id, *[RIGHT] * 4, ("0", "1", "0"))
    await world.taught.hands(run, class_id, 20, {(0, 0): 20, (1, 1): 20, (2, 0): 20, (2, 2): 9})
    clock.forward(hours=48)
    (_, _, several) = (await world.results.of_run(world.teacher, run)).of(class_id).figures.questions
    assert (several.answered, several.judged, several.right) == (25, 5, 4)
    assert several.options == (25, 0, 13, 0)


async def test_a_repeated_quiz_is_compared_where_its_words_are_the_same(
    world: World, store: Store, clock: Clock
) -> None:
    class_id = await world.taught.class_(world.school)
    first = await world.taught.run(world.teacher, [class_id])
    await world.taught.takes(first, class_id, *[WRONG] * 3, *[RIGHT] * 2)
    clock.forward(days=7)
    await fold(store)
    mended = QUIZ.model_copy(
        update={
            "questions": (
                QUIZ.questions[0],
                FORWARDS.model_copy(update={"ask": "只是转发，有关系吗？"}),
                QUIZ.questions[2],
            )
        }
    )
    second = await world.taught.run(world.teacher, [class_id], mended)
    await world.taught.takes(second, class_id, *[RIGHT] * 5)
    clock.forward(hours=48)
    changes = (await world.results.of_run(world.teacher, second)).of(class_id).changes
    assert [(change.asked.place, change.before, change.after) for change in changes] == [(1, 0.4, 1.0), (3, 0.4, 1.0)]
    assert (await world.results.of_run(world.teacher, first)).of(class_id).changes == []


async def test_the_class_is_told_its_result_in_one_message_that_blames_nobody(world: World, clock: Clock) -> None:
    class_id = await world.taught.class_(world.school)
    run = await world.taught.run(world.teacher, [class_id])
    await world.taught.takes(run, class_id, *[RIGHT] * 5, *[("1", "1", "0,2")] * 2, ("0", "0", "0,2"))
    clock.forward(hours=48)
    told = await world.results.message(run, class_id)
    assert "五（3）班" in told
    assert GIVES.idea in told
    assert FORWARDS.options[0].idea not in told
    assert len(told) < 1000


async def test_nobody_sees_the_results_of_a_school_that_is_not_theirs(world: World, clock: Clock) -> None:
    stranger = await world.taught.teacher("lin")
    theirs = await world.taught.class_(await world.taught.school(stranger, name="第二中学"))
    mine = await world.taught.class_(world.school)
    run = await world.taught.run(world.teacher, [mine, theirs])
    await world.taught.takes(run, mine, *[RIGHT] * 5)
    await world.taught.takes(run, theirs, *[WRONG] * 5)
    clock.forward(hours=48)
    result = await world.results.of_run(stranger, run)
    assert [item.taught.id for item in result.classes] == [theirs]
    assert result.whole.share == 0.0
    alone = await world.taught.run(world.teacher, [mine])
    with pytest.raises(NoResultsError):
        await world.results.of_run(stranger, alone)
    with pytest.raises(NoResultsError):
        result.of(mine)
    with pytest.raises(NoResultsError):
        await world.results.of_run(world.teacher, 999)
