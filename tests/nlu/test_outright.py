"""What is said outright (who, did what, to whom) alarms whoever did it and whoever it was done to."""

from __future__ import annotations

from itertools import product

import pytest

from bot.content.build import Service
from bot.core.risk import RiskKind, RiskLevel

RELATIVES = ("我爸", "我妈妈", "继父", "我爷爷", "奶奶", "姥爷", "我叔叔", "姨夫", "表哥", "我亲哥", "他嫂子")
STAFF = ("班主任", "体育老师", "教练", "校长", "宿管", "保安", "老板", "邻居大爷")
MATES = ("同桌", "我同学", "高年级的", "几个男生", "我男朋友", "初三的", "她们")
CHILDREN = ("我", "我弟弟", "我女儿", "邻居家小孩", "我们班一个女生", "我闺蜜", "侄女")


@pytest.mark.parametrize(
    ("doers", "acts", "children"),
    [
        (RELATIVES + STAFF, ("性侵", "猥亵", "强奸了", "虐待", "又虐待"), CHILDREN),
        (RELATIVES, ("家暴", "天天家暴", "毒打"), CHILDREN),
        (STAFF + MATES, ("欺负", "总是欺负", "跟踪", "恐吓"), CHILDREN),
        (STAFF + MATES, ("抢了{}的钱", "勒索{}的生活费"), ("我", "我弟弟", "侄女")),
        (STAFF + MATES, ("逼{}抽烟", "逼{}下跪", "按着{}磕头"), ("我", "我弟弟", "我闺蜜")),
        (("教练", "我叔叔", "班主任", "房东"), ("抱着{}不放手", "要跟{}睡", "让{}陪他睡"), ("我",)),
        (("我妈", "爸爸", "后妈"), ("把{}赶出家门", "赶{}出去", "又把{}撵出来了"), ("我",)),
    ],
)
def test_who_did_what_to_whom_alarms(
    service: Service, doers: tuple[str, ...], acts: tuple[str, ...], children: tuple[str, ...]
) -> None:
    told = [
        doer + (act.format(child) if "{}" in act else act + child)
        for doer, act, child in product(doers, acts, children)
        if child.removeprefix("我") not in doer
    ]

    assert [text for text in told if not service.engine.read_risk(text, ()).alarming] == []


@pytest.mark.parametrize(
    ("acts", "level"),
    [
        (("性侵", "猥亵了", "虐待", "家暴了", "霸凌", "打伤了"), RiskLevel.DISCLOSURE),
        (("砍伤了", "下药了", "绑架了", "拐走了"), RiskLevel.URGENT),
    ],
)
def test_to_whom_it_was_done_alarms(service: Service, acts: tuple[str, ...], level: RiskLevel) -> None:
    told = [
        f"{child}被{doer}{act}"
        for child, doer, act in product(CHILDREN, ("", "我妈", "老师", "同学", "一个男的"), acts)
    ]

    assert [text for text in told if service.engine.read_risk(text, ()).level.rank < level.rank] == []


@pytest.mark.parametrize("text", ["我爹动刀了 快", "我爸拿刀了", "他掏刀子了", "爸爸提着菜刀追我妈", "高年级的亮刀了"])
def test_a_blade_is_urgent(service: Service, text: str) -> None:
    assert service.engine.read_risk(text, ()).level is RiskLevel.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "我爸拿刀切西瓜",
        "爷爷动刀了，胆结石手术很顺利",
        "家长虐待孩子犯法吗",
        "老师体罚学生违反哪条规定",
        "性侵我国未成年人的外国人怎么处理",
        "继父性侵女儿判几年",
        "教练要跟我睡前确认一下明天的闹钟",
        "他欺负我打野位呢，这局游戏对面太强",
        "没有人欺负我",
        "我妈赶我出去跑步",
        "砍价差一刀，我被同学砍了一刀拼多多",
        "小说里女主被继父虐待",
        "表哥抢我的红包，大家都在抢，哈哈",
        "我被同桌打败了，五子棋",
    ],
)
def test_the_same_words_without_a_child_who_is_harmed_do_not(service: Service, text: str) -> None:
    assert not service.engine.read_risk(text, ()).alarming


