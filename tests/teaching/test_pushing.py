"""Pushes from being made until everybody has them, on either kind of database."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from bot.core.audience import Audience
from bot.core.ports import Lane, Shown
from bot.storage.deliveries import Deliveries, DeliveryState
from bot.storage.group_polls import GroupPolls
from bot.storage.push_types import PushKind, PushState
from bot.storage.pushes import Pushes
from bot.storage.results import Results
from bot.storage.runs import Runs
from bot.storage.schools import SealedSchools
from bot.storage.teaching_tables import enrolment, group_poll
from bot.teaching.frozen import FrozenQuiz

# Fixtures of the storage's tests.
from ..storage.conftest import Clock, address, clock, postgres, postgres_address, sqlite_address, store  # noqa: F401
from .pushed import DROPPED, QUEUED, QUIZ, SENT, WAITING, World, addresses

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestWarning")


@pytest.fixture
def world(store, clock: Clock) -> World:  # type: ignore[no-untyped-def]  # noqa: F811
    return World(store, clock)


async def test_a_push_reaches_every_chat_of_its_classes_once(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    one, two = await world.taught.class_(school, "一班"), await world.taught.class_(school, "二班")
    await world.joins(one, 1, 2, 3)
    await world.joins(two, 3, 4)
    await world.joins(two, 5, reader=Audience.PARENT)
    push = await world.pushes(teacher, one, two)
    found = await world.brings()
    assert addresses(found) == ["1", "2", "3", "4"]
    assert all(item.lane is Lane.PUSH for item in found)
    (run,) = await world.work.runs(teacher, push.id)
    assert f"[quiz:{run.id}]".encode() in found[0].body
    assert set(await world.states()) == {SENT}
    assert await world.brings() == []


async def test_the_classes_get_it_in_the_order_that_was_chosen_every_time(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    one, two, three = [await world.taught.class_(school, name) for name in ("一班", "二班", "三班")]
    await world.joins(one, 1, 2)
    await world.joins(two, 3)
    await world.joins(three, 4, 5)
    await world.group(three, -7, teacher.id)
    push = await world.pushes(
        teacher, three, one, two, kind=PushKind.TOPIC, subject="bullying.victim", weekly=True, close_hours=24
    )
    assert push.classes == (three, one, two)
    in_order = ["4", "5", "-7", "1", "2", "3"]
    assert [item.address for item in await world.brings()] == in_order
    world.clock.forward(days=7)
    assert [item.address for item in await world.brings()] == in_order


async def test_reminders_and_results_keep_the_order_of_the_classes(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    one, two = await world.taught.class_(school, "一班"), await world.taught.class_(school, "二班")
    await world.group(one, -1, teacher.id)
    await world.group(two, -2, teacher.id)
    await world.joins(one, 1)
    await world.joins(two, 2)
    push = await world.pushes(teacher, two, one, close_hours=48, remind_hours=20)
    await world.brings()
    (run,) = await world.work.runs(teacher, push.id)
    world.told = dict.fromkeys([(run.id, one), (run.id, two)], "大家答得很好")
    world.clock.forward(hours=28)
    assert [item.address for item in await world.brings() if "-" not in item.address] == ["2", "1"]
    world.clock.forward(hours=20)
    assert [item.address for item in await world.brings()] == ["2", "1", "-2", "-1"]


async def test_the_run_keeps_its_quiz_word_for_word(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    push = await world.pushes(teacher, class_)
    await world.brings()
    (run,) = await world.work.runs(teacher, push.id)
    quiz = FrozenQuiz.load(await Runs(world.store).quiz(run.id) or "")
    assert quiz == await world.shelf.quiz(teacher.id, QUIZ)


async def test_nothing_goes_out_in_the_night(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.joins(class_, 1)
    world.clock.time = world.clock.time.replace(hour=20, minute=59)
    await world.pushes(teacher, class_)
    await world.pusher.starting.start((await world.work.mine(teacher))[0].id)
    world.clock.forward(minutes=5)
    assert await world.brings() == []
    world.clock.forward(hours=11)
    assert addresses(await world.brings()) == ["1"]


async def test_a_paused_push_waits_and_a_cancelled_one_is_dropped(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.joins(class_, *range(1, 201))
    push = await world.pushes(teacher, class_)
    await world.pusher.turn()
    (begun,) = await world.outbox.due("telegram", world.clock(), 1)
    await world.work.pause(teacher, push.id)
    assert await world.brings() == []
    assert sorted(set(await world.states())) == [QUEUED, WAITING]
    await world.outbox.sent(begun.id)
    await world.work.resume(teacher, push.id)
    await world.pusher.turn()
    more = await world.outbox.due("telegram", world.clock(), 10)
    await world.work.cancel(teacher, push.id)
    assert await world.brings() == []
    states = await world.states()
    assert (states.count(SENT), states.count(QUEUED), states.count(DROPPED)) == (1, len(more), 199 - len(more))


async def test_a_cancelled_quiz_is_over_at_once_and_its_polls_end(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.group(class_, -7, teacher.id)
    push = await world.pushes(teacher, class_, close_hours=24)
    await world.brings()
    world.clock.forward(minutes=5)
    await world.brings(shown=Shown(55, "poll-1"))
    await world.work.cancel(teacher, push.id)
    assert "end 55" in [item.body.decode() for item in await world.brings()]
    (run,) = await world.work.runs(teacher, push.id)
    found = await Results(world.store).run(run.id, [class_])
    assert found is not None
    assert (found.over, found.closes_at) == (True, world.clock())
    assert (await world.work.push(teacher, push.id)).state is PushState.CANCELLED


async def test_a_crash_loses_none_and_doubles_none(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.joins(class_, *range(1, 31))
    await world.pushes(teacher, class_)
    await world.pusher.turn()
    in_flight = await world.outbox.due("telegram", world.clock(), 5)
    reborn = World(world.store, world.clock)
    await reborn.outbox.recover("telegram")
    found = await reborn.brings()
    assert addresses(found) == sorted(map(str, range(1, 31)))
    assert {item.id for item in in_flight} <= {item.id for item in found}


async def test_who_blocked_the_bot_is_not_written_to_again_in_any_class(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    one, two = await world.taught.class_(school, "一班"), await world.taught.class_(school, "二班")
    await world.joins(one, 1, 2)
    await world.joins(two, 1)
    await world.pushes(teacher, one)
    await world.pusher.turn()
    for item in await world.outbox.due("telegram", world.clock(), 10):
        await (world.outbox.give_up(item.id, gone=True) if item.address == "1" else world.outbox.sent(item.id))
    assert sorted(await world.states()) == [str(DeliveryState.GONE), SENT]
    async with world.store.reading() as connection:
        gone = (await connection.execute(select(enrolment.c.id).where(enrolment.c.gone_at.is_not(None)))).all()
    assert len(gone) == 2
    await world.pushes(teacher, one, two)
    assert addresses(await world.brings()) == ["2"]


async def test_whoever_left_or_whose_class_was_archived_meanwhile_gets_nothing(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    one, two = await world.taught.class_(school, "一班"), await world.taught.class_(school, "二班")
    await world.joins(one, 1, 2)
    await world.joins(two, 3)
    push = await world.pushes(teacher, one, two)
    await world.pusher.starting.start(push.id)
    async with world.store.writing() as connection:
        await SealedSchools(world.store).archive(connection, two)
        await connection.execute(enrolment.delete().where(enrolment.c.id == 1))
    assert addresses(await world.brings()) == ["2"]
    assert sorted(await world.states()) == [DROPPED, DROPPED, SENT]


async def test_only_those_who_have_not_finished_are_reminded(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.joins(class_, 1, 2)
    push = await world.pushes(teacher, class_, close_hours=48, remind_hours=20)
    await world.brings()
    (run,) = await world.work.runs(teacher, push.id)
    await world.finishes(run.id, class_, 2)
    world.clock.forward(hours=28)
    (reminder,) = await world.brings()
    assert reminder.address == "1"
    assert await world.brings() == []


async def test_a_run_that_is_over_tells_its_class_what_came_of_it(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    one, two = await world.taught.class_(school, "一班"), await world.taught.class_(school, "二班")
    await world.joins(one, 1)
    await world.joins(two, 2)
    push = await world.pushes(teacher, one, two, close_hours=24)
    await world.brings()
    (run,) = await world.work.runs(teacher, push.id)
    world.told[run.id, one] = "大家答得很好"
    world.clock.forward(hours=24)
    (result,) = await world.brings()
    assert result.address == "1"
    assert "大家答得很好" in result.body.decode()
    assert (await world.work.push(teacher, push.id)).state is PushState.DONE


async def test_a_weekly_push_comes_again_and_its_last_day_ends_it(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.joins(class_, 1)
    until = world.clock() + dt.timedelta(days=8)
    push = await world.pushes(teacher, class_, weekly=True, until=until, close_hours=24)
    assert len(await world.brings()) == 1
    world.clock.forward(days=7)
    assert len(await world.brings()) == 1
    world.clock.forward(days=2)
    assert await world.brings() == []
    assert len(await world.work.runs(teacher, push.id)) == 2
    assert (await world.work.push(teacher, push.id)).state is PushState.DONE


async def test_a_group_gets_native_polls_and_their_counts_are_kept(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.group(class_, -7, teacher.id)
    await world.pushes(teacher, class_, close_hours=24)
    assert len(await world.brings()) == 1
    world.clock.forward(minutes=5)
    polls = await world.brings(shown=Shown(55, "poll-1"))
    quiz = await world.shelf.quiz(teacher.id, QUIZ)
    assert [item.body.decode() for item in polls] == [f"poll {each.ask}" for each in quiz.questions]
    heard = GroupPolls(world.store)
    await heard.heard("poll-1", [3, 0, 1], closed=False)
    await heard.heard("nobody's", [9, 9, 9], closed=True)
    async with world.store.reading() as connection:
        (row,) = (await connection.execute(select(group_poll))).all()
    assert (row.counts, row.closed_at) == ("3,0,1", None)
    world.clock.forward(hours=24)
    assert "end 55" in [item.body.decode() for item in await world.brings()]


async def test_a_group_that_became_another_is_followed(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.group(class_, -7, teacher.id)
    await world.pushes(teacher, class_, kind=PushKind.NOTICE, title="通知", text="明天普法课", subject="")
    await world.brings(shown=Shown(1, moved="-1007", moved_talk="telegram:group:-1007"))
    await world.pushes(teacher, class_, kind=PushKind.TOPIC, subject="bullying.victim")
    assert addresses(await world.brings()) == ["-1007"]
    await world.group(class_, -1007, teacher.id)
    assert await world.groups_gone() == 0


async def test_a_push_of_somebody_who_left_the_school_does_not_go_out(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    class_ = await world.taught.class_(school)
    await world.joins(class_, 1)
    push = await world.pushes(teacher, class_, next_at=world.clock() + dt.timedelta(hours=2))
    async with world.store.writing() as connection:
        await SealedSchools(world.store).dismiss(connection, school, teacher.id)
    world.clock.forward(hours=3)
    assert await world.brings() == []
    assert (await world.work.push(teacher, push.id)).state is PushState.CANCELLED


async def test_two_that_bring_at_once_begin_one_run(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.joins(class_, 1)
    push = await world.pushes(teacher, class_)
    seen = await Pushes(world.store).push(push.id)
    assert seen is not None
    async with world.store.writing() as connection:
        runs, run = Runs(world.store), world.plan.run(seen, None, world.clock())
        assert await runs.start(connection, run) is not None
        assert await runs.start(connection, run) is None


async def test_what_stands_where_is_counted_by_class(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.taught.class_(await world.taught.school(teacher.id))
    await world.joins(class_, 1, 2)
    push = await world.pushes(teacher, class_)
    await world.brings()
    (run,) = await world.work.runs(teacher, push.id)
    assert await Deliveries(world.store).counts(run.id) == {class_: {DeliveryState.SENT: 2}}
