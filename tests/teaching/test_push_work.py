"""Who may push what to whom, and what is refused before anything is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.core.audience import Audience
from bot.core.posting import Spoken
from bot.storage.audit import AuditLog
from bot.storage.chat_links import ChatLinks
from bot.storage.engine import make_engine
from bot.storage.push_types import PushKind, PushState
from bot.storage.schema import upgrade
from bot.storage.staff_tables import staff
from bot.storage.store import Store
from bot.storage.vault import Vault
from bot.teaching.by_chat import ByChat
from bot.teaching.chat_results import ChatResults
from bot.teaching.classes import Classes
from bot.teaching.errors import TeachingError
from bot.teaching.push_check import PushError
from bot.teaching.results import ClassResults
from bot.teaching.studio import Studio

from ..storage.conftest import Clock
from .pushed import LIBRARY, QUIZ, World, addresses

NOTICE: dict[str, Any] = {"kind": PushKind.NOTICE, "subject": "", "title": "通知", "text": "周五有普法课"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    address = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    clock = Clock()
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)
    yield World(store, clock)
    await store.close()


async def test_only_the_vice_principal_of_its_school_pushes_to_a_class(world: World) -> None:
    teacher, other = await world.teacher("chen"), await world.teacher("wang")
    class_ = await world.class_(await world.taught.school(teacher.id))
    with pytest.raises(TeachingError) as refused:
        await world.pushes(other, class_)
    assert refused.value.key == "teach_push.classes"
    push = await world.pushes(teacher, class_)
    for act in (world.work.pause, world.work.cancel, world.work.push, world.work.approve):
        with pytest.raises(TeachingError):
            await act(other, push.id)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"subject": "no-such-quiz"}, "no_quiz"),
        ({"subject": "own:77"}, "no_quiz"),
        ({"subject": ""}, "quiz_unchosen"),
        ({"kind": PushKind.TOPIC, "subject": ""}, "topic_unchosen"),
        ({"kind": PushKind.TOPIC, "subject": "no.topic"}, "no_topic"),
        (NOTICE | {"text": "  "}, "notice_empty"),
        (NOTICE | {"text": "长" * 801}, "text_too_long"),
        ({"title": "长" * 41}, "title_too_long"),
        (NOTICE | {"text": "李小明没来，请打１３８００１３８０００"}, "personal"),
        ({"text": "有事打 138 0013 8000"}, "personal"),
        ({"readers": ()}, "readers"),
        ({"close_hours": 0}, "close_hours"),
        ({"close_hours": 24, "remind_hours": 24}, "remind_hours"),
        (NOTICE | {"remind_hours": 2}, "remind_what"),
        ({"weekly": True, "until": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "until"),
        ({"next_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}, "too_far"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence(world: World, changes: Any, key: str) -> None:
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id))
    with pytest.raises(TeachingError) as refused:
        await world.pushes(teacher, class_, **changes)
    assert refused.value.key == f"teach_push.{key}"
    assert refused.value.key in LIBRARY.messages
    assert await world.work.mine(teacher) == []


async def test_all_that_cannot_be_is_told_together(world: World) -> None:
    teacher = await world.teacher()
    with pytest.raises(PushError) as refused:
        await world.pushes(teacher, subject="", readers=(), close_hours=999)
    told = ("quiz_unchosen", "classes", "readers", "close_hours")
    assert refused.value.keys == tuple(f"teach_push.{key}" for key in told)


async def test_with_two_people_a_push_goes_out_once_another_approves(world: World) -> None:
    world.two_people = True
    teacher, second, stranger = [await world.teacher(name) for name in ("chen", "wang", "zhao")]
    class_ = await world.class_(await world.taught.school(teacher.id, second.id))
    await world.joins(class_, 1)
    push = await world.pushes(teacher, class_, **NOTICE)
    assert push.state is PushState.ASKED
    assert await world.brings() == []
    for nobody in (teacher, stranger):
        with pytest.raises(TeachingError):
            await world.work.approve(nobody, push.id)
    assert [item.id for item in await world.work.to_approve(second)] == [push.id]
    approved = await world.work.approve(second, push.id)
    assert (approved.state, approved.approved_by) == (PushState.SCHEDULED, second.id)
    assert addresses(await world.brings()) == ["1"]


async def test_what_was_sent_back_or_changed_is_approved_anew(world: World) -> None:
    world.two_people = True
    teacher, second = await world.teacher("chen"), await world.teacher("wang")
    class_ = await world.class_(await world.taught.school(teacher.id, second.id))
    push = await world.pushes(teacher, class_, **NOTICE)
    await world.work.send_back(second, push.id)
    assert (await world.work.submit(teacher, push.id)).state is PushState.ASKED
    later = world.clock() + dt.timedelta(days=3)
    await world.work.change(teacher, push.id, world.draft(class_, **NOTICE, next_at=later))
    await world.work.approve(second, push.id)
    changed = await world.work.change(teacher, push.id, world.draft(class_, **(NOTICE | {"text": "改了"})))
    assert (changed.state, changed.approved_by) == (PushState.ASKED, None)


async def test_a_supervisor_approves_and_pushes_nothing(world: World) -> None:
    world.two_people = True
    teacher, boss = await world.teacher("chen"), await world.teacher("zhou")
    async with world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == boss.id).values(role="supervisor"))
    boss = await world.member(boss.id)
    class_ = await world.class_(await world.taught.school(teacher.id))
    push = await world.pushes(teacher, class_)
    assert (await world.work.approve(boss, push.id)).state is PushState.SCHEDULED
    with pytest.raises(TeachingError):
        await world.pushes(boss, class_)


async def test_what_went_out_is_changed_no_more_and_may_be_cancelled_twice(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id))
    push = await world.pushes(teacher, class_)
    await world.brings()
    with pytest.raises(TeachingError) as refused:
        await world.work.change(teacher, push.id, world.draft(class_))
    assert refused.value.key == "teach_push.went_out"
    await world.work.cancel(teacher, push.id)
    assert (await world.work.cancel(teacher, push.id)).state is PushState.CANCELLED
    with pytest.raises(TeachingError):
        await world.work.resume(teacher, push.id)


async def test_a_changed_push_goes_in_its_new_order_also_to_classes_that_it_kept(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    one, two, three = [await world.class_(school, name) for name in ("一班", "二班", "三班")]
    for chat, class_ in enumerate((one, two, three)):
        await world.joins(class_, chat)
    push = await world.pushes(teacher, one, two, next_at=world.clock() + dt.timedelta(hours=1))
    changed = await world.work.change(teacher, push.id, world.draft(three, two, one))
    assert changed.classes == (three, two, one)
    assert [item.address for item in await world.brings()] == ["2", "1", "0"]


async def test_a_push_that_was_paused_over_its_time_goes_out_when_it_goes_on(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id))
    await world.joins(class_, 1)
    push = await world.pushes(teacher, class_, next_at=world.clock() + dt.timedelta(hours=1))
    await world.work.pause(teacher, push.id)
    world.clock.forward(hours=4)
    assert await world.brings() == []
    await world.work.resume(teacher, push.id)
    assert addresses(await world.brings()) == ["1"]


class Drawn:
    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    async def __call__(self, chat: str, png: bytes) -> None:
        self.sent.append((chat, png))


def principals(world: World) -> ByChat:
    results = ChatResults(ClassResults(world.store, lambda: LIBRARY), Studio(), world.words, Drawn())
    return ByChat(Classes(world.store, AuditLog(world.store)), world.work, world.words, results)


async def linked(world: World, member: int, chat: str) -> None:
    async with world.store.writing() as connection:
        await ChatLinks(world.store).keep(connection, member, chat, "Telegram")


async def test_a_vice_principal_sends_a_quiz_with_a_few_taps(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id), "五（3）班")
    await world.joins(class_, *range(1, 6))
    await linked(world, teacher.id, "900")
    chat = principals(world)
    classes = await chat.ask("900", "myclasses")
    assert "五（3）班" in classes.text
    new = await chat.ask("900", "new")
    quizzes = await chat.ask("900", new.choices[0].command)
    (chosen,) = [each for each in quizzes.choices if each.command.endswith(f":{QUIZ}")]
    confirm = await chat.ask("900", chosen.command)
    assert all(len(f"vp:{each.command}".encode()) <= 64 for each in (*quizzes.choices, *confirm.choices))
    await chat.ask("900", confirm.choices[0].command)
    twice = await chat.ask("900", confirm.choices[0].command)
    assert addresses(await world.brings()) == ["1", "2", "3", "4", "5"]
    (push,) = await world.work.mine(teacher)
    assert push.readers == (Audience.STUDENT,)
    await chat.ask("900", twice.choices[0].command)
    assert (await world.work.push(teacher, push.id)).state is PushState.PAUSED
    listed = await chat.ask("900", "push")
    assert {each.command for each in listed.choices} == {"new", f"r:{push.id}", f"x:{push.id}"}
    sure = await chat.ask("900", f"x:{push.id}")
    await chat.ask("900", sure.choices[0].command)
    assert (await world.work.push(teacher, push.id)).state is PushState.CANCELLED


async def test_classes_get_it_in_the_order_in_which_they_were_tapped(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    classes = {name: await world.class_(school, name) for name in ("一班", "二班", "三班")}
    for chat, class_ in enumerate(classes.values(), 1):
        await world.joins(class_, chat)
    await linked(world, teacher.id, "900")
    chat, say = principals(world), LIBRARY.messages

    async def tap(spoken: Spoken, label: str) -> Spoken:
        (found,) = [each.command for each in spoken.choices if each.label.endswith(label)]
        return await chat.ask("900", found)

    first = await tap(await chat.ask("900", "new"), "三班")
    more = await tap(first, say["teach_push.chat_more"])
    assert "先发三班" in more.text
    assert {each.label[-2:] for each in more.choices} == {"一班", "二班"}
    confirm = await tap(await tap(more, "一班"), (await world.shelf.quiz(teacher.id, QUIZ)).title)
    assert "三班、一班（按这个次序）" in confirm.text
    sent = await tap(confirm, say["teach_push.chat_now"])
    assert "三班、一班（按这个次序）" in sent.text
    assert [item.address for item in await world.brings()] == ["3", "1"]


async def test_before_a_quiz_is_sent_the_chat_tells_how_many_get_it_and_what_speaks_against_it(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id), "五（3）班")
    await world.joins(class_, 1, 2, 3)
    await linked(world, teacher.id, "900")
    chat, say = principals(world), LIBRARY.messages
    confirm = await chat.ask("900", f"q:{class_}:bullying-parents")
    assert say["teach_push.many_parent"].format(count=0) in confirm.text
    assert say["teach_own.band_parents"] in confirm.text
    assert [each.label for each in confirm.choices][:2] == [say["teach_push.chat_other"], say["teach_push.chat_now"]]
    assert confirm.choices[0].command == f"c:{class_}"
    await chat.ask("900", confirm.choices[1].command)
    assert [push.readers for push in await world.work.mine(teacher)] == [(Audience.PARENT,)]


async def test_no_more_classes_are_offered_than_a_button_has_room_for(world: World) -> None:
    teacher = await world.teacher()
    school = await world.taught.school(teacher.id)
    for number in range(12):
        await world.class_(school, f"{number}班")
    await linked(world, teacher.id, "900")
    chat, say = principals(world), LIBRARY.messages
    quizzes = await chat.ask("900", (await chat.ask("900", "new")).choices[0].command)
    while quizzes.choices[-1].label == say["teach_push.chat_more"]:
        further = await chat.ask("900", quizzes.choices[-1].command)
        quizzes = await chat.ask("900", further.choices[-1].command)
    assert say["teach_push.chat_full"] in quizzes.text
    for quiz in quizzes.choices:
        confirm = await chat.ask("900", quiz.command)
        assert all(len(f"vp:{each.command}".encode()) <= 64 for each in (quiz, *confirm.choices))


async def test_nobody_else_and_no_old_button_does_anything(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id))
    await linked(world, teacher.id, "900")
    chat = principals(world)
    assert (await chat.ask("901", "myclasses")).text == LIBRARY.messages["teach_push.chat_unknown"]
    no_class = ("c:abc", f"c:{class_},", "new:99")
    for old in ("p:99", "go:9:x:now", f"go:{class_}:no-quiz:now", "nonsense", *no_class, "res:1", "xx:"):
        assert (await chat.ask("900", old)).text
    assert await world.work.mine(teacher) == []


async def test_results_are_told_where_five_finished_and_nowhere_else(world: World) -> None:
    teacher = await world.teacher()
    class_ = await world.class_(await world.taught.school(teacher.id), "五（3）班")
    await linked(world, teacher.id, "900")
    run = await world.taught.run(teacher.id, [class_])
    await world.taught.takes(run, class_, *[("1", "0", "1,2")] * 4)
    chat = principals(world)
    listed = await chat.ask("900", "results")
    assert listed.choices[0].command == f"res:{run}"
    few = await chat.ask("900", f"res:{run}")
    assert few.text == LIBRARY.messages["teach_push.chat_few"].format(name="五（3）班")
