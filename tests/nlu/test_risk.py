"""How the disclosure detector reads: rules and model together, turns together, frames, and why."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from bot.content.build import Service
from bot.content.questions import load_questions
from bot.content.risk_evaluation import load_risk_questions
from bot.core.intent_types import Corpus, Lexicon, RiskContent, RiskExample, RiskRule, TopicIntents
from bot.core.risk import RiskKind, RiskLevel
from bot.nlu.features import Terms
from bot.nlu.keys import blocks, hashed, joined, tagged
from bot.nlu.linear import LinearModel
from bot.nlu.normalise import Normaliser
from bot.nlu.risk.detector import SENTENCE, RiskDetector
from bot.nlu.risk.rules import RuleBook
from bot.nlu.risk.terms import GROUPS, ORDERED, Groups, RiskTerms
from bot.nlu.risk.train import ALARMING, RiskCorpus, train_risk
from bot.nlu.risk.weigh import RiskScale, RiskThresholds
from bot.nlu.train import everyday_questions, normalised

from ..conftest import ROOT


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


def test_a_short_report_does_not_drown_in_talk_of_the_day(service: Service) -> None:
    """Short reports of held-out writers that alarm by themselves, before, after and amid everyday questions."""
    held_out = [item.turns[0] for item in load_risk_questions(ROOT) if item.level in ALARMING and len(item.turns) == 1]
    short = [text for text in held_out if len(text) <= 12 and service.engine.read_risk(text, ()).alarming]
    told = {item.turns for item in load_risk_questions(ROOT)}
    day = [item.text for item in load_questions(ROOT) if (item.text,) not in told]
    mixed = []
    for place, text in enumerate(short):
        first, last = day[place * 17 % len(day)], day[place * 31 % len(day)]
        mixed += [f"{first}。{text}", f"{text}。{last}", f"{first} {text} {last}"]

    lost = [text for text in mixed if not service.engine.read_risk(text, ()).alarming]

    assert len(mixed) > 100
    assert len(lost) < 0.15 * len(mixed), lost[:5]


def test_three_turns_that_only_together_make_a_report_alarm_by_the_third(service: Service) -> None:
    turns = ["有个事不知道该不该说", "是我继父", "他晚上来我房间"]

    readings = [service.engine.read_risk(text, turns[:place]) for place, text in enumerate(turns)]

    assert any(reading.alarming for reading in readings)


def test_a_sentence_begun_and_dropped_is_a_concern_and_no_alarm(service: Service) -> None:
    assert service.engine.read_risk("有个事不知道该不该说", ()).level is RiskLevel.CONCERN


def test_a_harmless_turn_after_an_alarm_raises_no_second_one(service: Service) -> None:
    assert not service.engine.read_risk("谢谢你", ["继父晚上进我房间摸我"]).alarming


def test_the_reading_names_what_decided_and_holds_no_text(service: Service) -> None:
    reading = service.engine.read_risk("继父晚上进我房间摸我", ())

    assert reading.kind is RiskKind.SEXUAL
    assert {"model", "sexual_act", "sexual-by-known"} <= set(reading.why)
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


def test_what_follows_a_turn_to_another_matter_is_read_by_itself() -> None:
    groups = Groups({"aside": ("另外",)}, str)
    starts = RiskRule(id="starts", level=RiskLevel.DISCLOSURE, any=("^他打我",))

    assert RiskDetector(str, RuleBook((starts,), groups), None).read("压岁钱归谁另外他打我").alarming
    assert not RiskDetector(str, RuleBook((starts,), groups), None).read("压岁钱归谁他打我").alarming


def test_a_rule_that_names_an_unknown_group_is_an_error() -> None:
    with pytest.raises(KeyError):
        _detector(HIT.model_copy(update={"all": ("{nobody}",)}))


class _Blanks:
    """Words stand between blanks."""

    def places(self, text: str) -> list[tuple[int, str]]:
        return [(found.start(), found[0]) for found in re.finditer(r"\S+", text)]


def _taught() -> LinearModel:
    told = [("urgent", "现在 打 我"), ("disclosure", "天天 打 我"), ("concern", "好 怕"), ("none", "打 电话 给 我")]
    examples = [
        RiskExample(writer="w", level=RiskLevel(level), kind=None if level == "none" else RiskKind.OTHER, turns=(text,))
        for level, text in told
    ]
    talks = [text for _, text in told]
    model = train_risk(RiskCorpus(examples, talks, ["几 岁 上学", "学费 多少"]), _terms())
    assert model is not None
    return model


def _terms() -> RiskTerms:
    return RiskTerms(Terms(_Blanks(), Lexicon()), Groups({"harm": ("打",), "idiom": ("打电话",), "self": ("我",)}, str))


def _scaled(alarm: float, calm: Callable[[str], bool] = lambda _text: False) -> RiskDetector:
    limits = RiskThresholds(all=2.0, kind=2.0, log_length=0.0, lengths=(), offset=0.0, alarm=alarm)
    book = RuleBook((RiskRule(id="calls", level=RiskLevel.DISCLOSURE, any=("电话",)),), Groups({}, str))
    return RiskDetector(_blanks, book, RiskScale(_taught(), _terms(), ["harm"], limits), calm)


def _blanks(text: str) -> str:
    """Words of one sentence are typed with dashes between them where a blank would end it."""
    return text.replace("-", " ")


def test_an_example_of_an_everyday_topic_that_tells_of_a_child_teaches_no_calm() -> None:
    asked = ("压岁钱归谁", "压岁钱被爸爸拿走还打我", "学费多少")
    examples = [
        RiskExample(writer="w", level=RiskLevel.DISCLOSURE, kind=RiskKind.DOMESTIC_VIOLENCE, turns=(asked[1],)),
        RiskExample(writer="w", level=RiskLevel.NONE, turns=(asked[2],)),
    ]
    risk = RiskContent(ordinary=("home.",), examples=tuple(examples))
    corpus = Corpus(intents={"home.money": TopicIntents(examples={"w": asked})}, risk=risk)
    questions, _ = normalised(corpus, {}, Normaliser(corpus.lexicon))

    everyday = everyday_questions(corpus, questions, [item.turns[0] for item in examples])

    assert [item.text for item in everyday] == ["压岁钱归谁", "学费多少"]


def test_the_model_tells_a_report_from_a_question_and_names_its_evidence() -> None:
    reading = _scaled(0.0).read("天天 打 我")

    assert reading.alarming
    assert reading.why == ("model", "harm")
    assert not _scaled(0.0).read("几 岁 上学").alarming


def test_what_the_model_barely_sees_in_a_calm_question_is_a_concern() -> None:
    def calm(text: str) -> bool:
        return "打" in text

    assert _scaled(3.0, calm).read("天天 打 我").level is RiskLevel.CONCERN
    assert _scaled(3.0).read("天天 打 我").alarming
    assert _scaled(0.0, calm).read("天天 打 我").alarming


def test_a_sentence_is_read_by_itself_where_it_is_surely_a_report() -> None:
    day, report = "几-岁-上学-学费-多少-几-岁-上学-学费-多少", "天天-打-我"
    drowned = f"{day}。{report}"
    whole, sentence = (_scaled(0.0).read(text).score for text in (f"{day}-{report}", report))
    above, below = (_scaled(sentence - SENTENCE + far) for far in (-0.01, 0.01))

    assert whole < sentence - SENTENCE
    assert above.read(drowned).alarming
    assert above.read(drowned).why[0] == "sentence"
    assert not below.read(drowned).alarming


def test_only_short_turns_are_read_together() -> None:
    both = HIT.model_copy(update={"all": ("继父.*房间",)})
    long = "我想问问你们这里平时几点钟上班周末有没有人接电话要不要先预约才行"

    assert _detector(both).read("他晚上来我房间", ["是我继父"]).alarming
    assert not _detector(both).read(f"{long}房间", ["是我继父"]).alarming
    assert not _detector(both).read("他晚上来我房间", [f"{long}继父"]).alarming


def test_a_rule_holds_only_where_the_model_is_near_to_it() -> None:
    assert _scaled(-50.0).read("打 电话 给 我").alarming
    assert not _scaled(50.0).read("打 电话 给 我").alarming


def test_the_longest_word_of_the_lexicon_wins() -> None:
    groups = Groups({"harm": ("打",), "idiom": ("打电话",), "self": ("我",)}, str)

    assert [mark.groups for mark in groups.marks("他打我，打电话")] == [("harm",), ("self",), ("idiom",)]
    assert [mark.clause for mark in groups.marks("他打我,打电话")] == [0, 0, 1]


def test_groups_are_terms_alone_in_pairs_and_in_order() -> None:
    keys = _terms()("他打我")
    harm, self_ = hashed(["harm", "self"])[:, None]
    both = joined(harm, self_)

    expected = tagged({GROUPS: np.concatenate([harm, self_, both]), ORDERED: np.concatenate([harm, self_, both])})
    assert set(keys[blocks(keys) >= GROUPS]) == set(expected)
