"""What a talk gives the people on duty, and what it says of them, by the state of the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.decision import Answer, Handoff, Notice, Relayed, Support
from bot.core.desk import CaseState, EndedCase, OpenCase, Report, Standing, Why
from bot.core.dialogue import Dialogue
from bot.core.message import Attachment, Incoming
from bot.core.risk import RiskKind, RiskLevel
from bot.core.session import Session
from bot.core.turn import Turned

DISCLOSURE = "我爸昨天又用皮带打我，腿上全是印子"
URGENT = "他现在拿着刀在砸我的门"
WITH_DESK = Standing(keyed=True, on_duty=True)


@dataclass
class Child:
    """Somebody who talks while the desk stands as the test says."""

    dialogue: Dialogue
    now: Callable[[], dt.datetime]
    standing: Standing = WITH_DESK
    session: Session = field(default_factory=Session)

    def says(self, text: str, **also: object) -> Turned:
        return self._turn(Incoming(text=text, **also))  # type: ignore[arg-type]

    def presses(self, verb: Verb, value: str = "") -> Turned:
        return self._turn(Incoming(command=str(Command(verb, value))))

    def sends(self, attachment: Attachment) -> Turned:
        return self._turn(Incoming(attachment=attachment))

    def has_a_case(self, level: RiskLevel = RiskLevel.DISCLOSURE, state: CaseState = CaseState.WAITING) -> None:
        case = OpenCase(7, level, RiskKind.DOMESTIC_VIOLENCE, state, self.now(), holder=3)
        self.standing = replace(self.standing, case=case)

    def is_left_alone(self, level: RiskLevel = RiskLevel.DISCLOSURE, *, on_duty: bool = False) -> None:
        """Whoever has the case is gone; others are on duty, or come in three hours."""
        self.has_a_case(level, CaseState.TAKEN)
        assert self.standing.case is not None
        back_at = None if on_duty else self.now() + dt.timedelta(hours=3)
        case = replace(self.standing.case, attended=False)
        self.standing = Standing(keyed=True, on_duty=on_duty, back_at=back_at, case=case)

    def _turn(self, incoming: Incoming) -> Turned:
        turned = self.dialogue.respond(incoming, self.session, self.now(), self.standing)
        self.session = turned.session
        return turned


@pytest.fixture
def child(dialogue: Dialogue, now: Callable[[], dt.datetime]) -> Child:
    return Child(dialogue, now)


def _report(turned: Turned) -> Report:
    assert turned.report is not None
    return turned.report


def test_a_disclosure_is_reported_with_the_turns_before_it(child: Child) -> None:
    child.says("你好")
    child.says("压岁钱归谁")
    turned = child.says(DISCLOSURE)

    report = _report(turned)
    assert isinstance(turned.decision, Support)
    assert report.opens
    assert report.why is Why.RISK
    assert report.texts == ("你好", "压岁钱归谁", DISCLOSURE)
    assert report.kind is RiskKind.DOMESTIC_VIOLENCE


def test_a_long_message_is_reported_whole(child: Child) -> None:
    long = DISCLOSURE + "。" + "后来我就去上学了。" * 300

    assert _report(child.says(long)).texts[-1] == long


def test_what_is_said_of_people_is_true_of_the_desk(child: Child) -> None:
    said = {}
    for name, standing in {
        "no desk": Standing(),
        "on duty": WITH_DESK,
        "nobody": Standing(keyed=True),
        "later": Standing(keyed=True, back_at=child.now() + dt.timedelta(hours=3)),
    }.items():
        child.standing, child.session = standing, Session()
        said[name] = child.says(DISCLOSURE).decision.reply
    messages = child.dialogue.library.messages

    assert messages["support.nobody"] in said["no desk"].more
    assert messages["support.on_duty"] in said["on duty"].more
    assert messages["support.waiting"] in said["nobody"].more
    assert "15:00" in said["later"].more
    assert said["no desk"].receipt is None
    assert said["on duty"].receipt is not None
    for nobody in ("no desk", "nobody", "later"):
        assert messages["support.on_duty"] not in said[nobody].more


def test_three_questions_can_be_answered_by_a_tap_and_none_asks_what_happened(child: Child) -> None:
    verbs = {choice.command for choice in child.says(DISCLOSURE).decision.reply.choices}
    assert {"tell:safe", "tell:place", "tell:write"} <= verbs

    child.has_a_case()
    offered = child.presses(Verb.TELL, "write").decision.reply.choices
    turned = child.presses(Verb.WRITE, "evening")

    assert "write:evening" in {choice.command for choice in offered}
    assert _report(turned).why is Why.WRITE
    assert _report(turned).value == "evening"


def test_without_a_desk_nothing_is_asked_that_nobody_would_read(child: Child) -> None:
    child.standing = Standing()

    commands = {choice.command for choice in child.says(DISCLOSURE).decision.reply.choices}

    assert not any(command.startswith("tell:") for command in commands)


def test_whoever_is_not_safe_raises_the_case_and_is_shown_the_police_first(child: Child) -> None:
    child.has_a_case()

    turned = child.presses(Verb.SAFE, "no")

    assert isinstance(turned.decision, Support)
    assert turned.decision.reply.contacts[0].number == "110"
    assert _report(turned).level is RiskLevel.URGENT


def test_the_desk_hears_that_somebody_asks_for_a_friend(child: Child) -> None:
    child.has_a_case()

    turned = child.presses(Verb.BYSTANDER)

    assert _report(turned).why is Why.BYSTANDER
    assert not _report(turned).opens
    child.standing = replace(child.standing, case=None)
    assert child.presses(Verb.BYSTANDER).report is None


def test_saying_that_it_is_not_about_harm_goes_on_talking_and_is_only_noted(child: Child) -> None:
    child.has_a_case()

    turned = child.presses(Verb.WRONG)

    assert isinstance(turned.decision, Notice)
    assert turned.decision.reply.lead == child.dialogue.library.messages["support.told_wrong"]
    assert _report(turned).why is Why.RETRACTED
    assert isinstance(child.says("压岁钱归谁").decision, Answer)


def test_while_a_person_has_the_talk_the_bot_is_silent_and_passes_everything_on(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)

    question, again = child.says("压岁钱归谁"), child.says(DISCLOSURE)

    assert isinstance(question.decision, Relayed)
    assert _report(question).texts == ("压岁钱归谁",)
    assert isinstance(again.decision, Relayed)
    assert _report(again).level is RiskLevel.DISCLOSURE


@pytest.mark.parametrize("attachment", [item for item in Attachment if item is not Attachment.NONE])
@pytest.mark.parametrize("state", [CaseState.WAITING, CaseState.TAKEN])
def test_whoever_sends_what_nobody_can_read_is_told_and_so_is_the_desk(
    child: Child, state: CaseState, attachment: Attachment
) -> None:
    child.has_a_case(state=state)

    turned = child.sends(attachment)

    told = child.dialogue.library.messages[f"unreadable.{attachment}"]
    assert isinstance(turned.decision, Notice)
    assert turned.decision.reply.lead == told
    assert (_report(turned).value, _report(turned).told) == (attachment, told)


def test_words_under_a_picture_are_passed_on_and_the_picture_is_owned_up_to(child: Child) -> None:
    told = child.dialogue.library.messages["unreadable.picture"]
    opening = child.says(DISCLOSURE, attachment=Attachment.PICTURE)
    assert isinstance(opening.decision, Support)
    child.has_a_case(state=CaseState.TAKEN)
    said = child.says(DISCLOSURE, attachment=Attachment.PICTURE)

    assert told in opening.decision.reply.note
    assert said.decision.reply.lead == told
    for turned in (opening, said):
        assert (_report(turned).texts[-1], _report(turned).told) == (DISCLOSURE, told)


def test_in_a_group_nothing_is_told_of_what_went_to_the_desk(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)
    turned = child.says(DISCLOSURE, attachment=Attachment.PICTURE, group=True)
    assert (_report(turned).told, turned.decision.reply.note) == ("", "")


def test_a_rise_to_urgent_is_answered_even_while_a_person_has_the_talk(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)

    turned = child.says(URGENT)

    assert isinstance(turned.decision, Support)
    assert _report(turned).level is RiskLevel.URGENT


@pytest.mark.parametrize("level", [RiskLevel.DISCLOSURE, RiskLevel.URGENT])
@pytest.mark.parametrize("text", [DISCLOSURE, URGENT])
def test_nothing_alarming_is_met_with_silence_while_nobody_is_on_duty(
    child: Child, level: RiskLevel, text: str
) -> None:
    child.has_a_case(level, CaseState.TAKEN)
    child.standing = replace(child.standing, on_duty=False)

    reply = child.says(text).decision.reply

    assert reply.steps
    assert reply.contacts[0].number == "110"


@pytest.mark.parametrize("on_duty", [True, False])
def test_once_the_person_who_had_the_talk_is_gone_the_child_hears_who_reads_and_whom_to_call(
    child: Child, on_duty: bool
) -> None:
    child.is_left_alone(RiskLevel.URGENT, on_duty=on_duty)
    messages = child.dialogue.library.messages
    line = messages["support.on_duty"] if on_duty else messages["support.waiting_until"].format(back="15:00")

    words = child.says("在吗")
    others = [child.says(URGENT), child.presses(Verb.HUMAN), child.presses(Verb.SAFE, "no")]
    others += [child.presses(Verb.PLACE, "home"), child.presses(Verb.HERE), child.presses(Verb.WRONG)]
    others.append(child.sends(Attachment.VOICE))

    assert words.decision.reply.lead == line
    assert words.decision.reply.receipt is not None
    assert _report(words).texts == ("在吗",)
    assert [line in turned.decision.reply.more for turned in others] == [True] * len(others)
    for turned in (words, *others):
        assert turned.report is not None
        assert "110" in {contact.number for contact in turned.decision.reply.contacts}
        assert messages["support.taken"] not in turned.decision.reply.more


def test_in_a_group_nothing_is_said_of_the_person_who_is_gone(child: Child) -> None:
    child.is_left_alone()

    turned = child.says("压岁钱归谁", group=True)

    assert isinstance(turned.decision, Answer)
    assert turned.decision.reply.receipt is None
    assert (
        child.dialogue.library.messages["support.waiting_until"].format(back="15:00") not in turned.decision.reply.more
    )


def test_whoever_wants_nobody_of_their_school_hears_who_reads_then(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)
    case, messages = child.standing.case, child.dialogue.library.messages
    assert case is not None
    told = {}
    for name, attended in (("colleague of the school", False), ("another", True)):
        outside = Standing(keyed=True, on_duty=attended, case=replace(case, attended=attended))
        child.standing = replace(child.standing, outside=outside)
        told[name] = child.presses(Verb.OUTSIDERS).decision.reply

    assert messages["support.waiting"] in told["colleague of the school"].more
    assert told["colleague of the school"].contacts[0].number == "110"
    assert not told["another"].more
    assert {reply.lead for reply in told.values()} == {messages["support.told_outsiders"]}


def test_messages_of_a_waiting_case_are_added_to_it_and_still_answered(child: Child) -> None:
    child.has_a_case()

    turned = child.says("压岁钱归谁")

    assert isinstance(turned.decision, Answer)
    assert _report(turned).why is Why.SAID
    assert not _report(turned).opens


def test_an_ordinary_question_gives_the_desk_nothing(child: Child) -> None:
    assert child.says("压岁钱归谁").report is None
    assert child.presses(Verb.MORE).report is None


def test_asking_for_a_person_opens_a_case_where_there_is_a_desk(child: Child) -> None:
    child.says("同学老是抄我作业")
    asked = child.presses(Verb.HUMAN)
    child.standing = Standing()
    without = child.presses(Verb.HUMAN)

    assert isinstance(asked.decision, Handoff)
    assert _report(asked).why is Why.ASKED
    assert _report(asked).opens
    assert isinstance(without.decision, Handoff)
    assert without.report is None


@pytest.mark.parametrize("state", [CaseState.WAITING, CaseState.TAKEN])
@pytest.mark.parametrize("command", ["help", "start", "hotlines", "roles", "classes", "join", "human"])
def test_words_behind_a_command_are_given_to_whoever_is_on_duty(child: Child, command: str, state: CaseState) -> None:
    child.has_a_case(state=state)

    turned = child.says("我妈妈的电话写在本子上", command=command)

    assert _report(turned).texts == ("我妈妈的电话写在本子上",)
    assert _report(turned).why is (Why.ASKED if command == "human" else Why.SAID)
    assert not isinstance(turned.decision, Relayed)


def test_a_command_without_words_gives_the_desk_nothing(child: Child) -> None:
    child.has_a_case()

    assert child.says("", command="help").report is None
    assert _report(child.says("", command="human")).texts == ()


def test_whoever_asks_for_a_person_in_many_words_is_heard_whole_and_once(child: Child) -> None:
    child.says("同学老是抄我作业")
    long = "我想慢慢说。" * 300

    assert _report(child.says(long, command="human")).texts == ("同学老是抄我作业", long)


def test_in_a_group_one_neutral_line_is_said_and_the_desk_is_told(child: Child) -> None:
    turned = child.says(DISCLOSURE, group=True)

    assert not turned.decision.reply.contacts
    assert not turned.decision.reply.choices
    assert _report(turned).opens


def test_a_friend_is_guided_without_naming_anyone(child: Child) -> None:
    turned = child.presses(Verb.BYSTANDER)

    assert len(turned.decision.reply.steps) >= 3
    assert turned.report is None


def test_the_code_can_be_seen_again_while_the_talk_is_remembered(child: Child) -> None:
    child.has_a_case()
    assert child.standing.case is not None
    theirs = replace(child.standing, case=replace(child.standing.case, receipt="found by"))
    child.standing = theirs
    forgotten = child.presses(Verb.CODE).decision
    child.session = replace(child.session, code="1234 5678 9012 3456", code_of="found by")
    shown = child.presses(Verb.CODE).decision
    # Nothing is told where the desk does not know that this talk is its person's.
    child.standing = replace(theirs, case=replace(child.standing.case, receipt=""))
    child.session = replace(child.session, code_of="")
    doubted = child.presses(Verb.CODE).decision

    assert forgotten.reply.receipt is None
    assert doubted.reply.receipt is None
    assert shown.reply.receipt is not None
    assert shown.reply.receipt.code == "1234 5678 9012 3456"


def test_whoever_asks_for_a_person_or_seems_in_distress_is_one_tap_away_from_one(child: Child) -> None:
    asked = child.says("我想找真人聊聊").decision
    worried = child.says("最近总是一个人躲起来哭，不想说为什么").decision

    assert isinstance(asked, Handoff)
    assert worried.risk.level is RiskLevel.CONCERN
    assert asked.reply.choices[0].command == worried.reply.choices[0].command == str(Verb.HUMAN)


def test_after_the_end_of_a_case_no_button_says_that_it_was_kept(child: Child) -> None:
    over = child.dialogue.library.messages["support.over"]

    late = [child.presses(verb, value) for verb, value in ((Verb.PLACE, "home"), (Verb.WRITE, "now"), (Verb.HERE, ""))]
    unsafe = child.presses(Verb.SAFE, "no")

    assert [turned.decision.reply.lead for turned in late] == [over] * 3
    assert [turned.report for turned in late] == [None] * 3
    assert _report(unsafe).opens
    assert isinstance(unsafe.decision, Support)


@pytest.mark.parametrize("uneasy", ["我还是怕", "我不想回家", "睡不着"])
def test_whoever_is_uneasy_soon_after_danger_was_told_is_heard_by_people_again(child: Child, uneasy: str) -> None:
    calm = child.says(uneasy)
    child.standing = replace(WITH_DESK, ended=EndedCase(6, RiskKind.DOMESTIC_VIOLENCE, grave=True))
    turned = child.says(uneasy)

    assert (calm.decision.risk.level, calm.report) == (RiskLevel.CONCERN, None)
    report, reply = _report(turned), turned.decision.reply
    assert (report.level, report.kind, report.opens) == (RiskLevel.DISCLOSURE, RiskKind.DOMESTIC_VIOLENCE, True)
    # Whoever holds the device now may know nothing of what was told: the answer is to these words, by a person soon.
    assert isinstance(turned.decision, Answer | Handoff)
    say = child.dialogue.library.messages
    assert say["support.on_duty"] in reply.more
    assert say["chat.concern"] in (reply.lead, reply.note)
    assert reply.receipt is not None
    assert [line.number for line in reply.contacts][:1] == ["110"] or isinstance(turned.decision, Answer)


def test_in_a_group_nobody_hears_that_somebody_told_of_danger_a_short_while_ago(child: Child) -> None:
    say = child.dialogue.library.messages
    child.standing = replace(WITH_DESK, ended=EndedCase(6, RiskKind.SEXUAL, grave=True))
    turned = child.says("睡不着", group=True)

    assert turned.decision.risk.level is RiskLevel.CONCERN
    assert say["support.on_duty"] not in turned.decision.reply.more
    assert (turned.decision.reply.receipt, turned.report) == (None, None)


def test_whoever_asks_for_a_person_again_soon_after_danger_was_told_does_not_begin_as_a_concern(child: Child) -> None:
    levels = {}
    for grave in (False, True):
        child.standing = replace(WITH_DESK, ended=EndedCase(6, RiskKind.SEXUAL, grave=grave))
        report = _report(child.presses(Verb.HUMAN))
        levels[grave] = (report.level, report.kind)
    unsafe = _report(child.presses(Verb.SAFE, "no"))

    assert levels[False] == (RiskLevel.CONCERN, RiskKind.OTHER)
    assert levels[True] == (RiskLevel.DISCLOSURE, RiskKind.SEXUAL)
    assert (unsafe.level, unsafe.kind) == (RiskLevel.URGENT, RiskKind.SEXUAL)


@pytest.mark.parametrize("again", [True, False])
def test_who_asks_for_a_person_once_one_hears_them_is_told_one_thing(child: Child, again: bool) -> None:
    say = child.dialogue.library.messages
    if again:
        child.has_a_case()
    else:
        child.standing = replace(WITH_DESK, ended=EndedCase(6, RiskKind.SEXUAL, grave=True))

    turned = child.says("我还是怕，想找真人")

    assert isinstance(turned.decision, Handoff)
    reply, report = turned.decision.reply, _report(turned)
    assert (reply.lead, reply.note) == (say["support.asked"], say["chat.concern"])
    assert say["support.on_duty"] in reply.more
    assert reply.contacts
    assert str(Verb.HUMAN) not in {choice.command for choice in reply.choices}
    assert report.why is (Why.ASKED if again else Why.RISK)


@pytest.mark.parametrize("calm", ["谢谢", "好的", "压岁钱归谁", "今天作业好多"])
def test_nothing_calm_opens_a_case_after_another_has_ended(child: Child, calm: str) -> None:
    child.standing = replace(WITH_DESK, ended=EndedCase(6, RiskKind.SEXUAL, grave=True))

    assert child.says(calm).report is None


@pytest.mark.parametrize(
    ("words", "state"),
    [(words, state) for words in ("停", "退出") for state in (CaseState.WAITING, CaseState.TAKEN)]
    + [("先这样", CaseState.WAITING)],
)
def test_the_safe_word_ends_the_talk_at_any_point_and_the_desk_hears_of_it(
    child: Child, words: str, state: CaseState
) -> None:
    child.has_a_case(state=state)

    turned = child.says(words)

    assert turned.decision.reply.lead == child.dialogue.library.messages["chat.stopped"]
    assert (_report(turned).why, _report(turned).texts) == (Why.STOPPED, (words,))


@pytest.mark.parametrize("words", ["有真人吗", "转人工", "我要找真人", "那有真人吗"])
def test_a_wish_for_a_person_is_heard_whatever_was_said_before(child: Child, words: str) -> None:
    for before in (DISCLOSURE, "爸妈离婚我跟谁"):
        child.session = Session()
        child.says(before)

        turned = child.says(words)

        assert isinstance(turned.decision, Handoff), before
        assert str(Verb.HUMAN) in {choice.command for choice in turned.decision.reply.choices}


@pytest.mark.parametrize(
    "words",
    ["怎么还没有人", "老师来了吗？", "还要等多久啊", "有人吗", "人呢", "老师你还在吗", "有人吗老师", "请问有人在吗"],
)
def test_whoever_waits_for_a_person_and_asks_about_it_hears_who_reads_and_when(child: Child, words: str) -> None:
    child.says(DISCLOSURE)
    child.has_a_case()

    turned = child.says(words)

    reply = turned.decision.reply
    assert child.dialogue.library.messages["support.on_duty"] in (reply.lead, reply.more)
    assert reply.receipt is not None
    assert {"110", "12355"} <= {contact.number for contact in reply.contacts}
    assert _report(turned).texts == (words,)


@pytest.mark.parametrize("words", ["你好", "老师好", "早上好", "谢谢老师"])
def test_in_an_open_case_small_talk_is_for_whoever_reads_and_gets_no_card(child: Child, words: str) -> None:
    greeted = child.says(words)
    child.has_a_case()

    turned = child.says(words)

    assert isinstance(greeted.decision, Answer)
    assert isinstance(turned.decision, Handoff)
    assert turned.decision.reply.lead == child.dialogue.library.messages["support.on_duty"]
    assert not turned.decision.reply.choices
    assert _report(turned).texts == (words,)


def test_in_an_open_case_a_greeting_with_danger_in_it_is_heard_as_danger(child: Child) -> None:
    child.has_a_case()

    turned = child.says(f"老师好，{URGENT}")

    assert isinstance(turned.decision, Support)
    assert _report(turned).level is RiskLevel.URGENT


def test_in_an_open_case_what_may_be_meant_for_a_person_is_said_to_be_read(child: Child) -> None:
    child.says(DISCLOSURE)
    child.has_a_case()
    line = child.dialogue.library.messages["support.on_duty"]

    for words in ("你好", "转人工", "嗯嗯那个就是"):
        reply = child.says(words).decision.reply
        assert line in reply.lead + reply.more, words
    plain = child.says("学生手机被老师没收了合法吗").decision
    assert isinstance(plain, Answer)
    assert line not in plain.reply.more


@pytest.mark.parametrize("words", ["不是真的", "没事了"])
def test_a_typed_retraction_is_noted_and_told_like_the_button(child: Child, words: str) -> None:
    child.says(DISCLOSURE)
    child.has_a_case()

    turned = child.says(words)

    assert turned.decision.reply.lead == child.dialogue.library.messages["support.told_wrong"]
    assert (_report(turned).why, _report(turned).texts) == (Why.RETRACTED, (words,))


@pytest.mark.parametrize("words", ["算了", "算了吧"])
def test_who_gives_up_takes_nothing_back(child: Child, words: str) -> None:
    child.says(DISCLOSURE)
    child.has_a_case()
    messages = child.dialogue.library.messages

    turned = child.says(words)

    assert turned.decision.reply.lead == messages["support.told_resigned"]
    assert messages["support.on_duty"] in turned.decision.reply.more
    assert (_report(turned).why, _report(turned).texts) == (Why.SAID, (words,))


@pytest.mark.parametrize("words", ["我说错了", "刚才说错了", "打错了", "啊打错字了"])
def test_who_made_a_slip_takes_nothing_back_and_may_say_it_again(child: Child, words: str) -> None:
    child.has_a_case()
    messages = child.dialogue.library.messages

    turned = child.says(words)

    assert turned.decision.reply.lead == messages["support.told_slip"]
    assert messages["support.on_duty"] in turned.decision.reply.more
    assert (_report(turned).why, _report(turned).texts) == (Why.SAID, (words,))


def test_a_slip_that_is_corrected_into_harm_is_heard_as_harm(child: Child) -> None:
    child.has_a_case()

    turned = child.says(f"我说错了，{URGENT}")

    assert isinstance(turned.decision, Support)
    assert _report(turned).level is RiskLevel.URGENT


def test_who_finds_the_service_wrong_speaks_of_no_slip_of_their_own(child: Child) -> None:
    child.has_a_case()

    assert child.says("你说错了").decision.reply.lead != child.dialogue.library.messages["support.told_slip"]


def test_to_a_person_who_has_the_talk_no_harm_is_an_answer_and_no_retraction(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)

    turned = child.says("没事")

    assert isinstance(turned.decision, Relayed)
    assert _report(turned).why is Why.SAID


def test_in_a_group_a_wish_for_a_person_leads_to_the_private_talk_and_tells_nothing_of_the_desk(child: Child) -> None:
    messages = child.dialogue.library.messages
    for turn in (
        child.says("我想找真人说话", group=True),
        child._turn(Incoming(command=str(Verb.HUMAN), group=True)),
    ):
        assert isinstance(turn.decision, Handoff)
        assert turn.decision.reply.lead == messages["chat.group_private"]
        assert not turn.decision.reply.contacts
        assert turn.report is None


@pytest.mark.parametrize(
    "place",
    [
        "在家里，青山路12号3楼",
        "青山路12号",
        "我在外婆家",
        "幸福小区",
        "阳光小学",
        "我在学校，你们能来吗",
        "碧桂园",
        "哈尔滨道里",
        "家门口的小卖部",
        "青山路12号，不用来",
    ],
)
def test_where_help_finds_them_can_be_said_in_words(child: Child, place: str) -> None:
    child.has_a_case(RiskLevel.URGENT)
    button = child.presses(Verb.PLACE, "home").decision.reply
    child.presses(Verb.TELL, "place")

    turned = child.says(place)

    assert isinstance(turned.decision, Notice)
    assert (turned.decision.reply.lead, turned.decision.reply.choices) == (button.lead, button.choices)
    assert (_report(turned).why, _report(turned).value, _report(turned).texts) == (Why.PLACE, "", (place,))
    assert _report(child.says(place)).why is Why.SAID


@pytest.mark.parametrize("between", ["打人犯法吗", "老师你还在吗", "谢谢", "我说错了", "你能来接我吗", "你是机器人吗"])
def test_what_is_no_place_is_answered_by_itself_and_the_question_stays_open(child: Child, between: str) -> None:
    child.has_a_case()
    child.presses(Verb.TELL, "place")
    turned = child.says(between)
    reply = turned.decision.reply

    assert child.dialogue.library.messages["support.on_duty"] in reply.lead + reply.more
    assert _report(turned).why is Why.SAID
    assert bool(reply.law) is (between == "打人犯法吗")
    assert _report(child.says("青山路12号")).why is Why.PLACE


@pytest.mark.parametrize("text", [DISCLOSURE, URGENT, "在家里，我爸正在打我"])
def test_harm_told_in_place_of_a_place_is_heard_as_harm(child: Child, text: str) -> None:
    child.has_a_case()
    child.presses(Verb.TELL, "place")

    turned = child.says(text)

    assert isinstance(turned.decision, Support)
    assert (_report(turned).why, _report(turned).texts) == (Why.RISK, (text,))


@pytest.mark.parametrize(
    "words",
    ["不想说", "不告诉你", "不知道", "算了", "你们别来", "不要来我家", "别告诉警察", "能不能不说"],
)
def test_who_would_rather_not_say_where_they_are_need_not_and_still_can(child: Child, words: str) -> None:
    child.has_a_case()
    child.presses(Verb.TELL, "place")

    turned = child.says(words)

    messages = child.dialogue.library.messages
    assert turned.decision.reply.lead == messages["support.told_no_place"]
    assert messages["support.on_duty"] in turned.decision.reply.more
    assert _report(turned).why is Why.SAID
    assert _report(child.says("青山路12号")).why is Why.PLACE


@pytest.mark.parametrize("words", ["我好怕", "他回来了", "我没有地方去", "他在门口", "嗯", "我在哪里都不安全"])
def test_fear_in_place_of_a_place_is_heard_as_what_it_is(child: Child, words: str) -> None:
    child.has_a_case()
    child.presses(Verb.TELL, "place")

    turned = child.says(words)

    messages = child.dialogue.library.messages
    assert _report(turned).why is not Why.PLACE
    assert turned.decision.reply.lead not in (messages["support.told_place"], messages["support.told_no_place"])
    assert not turned.decision.reply.law
    assert _report(child.says("青山路12号")).why is Why.PLACE


@pytest.mark.parametrize("pressed", [(Verb.PLACE, "home"), (Verb.TELL, "write"), (Verb.WRONG, "")])
def test_after_another_button_words_are_no_place(child: Child, pressed: tuple[Verb, str]) -> None:
    child.has_a_case()
    child.presses(Verb.TELL, "place")
    child.presses(*pressed)

    assert _report(child.says("青山路12号")).why is Why.SAID


def test_a_question_of_an_earlier_case_is_not_answered_in_the_next_one(child: Child) -> None:
    child.has_a_case()
    child.presses(Verb.TELL, "place")
    assert child.standing.case is not None
    child.standing = replace(child.standing, case=replace(child.standing.case, id=8))

    assert _report(child.says("青山路12号")).why is Why.SAID


def test_the_safe_word_stands_open_while_a_place_is_asked(child: Child) -> None:
    child.has_a_case()
    child.presses(Verb.TELL, "place")

    assert _report(child.says("停")).why is Why.STOPPED
    assert _report(child.says("青山路12号")).why is Why.SAID


def test_a_place_told_to_a_person_who_has_the_talk_goes_to_them(child: Child) -> None:
    child.has_a_case(state=CaseState.TAKEN)
    child.presses(Verb.TELL, "place")

    turned = child.says("青山路12号")

    assert isinstance(turned.decision, Relayed)
    assert _report(turned).why is Why.SAID


def test_a_place_told_once_the_person_is_gone_is_thanked_for_with_who_reads_it(child: Child) -> None:
    child.is_left_alone(on_duty=True)
    child.presses(Verb.TELL, "place")

    turned = child.says("青山路12号")

    messages = child.dialogue.library.messages
    assert turned.decision.reply.lead == messages["support.told_place"]
    assert messages["support.on_duty"] in turned.decision.reply.more
    assert _report(turned).why is Why.PLACE


ANOTHER = "我替同学问，她爸爸摸她身体"


def _waits_with(child: Child, kind: RiskKind, state: CaseState = CaseState.WAITING) -> None:
    child.has_a_case(state=state)
    assert child.standing.case is not None
    child.standing = replace(child.standing, case=replace(child.standing.case, kind=kind))


@pytest.mark.parametrize(
    "words",
    [
        "其实是我",
        "就是我",
        "是我自己",
        "其实就是我啦",
        "说的就是我自己……",
        "其实那个同学就是我",
        "不是同学，是我",
        "其实是我，我很怕",
        "对不起我骗了你，其实是我",
        "老师，其实被摸的人是我",
        "其實就是我",
        "其实时我",
        "qishi shi wo",
    ],
)
def test_who_says_that_it_was_they_after_all_is_believed_and_the_desk_hears_whose_matter_it_is(
    child: Child, words: str
) -> None:
    child.says(ANOTHER)
    _waits_with(child, RiskKind.SEXUAL)
    theirs = child.dialogue.library.scripts["disclosure.sexual"].readers[Audience.STUDENT]

    turned = child.says(words)

    assert isinstance(turned.decision, Support)
    assert turned.decision.reply.lead == theirs.lead
    assert child.dialogue.library.messages["support.on_duty"] in turned.decision.reply.more
    report = _report(turned)
    assert (report.why, report.level, report.texts) == (Why.MYSELF, RiskLevel.DISCLOSURE, (words,))


@pytest.mark.parametrize(
    "words", ["其实是我弟弟", "不是我", "是我同学", "其实是我妈妈", "是我做错了吗", "我自己回家了"]
)
def test_whose_words_name_somebody_else_do_not_say_that_it_was_they(child: Child, words: str) -> None:
    child.says(ANOTHER)
    _waits_with(child, RiskKind.SEXUAL)

    assert _report(child.says(words)).why is not Why.MYSELF


def test_who_asked_for_nobody_else_says_nothing_by_it(child: Child) -> None:
    child.says(DISCLOSURE)
    child.has_a_case()

    assert _report(child.says("就是我")).why is Why.SAID


def test_who_pressed_that_they_ask_for_another_can_still_say_that_it_was_they(child: Child) -> None:
    child.says(DISCLOSURE)
    child.has_a_case(RiskLevel.URGENT)
    child.presses(Verb.BYSTANDER)

    turned = child.says("其实是我")

    script = child.dialogue.library.scripts["urgent.domestic_violence"].readers[Audience.STUDENT]
    assert turned.decision.reply.lead == script.lead
    assert (_report(turned).why, _report(turned).level) == (Why.MYSELF, RiskLevel.URGENT)


def test_that_it_was_they_after_all_opens_a_case_where_that_of_the_other_has_ended(child: Child) -> None:
    child.says(ANOTHER)

    report = _report(child.says("其实是我"))

    assert (report.why, report.opens, report.kind) == (Why.RISK, True, RiskKind.SEXUAL)
    assert report.texts == (ANOTHER, "其实是我")


def test_to_a_person_who_has_the_talk_it_goes_as_news_and_the_service_is_silent(child: Child) -> None:
    child.says(ANOTHER)
    _waits_with(child, RiskKind.SEXUAL, CaseState.TAKEN)

    turned = child.says("其实是我")

    assert isinstance(turned.decision, Relayed)
    assert _report(turned).why is Why.MYSELF
