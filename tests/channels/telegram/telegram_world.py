"""A bot on a real database, the stand-in for Telegram that it talks to over HTTP, and what tests wait for."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from standin import StandIn, eventually

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.pace import Pace, Rate
from bot.channels.unkept import SteadyTalk
from bot.core import decision as d
from bot.core.desk import Receipt
from bot.core.message import Incoming, Origin
from bot.core.ports import Inbox, TalkAfter
from bot.core.returns import Returned, ReturnedMessage
from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.core.session import Session
from bot.settings import Settings
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import SealedOutbox
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

#: Telegram's limits are out of the way, and nothing waits longer than a test should.
BRISK = Pace(
    poll=1, stall_grace=20.0, request=20.0, idle=0.05, retry_first=0.05, retry_most=0.5, patience=2.0,
    overall=Rate(1000, 1.0), chat=Rate(1000, 1.0), group=Rate(1000, 1.0),
    replies=Rate(1000, 1.0), pushes=Rate(1000, 1.0), group_pushes=Rate(1000, 1.0),
)  # fmt: skip


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


EVENING = dt.datetime(2026, 11, 23, 13, 4, tzinfo=dt.UTC)
CODE = "1234 5678 9012 3456"
POLICE = d.Contact("110", "报警电话", "有危险", "全天", True, call="先说在哪里")
RECEIPT = Receipt(EVENING, EVENING + dt.timedelta(minutes=5), None, CODE)


@dataclass
class ScriptedTalk:
    """Answers with the words that it heard; 打我 is a disclosure, 难过 a concern, 出错 breaks it.

    继父 is a disclosure that is filed, 值班老师 goes to the person who has the talk.
    """

    heard: list[tuple[str, Incoming]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def respond(self, key: str, incoming: Incoming) -> d.Decision:
        return (await self.decide(key, incoming))[0]

    async def decide(self, key: str, incoming: Incoming) -> tuple[d.Decision, TalkAfter]:
        if self.hold is not None:
            await self.hold.wait()
        self.heard.append((key, incoming))
        if "出错" in incoming.text:
            raise RuntimeError(incoming.text)
        return _scripted(incoming), TalkAfter(key, Session().heard(incoming.text))

    def without_desk(self, incoming: Incoming) -> d.Decision:
        return _scripted(incoming)

    async def forget(self, key: str, *, asked: bool = True) -> None:
        self.forgotten.append(key)
        self.asked.append(asked)


def _scripted(incoming: Incoming) -> d.Decision:
    if "打我" in incoming.text:
        lead = "这件事我们单独说" if incoming.group else "这不是你的错"
        return d.Support(d.Reply(lead), risk=RiskReading(RiskLevel.DISCLOSURE, RiskKind.DOMESTIC_VIOLENCE, 1.0))
    if "继父" in incoming.text:
        filed = d.Reply("谢谢你告诉我", contacts=(POLICE,), receipt=RECEIPT)
        return d.Support(filed, risk=RiskReading(RiskLevel.DISCLOSURE, RiskKind.SEXUAL, 1.0))
    if "值班老师" in incoming.text:
        return d.Relayed(d.Reply(""))
    if "难过" in incoming.text:
        return d.Notice(d.Reply("答", note="你心里不好受"), risk=RiskReading(RiskLevel.CONCERN))
    said = incoming.text or incoming.command or str(incoming.attachment)
    return d.Answer(d.Reply(f"答：{said}", choices=(d.Choice("更多", "more"),)))


@dataclass
class ScriptedDesk:
    """Knows one code, one token and one case."""

    opened: list[tuple[str, Origin]] = field(default_factory=list)
    claimed: list[tuple[str, int]] = field(default_factory=list)
    linked: list[tuple[str, str]] = field(default_factory=list)
    broken: int = 0

    async def open(self, code: str, origin: Origin) -> Returned | None:
        self.opened.append((code, origin))
        if self.broken:
            self.broken -= 1
            raise RuntimeError(code)
        if code.replace(" ", "") != CODE.replace(" ", ""):
            return None
        later = EVENING + dt.timedelta(minutes=3)
        messages = (ReturnedMessage(EVENING, "child", "他<又>打我"), ReturnedMessage(later, "staff", "我在，慢慢说。"))
        return Returned(messages, RECEIPT, closed=False)

    async def claim(self, chat: str, case: int) -> str:
        self.claimed.append((chat, case))
        return f"第{case}号由你接手"

    async def link(self, chat: str, token: str) -> str:
        self.linked.append((chat, token))
        return "接上了"


@dataclass
class World:
    """Telegram on one side, a bot on a database on the other."""

    telegram: StandIn
    settings: Settings
    store: Store
    messages: dict[str, str]
    talk: SteadyTalk = field(default_factory=ScriptedTalk)
    desk: ScriptedDesk = field(default_factory=ScriptedDesk)
    inbox: Inbox = None  # type: ignore[assignment]  # made from the store
    pace: Pace = BRISK
    _running: asyncio.Task[None] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def talks(self) -> SealedTalks:
        return SealedTalks(self.store, dt.timedelta(hours=2))

    def __post_init__(self) -> None:
        self.inbox = SealedInbox(self.store, self.talks)

    @property
    def outbox(self) -> SealedOutbox:
        return SealedOutbox(self.store)

    def configured(self, **changes: Any) -> World:
        self.settings = self.settings.model_copy(update=changes)
        return self

    def channel(self) -> TelegramChannel:
        return TelegramChannel(
            settings=self.settings, talk=self.talk, inbox=self.inbox, outbox=self.outbox,
            messages=self.messages, now=now, returns=self.desk, claims=self.desk, pace=self.pace,
        )  # fmt: skip

    async def runs(self) -> TelegramChannel:
        """Start the bot."""
        channel = self.channel()
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(channel.run(self._stop))
        return channel

    async def stops(self) -> None:
        """Stop it as an operator does."""
        if self._running is not None:
            self._stop.set()
            await asyncio.wait_for(self._running, 90)
            self._running = None

    async def crashes(self) -> None:
        """End it as a power cut does, and let the next one send what was in flight."""
        assert self._running
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        self._running = None
        await self.outbox.recover("telegram")

    async def sees(self, chat: int, *parts: str) -> None:
        """Wait until the chat shows messages with these words, in this order. What is urgent may overtake the rest."""
        await eventually(lambda: _in_order(parts, self.telegram.texts(chat)))

    async def settles(self, chat: int, user: int) -> None:
        """Wait until all before now is answered: one more message of somebody, and its answer."""
        self.telegram.user_says(chat, user, "到此为止")
        await self.sees(chat, "到此为止")


def _in_order(parts: tuple[str, ...], texts: list[str]) -> bool:
    rest = iter(texts)
    return all(any(part in text for text in rest) for part in parts)
