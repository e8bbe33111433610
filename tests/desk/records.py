"""People with real keys over the world of the desk, for the tests of what keeps cases safe."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, update

from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, ReceiptKey, Report, SealedText, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.export import CaseExport
from bot.desk.periods import Periods
from bot.desk.refusing import Refusals
from bot.desk.release import Releases
from bot.desk.retention import LegalHolds
from bot.desk.sealing import KeyPair, SealError, new_pair, open_with, seal_to
from bot.desk.worker import Worker
from bot.storage.audit import AuditLog
from bot.storage.cases import SealedCases
from bot.storage.casework import Ending, SealedCasework
from bot.storage.staff_tables import desk_key, staff

from .world import SHANGHAI, World

WORDS = "他晚上来我房间MARKER"
ACCOUNT = "4815162342"


@dataclass(frozen=True)
class Ring:
    """The first generation of the desk key, or none of it."""

    private: bytes | None

    def open(self, generation: int, sealed: bytes) -> bytes:
        if self.private is None or generation != 1:
            raise SealError("not held")
        return open_with(self.private, sealed)


@dataclass
class Records:
    """The desk with its records; ``alerts`` keeps what was alerted, ``alerted`` whom last, ``told`` the cases."""

    world: World
    desk: KeyPair = field(default_factory=new_pair)
    child: KeyPair = field(default_factory=new_pair)
    alerts: list[tuple[int, str]] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    alerted: frozenset[int] = frozenset()
    periods: Periods = field(default_factory=Periods)

    @property
    def audit(self) -> AuditLog:
        return AuditLog(self.world.store)

    @property
    def releases(self) -> Releases:
        async def alert(case: int, reason: str, to: frozenset[int]) -> None:
            self.alerts.append((case, reason))
            self.alerted = to

        return Releases(self.world.store, self.audit, self.world.board, alert, self.told.append)

    @property
    def refusals(self) -> Refusals:
        messages = self.world.library.messages
        return Refusals(self.releases, lambda: messages)

    async def notes(self, case: int) -> list[str]:
        """The notes of a case, as whoever holds the key reads them."""
        rows = await SealedCasework(self.world.store).messages(case)
        return [open_with(self.desk.private, row.for_desk).decode() for row in rows if row.author == "note"]

    @property
    def holds(self) -> LegalHolds:
        messages = self.world.library.messages
        return LegalHolds(self.world.store, self.audit, self.world.board, self.periods, lambda: messages)

    @property
    def exports(self) -> CaseExport:
        messages = self.world.library.messages
        return CaseExport(self.world.store, self.audit, self.releases, lambda: messages, SHANGHAI)

    async def key(self) -> None:
        row = {"generation": 1, "public": self.desk.public, "made_at": self.world.store.now()}
        async with self.world.store.writing() as connection:
            await connection.execute(insert(desk_key).values(**row))

    async def worker(self, name: str, role: str = "counsellor", **post: Any) -> Worker:
        keyed = bool(post.pop("keyed", True))
        number = await self.world.person(name, role, keyed=keyed)
        if post:
            async with self.world.store.writing() as connection:
                await connection.execute(update(staff).where(staff.c.id == number).values(**post))
        return Worker(number, role == "supervisor", Ring(self.desk.private if keyed else None))

    async def open(
        self, level: RiskLevel = RiskLevel.URGENT, channel: str = "telegram", talk: str = f"telegram:{ACCOUNT}"
    ) -> int:
        """A case with one message of the child's, its words sealed as the service seals them."""
        report = Report(Why.RISK, level, RiskKind.DOMESTIC_VIOLENCE, Audience.STUDENT, (WORDS,), opens=True)
        data = WORDS.encode()
        text = SealedText(1, seal_to(self.desk.public, data), seal_to(self.child.public, data))
        key = ReceiptKey(f"code-of-{talk}"[:32], b"s" * 16, self.child.public)
        origin = Origin(channel, talk, ACCOUNT, "1")
        receipt = Receipt(self.world.store.now(), self.world.store.now() + dt.timedelta(minutes=5))
        async with self.world.store.writing() as connection:
            filing = Filing(report, origin, None, receipt, (text,), key)
            filed = await SealedCases(self.world.store).file(connection, filing)
        assert filed is not None
        return filed.case

    async def close(self, case: int, by: Worker) -> None:
        end = Ending("helped", self.periods.erase_at(self.world.store.now()))
        async with self.world.store.writing() as connection:
            assert await self.world.work.close(connection, case, by.id, end)

    async def actions(self, case: int | None = None) -> list[str]:
        return [line.action for line in reversed(await self.audit.lines(case))]
