"""Answers that fit the side of a topic that was asked about, and what is asked of an answer afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.audience import Audience
from bot.core.command import Verb
from bot.core.decision import Answer, Clarify, Notice
from bot.core.message import Attachment, Incoming
from bot.core.topical import Thresholds
from tests.conversations.person import Person


@pytest.mark.parametrize(
    ("asked", "topic", "shown"),
    [
        ("被狗咬了谁赔", "safety.accident", ("疫苗", "civil:1245")),
        ("在蹦床公园摔断腿了", "safety.accident", ("后果自负", "civil:1198")),
        ("爸妈离婚了，妈妈想给我改姓", "home.divorce", ("姓", "marriage-interpretation-1:59")),
        ("捡到手机不还会怎样", "juvenile.theft", ("失主", "civil:314")),
        ("学校食堂的菜里有虫子", "school.campus_life", ("馊", "minors-protection:55")),
        ("强制报告的九种情形是什么", "report.mandatory", ("九种", "mandatory-report:4")),
        ("抽卡算赌博吗", "drugs.gambling", ("抽卡", "minors-online:44")),
    ],
)
def test_a_side_of_a_topic_is_answered_first_with_its_own_law(
    person: Person, asked: str, topic: str, shown: tuple[str, str]
) -> None:
    decision, (word, cite) = person.says(asked), shown

    assert decision.topic == topic
    assert word in decision.reply.lead
    assert decision.reply.law[0].cite == cite


def test_who_asks_how_to_prevent_it_is_not_told_what_to_do_after_it(person: Person) -> None:
    person.presses(Verb.ROLE, "parent")

    before = person.says("怎么预防孩子在网上被骗")
    after = person.says("孩子在网上被骗了钱怎么办")

    assert before.topic == after.topic == "online.fraud"
    assert before.reply.steps != after.reply.steps
    assert "110" not in before.reply.lead


def test_the_newest_words_choose_the_side(person: Person) -> None:
    person.says("被车撞了谁赔")

    assert "咬" in person.says("那要是被狗咬了呢").reply.lead


def test_a_change_of_role_keeps_the_side(person: Person) -> None:
    child = person.says("被狗咬了谁赔")

    adult = person.presses(Verb.ROLE, "parent")

    assert "疫苗" in adult.reply.lead
    assert adult.reply.lead != child.reply.lead


def test_the_side_asked_about_is_answered_after_asking_back(person: Person) -> None:
    person.dialogue = replace(person.dialogue, thresholds=Thresholds(answer=1.1, refuse=1.1))
    assert isinstance(person.says("被狗咬了谁赔"), Clarify)

    assert "疫苗" in person.presses(Verb.TOPIC, "safety.accident").reply.lead


def test_said_simply_to_an_adult_the_side_stays(person: Person) -> None:
    person.presses(Verb.ROLE, "parent")
    person.says("被狗咬了谁赔")

    assert "咬" in person.says("说简单点").reply.lead


def test_more_comes_in_points_a_screen_at_a_time_until_there_is_no_more(person: Person) -> None:
    person.says("压岁钱归谁")

    seen = [person.says("更多")]
    while isinstance(seen[-1], Answer):
        seen.append(person.says("更多"))

    *pages, last = seen
    assert isinstance(last, Notice)
    assert any(page.reply.more.count("\n") for page in pages)
    assert all(len(page.reply.more) < 300 and len(page.reply.law) <= 3 for page in pages)
    assert [any(c.command == "more" for c in page.reply.choices) for page in pages] == [True] * (len(pages) - 1) + [
        False
    ]


def test_all_of_a_topics_law_is_seen_who_reads_to_the_end(person: Person) -> None:
    cited = {line.cite for line in person.says("压岁钱归谁").reply.law}
    while isinstance(page := person.says("更多"), Answer):
        cited |= {line.cite for line in page.reply.law}

    assert cited == {ref.cite for ref in person.dialogue.library.topics["home.money"].law}


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("第二点再讲讲", 1),
        ("第2步怎么做", 1),
        ("那第三条是什么意思？", 2),
        ("第三步没看懂", 2),
        ("最后一步怎么弄", -1),
        ("具体说说第一点", 0),
    ],
)
def test_a_step_of_the_answer_is_said_again(person: Person, asked: str, place: int) -> None:
    answer = person.says("压岁钱归谁")

    decision = person.says(asked)

    assert decision.topic == answer.topic
    assert answer.reply.steps[place] in decision.reply.more


def test_a_step_brings_the_numbers_that_it_names(person: Person) -> None:
    person.presses(Verb.ROLE, "parent")
    steps = person.says("孩子偷偷充值游戏几千块能退吗").reply.steps
    place = next(place for place, step in enumerate(steps) if "12345" in step)

    decision = person.says(f"第{place + 1}步怎么做")

    assert "12345" in [line.number for line in decision.reply.contacts]


def test_a_step_that_was_not_is_said_not_to_be(person: Person) -> None:
    person.says("压岁钱归谁")

    decision = person.says("第九点再讲讲")

    assert isinstance(decision, Notice)
    assert not decision.reply.law


def test_after_a_script_no_other_step_is_taken_for_its_own(person: Person) -> None:
    steps = person.says("压岁钱归谁").reply.steps
    person.says("继父晚上进我房间摸我")

    decision = person.says("第二点再讲讲")

    assert steps[1] not in decision.reply.more


def test_an_article_of_that_number_stays_an_article(person: Person) -> None:
    person.says("未成年人保护法第十一条")

    assert [line.cite for line in person.says("第二条说什么").reply.law] == ["minors-protection:2"]


def test_an_article_without_a_whole_gloss_is_said_to_be_shown_in_part(person: Person) -> None:
    library = person.dialogue.library.model_copy(update={"glosses": {}})
    person.dialogue = replace(person.dialogue, library=library)

    part = person.says("民法典第35条")

    assert [line.cite for line in part.reply.law] == ["civil:35"]
    assert "一部分" in part.reply.lead
    assert library.sources["civil"].official.where in part.reply.lead


def test_an_article_with_a_whole_gloss_is_shown_whole(person: Person) -> None:
    gloss = person.dialogue.library.gloss("minors-protection", "39")

    (line,) = person.says("未成年人保护法第39条").reply.law

    assert gloss is not None
    assert line.gist == gloss


@pytest.mark.parametrize(
    ("said", "reader"),
    [
        ("我闺女在班里被孤立怎么办", Audience.PARENT),
        ("我家娃充游戏三千块能退吗", Audience.PARENT),
        ("孩子压岁钱能拿来交学费吗", Audience.PARENT),
        ("班上学生被欺负了怎么处理", Audience.SCHOOL),
        ("家长来投诉老师罚站怎么办", Audience.SCHOOL),
        ("我妈把我压岁钱拿走了", Audience.STUDENT),
        ("老师不让我带手机", Audience.STUDENT),
        ("我妈说孩子的压岁钱归大人", Audience.STUDENT),
        ("压岁钱归谁", Audience.STUDENT),
    ],
)
def test_who_reads_is_heard_from_the_words(person: Person, said: str, reader: Audience) -> None:
    assert person.says(said).audience is reader


def test_who_was_heard_to_be_a_parent_stays_one_for_the_next_button(person: Person) -> None:
    person.says("我家娃的压岁钱归谁")

    assert person.presses(Verb.MORE).audience is Audience.PARENT
    assert person.says("更多").audience in (Audience.PARENT, None)
    assert person.session.audience is None


def test_a_talk_is_kept_and_taken_up_again(person: Person) -> None:
    person.says("我家娃的压岁钱归谁")

    kept = type(person.session).load(person.session.dump())

    assert kept == person.session
    decision, _, _ = person.dialogue.respond(Incoming(text="第一点再讲讲"), kept, person.now())
    assert isinstance(decision, Answer)


def test_an_attachment_after_an_answer_leaves_its_steps(person: Person) -> None:
    steps = person.says("压岁钱归谁").reply.steps
    person.sends(Attachment.PICTURE)

    assert steps[0] in person.says("第一步怎么做").reply.more
