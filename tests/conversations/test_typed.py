"""What children type in place of pressing a button, and what only looks like it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.command import Verb
from bot.core.decision import Answer, Handoff, Relayed, Support
from bot.core.desk import CaseState, EndedCase, OpenCase, Report, Standing, Why
from bot.core.dialogue import Dialogue
from bot.core.risk import RiskKind, RiskLevel
from tests.conversations.test_desk_talk import DISCLOSURE, URGENT, WITH_DESK, Child

STATES = (CaseState.WAITING, CaseState.TAKEN)
UNSAFE = (
    "我不安全", "我现在不安全", "不安全", "现在不安全！", "我现在很不安全", "我这里不安全", "我还不安全",
    "我不安全啊",
    "我一点都不安全", "老师，我不安全", "我在家不安全", "我觉得不安全", "真的不安全", "嗯，不安全", "我感觉很不安全",
)  # fmt: skip
SAFE = (
    "我现在安全", "我安全", "安全", "我现在安全了", "我很安全", "我已经安全了", "现在安全", "我安全到家了",
    "嗯，我安全", "我是安全的", "老师我现在很安全", "我暂时安全",
)  # fmt: skip
OUTSIDERS = (
    "不要让我们学校的人看到", "别让我们老师知道", "别告诉我们学校的赵老师", "不要让学校知道",
    "不要让我们学校的老师看到", "别告诉班主任", "千万别告诉老师", "求你别告诉我们班主任", "不要跟我们老师说",
    "不想让学校知道", "能不能不告诉学校", "可以不让学校知道吗",
    "千万不能让学校知道", "别让教导主任知道好吗", "换个人，不要学校的老师", "不要学校的人来", "别告訴老師",
)  # fmt: skip
NEVER = (
    "先别给我写", "别给我发消息", "别给我写信", "不要给我发消息", "先不要给我写", "你们先别给我发信息", "别联系我",
    "你先别给我写信", "暂时不要给我发信息", "先不用给我写", "请不要给我发消息", "别给我写了",
)  # fmt: skip
EVENING = ("晚上再写", "晚上给我写", "晚上再给我写", "晚上写信", "等晚上再发", "今天晚上给我发消息", "晚上再联系我")
BYSTANDER = (
    "我是替别人问的", "我替同学问的", "我是帮朋友问的", "我是替我同学问的", "替别人问的", "我只是帮我同桌问一下",
    "其实我是替朋友问的", "我是帮别人问问", "不是我，是我同学", "我是替室友来问的", "帮闺蜜问的", "我是代同学问的",
)  # fmt: skip
WRONG = (
    "不是这样，没有人受伤害", "不是这样的，没人受伤害", "你误会了，没有人受伤", "不是的，没有人受伤害",
    "你弄错了，没有人受到伤害", "误会了，没有人伤害我",
)  # fmt: skip
#: What may answer a person who has the talk, and is theirs to read.
ANSWERS = ("安全", "晚上再写", "等晚上再发", "白天上学的时候", "说不准")
#: Close to these words, and something else.
NEAR = (
    "不安全的网站怎么办", "这个网站不安全吗", "你现在安全吗", "你不安全", "安全吗", "校园安全归谁管",
    "上网怎么才安全",
    "学校的人看到我打架了怎么办", "怎么不让老师知道", "学校知道了会开除我吗", "老师能看我的手机吗",
    "别人的老师知道吗",
    "没有人受伤害也犯法吗", "没人受伤要赔钱吗", "别人给我发消息骂我怎么办", "晚上能写作业吗", "晚上几点不能玩游戏",
    "可以替别人问吗", "要不要告诉老师", "能不能告诉老师", "我是替补队员", "有人替考犯法吗", "老师可以不让学生上厕所吗",
)  # fmt: skip


@pytest.fixture
def child(dialogue: Dialogue, now: Callable[[], dt.datetime]) -> Child:
    return Child(dialogue, now)


def _report(turned: tuple[object, object, Report | None]) -> Report:
    assert turned[2] is not None
    return turned[2]


def _told(child: Child, words: str, state: CaseState) -> Report:
    child.says(DISCLOSURE)
    child.has_a_case(state=state)
    turned = child.says(words)
    assert not isinstance(turned.decision, Relayed)
    assert _report(turned).texts == (words,), "whoever reads the talk reads the words too"
    return _report(turned)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("words", UNSAFE)
def test_whoever_types_that_they_are_not_safe_raises_the_case(child: Child, words: str, state: CaseState) -> None:
    report = _told(child, words, state)

    assert (report.why, report.value, report.level) == (Why.UNSAFE, "no", RiskLevel.URGENT)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("words", "meant"),
    [
        *((words, (Why.SAFE, "yes")) for words in SAFE),
        *((words, (Why.OUTSIDERS, "")) for words in OUTSIDERS),
        *((words, (Why.WRITE, "never")) for words in NEVER),
        *((words, (Why.WRITE, "evening")) for words in EVENING),
        *((words, (Why.BYSTANDER, "")) for words in BYSTANDER),
        *((words, (Why.RETRACTED, "")) for words in WRONG),
        ("白天上学的时候", (Why.WRITE, "daytime")),
        ("白天再给我写", (Why.WRITE, "daytime")),
        ("现在就可以给我写", (Why.WRITE, "now")),
        ("说不准", (Why.UNSAFE, "unsure")),
    ],
)
def test_typed_words_of_a_button_do_what_it_does(
    child: Child,
    words: str,
    meant: tuple[Why, str],
    state: CaseState,
) -> None:
    if state is CaseState.TAKEN and words in ANSWERS:
        child.says(DISCLOSURE)
        child.has_a_case(state=state)
        assert isinstance(child.says(words).decision, Relayed)
        return
    report = _told(child, words, state)

    assert (report.why, report.value) == meant


def test_typed_words_are_confirmed_as_the_button_is(child: Child) -> None:
    say = child.dialogue.library.messages
    child.says(DISCLOSURE)
    child.has_a_case()

    leads = [child.says(words).decision.reply.lead for words in ("别让我们老师知道", "先别给我写", "我现在安全")]

    write = "\n".join((say["support.told_write"], say["support.wish_never"]))
    assert leads == [say["support.told_outsiders"], write, say["support.told_safe"]]
    unsafe = child.says("不安全").decision
    assert isinstance(unsafe, Support)
    assert unsafe.reply.contacts[0].number == "110"


@pytest.mark.parametrize("words", NEAR)
def test_what_only_looks_like_a_button_is_answered_as_always(child: Child, words: str) -> None:
    alone = child.says(words)
    child.session = replace(child.session, turns=(), risk=RiskLevel.NONE)
    child.has_a_case()
    turned = child.says(words)

    assert not child.session.outsiders
    assert alone.report is None or alone.report.why is Why.RISK
    assert _report(turned).why in (Why.SAID, Why.RISK)
    assert not _report(turned).outsiders


@pytest.mark.parametrize(
    ("asked", "words", "meant"),
    [
        ("safe", "不", (Why.UNSAFE, "no")),
        ("safe", "嗯", (Why.SAFE, "yes")),
        ("safe", "不知道", (Why.UNSAFE, "unsure")),
        ("write", "晚上", (Why.WRITE, "evening")),
        ("write", "不要", (Why.WRITE, "never")),
        ("place", "在学校", (Why.PLACE, "school")),
    ],
)
def test_a_word_right_after_a_question_is_its_answer(
    child: Child,
    asked: str,
    words: str,
    meant: tuple[Why, str],
) -> None:
    child.says(DISCLOSURE)
    child.has_a_case()
    child.presses(Verb.TELL, asked)
    answered = _report(child.says(words))
    later = _report(child.says(words)) if asked != "place" else None

    assert (answered.why, answered.value) == meant
    assert later is None or (later.why, later.value) != meant


def test_safe_is_no_answer_to_another_question(child: Child) -> None:
    child.says(DISCLOSURE)
    child.has_a_case()
    child.presses(Verb.TELL, "place")

    assert _report(child.says("安全")).why is not Why.SAFE


def test_that_nobody_is_hurt_is_no_retraction_to_a_person(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)
    assert isinstance(child.says("没有人受伤").decision, Relayed)

    child.has_a_case()
    assert _report(child.says("没有人受伤")).why is Why.RETRACTED


@pytest.mark.parametrize("words", ["我不安全", "我现在不安全", "我现在很不安全", "现在不安全"])
def test_without_a_case_not_being_safe_opens_one_as_the_button_does(child: Child, words: str) -> None:
    child.says("你好")
    turned = child.says(words)

    report = _report(turned)
    assert isinstance(turned.decision, Support)
    assert (report.why, report.level, report.opens, report.texts) == (
        Why.UNSAFE,
        RiskLevel.URGENT,
        True,
        ("你好", words),
    )


@pytest.mark.parametrize("words", ["不安全", "我觉得不安全", "我在学校不安全"])
def test_without_a_case_an_uneasy_word_is_met_with_a_person_and_the_police(child: Child, words: str) -> None:
    turned = child.says(words)

    assert turned.report is None
    assert turned.decision.risk.level is RiskLevel.CONCERN
    assert turned.session.risk is RiskLevel.CONCERN
    assert turned.decision.reply.contacts[0].number == "110"
    assert {choice.command for choice in turned.decision.reply.choices} == {"safe:no", "human"}


def test_soon_after_danger_an_uneasy_word_is_heard_as_danger(child: Child) -> None:
    child.standing = replace(WITH_DESK, ended=EndedCase(6, RiskKind.SEXUAL, grave=True))

    report = _report(child.says("不安全"))

    assert (report.level, report.kind, report.opens) == (RiskLevel.URGENT, RiskKind.SEXUAL, True)


@pytest.mark.parametrize("words", ["不安全", "我现在不安全"])
def test_in_a_group_nothing_is_said_of_it(child: Child, words: str) -> None:
    turned = child.says(words, group=True)

    assert turned.decision.reply.lead == child.dialogue.library.messages["chat.group_private"]


def test_something_graver_is_heard_as_such_whatever_stands_beside_it(child: Child) -> None:
    child.has_a_case()

    report = _report(child.says(f"别告诉老师，{URGENT}"))

    assert (report.why, report.level, report.outsiders) == (Why.RISK, RiskLevel.URGENT, True)


def test_a_farewell_is_no_choice_of_hours(child: Child) -> None:
    child.has_a_case()

    assert _report(child.says("别再给我发消息了")).level is RiskLevel.URGENT


@pytest.mark.parametrize(
    "words",
    [
        "我爸打我，别告诉我们老师", "我爸打我别告诉我们老师", "别告诉老师，我爸天天打我",
        "我跟你说，别让学校知道，我爸打我", "教导主任摸我，求求你不要让我们学校的人知道",
        "他们天天打我 别跟我们班主任说",
    ],
)  # fmt: skip
def test_a_disclosure_with_the_wish_is_told_with_it(child: Child, words: str) -> None:
    turned = child.says(words)

    assert _report(turned).opens
    assert _report(turned).outsiders
    assert child.dialogue.library.messages["support.told_outsiders"] in turned.decision.reply.more


@pytest.mark.parametrize(
    "words",
    [
        "他打我，要不要告诉老师",
        "他叮嘱我别跟老师说，他摸我",
        "他摸我，能不能告诉班主任",
        "他摸我，让我别告诉老师",
        "我爸打我，他说不要让学校知道",
        "他威胁我不要告诉老师",
        "他打我，叫我不要跟老师说",
    ],
)
def test_secrecy_imposed_by_somebody_else_is_no_wish(child: Child, words: str) -> None:
    report = _report(child.says(words))

    assert not report.outsiders


@pytest.mark.parametrize("wish", OUTSIDERS)
def test_a_wish_before_anything_was_told_is_kept_for_the_case_to_come(child: Child, wish: str) -> None:
    wished = child.says(wish)
    turned = child.says("我爸昨天又用皮带打我，腿上全是印子")

    assert wished.report is None
    assert isinstance(wished.decision, Handoff)
    assert wished.decision.reply.lead == child.dialogue.library.messages["support.wish_outsiders"]
    assert _report(turned).outsiders


def test_without_a_desk_the_wish_is_met_with_the_truth(child: Child) -> None:
    child.standing = Standing()

    assert child.says("别让老师知道").decision.reply.lead == child.dialogue.library.messages["support.wish_nobody"]


def test_the_wish_is_offered_where_a_child_looks_for_it(child: Child) -> None:
    card = child.says(DISCLOSURE).decision.reply.choices
    child.has_a_case()
    asked = child.says("我说的话谁能看到").decision.reply.choices
    child.standing = Standing()
    alone = child.says(DISCLOSURE).decision.reply.choices

    offered = [str(Verb.OUTSIDERS) in {choice.command for choice in choices} for choices in (card, asked, alone)]
    assert offered == [True, True, False]


def test_what_is_said_of_people_is_said_of_those_who_may_read_it(child: Child) -> None:
    child.standing = replace(WITH_DESK, outside=Standing(keyed=True))

    told = child.says("我爸打我，别告诉我们老师").decision.reply

    assert child.dialogue.library.messages["support.waiting"] in told.more


def test_a_wish_said_in_a_group_is_nobody_elses(child: Child) -> None:
    child.says("别告诉老师", group=True)

    assert not child.session.outsiders


def _overdue(child: Child, *, on_duty: bool = True) -> None:
    opened = child.now() - dt.timedelta(hours=1)
    case = OpenCase(
        7, RiskLevel.DISCLOSURE, RiskKind.DOMESTIC_VIOLENCE, CaseState.WAITING, opened,
        due_at=opened + dt.timedelta(minutes=15), answered=False,
    )  # fmt: skip
    back_at = None if on_duty else child.now() + dt.timedelta(hours=3)
    child.standing = Standing(keyed=True, on_duty=on_duty, back_at=back_at, case=case)


@pytest.mark.parametrize(
    "words",
    [
        "你们到底有没有人", "有人吗", "怎么还没人理我", "到底有没有人啊", "为什么还没有人回我", "找真人",
        "我要找真人",
        "等了好久都没人回我", "这么久了还没人", "还没有人吗", "你们怎么不回我", "说好的怎么没人来",
    ],
)  # fmt: skip
def test_whoever_was_not_answered_in_time_hears_how_it_stands_and_the_desk_sees_that_they_ask(
    child: Child,
    words: str,
) -> None:
    say = child.dialogue.library.messages
    child.says(DISCLOSURE)
    said = {}
    for on_duty in (True, False):
        _overdue(child, on_duty=on_duty)
        turned = child.says(words)
        said[on_duty] = turned.decision.reply
        assert (_report(turned).why, _report(turned).texts) == (Why.ASKED, (words,))
        assert not turned.decision.reply.choices

    assert all("11:00" in reply.lead for reply in said.values())
    assert said[True].more == say["support.still_on_duty"]
    assert "15:00" in said[False].more


@pytest.mark.parametrize(
    "words", ["有人打我吗算犯法", "为什么没人教我们法律", "被人欺负了找谁", "你们是谁", "没有人喜欢我"]
)
def test_what_only_looks_like_asking_for_them_is_answered_as_always(child: Child, words: str) -> None:
    _overdue(child)

    assert _report(child.says(words)).why is not Why.ASKED


def test_a_promise_that_still_runs_is_told_again(child: Child) -> None:
    _overdue(child)
    assert child.standing.case is not None
    case = replace(child.standing.case, due_at=child.now() + dt.timedelta(minutes=5))
    child.standing = replace(child.standing, case=case)

    assert child.says("你们到底有没有人").decision.reply.lead == child.dialogue.library.messages["support.on_duty"]


def test_the_desk_that_asks_if_it_is_they_hears_it_in_words_too(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)
    assert child.standing.case is not None
    child.standing = replace(child.standing, case=replace(child.standing.case, checking=True))

    assert _report(child.says("方便，是我")).why is Why.HERE


def test_typed_words_are_a_button_for_nobody_without_a_case(child: Child) -> None:
    for words in ("先别给我写", "晚上再写", "我是替别人问的", "没有人受伤害", "我现在安全"):
        turned = child.says(words)
        assert turned.report is None, words
        assert not isinstance(turned.decision, Support | Relayed), words
    assert isinstance(child.says("压岁钱归谁").decision, Answer)


@pytest.mark.parametrize("words", ["我在家里不安全", "我在宿舍不安全", "老师，我在家里不安全"])
def test_whoever_says_where_they_are_not_safe_is_alarmed_for(child: Child, words: str) -> None:
    turned = child.says(words)
    assert turned.report is not None
    assert turned.report.opens


@pytest.mark.parametrize(
    "words",
    [
        "我爸打我怎么办，别告诉我们老师",
        "体育老师摸我，我不知道怎么办，不要告诉班主任",
        "我爸打我 是不是犯法 别让学校知道",
    ],
)
def test_a_question_before_the_wish_takes_nothing_from_it(child: Child, words: str) -> None:
    turned = child.says(words)
    assert turned.report is not None
    assert turned.report.outsiders
