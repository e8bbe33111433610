"""``faxiaohu scorecard``: measures anew how safe the service is, and writes a public page of it."""

from __future__ import annotations

import asyncio
import datetime as dt
from importlib.metadata import version
from pathlib import Path

import typer
from sqlalchemy import make_url

from bot.app import clock, content_root, make_service, open_store, thresholds
from bot.assembly import clock_limits
from bot.commands.errors import CommandError
from bot.content.scores import measure
from bot.desk.drill_record import drill_record
from bot.outreach.queries import OutreachFigures
from bot.outreach.scorecard import DeskTimes, Drills, Scorecard, desk_times
from bot.outreach.scorecard_page import FOLDER, write_scorecard
from bot.settings import Settings, read_settings

YEAR = dt.timedelta(days=365)


def scorecard(out: Path | None) -> None:
    """Writes the page, its look and the same as JSON; into the data folder, where ``run`` shows it, or elsewhere."""
    settings = read_settings()
    service = make_service(settings)
    scores = measure(service, content_root(settings), thresholds(settings))
    if scores is None:
        raise CommandError(
            "没有考题（tests/risk、tests/questions）：请在代码目录里运行，或把 FAXIAOHU_CONTENT_DIR 指到那里"
        )
    desk, drills = asyncio.run(_people(settings)) if _has_data(settings) else (None, None)
    made = clock(settings)().date()
    card = Scorecard(version("faxiaohu"), made, scores, desk, drills)
    try:
        written = write_scorecard(out or settings.data_dir / FOLDER, card, service.library.messages)
    except OSError as error:
        raise CommandError(f"写不进去：{error.strerror}") from None
    for path in written:
        typer.echo(f"写好了 {path}")


def _has_data(settings: Settings) -> bool:
    """Whether there is a database: none is made for this."""
    url = make_url(settings.database)
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).is_file()


async def _people(settings: Settings) -> tuple[DeskTimes, Drills]:
    store = await open_store(settings)
    try:
        now = clock(settings)
        desk = await desk_times(OutreachFigures(store, now, settings.region), now())
        record = await drill_record(store, clock_limits(settings), now() - YEAR)
    finally:
        await store.close()
    seconds = {"sent": record.sent, "taken": record.taken, "answered": record.answered}
    return desk, Drills(record.drills, record.in_time, seconds)
