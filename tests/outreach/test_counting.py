"""Turns of the real talk, as they are counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from bot.core.command import Command, Verb
from bot.core.counting import Family
from bot.core.decision import Answer, Decision, Notice
from bot.core.desk import NO_DESK, Filing, Receipt, Report, Standing
from bot.core.dialogue import Dialogue
from bot.core.message import Attachment, Incoming, Origin
from bot.core.talk import FleetingSessions, StoredTalk
from bot.storage.outreach_tables import cell
from bot.storage.store import Store
from bot.storage.talks import SealedTalks
from tests.outreach.conftest import Clock

QUESTION = "压岁钱归谁"
DISCLOSURE = "我爸爸每天打我，我身上都是伤"


class NoKeys:
    """A desk that files whatever is alarming."""

    def __init__(self, now: Clock) -> None:
        self._now = now

    async def standing(self, key: str) -> Standing:
        return NO_DESK

    async def prepare(self, report: Report, origin: Origin, standing: Standing) -> Filing:
        return Filing(report, origin, None, Receipt(self._now()))

    async def forgotten(self, key: str) -> None:
        return None

    async def left(self, key: str) -> None:
        return None


@dataclass
class Child:
    """Somebody in the web chat."""

    talk: StoredTalk
    store: Store
    key: str = "web:1"
    _turns: list[int] = field(default_factory=list)

    async def says(self, text: str = "", command: str = "", *, once: str = "", **also: object) -> Decision:
        self._turns.append(0)
        origin = Origin("web", self.key, self.key, once or f"turn{len(self._turns)}")
        return await self.talk.respond(self.key, Incoming(text, command, origin=origin, **also))  # type: ignore[arg-type]

    async def counts(self, family: Family) -> dict[str, int]:
        wanted = select(cell.c.key, cell.c.count).where(cell.c.family == family, cell.c.grain == "month")
        async with self.store.reading() as connection:
            return {str(key): int(count) for key, count in await connection.execute(wanted)}


@pytest.fixture
def child(dialogue: Dialogue, store: Store, clock: Clock) -> Child:
    talks = SealedTalks(store, dt.timedelta(hours=2))
    return Child(StoredTalk(lambda: dialogue, talks, clock, NoKeys(clock)), store)


async def test_a_question_is_counted_by_topic_reader_hour_and_hotlines(child: Child) -> None:
    decision = await child.says(QUESTION)
    assert isinstance(decision, Answer)
    assert await child.counts(Family.TOTAL) == {"all": 1}
    assert await child.counts(Family.TOPIC) == {decision.topic: 1}
    assert await child.counts(Family.OUTCOME) == {"answer": 1}
    assert await child.counts(Family.READER) == {"unsaid": 1}
    assert await child.counts(Family.HOUR) == {"12": 1}
    assert set(await child.counts(Family.HOTLINE)) == {contact.number for contact in decision.reply.contacts}

    await child.says(command=str(Command(Verb.ROLE, "parent")))
    await child.says(QUESTION)
    assert await child.counts(Family.READER) == {"unsaid": 1, "parent": 1}
    assert await child.counts(Family.PEOPLE) == {"all": 1}


async def test_taps_notices_and_what_cannot_be_read_are_no_questions(child: Child) -> None:
    decision = await child.says(QUESTION)
    for command in ("more", "simple", "why", "role:parent", "helped:yes", "helped:no", "hotlines", "none"):
        await child.says(command=command)
    await child.says(attachment=Attachment.PICTURE)
    await child.says(DISCLOSURE)
    for family in (Family.TOTAL, Family.READER, Family.CHANNEL, Family.HOUR, Family.TOPIC):
        assert sum((await child.counts(family)).values()) == 1
    assert await child.counts(Family.TOPIC) == {decision.topic: 1}
    outcomes = await child.counts(Family.OUTCOME)
    assert outcomes["answer"] == 1
    assert sum(outcomes.values()) == 11


async def test_a_topic_that_is_tapped_is_a_question(child: Child) -> None:
    await child.says(command="topic:bullying.victim")
    assert await child.counts(Family.TOTAL) == {"all": 1}
    assert await child.counts(Family.TOPIC) == {"bullying.victim": 1}


@pytest.mark.parametrize(
    "again",
    [
        {"text": QUESTION},
        {"command": "topic:bullying.victim"},
        {"attachment": Attachment.PICTURE},
        {"text": DISCLOSURE},
    ],
)
async def test_whatever_is_sent_again_counts_once(child: Child, again: dict[str, object]) -> None:
    for _ in range(3):
        await child.says(once="the same turn", **again)  # type: ignore[arg-type]
    assert sum((await child.counts(Family.OUTCOME)).values()) == 1
    assert sum((await child.counts(Family.HARM)).values()) == ("text" in again and again["text"] == DISCLOSURE)


async def test_an_answer_asks_whether_it_helped_and_counts_the_tap(child: Child) -> None:
    decision = await child.says(QUESTION)
    offered = {choice.command for choice in decision.reply.choices}
    assert {"helped:yes", "helped:no"} <= offered
    for value in ("yes", "no", "no", "maybe"):
        assert isinstance(await child.says(command=f"helped:{value}"), Notice)
    assert await child.counts(Family.HELPFUL) == {"yes": 1, "no": 2}


async def test_a_refusal_is_told_from_what_is_not_known(child: Child) -> None:
    await child.says("今天股票涨了多少，推荐几只基金")
    assert await child.counts(Family.OUTCOME) == {"refuse": 1}
    await child.says("？？？")
    assert (await child.counts(Family.OUTCOME)).keys() - {"refuse"}
    assert await child.counts(Family.TOPIC) == {}


async def test_a_disclosure_is_harm_by_month_and_region(child: Child) -> None:
    await child.says(DISCLOSURE)
    (key,) = await child.counts(Family.HARM)
    assert key.startswith("opened.domestic_violence.")
    assert await child.counts(Family.OUTCOME) == {"support": 1}


async def test_in_a_terminal_nothing_is_counted(dialogue: Dialogue, clock: Clock) -> None:
    talk = StoredTalk(lambda: dialogue, FleetingSessions(), clock, NoKeys(clock))
    decision, after = await talk.decide("me", Incoming(QUESTION))
    assert after.seen is None
    assert not {choice.command for choice in decision.reply.choices} & {"helped:yes", "helped:no"}
