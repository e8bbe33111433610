"""How the disclosure detector reads: rules and model together, turns together, frames, and why."""

from __future__ import annotations

import pytest

from bot.content.build import Service
from bot.core.intent_types import RiskRule
from bot.core.risk import RiskKind, RiskLevel
from bot.nlu.risk.detector import RiskDetector
from bot.nlu.risk.rules import RuleBook
from bot.nlu.risk.terms import Groups


@pytest.mark.parametrize(
    "text",
    [
        "同桌打我",
        "我爸喝醉了就打我",
        "继父晚上进我房间摸我",
        "他們天天欺負我",
        "他们天天欺 负 我",
        "我想zisha",
        "我不想活了",
        "网友说不发裸照就把我的照片发给全班",
        "隔壁那个小孩身上总有伤，晚上听见他哭",
    ],
)
def test_a_plain_report_is_noticed(service: Service, text: str) -> None:
    assert service.engine.read_risk(text, ()).alarming


@pytest.mark.parametrize(
    "text",
    [
        "压岁钱归谁",
        "老师可以打学生吗",
        "未成年人几岁负刑事责任",
        "我爸在打游戏",
        "妈妈打电话给老师了",
        "强制报告制度是什么",
        "谢谢你",
        "今天作业好多",
        "无犯罪证明怎么开",
        "没有人欺负我",
    ],
)
def test_an_everyday_question_is_no_report(service: Service, text: str) -> None:
    assert not service.engine.read_risk(text, ()).alarming


def test_three_turns_that_only_together_make_a_report_alarm_by_the_third(service: Service) -> None:
    turns = ["有个事不知道该不该说", "是我继父", "他晚上来我房间"]

    readings = [service.engine.read_risk(text, turns[:place]) for place, text in enumerate(turns)]

    assert any(reading.alarming for reading in readings)


def test_a_harmless_turn_after_an_alarm_raises_no_second_one(service: Service) -> None:
    assert not service.engine.read_risk("谢谢你", ["继父晚上进我房间摸我"]).alarming


def test_the_reading_names_what_decided_and_holds_no_text(service: Service) -> None:
    reading = service.engine.read_risk("继父晚上进我房间摸我", ())

    assert reading.kind is RiskKind.SEXUAL
    assert "sexual-by-known" in reading.why
    assert not any("继父" in reason for reason in reading.why)


def _detector(*rules: RiskRule) -> RiskDetector:
    groups = Groups({"harm": ("打", "揍")}, str)
    return RiskDetector(str, RuleBook(rules, groups), None)


HIT = RiskRule(id="hit", level=RiskLevel.DISCLOSURE, kind=RiskKind.BULLYING, all=("{harm}我",))
STORY = RiskRule(id="story", level=RiskLevel.NONE, any=("小说",))


def test_a_frame_silences_a_rule_unless_it_is_strong() -> None:
    strong = HIT.model_copy(update={"strong": True})

    assert _detector(HIT).read("他打我").level is RiskLevel.DISCLOSURE
    assert _detector(HIT, STORY).read("小说里他打我").level is RiskLevel.NONE
    assert _detector(strong, STORY).read("小说里他打我").level is RiskLevel.DISCLOSURE


def test_a_word_of_none_keeps_a_rule_from_holding() -> None:
    careful = HIT.model_copy(update={"none": ("游戏",)})

    assert not _detector(careful).read("游戏里他打我").alarming


def test_a_long_message_is_read_to_its_end() -> None:
    assert _detector(HIT).read("天气好。" * 1000 + "他揍我").alarming


def test_a_rule_that_names_an_unknown_group_is_an_error() -> None:
    with pytest.raises(KeyError):
        _detector(HIT.model_copy(update={"all": ("{nobody}",)}))
