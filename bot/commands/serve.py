"""``faxiaohu run``: serves until stopped, everything together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator

import typer
import uvicorn

from bot.app import Application, make_application, open_store
from bot.channels.telegram.errors import ChannelError
from bot.commands.errors import CommandError
from bot.commands.jobs import jobs
from bot.commands.staff import link_url
from bot.desk.health import desk_health
from bot.logs import set_up_logs
from bot.settings import Settings, read_settings
from bot.staff.accounts import make_setup_link, setup_link_needed
from bot.storage.lock import DataFolderLock
from bot.web.files import allow_open_files

#: Seconds after which a thread hands over: each step of SQLite is a thread's, and must not wait for the loop.
SWITCH = 0.0005
#: What is done with an application before it serves.
Prepare = Callable[[Application], Awaitable[None]]


def run() -> None:
    """Starts everything; what stands against it is one clear line and exit code 2."""
    run_with(read_settings())


def run_with(settings: Settings, prepare: Prepare | None = None) -> None:
    """Serves until stopped. Raises SettingsError, CommandError, StorageError, ContentError."""
    set_up_logs(settings.log_level, as_json=settings.log_json)
    sys.setswitchinterval(SWITCH)
    allow_open_files()
    with DataFolderLock(settings.data_dir):
        try:
            asyncio.run(_run(settings, prepare))
        except ChannelError as error:
            raise CommandError(str(error)) from None


async def _run(settings: Settings, prepare: Prepare | None) -> None:
    listening = listen(settings)
    store = await open_store(settings)
    try:
        typer.echo("正在准备内容，第一次启动要训练，要四五分钟……", err=True)
        application = await asyncio.to_thread(make_application, settings, store)
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        _announce(settings)
        if application.content.problem is not None:
            typer.secho(f"内容用不了，先用上一次能用的：{application.content.problem}", fg="red", err=True)
        if prepare is not None:
            await prepare(application)
        await _tell_of_the_desk(application)
        await serve(application, listening, stop)
    finally:
        listening.close()
        await store.close()


def listen(settings: Settings) -> socket.socket:
    """The socket of the web server, taken before anything slow so that a port in use is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is said, since asyncio looks at it: else every answer waits 40 ms for the other side to acknowledge.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        where = f"{settings.host}:{settings.port}"
        raise CommandError(
            f"不能监听 {where}（{error.strerror}）。换一个端口：FAXIAOHU_PORT=8080 faxiaohu run"
        ) from None
    return listening


def _announce(settings: Settings) -> None:
    typer.echo(f"网页聊天：http://{settings.host}:{settings.port}/", err=True)
    if settings.telegram_token is None:
        typer.echo("没有设置 FAXIAOHU_TELEGRAM_TOKEN，Telegram 没有启动", err=True)


async def _tell_of_the_desk(application: Application) -> None:
    """Who is on duty, in red where nobody is; what must be mended; before there is a desk key, the link to make it."""
    desk = application.desk
    health = await desk_health(application.store, application.settings.zone, desk.messages())
    typer.secho(health.line, fg=None if health.on_duty else "red", err=True)
    for problem in health.problems:
        typer.secho(problem.text, fg="red", err=True)
    if await setup_link_needed(application.store):
        path = await make_setup_link(application.store)
        typer.echo(f"{desk.messages()['staff.setup_line']}\n{link_url(application.settings, path)}", err=True)


class Server(uvicorn.Server):
    """Uvicorn that leaves signals to us: everything stops together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes none."""
        yield


async def serve(application: Application, listening: socket.socket, stop: asyncio.Event) -> None:
    """Runs until stopped; the first part that fails stops the rest and its error is raised."""
    server = Server(
        uvicorn.Config(
            application.web,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            timeout_graceful_shutdown=10,
        )
    )
    try:
        async with asyncio.TaskGroup() as group:
            for job in (_web(server, listening, stop), _end(server, stop), *jobs(application, stop)):
                group.create_task(job)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _web(server: Server, listening: socket.socket, stop: asyncio.Event) -> None:
    await server.serve(sockets=[listening])
    stop.set()


async def _end(server: Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True
