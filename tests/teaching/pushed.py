"""A school with classes and members, a channel that keeps what is brought to it, and the one that brings it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bot.content.load import Reader, load_bank, read_library
from bot.core.audience import Audience
from bot.core.decision import Decision
from bot.core.lessons import Joins
from bot.core.message import Origin
from bot.core.ports import Lane, Outgoing, Queued, Shown
from bot.core.posting import Poll
from bot.core.school_days import Calendar, calendar_of
from bot.storage.audit import AuditLog
from bot.storage.deliveries import DeliveryState
from bot.storage.enrolments import SealedEnrolments
from bot.storage.outbox import SealedOutbox
from bot.storage.push_types import Push, PushDraft, PushKind
from bot.storage.schools import SealedSchools
from bot.storage.staff import Member, StaffRecords
from bot.storage.store import Store
from bot.storage.teaching_tables import class_group, delivery, taking
from bot.teaching.making import Making
from bot.teaching.plan import Plan, QuietHours
from bot.teaching.push_words import PushWords
from bot.teaching.pushes import PushWork
from bot.teaching.pushing import Pusher
from bot.teaching.shelf import Shelf
from bot.teaching.starting import Starting

from ..storage.conftest import Clock
from ..storage.taught import Taught

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
#: A Friday morning.
MORNING = dt.datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
QUIZ = "bullying-10-12"
BANK, LIBRARY = load_bank(ROOT), read_library(Reader(ROOT))


class Plainly:
    """A channel that shows things as plain text."""

    def talk(self, address: str) -> str:
        return f"telegram:{address}:{address}"

    def message(self, address: str, decision: Decision) -> Outgoing:
        reply = decision.reply
        buttons = "".join(f"[{each.command}]" for each in reply.choices)
        return Outgoing(address, f"{reply.title} {reply.lead} {buttons}".encode(), Lane.PUSH)

    def picture(self, address: str, png: bytes) -> Outgoing:
        return Outgoing(address, png)

    def poll(self, address: str, poll: Poll) -> Outgoing:
        return Outgoing(address, f"poll {poll.ask}".encode(), Lane.PUSH)

    def end_poll(self, address: str, message: int) -> Outgoing:
        return Outgoing(address, f"end {message}".encode(), Lane.PUSH)


@dataclass
class World:
    """Everything that pushes need, at a moment that the test turns."""

    store: Store
    clock: Clock
    two_people: bool = False
    calendar: Calendar = field(default_factory=lambda: calendar_of(()))
    told: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock.time = MORNING
        self.taught, self.shelf = Taught(self.store), Shelf(self.store, lambda: BANK)
        self.plan = Plan(ZONE, QuietHours.read("21:00-07:30"), lambda: self.calendar)
        self.words = PushWords(lambda: LIBRARY, ZONE)
        starting = Starting(self.store, self.shelf, self.plan, {"telegram": Plainly()})
        making = Making(self.store, self.words, self._result)
        self.pusher = Pusher(self.store, self.plan, starting, making, lambda: None)
        self.outbox = SealedOutbox(self.store)

    @property
    def work(self) -> PushWork:
        return PushWork(
            store=self.store, shelf=self.shelf, library=lambda: LIBRARY, plan=self.plan,
            audit=AuditLog(self.store), two_people=self.two_people,
        )  # fmt: skip

    async def _result(self, run: int, class_: int) -> str:
        return self.told.get((run, class_), "")

    async def member(self, number: int) -> Member:
        found = await StaffRecords(self.store).member(number)
        assert found is not None
        return found

    async def teacher(self, name: str = "chen") -> Member:
        return await self.member(await self.taught.teacher(name))

    async def class_(self, school: int, name: str = "五（3）班") -> int:
        """A class with a real join code."""
        number = await self.taught.class_(school, name)
        async with self.store.writing() as connection:
            await SealedSchools(self.store).recode(connection, number, f"K7M2{number:04}")
        return number

    async def joins(self, class_: int, *chats: int, reader: Audience = Audience.STUDENT) -> None:
        for chat in chats:
            origin = Origin("telegram", f"telegram:{chat}:{chat}", str(chat))
            async with self.store.writing() as connection:
                await SealedEnrolments(self.store).join(connection, Joins(class_, reader, origin))

    async def group(self, class_: int, chat: int, staff: int) -> None:
        origin = Origin("telegram", f"telegram:group:{chat}", str(chat))
        async with self.store.writing() as connection:
            await SealedEnrolments(self.store).bind(connection, class_, origin, staff)

    async def finishes(self, run: int, class_: int, chat: int) -> None:
        """Somebody finishes the quiz of a run."""
        name = self.store.vault.pseudonym(f"{run}:telegram:{chat}:{chat}")
        row = {"run": run, "class_": class_, "reader": "student", "taker": name, "place": 7}
        async with self.store.writing() as connection:
            now = self.store.now()
            await connection.execute(insert(taking).values(**row, started_at=now, finished_at=now))

    def draft(self, *classes: int, **changes: Any) -> PushDraft:
        given: dict[str, Any] = {"kind": PushKind.QUIZ, "title": "", "subject": QUIZ, "next_at": self.clock()}
        return PushDraft(classes=classes, **(given | changes))

    async def pushes(self, member: Member, *classes: int, **changes: Any) -> Push:
        return await self.work.make(member, self.draft(*classes, **changes))

    async def brings(self, *, shown: Shown | None = None) -> list[Queued]:
        """Everything that is due goes out and arrives."""
        found: list[Queued] = []
        while True:
            await self.pusher.turn()
            batch = await self.outbox.due("telegram", self.clock(), 1000)
            for item in batch:
                await self.outbox.sent(item.id, shown)
            found += batch
            if not batch:
                return found

    async def states(self) -> list[str]:
        async with self.store.reading() as connection:
            return list((await connection.execute(select(delivery.c.state).order_by(delivery.c.id))).scalars())

    async def groups_gone(self) -> int:
        async with self.store.reading() as connection:
            wanted = select(class_group.c.id).where(class_group.c.gone_at.is_not(None))
            return len((await connection.execute(wanted)).all())


def addresses(items: list[Queued]) -> list[str]:
    return sorted(item.address for item in items)


SENT, WAITING, DROPPED, QUEUED = (
    str(state) for state in (DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.DROPPED, DeliveryState.QUEUED)
)
