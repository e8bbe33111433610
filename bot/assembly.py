"""Puts the desk together: what watches over cases, what reaches people, and the pages on which they work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.channels.drill.channel import DrillChannel
from bot.channels.web.letter import CHANNEL as WEB
from bot.channels.web.letter import WebOutward
from bot.core.content_types import Library
from bot.core.outward import Outward
from bot.core.talk import Talk
from bot.desk.alerts import AlertSender
from bot.desk.apprising import Apprising
from bot.desk.audit import AuditWitness
from bot.desk.carriers import APPRISE, AppriseCarrier
from bot.desk.claims import DeskClaims
from bot.desk.drill import DrillSchedule, drill_health
from bot.desk.duty import DutyBoard
from bot.desk.health import desk_health
from bot.desk.limits import ClockLimits
from bot.desk.look import CaseLook
from bot.desk.news import Event, News
from bot.desk.periods import Periods
from bot.desk.reading import DeskReading
from bot.desk.service import CaseDesk
from bot.desk.telling import Teller
from bot.desk.timers_file import timers_url
from bot.desk.unkept import UnkeptAlarm
from bot.desk.watch import Watch
from bot.desk.wording import AlertWording
from bot.desk.work import DeskWork
from bot.logs import logs_lost
from bot.settings import Settings
from bot.staff.accounts import Accounts
from bot.staff.desk.parts import Doors
from bot.staff.desk.routes import create_desk_routes
from bot.staff.options import StaffOptions
from bot.staff.pages import StaffSite, create_staff
from bot.staff.records.site import RecordsWith, create_records
from bot.staff.roster.site import RosterWith, create_roster
from bot.storage.alerts import SealedAlerts
from bot.storage.audit import AuditLog
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import SealedOutbox
from bot.storage.roster import SealedRoster
from bot.storage.store import Store
from bot.storage.talks import SealedTalks

#: The pages of a case that belong to the records.
DOORS = Doors("/desk/case/{case}/identity", "/desk/retention/{case}", "/desk/case/{case}/export")

#: Seconds for which talks go by the same roster: it is asked for at every turn.
LASTING = 0.5


def clock_limits(settings: Settings) -> ClockLimits:
    """The clocks of the settings."""
    return ClockLimits.of_minutes(
        settings.urgent_seen_minutes,
        settings.urgent_answer_minutes,
        settings.seen_minutes,
        settings.answer_minutes,
        urgent_rest=settings.urgent_rest_minutes,
        rest=settings.rest_minutes,
    )


def periods(settings: Settings) -> Periods:
    """How long things are kept, by the settings."""
    return Periods(case=dt.timedelta(days=settings.case_days), audit=dt.timedelta(days=settings.audit_days))


@dataclass(slots=True)
class DeskParts:
    """The desk of a running service. ``outward`` and ``sender.carriers`` are filled as channels are made."""

    settings: Settings
    store: Store
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]
    news: News = field(default_factory=News)
    outward: dict[str, Outward] = field(default_factory=dict)
    apprising: Apprising = field(default_factory=Apprising)
    keys: SealedDeskKeys = field(init=False)
    audit: AuditLog = field(init=False)
    board: DutyBoard = field(init=False)
    desk: CaseDesk = field(init=False)
    sender: AlertSender = field(init=False)
    watch: Watch = field(init=False)
    work: DeskWork = field(init=False)
    claims: DeskClaims = field(init=False)
    unkept: UnkeptAlarm = field(init=False)

    def __post_init__(self) -> None:
        store, roster, limits = self.store, SealedRoster(self.store), clock_limits(self.settings)
        self.keys, self.audit = SealedDeskKeys(store), AuditLog(store)
        self.board = DutyBoard(roster, self.settings.zone, self.now, LASTING)
        self.desk = CaseDesk(store, self.keys, self.board, limits, self.touched)
        self.outward[WEB] = WebOutward(self.now)
        self.sender = self._sender(roster)
        teller = Teller(store, self.library, self.outward, self.keys, self.now)
        look = CaseLook(store, self.board, limits, teller, self.sender.ring, self._released)
        self.watch = Watch(store, look, self.news, timers_url(self.settings.database, self.settings.data_dir))
        reading = DeskReading(store, self.board, self.audit, self.news)
        self.unkept = UnkeptAlarm(roster, self.apprising, self.messages)
        self.work = DeskWork(store, reading, self.audit, self.news, self.outward, self.library, periods(self.settings))
        self.claims = DeskClaims(self.work, self.messages, self.link)

    def messages(self) -> dict[str, str]:
        """The sentences of the interface, as the content has them now."""
        return dict(self.library().messages)

    def link(self, case: int | None) -> str:
        """The address of a case's page, of the queue for None; empty where the service has no public one."""
        base = self.settings.public_url.rstrip("/")
        page = "/desk" if case is None else f"/desk/case/{case}"
        return f"{base}{page}" if base else ""

    async def status(self) -> Mapping[str, object]:
        """How the desk stands, for whoever watches the service: keys, no words. Raises StorageError."""
        people = await desk_health(self.store, self.settings.zone, self.messages())
        problems = [problem.key for problem in people.problems]
        drilled = await drill_health(self.store, clock_limits(self.settings), self.settings.zone, self.messages())
        wrong = {"drill": drilled.state == "lost", "timers": self.watch.timers_late, "logs": logs_lost()}
        problems += [key for key, found in wrong.items() if found]
        return {"on_duty": people.on_duty, "desk": problems}

    def touched(self, case: int) -> None:
        """Something about a case has changed outside a turn."""
        self.news.publish(Event("message", case))

    @property
    def wording(self) -> AlertWording:
        """How alerts are worded."""
        return AlertWording(self.messages, self.settings.zone, self.link, self.now, clock_limits(self.settings))

    def site(self, *, telegram: bool) -> StaffSite:
        """The pages of the staff, all of them."""
        region_names = tuple((code, region.name) for code, region in self.library().regions.items())
        options = StaffOptions(
            operator=self.settings.operator,
            secure_cookies=self.settings.secure_cookies,
            trusted_proxies=self.settings.proxies,
            public_url=self.settings.public_url,
            session_hours=self.settings.staff_hours,
            regions=region_names,
        )
        accounts = Accounts(self.store, self.audit, self._released, self._duty_changed)
        site = create_staff(accounts, self.messages, options, self.now)
        roster = RosterWith(self.store, self.audit, self.news, self.now, self.sender.test, telegram)
        records = RecordsWith(
            store=self.store,
            audit=self.audit,
            board=self.board,
            alert=self.alert_staff,
            periods=periods(self.settings),
            folder=self.settings.data_dir,
            now=self.now,
            told=self.touched,
        )
        claims = self.claims if telegram else None
        site.routes.extend(create_desk_routes(site.gate, site.look, self.work, claims=claims, doors=DOORS))
        site.routes.extend((*create_roster(site, roster), *create_records(site, records)))
        return site

    def drills(self, talk: Talk, talks: SealedTalks) -> tuple[DrillChannel, DrillSchedule]:
        """What answers drills, and what begins them."""
        channel = DrillChannel(self.store, talk, SealedInbox(self.store, talks), SealedOutbox(self.store))
        text = self.library().messages["alerts.drill_text"]
        schedule = DrillSchedule(self.store, self.board, self.news, self.settings.drill_days, lambda: text)
        return channel, schedule

    def witness(self) -> AuditWitness:
        """What keeps the end of the audit log elsewhere too."""
        return AuditWitness(self.store, self.settings.data_dir)

    def _sender(self, roster: SealedRoster) -> AlertSender:
        async def unreached(case: int, rung: int) -> None:
            await self.watch.unreached(case, rung)

        return AlertSender(
            alerts=SealedAlerts(self.store),
            roster=roster,
            carriers={APPRISE: AppriseCarrier(self.apprising, self.wording)},
            now=self.now,
            unreached=unreached,
            duty=self._duty_changed,
        )

    def _released(self, case: int) -> None:
        self.news.publish(Event("opened", case))

    def _duty_changed(self) -> None:
        self.news.publish(Event("duty"))

    async def alert_staff(self, case: int, reason: str, to: frozenset[int]) -> None:
        """Alert these people about a case, and whoever reads along. Raises StorageError."""
        async with self.store.writing() as connection:
            await SealedAlerts(self.store).make(connection, case, reason=reason, rung=3, to=to)
        self.sender.ring()
