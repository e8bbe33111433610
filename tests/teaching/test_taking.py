"""Joining a class and taking a quiz, as somebody who talks with the service does."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select, update

from bot.channels.guesses import Guesses
from bot.core.command import Verb
from bot.core.decision import Answer, Decision, Notice, Quiz, Support
from bot.core.desk import CaseState, OpenCase, Why
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming, Origin
from bot.core.quiz_types import Band
from bot.core.risk import RiskKind, RiskLevel
from bot.core.talk import StoredTalk
from bot.storage.enrolments import SealedEnrolments
from bot.storage.schools import SealedSchools
from bot.storage.store import Store
from bot.storage.takings import SealedTakings
from bot.storage.talks import SealedTalks
from bot.storage.teaching_tables import enrolment, push_run, school_class, taking, taking_answer
from bot.teaching.lessons import ClassLessons

from ..channels.conftest import PretendedDesk
from ..storage.conftest import Clock
from ..storage.taught import QUIZ, Taught

CODE = "K7M2PQ9X"


@pytest.fixture
def desk() -> PretendedDesk:
    return PretendedDesk()


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Pupil:
    """Somebody who talks: presses buttons by what they say, and types."""

    def __init__(self, talk: StoredTalk, number: int = 7, channel: str = "telegram") -> None:
        self.talk = talk
        self.key = f"{channel}:{number}:{number}"
        self.origin = Origin(channel, self.key, str(number))
        self.shown: Decision = Notice(reply=None)  # type: ignore[arg-type]

    async def says(self, text: str, command: str = "", **how: bool) -> Decision:
        return await self._sends(Incoming(text, command, origin=self.origin, **how))

    async def presses(self, words: str) -> Decision:
        (choice,) = [item for item in self.shown.reply.choices if words in item.label]
        return await self.sends(choice.command)

    async def sends(self, command: str, **how: bool) -> Decision:
        return await self._sends(Incoming(command=command, origin=self.origin, **how))

    async def _sends(self, incoming: Incoming) -> Decision:
        self.shown = await self.talk.respond(self.key, incoming)
        assert all(len(choice.command.encode()) <= 64 for choice in self.shown.reply.choices)
        return self.shown

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.shown.reply.choices]

    @property
    def read(self) -> str:
        return f"{self.shown.reply.lead}\n{self.shown.reply.more}"


class School:
    """A class with a code and a quiz that goes on."""

    def __init__(self, store: Store, dialogue: Dialogue, desk: PretendedDesk) -> None:
        self.store, self.taught = store, Taught(store)
        lessons = ClassLessons.over(store, lambda: dialogue.library, Guesses(5, 100))
        talks = SealedTalks(store, dt.timedelta(hours=2))
        self.talk = StoredTalk(lambda: dialogue, talks, store.now, desk, lessons=lessons)

    async def opens(self) -> None:
        self.teacher = await self.taught.teacher()
        school = await self.taught.school(self.teacher)
        async with self.store.writing() as connection:
            made = SealedSchools(self.store).add_class(connection, school, "五（3）班", band=Band.TEN, code=CODE)
            self.class_ = await made
        self.run = await self.taught.run(self.teacher, [self.class_])

    async def pupil(self, number: int = 7) -> Pupil:
        pupil = Pupil(self.talk, number)
        await pupil.sends(f"enrol:{CODE}.student")
        return pupil

    async def count(self, table: object) -> int:
        async with self.store.reading() as connection:
            counted = select(func.count()).select_from(table)  # type: ignore[arg-type]
            return int((await connection.execute(counted)).scalar_one())


@pytest.fixture
async def school(store: Store, dialogue: Dialogue, desk: PretendedDesk) -> School:
    made = School(store, dialogue, desk)
    await made.opens()
    return made


@pytest.mark.parametrize("typed", [CODE, "k7m2-pq9x", "k7m2 pq9x"])
async def test_a_typed_code_asks_once_as_whom_one_joins(school: School, typed: str) -> None:
    li = Pupil(school.talk)
    await li.says(typed)
    assert "五（3）班" in li.read
    assert await school.count(enrolment) == 0
    await li.presses("学生")
    assert await school.count(enrolment) == 1
    assert any(QUIZ.title in label for label in li.labels)


async def test_a_parent_joins_as_a_parent_and_sees_no_pupils_quiz(school: School) -> None:
    ma = Pupil(school.talk)
    await ma.sends(f"join:{CODE}")
    await ma.presses("家长")
    assert "家长" in ma.read
    assert not any(QUIZ.title in label for label in ma.labels)
    await ma.sends(f"quiz:{school.run}")
    assert not isinstance(ma.shown, Quiz)


async def test_wrong_codes_are_refused_and_after_a_few_not_even_tried(school: School) -> None:
    thief = Pupil(school.talk, 66)
    for _ in range(5):
        await thief.sends("join:B4C6D8F9")
        assert "没有找到" in thief.read
    await thief.sends(f"enrol:{CODE}.student")
    assert "没有找到" not in thief.read
    assert await school.count(enrolment) == 0
    assert (await (await school.pupil(8)).says("我的班级")).reply.lead.count("五（3）班") == 1


async def test_the_right_code_is_never_counted_as_a_guess(school: School) -> None:
    li = Pupil(school.talk)
    for _ in range(12):
        await li.sends(f"join:{CODE}")
    assert "五（3）班" in li.read


async def test_leaving_is_one_tap(school: School) -> None:
    li = await school.pupil()
    await li.sends("classes")
    await li.presses("退出")
    assert await school.count(enrolment) == 0
    await li.sends(f"leave:{school.class_}")
    assert "不在" in li.read


async def test_deleting_the_chat_leaves_every_class_and_erases_the_answers(school: School) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    await li.says("A")
    await school.talk.forget(li.key, asked=True)
    assert [await school.count(table) for table in (enrolment, taking, taking_answer)] == [0, 0, 0]


async def test_a_quiz_is_taken_by_buttons_to_its_end(school: School) -> None:
    li = await school.pupil()
    await li.presses(QUIZ.title)
    assert isinstance(li.shown, Quiz)
    assert QUIZ.questions[0].ask in li.read
    await li.presses("每天多带一块给他")
    assert "以为给了他就会停" in li.read
    assert "告诉老师和爸爸妈妈" in li.read
    assert "第三十九条" in li.read
    await li.presses("下一题")
    await li.presses("B. 不对")
    assert "答对了" in li.read
    await li.presses("下一题")
    await li.presses("A. ")
    await li.presses("B. ")
    await li.presses("☑ B. ")
    await li.presses("C. ")
    await li.presses("选好了")
    assert "2题" in li.read
    taken = await SealedTakings(school.store).taking(school.run, li.key)
    assert taken is not None
    assert taken.finished
    assert taken.chosen == {0: (1,), 1: (1,), 2: (0, 2)}
    assert [choice.command for choice in li.shown.reply.choices] == ["topic:bullying.victim"]


@pytest.mark.parametrize("typed", [("A", "不对", "AC"), ("第一个", "错", "A、C"), ("选a", "b。", "1和3")])
async def test_typed_answers_count(school: School, typed: tuple[str, ...]) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    for words in typed:
        await li.says(words)
        await li.says("下一题")
    taken = await SealedTakings(school.store).taking(school.run, li.key)
    assert taken is not None
    assert (taken.finished, taken.right) == (True, 3)


async def test_the_words_of_an_option_count_too(school: School) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    await li.says("告诉老师和爸爸妈妈")
    assert "答对了" in li.read


async def test_any_other_message_is_answered_as_always_and_the_quiz_waits(school: School) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    answered = await li.says("压岁钱归谁")
    assert isinstance(answered, Answer)
    # What is typed now belongs to that answer, not to the quiz.
    await li.says("第二个")
    assert await school.count(taking_answer) == 0
    await li.presses("接着答题")
    assert QUIZ.questions[0].ask in li.read
    await li.says("A")
    assert await school.count(taking_answer) == 1


async def test_a_disclosure_in_the_middle_is_handled_as_anywhere(school: School, desk: PretendedDesk) -> None:
    desk.opens()
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    assert isinstance(await li.says("我爸昨天又打我，我身上都是伤"), Support)
    assert len(desk.filed) == 1
    assert not any("答题" in label for label in li.labels)
    # A yes to what was asked then is no answer to the quiz.
    await li.says("对")
    assert await school.count(taking_answer) == 0


@pytest.mark.parametrize("words", ["继续答题", "下一题", "继续", "接着答题"])
async def test_after_a_disclosure_the_quiz_goes_on_where_they_ask_for_it(
    school: School, desk: PretendedDesk, words: str
) -> None:
    desk.opens()
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    await li.says("我爸昨天又打我，我身上都是伤")
    await li.says("好的")
    assert not any("答题" in label for label in li.labels)
    await li.says(words)
    assert QUIZ.questions[0].ask in li.read
    await li.says("A")
    assert await school.count(taking_answer) == 1


async def test_the_safe_word_after_a_disclosure_in_a_quiz_is_no_pause_of_it(
    school: School, desk: PretendedDesk
) -> None:
    desk.opens()
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    await li.says("我爸昨天又打我，我身上都是伤")
    await li.says("停")
    assert not any("答题" in label for label in li.labels)


async def test_words_behind_a_command_are_remembered_and_filed_with_a_disclosure(
    school: School, desk: PretendedDesk
) -> None:
    desk.opens()
    li = await school.pupil()
    await li.says("我妈妈的电话写在本子上", command="classes")
    await li.says("我爸昨天又打我，我身上都是伤")
    ((report, _origin),) = desk.filed
    assert report.texts[0] == "我妈妈的电话写在本子上"


async def test_what_is_said_to_a_person_on_duty_is_no_answer(school: School, desk: PretendedDesk) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    at = school.store.now()
    desk.takes(OpenCase(1, RiskLevel.DISCLOSURE, RiskKind.OTHER, CaseState.TAKEN, at))
    await li.says("A")
    desk.takes(OpenCase(1, RiskLevel.DISCLOSURE, RiskKind.OTHER, CaseState.TAKEN, at, attended=False))
    await li.says("A")
    assert await school.count(taking_answer) == 0
    assert len(desk.filed) == 2


async def test_an_answer_to_a_quiz_is_none_to_a_question_of_the_card_before_it(
    school: School, desk: PretendedDesk
) -> None:
    desk.takes(OpenCase(1, RiskLevel.DISCLOSURE, RiskKind.OTHER, CaseState.WAITING, school.store.now()))
    li = await school.pupil()
    await li.sends("tell:safe")
    await li.sends(f"quiz:{school.run}")
    await li.says("是的")
    assert Why.SAFE not in [report.why for report, _ in desk.filed]


async def test_stopping_keeps_the_place(school: School) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    await li.says("A")
    await li.says("下一题")
    await li.says("先不答了")
    await li.presses("接着答题")
    assert "第2题" in li.read


@pytest.mark.parametrize("words", ["停", "退出"])
async def test_who_stops_a_quiz_has_not_left_the_people_on_duty(
    school: School, desk: PretendedDesk, words: str
) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    desk.takes(OpenCase(1, RiskLevel.DISCLOSURE, RiskKind.OTHER, CaseState.WAITING, school.store.now()))
    await li.says(words)
    assert "接着答题" in " ".join(li.labels)
    ((report, _origin),) = desk.filed
    assert (report.why, report.texts) == (Why.SAID, (words,))


async def test_a_quiz_is_resumed_after_the_talk_was_forgotten_by_time(school: School, clock: Clock) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    await li.says("A")
    clock.forward(hours=5)
    await li.sends(f"quiz:{school.run}")
    assert "第2题" in li.read


@pytest.mark.parametrize(
    "command", ["pick:{run}.0.1", "pick:{run}.2.0", "pick:{run}.1.7", "pick:{run}.9.9", "done:{run}.1"]
)
async def test_old_doubled_and_strange_buttons_change_nothing(school: School, command: str) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    await li.says("A")
    await li.sends(command.format(run=school.run))
    assert li.read.strip()
    assert await school.count(taking_answer) == 1


@pytest.mark.parametrize(
    "command",
    ["quiz:999", "quiz:", "quiz:x", "pick:1", "pick:..", "mark:1.1", "done:1", "next:", "leave:x", "join:", "enrol:x",
     f"enrol:{CODE}.school", f"enrol:{CODE}", "pick:1.2.3.4", "quiz:99999999999999999999", "pick:1.0.-1"],
)  # fmt: skip
async def test_made_up_commands_get_a_kind_line(school: School, command: str) -> None:
    li = Pupil(school.talk)
    assert isinstance(await li.sends(command), Notice)
    assert li.read.strip()
    assert [await school.count(table) for table in (enrolment, taking)] == [0, 0]


@pytest.mark.parametrize("verb", Verb)
async def test_every_verb_with_any_value_gets_an_answer(school: School, verb: Verb) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    for value in ("", ":", "x", "-1", "1.1", f"{school.run}.0", "9" * 40, "{x}", "\0", "👧", "a" * 20_000):
        await li.sends(f"{verb}:{value}")
        assert li.read.strip()


async def test_a_strangers_button_answers_nothing(school: School) -> None:
    await school.pupil(7)
    stranger = Pupil(school.talk, 9)
    await stranger.sends(f"pick:{school.run}.0.0")
    assert await school.count(taking) == 0


async def test_after_the_end_no_answer_is_taken(school: School, clock: Clock) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    clock.forward(hours=49)
    await li.sends(f"pick:{school.run}.0.0")
    assert "收了" in li.read
    async with school.store.writing() as connection:
        await connection.execute(update(push_run).values(closes_at=clock() + dt.timedelta(hours=1), closed_at=clock()))
    await li.sends(f"quiz:{school.run}")
    assert "收了" in li.read
    assert await school.count(taking_answer) == 0


async def test_a_finished_quiz_is_taken_once(school: School) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    for words in ("A", "不对", "AC"):
        await li.says(words)
        await li.says("下一题")
    await li.sends(f"quiz:{school.run}")
    assert "做完" in li.read
    await li.sends(f"pick:{school.run}.0.1")
    assert await school.count(taking) == 1
    assert await school.count(taking_answer) == 3


async def test_the_quiz_of_an_archived_class_is_gone(school: School, clock: Clock) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    async with school.store.writing() as connection:
        await connection.execute(update(school_class).values(archived_at=clock()))
    await li.sends(f"pick:{school.run}.0.0")
    assert await school.count(taking_answer) == 0
    assert await SealedEnrolments(school.store).of_talk(li.key) == []


async def test_in_a_group_nothing_of_a_quiz_is_answered(school: School) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}", group=True)
    assert isinstance(li.shown, Notice)
    assert "私聊" in li.read
    await li.says(CODE, group=True)
    assert await school.count(taking) == 0


async def test_done_before_anything_was_marked_asks_for_a_choice(school: School) -> None:
    li = await school.pupil()
    await li.sends(f"quiz:{school.run}")
    for words in ("A", "不对"):
        await li.says(words)
        await li.says("下一题")
    await li.presses("选好了")
    assert "还没有选" in li.read
    assert await school.count(taking_answer) == 2
