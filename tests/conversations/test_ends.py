"""Ends, and breaches, of which a child could not be told: said at their next turn; and words for a person who left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from bot.core.command import Command, Verb
from bot.core.decision import Answer, Decision, Handoff, Relayed, Support
from bot.core.desk import EndedCase, Standing, Why
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming, Origin
from bot.core.risk import RiskKind
from bot.core.session import Session
from bot.core.talk import StoredTalk
from bot.desk.limits import ClockLimits
from bot.desk.look import CaseLook
from bot.desk.returns import CaseReturns
from bot.desk.telling import Teller
from bot.desk.worker import Worker
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

from ..desk.office import LIBRARY, Office, Recorded
from ..desk.world import Clock

SAY = LIBRARY.messages
TALK = "telegram:7:7"
ORIGIN = Origin("telegram", TALK, "7")
DISCLOSURE = "我爸昨天又用皮带打我，腿上全是印子"


@dataclass
class Child:
    """A child who talks by a channel while people are at their desk."""

    talk: StoredTalk
    office: Office

    async def says(self, text: str, **also: str) -> Decision:
        return await self.talk.respond(TALK, Incoming(text=text, origin=Origin("telegram", TALK, "7", **also)))

    async def presses(self, verb: Verb, value: str = "") -> Decision:
        return await self.talk.respond(TALK, Incoming(command=str(Command(verb, value)), origin=ORIGIN))

    async def told(self, case: int) -> list[str]:
        """What the history tells of what the service said to them, or held back."""
        return [row.value for row in await self.office.events(case) if row.what == "told_child"]


@pytest.fixture
def clock() -> Clock:
    """Eight in the evening."""
    return Clock()


@pytest.fixture
async def office(store: Store) -> Office:
    office = Office(store)
    await office.open()
    return office


@pytest.fixture
async def wang(office: Office) -> Worker:
    return await office.worker(await office.hire("wang"))


@pytest.fixture
def child(office: Office, dialogue: Dialogue, clock: Clock) -> Child:
    sessions = SealedTalks(office.store, dt.timedelta(hours=2))
    return Child(StoredTalk(lambda: dialogue, sessions, clock, office.desk), office)


async def _ended(child: Child, wang: Worker, wish: str = "never") -> int:
    """A case in which a person has answered, and which ended; ``wish``: when the child may be written to."""
    office = child.office
    await child.says(DISCLOSURE)
    await child.presses(Verb.WRITE, wish)
    case = (await office.reading.queue(wang))[0].id
    await office.work.claim(wang, case)
    await office.work.answer(wang, case, "我是陈老师，看到了", once="1")
    await office.work.close(wang, case, "referred", seen=99)
    return case


async def _overdue(child: Child, text: str = DISCLOSURE, minutes: int = 31) -> int:
    """A case in which nobody answered in time, at an hour at which the child may not be written to."""
    office = child.office
    await child.says(text)
    await child.presses(Verb.WRITE, "daytime")
    (row,) = await office.reading.queue(await office.worker(1))
    office.store.now.forward(minutes=minutes)  # type: ignore[attr-defined]
    await _look(office, row.id)
    number: int = row.id
    return number


async def _look(office: Office, case: int) -> None:
    teller = Teller(office.store, lambda: LIBRARY, {"telegram": Recorded()}, office.keys, office.store.now)
    await CaseLook(office.store, office.board, ClockLimits(), teller).look(case)


async def test_an_end_that_could_not_be_told_is_said_first_at_the_next_turn_and_once(
    child: Child, wang: Worker
) -> None:
    case = await _ended(child, wang)
    before = await child.told(case)

    first, second = await child.says("压岁钱归谁"), await child.says("压岁钱归谁")

    assert isinstance(first, Answer)
    assert first.reply.note == SAY["support.ended"]
    assert first.reply.choices[0].command == "human"
    assert SAY["support.ended"] not in second.reply.note
    assert (before, await child.told(case)) == (["closed:0"], ["closed:0", "closed:later"])


async def test_an_end_that_was_told_is_not_said_again(child: Child, wang: Worker) -> None:
    case = await _ended(child, wang, "now")

    assert (await child.says("压岁钱归谁")).reply.note == ""
    assert await child.told(case) == []


async def test_it_is_said_however_late_and_whatever_they_do_first(child: Child, wang: Worker, clock: Clock) -> None:
    await _ended(child, wang)
    clock.forward(days=9)

    assert (await child.presses(Verb.HOTLINES)).reply.note == SAY["support.ended"]


async def test_whoever_says_the_safe_word_first_hears_of_it_at_the_turn_after(child: Child, wang: Worker) -> None:
    await _ended(child, wang)

    assert (await child.says("停")).reply == (await child.says("停")).reply
    assert (await child.says("压岁钱归谁")).reply.note == SAY["support.ended"]


async def test_nothing_of_an_end_is_said_before_a_class(child: Child, wang: Worker) -> None:
    await _ended(child, wang)
    public = Incoming(text="压岁钱归谁", origin=Origin("telegram", TALK, "7", group="telegram:group:1"), group=True)

    assert (await child.talk.respond("telegram:1:7", public)).reply.note == ""
    assert (await child.says("压岁钱归谁")).reply.note == SAY["support.ended"]


async def test_help_comes_before_an_old_end_where_danger_is_told_anew(child: Child, wang: Worker) -> None:
    first = await _ended(child, wang)
    again = await child.says("我叔叔摸我下面")

    assert isinstance(again, Support)
    assert again.reply.note == ""
    assert again.reply.more.endswith(SAY["support.ended_before"])
    assert await child.told(first) == ["closed:0", "closed:later"]


async def test_who_came_back_by_code_has_read_it(child: Child, wang: Worker) -> None:
    receipt = (await child.says(DISCLOSURE)).reply.receipt
    assert receipt is not None
    await _ended(child, wang)
    await CaseReturns(child.office.store, child.office.news).open(receipt.code, ORIGIN)

    assert (await child.says("压岁钱归谁")).reply.note == ""


async def test_a_breach_that_could_not_be_told_is_said_first_at_the_next_turn(child: Child, wang: Worker) -> None:
    case = await _overdue(child)
    assert await child.told(case) == ["breached:0"]

    asked = await child.says("压岁钱归谁")

    assert asked.reply.note.startswith(SAY["support.late"])
    assert SAY["support.on_duty"] in asked.reply.note + asked.reply.more
    assert SAY["support.late"] not in (await child.says("压岁钱归谁")).reply.note
    assert await child.told(case) == ["breached:0", "breached:later"]


async def test_it_is_said_too_while_a_person_has_the_talk_who_has_not_answered(child: Child, wang: Worker) -> None:
    case = await _overdue(child)
    await child.office.work.claim(wang, case)

    heard, silent = await child.says("还在吗"), await child.says("我很怕")

    assert heard.reply.lead.startswith(SAY["support.late"])
    assert SAY["support.taken"] in heard.reply.lead
    assert isinstance(silent, Relayed)


async def test_who_wants_nobody_of_their_school_does_not_hear_that_one_of_these_reads(
    child: Child, wang: Worker
) -> None:
    case = await _overdue(child)
    teacher = await child.office.worker(await child.office.hire("teacher", school="一中"))
    await child.office.work.claim(teacher, case)

    reply = (await child.presses(Verb.OUTSIDERS)).reply

    assert SAY["support.late"] in reply.note
    assert SAY["support.taken"] not in reply.note + reply.more


async def test_who_was_answered_since_hears_no_late_excuse(child: Child, wang: Worker) -> None:
    case = await _overdue(child, "他现在拿着刀在砸我的门", 6)
    await child.office.work.claim(wang, case)
    await child.office.work.answer(wang, case, "我在", once="1")

    assert isinstance(await child.says("压岁钱归谁"), Relayed)


async def test_nothing_is_owned_up_to_before_whoever_may_not_be_the_child(child: Child, wang: Worker) -> None:
    await _overdue(child)
    await child.office.file("", why=Why.STOPPED)

    assert SAY["support.late"] not in (await child.says("压岁钱归谁")).reply.note


@pytest.mark.parametrize("wish", ["daytime", "evening", "never"])
async def test_the_choice_of_a_time_says_what_becomes_of_the_promise(child: Child, wang: Worker, wish: str) -> None:
    await child.says(DISCLOSURE)

    assert SAY[f"support.wish_{wish}"] in (await child.presses(Verb.WRITE, wish)).reply.lead
    assert SAY[f"support.wish_{wish}"] in (await child.presses(Verb.HUMAN)).reply.more


async def test_a_choice_that_holds_from_the_case_before_is_named_and_can_be_changed(child: Child, wang: Worker) -> None:
    await _ended(child, wang, "evening")
    more = (await child.says("我爸又打我了，用棍子")).reply.more

    assert SAY["support.wish_evening"] + SAY["support.wish_kept"] in more
    await child.presses(Verb.WRITE, "now")
    assert SAY["support.wish_evening"] not in (await child.presses(Verb.HUMAN)).reply.more


ENDED = Standing(keyed=True, on_duty=True, ended=EndedCase(7, RiskKind.SEXUAL))


@pytest.mark.parametrize(
    "words",
    [
        "老师，那我明天去学校吗",
        "陈老师，我明天还去学校吗",
        "老师那我明天去学校吗",
        "我明天去学校吗老师",
        "还在吗",
        "老师在吗",
    ],
)
def test_words_for_the_person_who_ended_the_talk_are_answered_by_the_way_to_one(
    dialogue: Dialogue, clock: Clock, words: str
) -> None:
    decision = dialogue.respond(Incoming(text=words), Session(), clock(), ENDED).decision

    assert isinstance(decision, Handoff)
    assert decision.reply.lead == SAY["support.ended"]
    assert decision.reply.choices[0].command == "human"
    assert dialogue.respond(Incoming(text=words), Session(), clock()).decision.reply.lead != SAY["support.ended"]


@pytest.mark.parametrize("words", ["老师可以没收手机吗", "压岁钱归谁", "老师，谢谢你", "叔叔借钱不还怎么办"])
def test_other_words_after_an_end_are_answered_as_ever(dialogue: Dialogue, clock: Clock, words: str) -> None:
    assert dialogue.respond(Incoming(text=words), Session(), clock(), ENDED).decision.reply.lead != SAY["support.ended"]


async def test_who_asks_whether_anybody_is_there_hears_one_apology(child: Child, wang: Worker) -> None:
    case = await _overdue(child)
    said = (await child.says("你们到底有没有人")).reply
    assert SAY["support.late"] not in "\n".join((said.note, said.lead, said.more))
    assert await child.told(case) == ["breached:0", "breached:later"]


async def test_an_end_is_told_to_nobody_who_may_not_be_the_child(child: Child, wang: Worker) -> None:
    await _ended(child, wang, wish="now")
    await child.says(DISCLOSURE)
    await child.says("停")
    case = (await child.office.reading.queue(wang))[0].id
    await child.office.work.claim(wang, case)
    await child.office.work.close(wang, case, "referred", seen=99)
    said = (await child.says("你好")).reply
    assert SAY["support.ended"] not in "\n".join((said.note, said.lead, said.more))
