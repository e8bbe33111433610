"""Sets a desk up in a data folder: a supervisor and a counsellor, on duty round the clock, and a route to them."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

import pyotp

from bot.app import open_store
from bot.desk.carriers import APPRISE
from bot.settings import Settings
from bot.staff.accounts import JOIN, SETUP, Accounts, make_setup_link
from bot.staff.codes import new_secret
from bot.staff.cookie import Cookie
from bot.staff.enrolment import Chosen, Enrolment
from bot.staff.fingerprint import fingerprint
from bot.staff.passwords import Passwords
from bot.staff.sign_in import SignIns
from bot.staff.throttle import Throttle
from bot.storage.audit import AuditLog
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route, Shift
from bot.storage.staff import Post, Role
from bot.storage.store import Store

STEP = dt.timedelta(seconds=30)
SUPERVISOR, COUNSELLOR = "zhou", "li"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody types at the door."""

    name: str
    password: str
    secret: str

    @property
    def code(self) -> str:
        """The code of this half minute."""
        return pyotp.TOTP(self.secret).now()

    @property
    def chosen(self) -> Chosen:
        """What was chosen for it; the code is the one before, since each opens one door."""
        before = pyotp.TOTP(self.secret).at(dt.datetime.now(dt.UTC) - STEP)
        return Chosen(self.password, self.secret, before)


async def furnish(settings: Settings, target: str) -> SignIn:
    """Set the desk up; gives what the counsellor signs in with. ``target``: where alerts to the whole desk go."""
    return (await furnish_all(settings, target))[1]


async def furnish_all(settings: Settings, target: str) -> tuple[SignIn, SignIn]:
    """The same; gives what the supervisor signs in with too, first."""
    store = await open_store(settings)
    try:
        return await _furnish(store, target)
    finally:
        await store.close()


async def _furnish(store: Store, target: str) -> tuple[SignIn, SignIn]:
    accounts, passwords = Accounts(store, AuditLog(store)), Passwords()
    enrolment, roster = Enrolment(accounts, passwords), SealedRoster(store)
    boss, person = _sign_in(SUPERVISOR), _sign_in(COUNSELLOR)

    setup = (await make_setup_link(store)).removeprefix(f"/staff/{SETUP}/")
    first = await enrolment.set_up(setup, boss.name, "周主管", boss.chosen)
    invitation = await accounts.invite(first.member.holder, person.name, "李老师", Post(Role.COUNSELLOR))
    joined = await enrolment.enrol(JOIN, invitation.removeprefix(f"/staff/{JOIN}/"), person.chosen)
    ins = SignIns(accounts, passwords, Throttle(store.now), dt.timedelta(hours=1))
    cookie: Cookie = await ins.begin(first.member, first.private)
    signed = await ins.resume(cookie)
    assert signed is not None
    assert joined.member.public is not None
    await accounts.admit(signed, joined.member.id, fingerprint(joined.member.public))

    midnight = dt.time(0, 0)
    for member in (first.member, joined.member):
        await roster.add_shift(Shift(member.id, midnight, midnight, frozenset(range(7))))
    await roster.add_route(Route(0, None, APPRISE, "值班群", target=target))
    return boss, person


def _sign_in(name: str) -> SignIn:
    return SignIn(name, secrets.token_urlsafe(12), new_secret())
