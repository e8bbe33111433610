"""A desk at work: people with keys, shifts and sessions, cases filed as the talk files them, and a channel that keeps
what goes out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, select, update

from bot.content.load import Reader, read_library
from bot.core.audience import Audience
from bot.core.decision import OUTCOMES, Decision
from bot.core.desk import Filing, Report, Why
from bot.core.message import Origin
from bot.core.ports import Outgoing
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.claims import DeskClaims
from bot.desk.duty import DutyBoard
from bot.desk.limits import ClockLimits
from bot.desk.news import News
from bot.desk.periods import Periods
from bot.desk.reading import DeskReading
from bot.desk.sealing import KeyPair, new_pair, new_salt, seal_to, wrap
from bot.desk.service import CaseDesk
from bot.desk.work import DeskWork
from bot.desk.worker import Worker
from bot.staff.codes import new_secret
from bot.staff.cookie import Cookie
from bot.staff.passwords import Passwords
from bot.staff.signed import DeskKeyring
from bot.storage.audit import AuditLog
from bot.storage.cases import SealedCases
from bot.storage.casework import SealedCasework
from bot.storage.desk_keys import RECOVERY, Grant, SealedDeskKeys
from bot.storage.desk_tables import audit
from bot.storage.outbox import SealedOutbox
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route, Shift
from bot.storage.staff_sessions import StaffSessions
from bot.storage.staff_tables import staff
from bot.storage.store import Store

ROOT = Path(__file__).parents[2]
LIBRARY = read_library(Reader(ROOT))
ALL_DAYS = frozenset(range(7))
CHANNEL = "telegram"
DOOR = "安静的河边有三块石头"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An ``Outward`` that writes down what is said."""

    def outgoing(self, address: str, decision: Decision) -> Sequence[Outgoing]:
        reply = decision.reply
        said = {
            "kind": OUTCOMES[type(decision)],
            "text": reply.lead,
            "commands": [choice.command for choice in reply.choices],
        }
        return (Outgoing(address, json.dumps(said).encode()),)


