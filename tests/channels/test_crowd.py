"""Many talks at once: few are worked on at a time, and each gets its own answer."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.app import make_dialogue
from bot.content.build import Service
from bot.core.desk import Desk
from bot.core.dialogue import Dialogue
from bot.core.intent_types import RiskRule
from bot.core.message import Incoming
from bot.core.ports import TalkAfter
from bot.core.risk import RiskLevel
from bot.core.session import Session
from bot.core.talk import AT_ONCE, FleetingSessions, StoredTalk
from bot.nlu.risk.detector import RiskDetector
from bot.nlu.risk.rules import RuleBook
from bot.nlu.risk.terms import Groups
from bot.settings import Settings

TALKS = 40


@dataclass
class Busy(FleetingSessions):
    """Sessions that take their time, and know how many turns were between load and save."""

    under_way: int = 0
    most: int = 0
    order: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def load(self, key: str) -> Session:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        return await super().load(key)

    async def save(self, after: TalkAfter) -> None:
        await asyncio.sleep(0)
        await super().save(after)
        self.order.append(after.key)
        self.under_way -= 1


async def test_a_crowd_is_answered_in_turn(dialogue: Dialogue, now: Callable[[], dt.datetime], desk: Desk) -> None:
    sessions, keys = Busy(), [f"talk-{number}" for number in range(TALKS)]
    talk = StoredTalk(lambda: dialogue, sessions, now, desk)
    questions = ("压岁钱归谁", "几岁可以打工")
    turns = (talk.respond(key, Incoming(questions[place % 2])) for place, key in enumerate(keys))
    told = await asyncio.gather(*turns)
    assert sessions.most == AT_ONCE
    assert sessions.order == keys
    titles = [decision.reply.title for decision in told]
    assert titles == [titles[0], titles[1]] * (TALKS // 2)
    assert titles[0] != titles[1]


async def test_whoever_tells_of_harm_does_not_queue(
    dialogue: Dialogue, now: Callable[[], dt.datetime], desk: Desk
) -> None:
    sessions = Busy()
    talk = StoredTalk(lambda: dialogue, sessions, now, desk)
    crowd = [talk.respond(f"talk-{number}", Incoming("压岁钱归谁")) for number in range(TALKS)]
    *_, told = await asyncio.gather(*crowd, talk.respond("child", Incoming("我爸喝醉了就打我")))
    assert told.risk.alarming
    assert sessions.order.index("child") <= AT_ONCE


#: What only two turns together hold, whatever a model has learnt.
TOGETHER = RiskRule(id="together", level=RiskLevel.DISCLOSURE, all=("是我继父.*晚上来",), strong=True)


async def test_what_only_turns_together_tell_is_heard_in_a_crowd_too(
    service: Service, now: Callable[[], dt.datetime], desk: Desk
) -> None:
    """Whoever waits is read before, without the turns before; those count all the same when it is their turn."""
    detector = RiskDetector(str, RuleBook((TOGETHER,), Groups({}, str)), None)
    engine = copy.copy(service.engine)
    engine.risk = detector
    dialogue = make_dialogue(replace(service, engine=engine), Settings())
    turns = ("有个事不知道该不该说", "是我继父", "他晚上来")
    assert not any(dialogue.alone(Incoming(text)).alarming for text in turns)
    talk = StoredTalk(lambda: dialogue, Busy(), now, desk)
    heard = []
    for turn in turns:
        crowd = [talk.respond(f"talk-{number}", Incoming("压岁钱归谁")) for number in range(TALKS)]
        *_, told = await asyncio.gather(*crowd, talk.respond("child", Incoming(turn)))
        heard.append(told.risk.alarming)
    assert heard == [False, False, True]