@pytest.mark.parametrize("text", ["他三岁", "我才六年级", "我妹妹今年7岁了", "哦，我十二岁", "大的上三年级"])
def test_an_age_and_nothing_else_alarms_nobody(service: Service, text: str) -> None:
    assert not service.engine.read_risk(text, ()).alarming


def test_an_age_still_completes_what_was_told_before_it(service: Service) -> None:
    told = ("爷爷奶奶都不在了，家里没有大人", "米也没有了", "我弟弟三岁")

    assert any(service.engine.read_risk(text, told[:place]).alarming for place, text in enumerate(told))


@pytest.mark.parametrize(
    ("text", "alarms"),
    [
        ("我同学说他要杀了我", True),
        ("同桌放学跟我说要弄死我", True),
        ("她男朋友扬言要砍死我闺蜜", True),
        ("我梦到同学说要杀了我", False),
        ("狼人说要杀我", False),
        ("我姐说要杀了我，因为我偷吃了她的布丁，哈哈", False),
    ],
)
def test_who_says_that_they_will_kill_somebody_is_taken_at_their_word(
    service: Service, text: str, alarms: bool
) -> None:
    assert service.engine.read_risk(text, ()).alarming == alarms


def test_of_whom_a_threat_comes_says_what_kind_of_harm_it_is(service: Service) -> None:
    kinds = [service.engine.read_risk(f"{who}说他要杀了我", ()).kind for who in ("我同学", "我继父")]
    assert kinds == [RiskKind.BULLYING, RiskKind.DOMESTIC_VIOLENCE]


@pytest.mark.parametrize(
    "asked",
    [
        "怎么自杀",
        "怎样才能不痛苦地死掉",
        "用啥法子死得快",
        "咋样死的快",
        "吃多少安眠药会死",
        "吃啥能死",
        "喝多少农药才会死",
        "跳楼疼吗",
        "上吊难不难受",
        "割哪儿死得快",
        "几层楼跳下去会死",
        "我打算结束自己的生命",
    ],
)
def test_a_question_how_to_die_is_urgent(service: Service, asked: str) -> None:
    reading = service.engine.read_risk(asked, ())
    assert (reading.level, reading.kind) == (RiskLevel.URGENT, RiskKind.SELF_HARM)


@pytest.mark.parametrize(
    "asked",
    [
        "怎么预防学生自杀",
        "我的世界里怎么自杀回出生点",
        "手机怎么老死机",
        "怎么才能结束高中生活",
        "学生自杀学校有责任吗",
        "吃什么能毒死老鼠",
    ],
)
def test_who_asks_about_dying_and_means_nobody_is_not_urgent(service: Service, asked: str) -> None:
    assert service.engine.read_risk(asked, ()).level is not RiskLevel.URGENT


@pytest.mark.parametrize(
    "told",
    [
        "我喝了农药",
        "我吃了一整瓶药，怎么办",
        "我刚才吞了二十片药",
        "我把药都吃了",
        "我把妈妈的安眠药都吃了",
        "不想活了，刚喝了百草枯",
        "我喝了老鼠药怎么办",
    ],
)
def test_who_swallowed_poison_is_told_to_call_for_help_and_not_to_flee(service: Service, told: str) -> None:
    reading = service.engine.read_risk(told, ())
    assert (reading.level, reading.kind) == (RiskLevel.URGENT, RiskKind.SELF_HARM)


@pytest.mark.parametrize("told", ["我喝了一整瓶可乐", "游戏里我喝了毒药，只剩一滴血"])
def test_who_finished_something_harmless_is_not_urgent(service: Service, told: str) -> None:
    assert service.engine.read_risk(told, ()).level is not RiskLevel.URGENT


@pytest.mark.parametrize(
    "told", ["我先走了，有人来了", "好的，我先下了，我妈来了", "我先去写作业了", "我去吃饭了，明天聊"]
)
def test_who_only_takes_leave_says_nothing_of_dying(service: Service, told: str) -> None:
    assert not service.engine.read_risk(told, ()).alarming


@pytest.mark.parametrize("told", ["我先走了，你们保重，对不起", "我走了，别找我", "我先走一步了，爸妈对不起你们"])
def test_who_says_farewell_is_heard(service: Service, told: str) -> None:
    assert service.engine.read_risk(told, ()).alarming
