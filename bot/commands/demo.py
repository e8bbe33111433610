"""``faxiaohu demo``: everything on a throw-away data folder, with people on duty and a marked sample case."""

from __future__ import annotations

import asyncio
import datetime as dt
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
from bot.commands.serve import run_with
from bot.desk.carriers import APPRISE
from bot.settings import Settings, read_settings
from bot.staff.accounts import SETUP, Accounts, make_setup_link
from bot.staff.codes import new_secret
from bot.staff.enrolment import Chosen, Enrolment
from bot.staff.passwords import Passwords
from bot.storage.audit import AuditLog
from bot.storage.drills import SealedDrills
from bot.storage.roster import Route, SealedRoster, Shift
from bot.storage.store import Store

NAME = "demo"
#: Where the demo's own alert route arrives: the terminal shows what a phone would.
ALERTS = "/demo/alerts"
#: Seconds for which a code of the authenticator holds.
STEP = 30


@dataclass(frozen=True, slots=True)
class SignIn:
    """What is typed at the demo's door."""

    password: str
    secret: str

    @property
    def code(self) -> str:
        """The code of this half minute."""
        return pyotp.TOTP(self.secret).now()


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
    """A supervisor on duty round the clock, a way to reach them, and a case that waits."""
    settings, store = application.settings, application.store
    sign_in = await _supervisor(store)
    await _reach(store, settings)
    application.web.router.routes.append(WebRoute(ALERTS, _arrived, methods=["POST"]))
    text = application.desk.messages()["alerts.drill_text"]
    await SealedDrills(store).place(text)
    _announce(settings, sign_in)


async def _supervisor(store: Store) -> SignIn:
    accounts = Accounts(store, AuditLog(store))
    sign_in = SignIn(secrets.token_urlsafe(9), new_secret())
    token = (await make_setup_link(store)).removeprefix(f"/staff/{SETUP}/")
    # A code works once: the one before this is spent here, so that this one opens the door.
    before = pyotp.TOTP(sign_in.secret).at(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=STEP))
    chosen = Chosen(sign_in.password, sign_in.secret, before)
    made = await Enrolment(accounts, Passwords()).set_up(token, NAME, "演示值班员", chosen)
    roster, midnight = SealedRoster(store), dt.time(0, 0)
    await roster.add_shift(Shift(made.member.id, midnight, midnight, frozenset(range(7))))
    return sign_in


async def _reach(store: Store, settings: Settings) -> None:
    """Let alerts arrive at this very service."""
    target = f"json://{settings.host}:{settings.port}{ALERTS}"
    await SealedRoster(store).add_route(Route(0, None, APPRISE, "演示终端", target=target))


async def _arrived(request: Request) -> Response:
    told = await request.json()
    typer.secho(f"[演示提醒] {told.get('message', '')}", fg="yellow", err=True)
    return Response(status_code=204)


def _announce(settings: Settings, sign_in: SignIn) -> None:
    where = f"http://{settings.host}:{settings.port}"
    typer.secho("这是演示：数据放在临时文件夹里，停止就全部删除。不要输入真实的求助。", fg="cyan", err=True)
    typer.echo(f"值班台：{where}/desk  名字 {NAME}  密码 {sign_in.password}", err=True)
    uri = pyotp.TOTP(sign_in.secret).provisioning_uri(name=NAME, issuer_name="法小护演示")
    typer.echo(f"验证器：{uri}", err=True)
    _tell_code(sign_in, asyncio.get_running_loop())


def _tell_code(sign_in: SignIn, loop: asyncio.AbstractEventLoop) -> None:
    typer.echo(f"现在的验证码：{sign_in.code}", err=True)
    loop.call_later(STEP - dt.datetime.now(dt.UTC).timestamp() % STEP, _tell_code, sign_in, loop)
