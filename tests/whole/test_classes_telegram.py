"""Three classes of thirty in Telegram: joining by link, a push, a quiz, a disclosure in its midst, and the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from bot.content.build import Service
from bot.content.load import load_bank
from bot.core.quiz_types import Bank
from tests.conftest import ROOT
from tests.whole.conftest import Place, Serve
from tests.whole.desk import at_desk
from tests.whole.school import SCHOOL, Principal, appointed
from tests.whole.telegram import TOKEN, Telegram
from tests.whole.waiting import eventually

pytestmark = pytest.mark.slow
NAMES, PUPILS, BAND = ("七年级1班", "七年级2班", "八年级1班"), 30, "13-15"
#: How many of each class come to the end of the quiz; the others stop after the first question.
FINISH = (25, 25, 20)
TITLE = "三个小问题"
QUESTIONS = ("online.bank_card/just-lending", "online.fraud/warning-signs", "online.ai_fake/mums-voice")
#: What is chosen by those who are right, and by those who are wrong; every so manieth is wrong.
CHOSEN = (((1,), (0,), 3), ((0, 1, 2), (0, 3), 4), ((2,), (0,), 5))
TOLD = "我爸昨天又用皮带打我，腿上全是印子"
ANSWER = "我是值班的李老师，我在。"
#: Seconds for one round of ninety: Telegram takes thirty messages a second.
ROUND = 90.0


@dataclass(frozen=True, slots=True)
class Pupil:
    """One of a class; ``place`` is counted from 0."""

    class_: int
    place: int

    @property
    def chat(self) -> int:
        return 10_000 * (self.class_ + 1) + self.place

    @property
    def finishes(self) -> bool:
        return self.place < FINISH[self.class_]

    def chooses(self, question: int) -> tuple[int, ...]:
        right, wrong, every = CHOSEN[question]
        return wrong if self.place % every == 0 else right


EVERYBODY = tuple(Pupil(class_, place) for class_ in range(len(NAMES)) for place in range(PUPILS))
FINISHERS = tuple(pupil for pupil in EVERYBODY if pupil.finishes)
#: Who tells of something between the first question and the second.
CHILD = EVERYBODY[3]


@dataclass
class Classroom:
    """What pupils do at the same time, and what each sees of it."""

    telegram: Telegram
    codes: list[str] = field(default_factory=list)
    run: int = 0

    async def all(self, pupils: Collection[Pupil], do: Callable[[Pupil], object], sees: str) -> None:
        """Everybody does something, and is answered once, with these words."""
        since, wanted = len(self.telegram.sent), {pupil.chat for pupil in pupils}
        for pupil in pupils:
            do(pupil)
        await eventually(lambda: Counter(self.answered(since)).keys() >= wanted, ROUND)
        new = self.telegram.sent[since:]
        assert Counter(self.answered(since)) == dict.fromkeys(wanted, 1)
        assert not [message["text"] for message in new if sees not in message["text"]]

    def answered(self, since: int) -> list[int]:
        return [message["chat"]["id"] for message in self.telegram.sent[since:]]

    def follows(self, pupil: Pupil) -> None:
        """Open the link of the class's poster."""
        self.telegram.user_says(pupil.chat, pupil.chat, f"/start join_{self.codes[pupil.class_]}")

    def enrols(self, pupil: Pupil) -> None:
        self._presses(pupil, f"enrol:{self.codes[pupil.class_]}.student")

    def begins(self, pupil: Pupil) -> None:
        self._presses(pupil, f"quiz:{self.run}")

    def goes_on(self, pupil: Pupil) -> None:
        self._presses(pupil, f"next:{self.run}")

    def answers(self, question: int) -> Callable[[Pupil], None]:
        """Type the letters, or press the button where one option is right."""

        def answer(pupil: Pupil) -> None:
            chosen = pupil.chooses(question)
            if question:
                self.telegram.user_says(pupil.chat, pupil.chat, "".join("ABCDE"[place] for place in chosen))
            else:
                self._presses(pupil, f"pick:{self.run}.{question}.{chosen[0]}")

        return answer

    def _presses(self, pupil: Pupil, command: str) -> None:
        self.telegram.user_presses(pupil.chat, pupil.chat, command)


@pytest.fixture
async def place(serve: Serve, telegram: Telegram) -> Place:
    telegram_settings = {"telegram_token": SecretStr(TOKEN), "telegram_api": telegram.url}
    return await serve(quiet_hours="none", rate_per_minute=1000, **telegram_settings)


