"""``faxiaohu run``: serves until stopped, everything together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import structlog
import typer
import uvicorn

from bot.app import Application, make_application, open_store
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.errors import ChannelError
from bot.commands.errors import CommandError
from bot.logs import set_up_logs
from bot.settings import Settings, read_settings
from bot.storage.cleaning import clean
from bot.storage.errors import StorageError
from bot.storage.lock import DataFolderLock
from bot.storage.outbox import SealedOutbox

#: Seconds between two removals of what has had its time.
CLEANING = 600.0
#: Seconds within which a failing channel counts as wrongly set up.
STARTING = 60.0

log = structlog.get_logger(__name__)


def run() -> None:
    """Starts everything; what stands against it is one clear line and exit code 2."""
    settings = read_settings()
    set_up_logs(settings.log_level, as_json=settings.log_json)
    with DataFolderLock(settings.data_dir):
        try:
            asyncio.run(_run(settings))
        except ChannelError as error:
            raise CommandError(str(error)) from None


async def _run(settings: Settings) -> None:
    listening = _listen(settings)
    store = await open_store(settings)
    try:
        typer.echo("正在准备内容，第一次启动要训练，大约需要半分钟……", err=True)
        application = await asyncio.to_thread(make_application, settings, store)
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        _announce(settings)
        await serve(application, listening, stop)
    finally:
        listening.close()
        await store.close()


def _listen(settings: Settings) -> socket.socket:
    """The socket of the web server, taken before anything slow so that a port in use is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
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
    typer.secho("现在没有真人值班：页面会请有危险的人打110，不会说有人会来", fg="red", err=True)


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
    jobs = [
        _web(server, listening, stop),
        _end(server, stop),
        _sweep(application, stop),
        application.content.watch(stop),
    ]
    if application.telegram is not None:
        # Whoever was sending when the service last stopped is gone: what was in flight goes out again at once.
        await SealedOutbox(application.store).recover(CHANNEL)
        jobs.append(_telegram(application.telegram, stop))
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _web(server: Server, listening: socket.socket, stop: asyncio.Event) -> None:
    await server.serve(sockets=[listening])
    stop.set()


async def _telegram(channel: TelegramChannel, stop: asyncio.Event) -> None:
    """A wrong token is told at start; one revoked later must not take the web away from children."""
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        await channel.run(stop)
    except ChannelError as error:
        if clock() - began < STARTING:
            raise
        log.error("telegram.ended", error=type(error).__name__)  # noqa: TRY400  (the trace says nothing more)


async def _end(server: Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


async def _sweep(application: Application, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with contextlib.suppress(StorageError):
            await clean(application.store)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), CLEANING)
