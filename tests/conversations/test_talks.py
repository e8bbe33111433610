"""Talks over several turns, as people have them."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace

import pytest

from bot.core.audience import Audience
from bot.core.command import Verb
from bot.core.decision import Abstain, Answer, Clarify, Decision, Handoff, Notice, Support
from bot.core.intent_types import RiskRule
from bot.core.message import Attachment, Origin
from bot.core.risk import RiskLevel
from bot.nlu.risk.detector import RiskDetector
from bot.nlu.risk.rules import RuleBook
from bot.nlu.risk.terms import Groups
from tests.conversations.person import Person


def test_a_question_gets_a_cited_answer_with_steps_and_numbers(person: Person) -> None:
    decision = person.says("压岁钱归谁")

    assert isinstance(decision, Answer)
    assert decision.topic == "home.money"
    assert decision.reply.steps
    assert any(line.cite == "civil:35" for line in decision.reply.law)


def test_more_and_simpler_and_why_lean_on_the_answer_before(person: Person) -> None:
    first = person.says("压岁钱归谁")

    more, simple, why = person.says("更多"), person.says("说简单点"), person.says("为什么？")

    assert {more.topic, simple.topic, why.topic} == {first.topic}
    assert more.reply.lead != first.reply.lead
    assert len(simple.reply.lead) <= 75
    assert why.reply.law


def test_the_second_one_is_the_second_of_what_was_offered(person: Person) -> None:
    person.says("压岁钱归谁")
    offered = person.session.options

    assert person.says("第二个").topic == offered[1]


def test_a_short_sequel_asks_the_same_for_another_age(person: Person) -> None:
    person.says("13岁杀了人要坐牢吗")

    decision = person.says("那要是15岁呢")

    assert decision.topic == "juvenile.criminal_age"
    note = next(n for n in person.dialogue.library.topics["juvenile.criminal_age"].by_age if n.from_ <= 15 <= n.to)
    assert decision.reply.lead.startswith(note.text)


@pytest.mark.parametrize("asked", ["第八条说什么", "决定第8条", "《决定》第八条的内容"])
def test_an_article_of_the_decision_is_reached_by_number_in_its_own_words(person: Person, asked: str) -> None:
    decision = person.says(asked)

    (line,) = decision.reply.law
    assert line.cite == "decision:8"
    assert line.quote is not None
    assert line.quote.startswith("八、")
    assert decision.topic == "juvenile.record_sealing"


def test_an_article_of_another_law_is_glossed_and_its_official_text_named(person: Person) -> None:
    (line,) = person.says("未成年人保护法第三十九条讲了什么").reply.law

    assert (line.cite, line.quote) == ("minors-protection:39", None)
    assert line.official


def test_an_article_that_does_not_exist_is_said_not_to(person: Person) -> None:
    decision = person.says("未成年人保护法第五百条")

    assert isinstance(decision, Notice)
    assert not decision.reply.law


def test_who_asks_about_a_repealed_law_is_told_what_replaced_it(person: Person) -> None:
    decision = person.says("婚姻法规定几岁能结婚")

    assert "《民法典》" in decision.reply.lead
    assert all(not line.cite.startswith("marriage-law") for line in decision.reply.law)


def test_the_reader_is_told_apart_by_words_and_can_be_changed(person: Person) -> None:
    as_parent = person.says("我儿子在学校被欺负了，我做家长的怎么办")
    assert as_parent.audience is Audience.PARENT

    person.presses(Verb.ROLE, "school")

    assert person.says("学生被欺负了怎么处理").audience is Audience.SCHOOL


def test_the_role_is_asked_once(person: Person) -> None:
    first, second = person.says("压岁钱归谁"), person.says("几岁能打暑假工")

    def asks(decision: Decision) -> bool:
        return any(choice.command == "roles" for choice in decision.reply.choices)

    assert asks(first)
    assert not asks(second)


@pytest.mark.parametrize("reader", ["parent", "school"])
def test_an_adult_with_another_matter_is_turned_away_with_a_number_to_call(person: Person, reader: str) -> None:
    person.presses(Verb.ROLE, reader)

    decision = person.says("帮我写一首关于春天的诗")

    assert isinstance(decision, Abstain)
    assert any(line.number == "12348" for line in decision.reply.contacts)


def test_a_child_with_another_matter_is_shown_what_to_ask_and_no_number_for_adults(person: Person) -> None:
    decision = person.says("帮我写一首关于春天的诗")

    assert isinstance(decision, Abstain)
    assert "12348" not in decision.reply.lead
    assert all(line.number != "12348" for line in decision.reply.contacts)
    assert [choice for choice in decision.reply.choices if choice.command.startswith("topic:")]


def test_it_never_loops_when_it_does_not_understand(person: Person) -> None:
    outcomes = [type(person.says(text)) for text in ("唔嗯咯啦呗", "呀哒咪咕", "咚锵嘀嗒", "嗷呜喵汪")]

    assert outcomes[0] in (Abstain, Clarify)
    assert Handoff in outcomes
    assert Clarify not in outcomes[1:]


def test_none_of_these_is_followed_by_another_way_to_say_it(person: Person) -> None:
    person.says("怎么办啊")
    decision = person.presses(Verb.NONE)

    assert isinstance(decision, Abstain)
    assert person.session.failures == 2


def test_a_person_is_not_promised_where_nobody_is_on_duty(person: Person) -> None:
    decision = person.says("转人工")

    assert isinstance(decision, Handoff)
    assert "没有真人" in decision.reply.lead
    assert decision.reply.contacts


@pytest.mark.parametrize(
    "text", ["他现在拿刀追我，我躲在厕所里", "我不想活了，已经把药都买好了", "爸爸喝醉了正在打我妈妈和我"]
)
def test_danger_now_leads_to_110_at_once(person: Person, text: str) -> None:
    decision = person.says(text)

    assert isinstance(decision, Support)
    assert decision.risk.level == "urgent"
    assert {"110", "120", "12356"} & {line.number for line in decision.reply.contacts}


def test_risk_is_read_in_the_middle_of_anything(person: Person) -> None:
    person.says("压岁钱归谁")
    person.says("更多")

    assert isinstance(person.says("继父晚上进我房间摸我"), Support)


def _to_a_bystander(person: Person) -> tuple[str, str]:
    messages = person.dialogue.library.messages
    return messages["support.bystander"], messages["support.bystander_urgent"]


@pytest.mark.parametrize(
    "text",
    [
        "我替同学问，她爸爸摸她身体",
        "帮朋友问，她爸爸打她",
        "我闺蜜被继父摸，我该怎么办",
        "我同学被她爸打",
        "我朋友说她不想活了",
        "我朋友天天跟我说想死",
        "我闺蜜想自杀，我要不要告诉她妈妈",
        "我同学被她爸打，她给我看她身上的伤",
        "我朋友被继父摸，她跟我说不要告诉别人",
        "我室友说她被人威胁要发裸照",
        "我闺蜜偷偷告诉我她被继父摸了",
        "我有个朋友她继父晚上进她房间摸她",
        "我同学的爸爸对她动手动脚",
        "我同桌被几个人打，我应该告诉谁",
        "替别人问，她继父强奸她",
    ],
)
def test_who_tells_of_another_child_is_not_spoken_to_as_if_it_were_they(person: Person, text: str) -> None:
    messages = person.dialogue.library.messages

    decision = person.says(text)

    assert isinstance(decision, Support)
    assert decision.reply.lead in _to_a_bystander(person)
    assert messages["support.bystander_next"] in decision.reply.more
    assert decision.reply.contacts


def test_who_tells_of_another_child_in_danger_now_is_told_to_call_first(person: Person) -> None:
    decision = person.says("帮我同学问，他现在被人拿刀追")

    assert decision.risk.level is RiskLevel.URGENT
    assert decision.reply.lead == person.dialogue.library.messages["support.bystander_urgent"]
    assert decision.reply.contacts[0].number == "110"


@pytest.mark.parametrize(
    "text",
    [
        "我同学打我",
        "我同学被人打，我也被打了",
        "我替同学问，其实是我爸打我",
        "不是替同学问，是我爸摸我",
        "我爸打我",
        "我朋友被逼得跳楼了，我要不要也跟着她去死",
        "我闺蜜被她爸打死了，好想跟她一起死",
        "我同学被人害死了，我应该去死",
        "我好朋友被欺负得自杀了，我不知道该怎么活下去",
        "我替同学问，不想活了怎么办",
        "我朋友的爸爸给我看他的下面",
        "我同学的爸爸给我看黄片，还跟我说不许告诉别人",
        "我同学的爸爸摸下面",
        "我闺蜜她爸叫她走开，然后摸下面",
        "我同学说他有裸照，叫再发几张，不然就发群里",
        "我同桌说他要把照片发群里",
        "我朋友被约出去强奸了，我担心是下一个",
        "我闺蜜被逼着去陪酒，我应该跟她一起去还债",
        "我朋友被他爸打，他爸让我帮他脱衣服",
    ],
)
def test_who_is_harmed_or_may_be_is_spoken_to_as_such(person: Person, text: str) -> None:
    decision = person.says(text)

    assert isinstance(decision, Support)
    assert decision.reply.lead not in _to_a_bystander(person)


def test_an_adult_who_tells_of_a_child_is_answered_as_an_adult(person: Person) -> None:
    person.presses(Verb.ROLE, "parent")

    decision = person.says("帮朋友问，她女儿被继父摸")

    assert isinstance(decision, Support)
    assert decision.reply.lead not in _to_a_bystander(person)


@pytest.mark.parametrize("asked_before", [True, False])
@pytest.mark.parametrize("text", ["有个事不知道该不该说", "我有个秘密", "想跟你说件事", "我想跟你说件事"])
def test_who_only_says_that_there_is_something_to_tell_is_bidden_to_tell_it(
    person: Person, text: str, asked_before: bool
) -> None:
    if asked_before:
        person.says("压岁钱归谁")

    decision = person.says(text)

    assert isinstance(decision, Notice)
    assert decision.reply.lead == person.dialogue.library.messages["chat.concern"]
    assert [choice.command for choice in decision.reply.choices] == [str(Verb.HUMAN)]
    assert not decision.reply.law
    assert person.says("压岁钱归谁").topic == "home.money"


def test_who_cannot_say_it_hears_other_words_each_time_and_then_of_people(person: Person) -> None:
    hesitating = ("我想跟你说件事", "我怕", "就是一直很害怕", "我不知道怎么说")

    replies = [person.says(text).reply for text in hesitating]

    leads = [reply.lead for reply in replies]
    assert len(set(leads[:3])) == 3
    assert all(before != after for before, after in itertools.pairwise(leads))
    assert {"110", "12356"} <= {line.number for line in replies[2].contacts}
    assert all(str(Verb.HUMAN) in {choice.command for choice in reply.choices} for reply in replies)
    assert not any(reply.note for reply in replies)


@pytest.mark.parametrize("text", ["跟我们班几个女生有关", "是我爸", "是老师", "在学校里", "跟我爸妈有关", "我不敢"])
def test_who_tells_it_bit_by_bit_is_shown_no_topics_to_choose_from(person: Person, text: str) -> None:
    person.says("有个事不知道该不该说")

    decision = person.says(text)

    assert isinstance(decision, Notice)
    assert decision.reply.lead == person.dialogue.library.messages["chat.concern_again"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [("压岁钱被我妈拿走了", "home.money"), ("手机被老师收了", "online.phone_school"), ("谢谢", "bot.thanks")],
)
def test_who_then_tells_a_whole_matter_is_answered(person: Person, text: str, topic: str) -> None:
    person.says("有个事不知道该不该说")

    decision = person.says(text)

    assert isinstance(decision, Answer)
    assert decision.topic == topic


def test_who_is_sad_is_not_told_that_it_is_no_matter_of_law(person: Person) -> None:
    assert person.says("我好难过").topic == "help.psychological"

    decision = person.says("我的猫死了")

    assert isinstance(decision, Notice)
    assert decision.reply.lead == person.dialogue.library.messages["chat.concern"]


def test_who_stays_unclear_is_shown_to_a_person_and_then_asked_back(person: Person) -> None:
    texts = ("有个事不知道该不该说", *3 * ["跟我们班几个女生有关"])

    decisions = [person.says(text) for text in texts]

    assert [type(decision) for decision in decisions] == [Notice, Notice, Notice, Clarify]
    assert decisions[2].reply.contacts


def test_who_asks_after_all_is_answered_or_asked_back(person: Person) -> None:
    person.says("有个事不知道该不该说")

    assert isinstance(person.says("跟我们班几个女生有什么关系"), Clarify | Answer)


@pytest.mark.parametrize("text", ["有个秘密，继父摸我", "想跟你说件事，我爸拿皮带打我"])
def test_who_tells_it_at_once_is_heard_at_once(person: Person, text: str) -> None:
    assert isinstance(person.says(text), Support)


def test_an_uneasy_question_is_still_answered(person: Person) -> None:
    for text in ("我好怕，怎么办", "我不想回家"):
        decision = person.says(text)
        assert isinstance(decision, Answer)
        assert decision.reply.note == person.dialogue.library.messages["chat.concern"]


def test_what_is_announced_in_a_group_leads_to_the_private_talk(person: Person) -> None:
    decision = person.says("有个事不知道该不该说", group=True)

    assert decision.reply.lead == person.dialogue.library.messages["chat.group_private"]
    assert not decision.reply.choices


def test_in_a_group_a_disclosure_gets_one_neutral_line(person: Person) -> None:
    decision = person.says("继父晚上进我房间摸我", group=True)

    assert isinstance(decision, Support)
    assert not decision.reply.steps
    assert not decision.reply.contacts
    assert "继父" not in decision.reply.lead


@pytest.mark.parametrize("attachment", [item for item in Attachment if item is not Attachment.NONE])
def test_what_cannot_be_read_is_said_kindly(person: Person, attachment: Attachment) -> None:
    assert isinstance(person.sends(attachment), Notice)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀😀😀",
        "\x00\x01\x02",
        "\u202etxet lortnoc",
        "<script>alert(1)</script>",
        "a" * 100_000,
        "字" * 100_000,
        "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ",
        "Что мне делать",
        "my teacher is mean to me",
        "？？？",
        "12345",
    ],
)
def test_odd_input_gets_a_kind_line(person: Person, text: str) -> None:
    assert person.says(text).reply.lead


def test_the_safe_word_ends_what_was_going_on(person: Person) -> None:
    person.says("压岁钱归谁")

    decision = person.says("停")

    assert isinstance(decision, Notice)
    assert person.session.topic is None


def test_a_disclosure_at_the_end_of_a_very_long_message_is_noticed(person: Person) -> None:
    assert isinstance(person.says("今天天气很好。" * 500 + "继父晚上进我房间摸我，我好害怕"), Support)


@pytest.mark.parametrize(
    ("first", "sequel", "age"),
    [("13岁偷东西会坐牢吗", "14呢", 14), ("能骑电动车吗", "11岁", 11), ("爸妈离婚跟谁", "那他8岁呢", 8)],
)
def test_a_bare_age_asks_the_same_for_that_age(person: Person, first: str, sequel: str, age: int) -> None:
    topic = person.says(first).topic

    decision = person.says(sequel)

    assert decision.topic == topic
    notes = [n.text for n in person.dialogue.library.topics[topic or ""].by_age if n.from_ <= age <= n.to]
    assert any(decision.reply.lead.startswith(note) for note in notes)


def test_a_fragment_is_read_with_the_question_before_it(person: Person) -> None:
    topic = person.says("老师没收手机").topic

    assert person.says("不还呢").topic == topic


@pytest.mark.parametrize(
    ("asked", "cite"),
    [
        ("未保法39条", "minors-protection:39"),
        ("刑法236", "criminal:236"),
        ("刑法17条第三款", "criminal:17"),
        ("治安管理处罚法第二十三条", "public-security:23"),
    ],
)
def test_an_article_is_found_as_people_write_it(person: Person, asked: str, cite: str) -> None:
    assert [line.cite for line in person.says(asked).reply.law] == [cite]


def test_another_article_is_of_the_law_named_before(person: Person) -> None:
    person.says("未成年人保护法第十一条")

    assert [line.cite for line in person.says("那第十二条呢").reply.law] == ["minors-protection:12"]


def test_a_new_matter_after_an_article_does_not_show_the_article_again(person: Person) -> None:
    person.says("第八条说什么")

    assert all(line.cite != "decision:8" for line in person.says("怎么办啊").reply.law)


def test_an_article_of_a_law_not_known_here_is_not_taken_for_our_own(person: Person) -> None:
    assert not person.says("宪法第四十六条").reply.law


@pytest.mark.parametrize("text", ["算了", "算了吧"])
def test_who_gives_up_may_come_back(person: Person, text: str) -> None:
    person.says("爸爸喝醉了打我")

    assert person.says(text).reply.lead == person.dialogue.library.messages["chat.retracted"]


def test_taking_it_back_is_answered_gently_and_the_alarm_stays_remembered(person: Person) -> None:
    person.says("爸爸喝醉了打我")

    decision = person.says("骗你的")

    assert isinstance(decision, Notice)
    assert "110" in decision.reply.lead
    assert person.session.risk == "disclosure"


def test_after_an_alarm_nobody_is_turned_away(person: Person) -> None:
    person.says("爸爸喝醉了打我")

    assert not isinstance(person.says("帮我写一首关于春天的诗"), Abstain)


def test_what_the_law_says_is_one_tap_away_from_a_support_reply(person: Person) -> None:
    decision = person.says("爸爸喝醉了打我")

    assert f"topic:{decision.topic}" in [choice.command for choice in decision.reply.choices]


@pytest.mark.parametrize(
    ("reader", "text", "topic"),
    [
        ("parent", "孩子被同学长期欺负，不敢上学，我该做什么", "parent.child_bullied"),
        ("parent", "我女儿被邻居摸了下面", "parent.child_harmed"),
        ("school", "有学生告诉我她爸爸总打她，我要怎么走强制报告流程", "school.report_steps"),
    ],
)
def test_an_adult_who_tells_of_a_child_is_one_tap_away_from_what_to_do(
    person: Person, reader: str, text: str, topic: str
) -> None:
    person.presses(Verb.ROLE, reader)

    decision = person.says(text)

    assert isinstance(decision, Support)
    assert f"topic:{topic}" in [choice.command for choice in decision.reply.choices]


def test_no_law_of_another_matter_is_offered_to_somebody_in_danger(person: Person) -> None:
    decision = person.says("他晚上来我房间")

    assert isinstance(decision, Support)
    assert decision.topic == "home.privacy"
    assert not [choice for choice in decision.reply.choices if choice.command.startswith("topic:")]


@pytest.mark.parametrize("text", ["救命", "help me", "血止不住", "弟弟掉水里了", "wo xiang si", "my dad hits me"])
def test_a_bare_cry_for_help_is_heard_however_it_is_written(person: Person, text: str) -> None:
    decision = person.says(text)

    assert isinstance(decision, Support)
    assert decision.reply.contacts


@pytest.mark.parametrize("text", ["我是老师", "我是女生", "都不是", "爸爸接我放学", "我在学校", "报警会不会告诉我爸妈"])
def test_saying_who_or_where_one_is_is_no_report(person: Person, text: str) -> None:
    assert not isinstance(person.says(text), Support)


def test_a_message_that_comes_a_second_time_is_not_read_together_with_itself(person: Person) -> None:
    # A rule that only the same words twice make hold, whatever the model has learnt.
    twice = RuleBook((RiskRule(id="twice", level=RiskLevel.DISCLOSURE, all=("转班.*转班",)),), Groups({}, str))
    engine = copy.copy(person.dialogue.understanding)
    engine.risk = RiskDetector(str, twice, None)  # type: ignore[attr-defined]
    person.dialogue = replace(person.dialogue, understanding=engine)
    sent = Origin("web", "web:1", "web:1", "m1")

    first = person.says("我想转班", origin=sent)

    assert not first.risk.alarming
    assert person.says("我想转班", origin=sent).risk == first.risk
    assert person.says("我想转班", origin=replace(sent, delivery="m2")).risk.alarming