@dataclass
class Office:
    """The desk over a store, with everybody in it."""

    store: Store
    desk_key: KeyPair = field(default_factory=new_pair)
    news: News = field(default_factory=News)
    pairs: dict[int, KeyPair] = field(default_factory=dict)

    @property
    def board(self) -> DutyBoard:
        return DutyBoard(SealedRoster(self.store), self.store.now().tzinfo or dt.UTC, self.store.now)

    @property
    def keys(self) -> SealedDeskKeys:
        return SealedDeskKeys(self.store)

    @property
    def reading(self) -> DeskReading:
        return DeskReading(self.store, self.board, AuditLog(self.store), self.news)

    @property
    def work(self) -> DeskWork:
        return DeskWork(
            store=self.store,
            reading=self.reading,
            audit=AuditLog(self.store),
            news=self.news,
            outward={CHANNEL: Recorded()},
            library=lambda: LIBRARY,
            periods=Periods(),
        )

    @property
    def desk(self) -> CaseDesk:
        return CaseDesk(self.store, self.keys, self.board, ClockLimits())

    @property
    def claims(self) -> DeskClaims:
        return DeskClaims(self.work, lambda: LIBRARY.messages, lambda case: f"https://desk.example/desk/case/{case}")

    async def open(self) -> None:
        """Make the first desk key, and a route that reaches everybody."""
        async with self.store.writing() as connection:
            generation = await self.keys.begin(connection, self.desk_key.public)
            recovery = new_pair()
            sealed = seal_to(recovery.public, self.desk_key.private)
            await self.keys.grant(connection, [Grant(generation, RECOVERY, sealed, recovery.public)])
        await SealedRoster(self.store).add_route(Route(0, None, label="值班群", target="json://127.0.0.1"))

    async def hire(self, name: str, role: str = "counsellor", *, shift: bool = True, **post: Any) -> int:
        """Somebody comes, holds the key, and is on shift around the clock."""
        pair = new_pair()
        row = {
            "name": name,
            "display": post.pop("display", name),
            "role": role,
            "line": 1,
            "region": "",
            "school": "",
            "state": "active",
            "failures": 0,
            "created_at": self.store.now(),
            "public": pair.public,
        }
        async with self.store.writing() as connection:
            made = await connection.execute(insert(staff).values(**row | post).returning(staff.c.id))
            number: int = made.scalar_one()
            if role != "vice_principal":
                sealed = seal_to(pair.public, self.desk_key.private)
                await self.keys.grant(connection, [Grant(1, str(number), sealed, pair.public)])
        self.pairs[number] = pair
        if shift and role != "vice_principal":
            await SealedRoster(self.store).add_shift(Shift(number, dt.time(0), dt.time(0), ALL_DAYS))
        return number

    async def leave(self, number: int) -> None:
        """Somebody is disabled."""
        async with self.store.writing() as connection:
            await connection.execute(update(staff).where(staff.c.id == number).values(state="disabled"))

    async def rotate(self, *holders: int) -> None:
        """A new desk key, for these alone."""
        pair = new_pair()
        async with self.store.writing() as connection:
            generation = await self.keys.begin(connection, pair.public)
            grants = [
                Grant(generation, str(one), seal_to(self.pairs[one].public, pair.private), self.pairs[one].public)
                for one in holders
            ]
            await self.keys.grant(connection, grants)

    async def worker(self, number: int, *, supervisor: bool = False) -> Worker:
        """Somebody at work, with the keys that they hold."""
        grants = await self.keys.grants_of(str(number))
        return Worker(number, supervisor, DeskKeyring.unlocked(self.pairs[number].private, grants))

    async def cookie(self, number: int) -> str:
        """A session of somebody's, as their browser keeps it."""
        key = bytes(range(32))
        wrapped = wrap(key, self.pairs[number].private)
        async with self.store.writing() as connection:
            token = await StaffSessions(self.store).open(connection, number, wrapped, dt.timedelta(hours=12))
        return str(Cookie(token, key))

    async def door(self, number: int) -> str:
        """Gives somebody a password, DOOR, and the secret of an app that makes codes."""
        passwords, salt, secret = Passwords(), new_salt(), new_secret()
        wrapped = wrap(await passwords.key(DOOR, salt), self.pairs[number].private)
        values = {
            "password": await passwords.hash(DOOR),
            "salt": salt,
            "private": wrapped,
            "totp": self.store.vault.seal(secret.encode()),
        }
        async with self.store.writing() as connection:
            await connection.execute(update(staff).where(staff.c.id == number).values(**values))
        return secret

    async def sign_out(self, number: int) -> None:
        """Every sign-in of somebody's ends, as when its time has come."""
        async with self.store.writing() as connection:
            await StaffSessions(self.store).close_all(connection, number)

    async def file(self, text: str = "他打我", **about: Any) -> int:
        """Somebody says this in the talk ``talk``, as the dialogue would file it; gives the case."""
        filing = await self.prepared(text, **about)
        case = await self.keep(filing)
        self.receipt = filing.receipt
        return case

    async def keep(self, filing: Filing) -> int:
        """Keep what was prepared; gives the case."""
        async with self.store.writing() as connection:
            filed = await SealedCases(self.store).file(connection, filing)
        assert filed is not None
        return filed.case

    async def prepared(self, text: str = "他打我", **about: Any) -> Filing:
        """What somebody says, decided and not yet kept."""
        talk, channel = about.pop("talk", "telegram:7:7"), about.pop("channel", CHANNEL)
        named = about.pop("delivery", ""), about.pop("group", "")
        origin = Origin(channel, talk, about.pop("address", "7"), *named, crowd=about.pop("crowd", 0))
        desk = self.desk
        standing = await desk.standing(talk)
        why = about.pop("why", Why.RISK if standing.case is None else Why.SAID)
        report = Report(
            why=why,
            level=RiskLevel(about.pop("level", "disclosure" if standing.case is None else "none")),
            kind=RiskKind(about.pop("kind", "bullying")),
            reader=Audience(about.pop("reader", "student")),
            texts=(text,) if text else (),
            value=about.pop("value", ""),
            opens=standing.case is None,
            region=about.pop("region", ""),
            told=about.pop("told", ""),
        )
        return await desk.prepare(report, origin, standing)

    async def row(self, case: int) -> Any:
        """The case as it is stored."""
        return await SealedCasework(self.store).case(case)

    async def events(self, case: int) -> Sequence[Any]:
        """The history of a case."""
        return await SealedCasework(self.store).events(case)

    async def out(self) -> list[SimpleNamespace]:
        """What has gone into the outbox so far, oldest first."""
        queued = await SealedOutbox(self.store, dt.timedelta()).due(CHANNEL, self.store.now(), 99)
        return [SimpleNamespace(address=item.address, **json.loads(item.body)) for item in queued]

    async def logged(self) -> list[tuple[str, str, int | None]]:
        """The lines of the audit log: who, what, which case."""
        async with self.store.reading() as connection:
            wanted = select(audit.c.actor, audit.c.action, audit.c.case).order_by(audit.c.seq)
            return [tuple(row) for row in await connection.execute(wanted)]  # type: ignore[misc]
