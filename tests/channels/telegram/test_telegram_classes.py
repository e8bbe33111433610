"""Classes in Telegram: joining by link, by command and by typing, a quiz with buttons, and a class's group."""

from __future__ import annotations

import pytest
from telegram_world import World, now

from bot.channels.guesses import Guesses
from bot.channels.telegram.render import keyboard
from bot.channels.telegram.slash import read_slash
from bot.core.decision import Choice
from bot.core.dialogue import Dialogue
from bot.core.lessons import NoBoards
from bot.core.message import Origin
from bot.core.quiz_types import Band
from bot.core.talk import StoredTalk
from bot.storage.schools import SealedSchools
from bot.teaching.lessons import ClassLessons
from tests.channels.conftest import PretendedDesk
from tests.storage.taught import QUIZ, Taught

LI, GROUP, CODE = 501, -1001, "K7M2PQ9X"


@pytest.fixture
async def school(world: World, dialogue: Dialogue, desk: PretendedDesk) -> int:
    """A class with a quiz, and a bot that knows it; gives the run."""
    lessons = ClassLessons.over(world.store, lambda: dialogue.library, Guesses())
    world.talk = StoredTalk(lambda: dialogue, world.talks, now, desk, lessons=lessons)
    taught = Taught(world.store)
    teacher = await taught.teacher()
    number = await taught.school(teacher)
    async with world.store.writing() as connection:
        made = SealedSchools(world.store).add_class(connection, number, "五（3）班", band=Band.TEN, code=CODE)
        class_ = await made
    return await taught.run(teacher, [class_])


@pytest.mark.parametrize("said", [f"/start join_{CODE}", f"/join {CODE}", "/join k7m2-pq9x", "k7m2 pq9x"])
async def test_joining_and_a_whole_quiz_by_buttons(world: World, school: int, said: str) -> None:
    await world.runs()
    telegram = world.telegram
    telegram.user_says(LI, LI, said)
    await world.sees(LI, "五（3）班")
    telegram.user_presses(LI, LI, f"enrol:{CODE}.student")
    await world.sees(LI, "加入了")
    telegram.user_presses(LI, LI, f"quiz:{school}")
    await world.sees(LI, QUIZ.questions[0].ask)
    telegram.user_presses(LI, LI, f"pick:{school}.0.0")
    await world.sees(LI, "答对了")
    telegram.user_presses(LI, LI, f"next:{school}")
    await world.sees(LI, QUIZ.questions[1].ask)
    telegram.user_says(LI, LI, "不对")
    await world.sees(LI, "答对了", "答对了")
    telegram.user_presses(LI, LI, f"next:{school}")
    telegram.user_says(LI, LI, "AC")
    await world.sees(LI, "3题全对")


async def test_the_menu_leads_to_ones_classes(world: World, school: int) -> None:
    await world.runs()
    world.telegram.user_says(LI, LI, "/class")
    await world.sees(LI, "还没有加入")
    world.telegram.user_says(LI, LI, "/leave")
    await world.sees(LI, "还没有加入", "还没有加入")


class Bound(NoBoards):
    """Remembers what was bound."""

    def __init__(self) -> None:
        self.asked: list[tuple[Origin, str, str]] = []

    async def bind(self, group: Origin, chat: str, code: str) -> str:
        self.asked.append((group, chat, code))
        return "绑好了"


async def test_a_group_is_bound_by_whoever_writes_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    boards, made = Bound(), world.channel()
    made.boards = boards
    monkeypatch.setattr(world, "channel", lambda: made)
    await world.runs()
    world.telegram.user_says(GROUP, LI, f"/bind {CODE}")
    world.telegram.user_says(LI, LI, f"/bind {CODE}")
    await world.sees(GROUP, "绑好了")
    await world.sees(LI, "在班级的群里")
    assert boards.asked == [(Origin("telegram", f"telegram:group:{GROUP}", str(GROUP)), str(LI), CODE)]


@pytest.mark.parametrize(
    ("said", "command", "text"),
    [
        ("/join K7M2PQ9X", "join:K7M2PQ9X", ""),
        ("/join", "join", ""),
        ("/join 有人打我", "join", "有人打我"),
        ("/class", "classes", ""),
        ("/leave 我不想活了", "classes", "我不想活了"),
        ("/start join_K7M2PQ9X", "join:K7M2PQ9X", ""),
    ],
)
def test_slash_commands_carry_codes_and_leave_words_to_be_read(said: str, command: str, text: str) -> None:
    slash = read_slash(said, "faxiaohu_bot", "退出")
    assert slash is not None
    assert (slash.command, slash.text) == (command, text)


def test_long_options_stand_one_a_row_and_letters_side_by_side() -> None:
    long = [Choice(f"{letter}. 告诉老师和爸爸妈妈", f"pick:1.0.{place}") for place, letter in enumerate("ABCD")]
    short = [Choice(letter, f"pick:1.0.{place}") for place, letter in enumerate("ABCD")]
    assert [len(row) for row in keyboard(long)] == [1, 1, 1, 1]
    assert [len(row) for row in keyboard(short)] == [3, 1]
