"""A desk with people, routes and cases on a real database, for the tests of clocks, alerts and the watch."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bot.core.audience import Audience
from bot.core.content_types import Library
from bot.core.decision import Decision
from bot.core.desk import Filing, Receipt, Report, Why
from bot.core.message import Origin
from bot.core.ports import Outgoing
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.duty import DutyBoard, Scope
from bot.desk.limits import ClockLimits
from bot.desk.look import CaseLook
from bot.desk.telling import Teller
from bot.desk.wording import AlertWording
from bot.storage.alerts import SealedAlerts
from bot.storage.case_rows import CaseRow
from bot.storage.cases import SealedCases
from bot.storage.casework import SealedCasework
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.outbox import SealedOutbox
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route, Shift
from bot.storage.staff_tables import desk_key, desk_key_grant, staff
from bot.storage.store import Store
from bot.storage.tables import outbox

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALWAYS = (dt.time(0), dt.time(0), frozenset(range(7)))


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    time: dt.datetime = dt.datetime(2026, 11, 23, 20, 0, tzinfo=SHANGHAI)

    def __call__(self) -> dt.datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += dt.timedelta(**by)


class PlainOutward:
    """A channel that writes leads and button commands as text."""

    def outgoing(self, address: str, decision: Decision) -> Sequence[Outgoing]:
        said = {"lead": decision.reply.lead, "buttons": [item.command for item in decision.reply.choices]}
        return [Outgoing(address, json.dumps(said, ensure_ascii=False).encode())]


@dataclass
class Receiver:
    """A stand-in for whatever receives alerts: it keeps what came and can refuse or stay silent."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with receiver.changed:
                    if receiver.status == 200:
                        receiver.bodies.append(body)
                    receiver.changed.notify_all()
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self._server.server_port}/alerts"

    async def got(self, number: int, seconds: float = 60.0) -> list[str]:
        """What came, once it is so many."""

        def waited() -> bool:
            with self.changed:
                return self.changed.wait_for(lambda: len(self.bodies) >= number, seconds)

        assert await asyncio.to_thread(waited), [body["message"] for body in self.bodies]
        return [body["message"] for body in self.bodies]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class World:
    """The desk of one store."""

    store: Store
    clock: Clock
    library: Library
    limits: ClockLimits = field(default_factory=ClockLimits)
    rung: list[int] = field(default_factory=list)

    @property
    def roster(self) -> SealedRoster:
        return SealedRoster(self.store)

    @property
    def alerts(self) -> SealedAlerts:
        return SealedAlerts(self.store)

    @property
    def work(self) -> SealedCasework:
        return SealedCasework(self.store)

    @property
    def board(self) -> DutyBoard:
        return DutyBoard(self.roster, SHANGHAI, self.store.now)

    @property
    def wording(self) -> AlertWording:
        link = "https://desk.invalid/staff/{}".format
        return AlertWording(lambda: self.library.messages, SHANGHAI, link, self.store.now, self.limits)

    def look(self, alerted: Any = lambda: None) -> CaseLook:
        teller = Teller(
            self.store, lambda: self.library, {"telegram": PlainOutward()}, SealedDeskKeys(self.store), self.store.now
        )
        return CaseLook(self.store, self.board, self.limits, teller, alerted)

    async def person(
        self, name: str, role: str = "counsellor", line: int = 1, *, keyed: bool = True, works: bool = True
    ) -> int:
        """Somebody who is on shift at all hours, or never."""
        row = {
            "name": name,
            "display": name,
            "role": role,
            "line": line,
            "region": "",
            "school": "",
            "state": "active",
            "failures": 0,
            "created_at": self.store.now(),
        }
        async with self.store.writing() as connection:
            number: int = (await connection.execute(insert(staff).values(**row).returning(staff.c.id))).scalar_one()
            if keyed:
                grant = {"generation": 1, "holder": str(number), "sealed": b"", "holder_public": b""}
                await connection.execute(insert(desk_key_grant).values(**grant))
        if works:
            await self.roster.add_shift(Shift(number, *ALWAYS))
        return number

    async def key(self) -> None:
        from bot.desk.sealing import new_pair

        row = {"generation": 1, "public": new_pair().public, "made_at": self.store.now()}
        async with self.store.writing() as connection:
            await connection.execute(insert(desk_key).values(**row))

    async def staffed(self, target: str = "json://127.0.0.1:9/none") -> tuple[int, int, int]:
        """A key, a first line, a second line and a supervisor, each with a route of their own."""
        await self.key()
        people = (
            await self.person("first"),
            await self.person("second", line=2),
            await self.person("boss", "supervisor", 2, works=False),
        )
        for number in people:
            await self.roster.add_route(Route(0, number, label=f"route{number}", target=target))
        return people

    async def open(
        self,
        level: RiskLevel = RiskLevel.URGENT,
        talk: str = "telegram:1",
        channel: str = "telegram",
        kind: RiskKind = RiskKind.DOMESTIC_VIOLENCE,
    ) -> int:
        """A case as the talk files it. A second one of the same talk is added to the first."""
        row = await SealedCases(self.store).open_case(talk)
        duty = await self.board.state(Scope())
        due = self.store.now() + self.limits.answer_within(level) if duty.on_duty else None
        report = Report(Why.RISK, level, kind, Audience.STUDENT, (), opens=True)
        origin = Origin(channel, talk, "chat-1")
        receipt = Receipt(self.store.now(), due)
        async with self.store.writing() as connection:
            filed = await SealedCases(self.store).file(
                connection, Filing(report, origin, row.id if row else None, receipt)
            )
        assert filed is not None
        return filed.case

    async def alerts_only_opened(self) -> int:
        """A case of which the line was alerted, and of which nobody looks at the clock again."""
        case = await self.open(RiskLevel.DISCLOSURE)
        await self.look().look(case)
        return case

    async def take(self, case: int, person: int) -> None:
        async with self.store.writing() as connection:
            assert await self.work.take(connection, case, person)

    async def row(self, case: int) -> CaseRow:
        row = await self.work.case(case)
        assert row is not None
        return row

    async def made(self, case: int) -> list[tuple[str, int, int]]:
        """The alerts of a case: reason, rung, route."""
        return [(row.reason, row.rung, row.route) for row in await self.alerts.of_case(case)]

    async def to_child(self, channel: str = "telegram") -> list[dict[str, Any]]:
        async with self.store.reading() as connection:
            wanted = select(outbox.c.body).where(outbox.c.channel == channel).order_by(outbox.c.id)
            bodies = (await connection.execute(wanted)).scalars().all()
        return [json.loads(self.store.vault.open(body)) for body in bodies]

    def outbox(self) -> SealedOutbox:
        return SealedOutbox(self.store)


async def until(holds: Any, seconds: float = 60.0) -> None:
    """Wait for a condition, asking again and again."""
    end = asyncio.get_running_loop().time() + seconds
    while not (await holds()):
        assert asyncio.get_running_loop().time() < end, "it never came to hold"
        await asyncio.sleep(0.02)
