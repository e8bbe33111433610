"""``faxiaohu demo``: everything on a throw-away data folder: people on duty, a sample case, a sample school."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyotp
import typer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from bot.app import Application
from bot.commands.demo_counts import Counted
from bot.commands.demo_school import Furnisher, Sample
from bot.commands.serve import run_with
from bot.desk.carriers import APPRISE
from bot.settings import Settings, read_settings
from bot.staff.accounts import JOIN, SETUP, Accounts, make_setup_link
from bot.staff.codes import new_secret
from bot.staff.enrolment import Chosen, Enrolment
from bot.staff.passwords import Passwords
from bot.storage.audit import AuditLog
from bot.storage.counts import Place
from bot.storage.drills import SealedDrills
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route, Shift
from bot.storage.staff import Member, Post, Role
from bot.storage.store import Store

NAME, PRINCIPAL = "demo", "fazhi"
#: Where the demo's own alert route arrives: the terminal shows what a phone would.
ALERTS = "/demo/alerts"
#: Seconds for which a code of the authenticator holds.
STEP = 30


@dataclass(frozen=True, slots=True)
class SignIn:
    """What is typed at the demo's door."""

    name: str
    password: str
    secret: str

    @classmethod
    def new(cls, name: str) -> SignIn:
        """A fresh one."""
        return cls(name, secrets.token_urlsafe(9), new_secret())

    @property
    def code(self) -> str:
        """The code of this half minute."""
        return pyotp.TOTP(self.secret).now()

    @property
    def chosen(self) -> Chosen:
        """What was chosen for it. A code works once: the one before this is spent, so that this one opens the door."""
        before = pyotp.TOTP(self.secret).at(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=STEP))
        return Chosen(self.password, self.secret, before)


def demo() -> None:
    """Serves until stopped; then the folder with everything in it is removed."""
    folder = Path(tempfile.mkdtemp(prefix="faxiaohu-demo-"))
    given = read_settings()
    settings = given.model_copy(
        update={"data_dir": folder, "database_url": None, "key": None, "telegram_token": None, "public_url": ""}
    )
    try:
        run_with(settings, prepare)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def prepare(application: Application) -> None:
    """A supervisor on duty round the clock, a way to reach them, a case that waits, and a school with its figures."""
    settings, store = application.settings, application.store
    enrolment = Enrolment(Accounts(store, AuditLog(store)), Passwords())
    desk, teach = SignIn.new(NAME), SignIn.new(PRINCIPAL)
    boss = await _supervisor(enrolment, desk)
    principal = await _principal(enrolment, boss, teach)
    await _reach(store, settings)
    application.web.router.routes.append(WebRoute(ALERTS, _arrived, methods=["POST"]))
    text = application.desk.messages()["alerts.drill_text"]
    await SealedDrills(store).place(text)
    chance = random.Random(NAME)  # noqa: S311 - sample figures, the same each time
    sample = await Furnisher(application.teaching, principal, chance).furnish(boss, settings.region)
    place, topics = Place(settings.region, sample.school.id), application.desk.library().topics
    await Counted(place, topics, chance).keep(store)
    _announce(settings, (desk, teach), sample)


async def _supervisor(enrolment: Enrolment, sign_in: SignIn) -> Member:
    store = enrolment.accounts.store
    token = (await make_setup_link(store)).removeprefix(f"/staff/{SETUP}/")
    made = await enrolment.set_up(token, sign_in.name, "演示值班员", sign_in.chosen)
    roster, midnight = SealedRoster(store), dt.time(0, 0)
    await roster.add_shift(Shift(made.member.id, midnight, midnight, frozenset(range(7))))
    return made.member


async def _principal(enrolment: Enrolment, boss: Member, sign_in: SignIn) -> Member:
    post = Post(Role.VICE_PRINCIPAL)
    link = await enrolment.accounts.invite(boss.holder, sign_in.name, "演示法治副校长", post)
    return (await enrolment.enrol(JOIN, link.removeprefix(f"/staff/{JOIN}/"), sign_in.chosen)).member


async def _reach(store: Store, settings: Settings) -> None:
    """Let alerts arrive at this very service."""
    target = f"json://{settings.host}:{settings.port}{ALERTS}"
    await SealedRoster(store).add_route(Route(0, None, APPRISE, "演示终端", target=target))


async def _arrived(request: Request) -> Response:
    told = await request.json()
    typer.secho(f"[演示提醒] {told.get('message', '')}", fg="yellow", err=True)
    return Response(status_code=204)


def _announce(settings: Settings, sign_ins: tuple[SignIn, SignIn], sample: Sample) -> None:
    where, (desk, teach) = f"http://{settings.host}:{settings.port}", sign_ins
    typer.secho("这是演示：数据放在临时文件夹里，停止就全部删除。不要输入真实的求助。", fg="cyan", err=True)
    typer.echo(f"值班台：{where}/desk  名字 {desk.name}  密码 {desk.password}", err=True)
    typer.echo(f"验证器：{_uri(desk)}", err=True)
    typer.echo(f"法治副校长：{where}/staff/teach  名字 {teach.name}  密码 {teach.password}", err=True)
    typer.echo(f"验证器：{_uri(teach)}", err=True)
    typer.echo(f"普法成效（两个名字都能看）：{where}/staff/outreach", err=True)
    typer.echo(f"班级网页（不用登录）：{where}/class/{sample.shown.code}", err=True)
    typer.echo("学校、班级、答题和统计数字都是编的，只为演示。", err=True)
    _tell_codes(sign_ins, asyncio.get_running_loop())


def _uri(sign_in: SignIn) -> str:
    return pyotp.TOTP(sign_in.secret).provisioning_uri(name=sign_in.name, issuer_name="法小护演示")


def _tell_codes(sign_ins: tuple[SignIn, SignIn], loop: asyncio.AbstractEventLoop) -> None:
    typer.echo(f"现在的验证码：{'，'.join(f'{each.name} {each.code}' for each in sign_ins)}", err=True)
    loop.call_later(STEP - dt.datetime.now(dt.UTC).timestamp() % STEP, _tell_codes, sign_ins, loop)
