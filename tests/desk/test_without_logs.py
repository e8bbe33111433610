"""Standard error that is gone, and whatever else cannot be written, keeps nobody from being heard."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

import pytest
import structlog

from bot.assembly import DeskParts
from bot.commands.jobs import jobs
from bot.core.risk import RiskLevel
from bot.desk.alerts import AlertSender
from bot.desk.apprising import Apprising
from bot.desk.carriers import APPRISE, AppriseCarrier
from bot.logs import logs_lost, set_up_logs
from bot.settings import Settings
from bot.storage.audit import AuditLog

from .world import World


def no_reader() -> TextIO:
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w", buffering=1)


def no_room() -> TextIO:
    return Path("/dev/full").open("w", buffering=1)


def closed() -> TextIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.fixture(params=[no_reader, no_room, closed, lambda: None], ids=["no reader", "no room", "closed", "none"])
def _silent(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service's logs lead nowhere."""
    make: Callable[[], Any] = request.param
    before, stream = structlog.get_config(), make()
    with monkeypatch.context() as changed:
        changed.setattr(sys, "stderr", stream)
        set_up_logs("INFO", as_json=True)
        yield
    set_up_logs("INFO", as_json=True)
    structlog.configure(**before)
    with contextlib.suppress(OSError, AttributeError):
        stream.close()


@pytest.mark.usefixtures("_silent")
async def test_without_logs_the_next_rung_hears_that_all_routes_are_dead(world: World, tmp_path: Path) -> None:
    await world.staffed()
    await world.look().look(await world.open(RiskLevel.DISCLOSURE))
    told: list[int] = []

    async def unreached(_case: int, rung: int) -> None:
        told.append(rung)

    carriers = {APPRISE: AppriseCarrier(Apprising(), world.wording)}
    sender = AlertSender(
        world.alerts, world.roster, carriers, world.clock, unreached, steady=lambda: world.clock().timestamp()
    )
    for _ in range(6):
        await sender.settle()
        world.clock.forward(seconds=20)

    assert told
    assert any(route.failing_since for route in (await world.roster.read()).routes)
    assert logs_lost()
    parts = DeskParts(Settings(data_dir=tmp_path / "data"), world.store, lambda: world.library, world.clock)
    assert "logs" in (await parts.status())["desk"]  # type: ignore[operator]


async def test_cleaning_that_fails_does_not_end_the_service(world: World) -> None:
    """A full disk, say, on which the end of the log cannot be written down."""
    stop = asyncio.Event()

    class Full:
        async def keep(self) -> None:
            stop.set()
            raise OSError("第一中学")

        watch = keep

    desk = SimpleNamespace(store=world.store, audit=AuditLog(world.store), witness=Full)
    application: Any = SimpleNamespace(desk=desk, store=world.store, settings=Settings(), drills=(None, None))
    with structlog.testing.capture_logs() as logs:
        for job in islice(jobs(application, stop), 2):
            stop.clear()
            await job
    assert [line["error"] for line in logs if line["event"] == "cleaning.failed"] == ["OSError"] * 2
    assert "第一中学" not in str(logs)
