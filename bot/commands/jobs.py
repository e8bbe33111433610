"""What runs beside the web server: channels, the watch over cases, alerts, drills, and what cleans up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator

import structlog

from bot.app import Application
from bot.assembly import periods
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.errors import ChannelError
from bot.desk.log_keeping import LogKeeper
from bot.desk.news import Event
from bot.desk.retention import sweep
from bot.staff.desk.events import OVER
from bot.storage.cleaning import clean
from bot.storage.folding import fold
from bot.storage.outbox import SealedOutbox

#: Seconds between two removals of what has had its time, and between two sweeps of cases.
CLEANING, HOURLY = 600.0, 3_600.0
#: Seconds within which a failing channel counts as wrongly set up.
STARTING = 60.0

log = structlog.get_logger(__name__)


def jobs(application: Application, stop: asyncio.Event) -> Iterator[Coroutine[None, None, None]]:
    """Every job; each ends soon after ``stop`` is set."""
    desk = application.desk
    channel, schedule = application.drills
    yield _clean(application, stop)
    yield _keep_records(application, stop)
    yield desk.unkept.run(desk.news, stop)
    yield application.content.watch(stop)
    yield application.post.run(stop)
    yield _watch(application, stop)
    yield desk.desk.codes.run(stop)
    yield desk.sender.run(stop)
    yield _carry(application, stop)
    yield channel.run(stop)
    yield schedule.run(stop)
    yield application.teaching.pusher.run(stop)
    if application.telegram is not None:
        yield _telegram(application, application.telegram, stop)


async def _watch(application: Application, stop: asyncio.Event) -> None:
    """The clocks of all open cases, as long as the service runs."""
    desk = application.desk
    await desk.apprising.warm()
    await desk.watch.start()
    try:
        await stop.wait()
    finally:
        await desk.watch.stop()
        desk.apprising.close()


async def _carry(application: Application, stop: asyncio.Event) -> None:
    """Whatever happens at the desk may have put a message into an outbox: its sender looks at once."""
    async with application.desk.news.listening() as told:
        ended = asyncio.ensure_future(stop.wait())
        while not stop.is_set():
            event = asyncio.ensure_future(told.get())
            await asyncio.wait({event, ended}, return_when=asyncio.FIRST_COMPLETED)
            # How a case stands is shown on the page of its child.
            case = event.result().case if event.done() else None
            event.cancel()
            application.post.ring(case or 0)
            if application.telegram is not None:
                application.telegram.wake()
    # The desk's pages let go at once, so that the server can stop.
    application.desk.news.publish(Event(OVER))


async def _telegram(application: Application, channel: TelegramChannel, stop: asyncio.Event) -> None:
    """A wrong token is told at start; one revoked later must not take the web away from children."""
    # Whoever was sending when the service last stopped is gone: what was in flight goes out again at once.
    await SealedOutbox(application.store).recover(CHANNEL)
    time = asyncio.get_running_loop().time
    began = time()
    try:
        await channel.run(stop)
    except ChannelError as error:
        if time() - began < STARTING:
            raise
        log.error("telegram.ended", error=type(error).__name__)  # noqa: TRY400  (the trace says nothing more)


async def _clean(application: Application, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with _going_on():
            await clean(application.store)
            await application.desk.witness().keep()
        with _going_on():
            await fold(application.store)
        await _pause(stop, CLEANING)


async def _keep_records(application: Application, stop: asyncio.Event) -> None:
    """Cases that have had their time, and the end of the audit log kept elsewhere."""
    desk, hour, kept = application.desk, 0, periods(application.settings)
    log_keeper = LogKeeper(desk.store, desk.audit, kept)
    while not stop.is_set():
        with _going_on():
            await sweep(desk.store, desk.audit, kept)
            await log_keeper.sweep()
        if hour % 24 == 0:
            with _going_on():
                await desk.witness().watch()
        hour += 1
        await _pause(stop, HOURLY)


@contextlib.contextmanager
def _going_on() -> Iterator[None]:
    """What cleans up comes by again: no failure of it may take the service from children."""
    try:
        yield
    except Exception as error:  # its text may quote
        log.error("cleaning.failed", error=type(error).__name__)  # noqa: TRY400


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