@pytest.fixture
async def principal(place: Place) -> AsyncIterator[Principal]:
    async with appointed(place.running.address, place.supervisor) as principal:
        yield principal


async def test_ninety_pupils_take_a_quiz_and_nobody_is_named(
    place: Place, telegram: Telegram, principal: Principal, service: Service
) -> None:
    say, bank, room = service.library.messages, load_bank(ROOT), Classroom(telegram)
    classes = [await principal.makes_class(name, BAND) for name in NAMES]
    room.codes = [code for _, code in classes]
    await room.all(EVERYBODY, room.follows, SCHOOL)
    await room.all(EVERYBODY, room.enrols, "身份是学生")

    quiz = await principal.makes_quiz(TITLE, BAND, *QUESTIONS)
    since = len(telegram.sent)
    push = await principal.pushes(quiz, *(number for number, _ in classes))
    await eventually(lambda: Counter(room.answered(since)) == {pupil.chat: 1 for pupil in EVERYBODY}, ROUND)
    room.run = _run(telegram)

    await room.all(EVERYBODY, room.begins, bank.questions[QUESTIONS[0]].ask)
    await room.all(EVERYBODY, room.answers(0), bank.questions[QUESTIONS[0]].explain)
    await _tells(place, telegram, say)
    await room.all(FINISHERS, lambda one: room.begins(one) if one == CHILD else room.goes_on(one), "第2题")
    await room.all(FINISHERS, room.answers(1), bank.questions[QUESTIONS[1]].explain)
    await room.all(FINISHERS, room.goes_on, "第3题")
    await room.all(FINISHERS, room.answers(2), "做完了")

    await principal.ends(push)
    await eventually(lambda: _over(principal, room.run))
    await _counted(principal, room.run, bank)


async def _over(principal: Principal, run: int) -> bool:
    return "已截止" in await principal.results(run)


async def _tells(place: Place, telegram: Telegram, say: dict[str, str]) -> None:
    """One pupil tells of something: it is a case like any other, and its end gives the talk back."""
    telegram.user_says(CHILD.chat, CHILD.chat, TOLD)
    alert = (await eventually(lambda: place.receiver.alerts))[0]
    async with at_desk(place.running.address, place.counsellor) as desk:
        assert await desk.texts(alert.case, "child") == [TOLD]
        await desk.claim(alert.case)
        await desk.answer(alert.case, ANSWER)
        await eventually(lambda: telegram.shown(CHILD.chat, ANSWER))
        await desk.close(alert.case)
        await eventually(lambda: telegram.shown(CHILD.chat, say["support.closed"]))
    assert {each.case for each in place.receiver.alerts} == {alert.case}


async def _counted(principal: Principal, run: int, bank: Bank) -> None:
    turnout, questions, options, _, _ = await principal.tables(run)
    assert [(row[0], row[1], row[2], *row[4:8]) for row in turnout] == [
        (SCHOOL, name, TITLE, PUPILS, PUPILS, many, many) for name, many in zip(NAMES, FINISH, strict=True)
    ]
    right, chosen = Counter[tuple[int, int]](), Counter[tuple[int, int, int]]()
    for pupil in FINISHERS:
        for question in range(len(QUESTIONS)):
            given = pupil.chooses(question)
            right[pupil.class_, question] += given == CHOSEN[question][0]
            chosen.update((pupil.class_, question, option) for option in given)
    every = [(class_, question) for class_ in range(len(NAMES)) for question in range(len(QUESTIONS))]
    asked = [bank.questions[name] for name in QUESTIONS]
    assert [(row[0], row[1], row[2], row[3], row[4]) for row in questions] == [
        (f"{SCHOOL} {NAMES[class_]}", question + 1, asked[question].ask, FINISH[class_], right[class_, question])
        for class_, question in every
    ]
    assert [(row[0], row[1], row[5]) for row in options] == [
        (f"{SCHOOL} {NAMES[class_]}", question + 1, chosen[class_, question, option])
        for class_, question in every
        for option in range(len(asked[question].options))
    ]
    page = await principal.results(run)
    assert f"班里 {len(EVERYBODY)}人 开始做 {len(EVERYBODY)}人 做完 {len(FINISHERS)}人" in page
    assert TOLD not in page
    assert not [pupil for pupil in EVERYBODY if str(pupil.chat) in page]


def _run(telegram: Telegram) -> int:
    """The run that the button under the last push begins."""
    buttons = [button for row in telegram.sent[-1]["keyboard"] for button in row]
    (run,) = {button["callback_data"] for button in buttons if button["callback_data"].startswith("quiz:")}
    return int(run.removeprefix("quiz:"))
