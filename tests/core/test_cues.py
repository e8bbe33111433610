"""Short turns and ages, read from words alone."""

import pytest

from bot.content.build import Service
from bot.core.answer_types import Angle, Answer, CueGroup
from bot.core.audience import Audience
from bot.core.cues import CueReader, age_in


@pytest.fixture(scope="module")
def cues(service: Service) -> CueReader:
    return CueReader(service.cues)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("14岁会坐牢吗", 14),
        ("未满十四岁杀人", 13),
        ("不满8周岁花的钱", 7),
        ("差两天满16岁", 15),
        ("12岁以下杀人", 11),
        ("满16岁可以打工吗", 16),
        ("他13岁我14岁", None),
        ("压岁钱", None),
    ],
)
def test_an_age_that_is_not_reached_is_the_year_before(text: str, age: int | None) -> None:
    assert age_in(text) == age


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("第二点再讲讲", 1),
        ("第3步怎么做?", 2),
        ("第二条是什么意思", 1),
        ("步骤2没看懂", 1),
        ("最后一步", -1),
        ("第二条", None),
        ("第二个", None),
        ("第八条说什么", None),
        ("第二步和第三步", None),
        ("第一次被打怎么办", None),
        ("我上第三中学", None),
    ],
)
def test_a_step_is_asked_about_where_the_message_says_nothing_else(
    cues: CueReader, text: str, place: int | None
) -> None:
    assert cues.step(text) == place


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ("孩子被人骗了钱", Audience.PARENT),
        ("学生打架怎么处理", Audience.SCHOOL),
        ("小学生能带手机吗", None),
        ("爸妈说孩子的钱归他们", Audience.STUDENT),
        ("几岁能打工", None),
    ],
)
def test_weaker_signs_of_who_reads(cues: CueReader, text: str, reader: Audience | None) -> None:
    assert cues.leaning(text) is reader


PREVENTION = {"prevention": CueGroup(any=("预防", "怎么 不被"), none=("已经",))}
ANSWER = Answer(
    short="一般的。",
    angles=(
        Angle(id="before", groups=("prevention",), short="事先的。"),
        Angle(id="dog", cues=("狗",), none=("热狗",), short="狗的。"),
    ),
)


@pytest.mark.parametrize(
    ("texts", "side"),
    [
        (("怎么预防",), "before"),
        (("怎么才能不被骗",), "before"),
        (("已经被骗了怎么预防",), None),
        (("被狗咬了",), "dog"),
        (("吃热狗",), None),
        (("狗咬了", "怎么预防 狗咬了"), "dog"),
        (("压岁钱",), None),
        ((), None),
    ],
)
def test_a_side_is_the_first_that_the_newest_words_hold(texts: tuple[str, ...], side: str | None) -> None:
    found = ANSWER.angle_for(texts, PREVENTION)

    assert (found.id if found else None) == side
