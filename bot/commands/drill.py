"""``faxiaohu drill``: puts a marked, synthetic disclosure into the chain, and measures how people answer it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping

import typer

from bot.app import content_root, open_store
from bot.commands.errors import CommandError
from bot.content.load import load_library
from bot.core.risk import RiskLevel
from bot.desk.drill import OPENS_WITHIN
from bot.desk.limits import ClockLimits
from bot.settings import Settings, read_settings
from bot.storage.drills import DrillTimes, SealedDrills
from bot.storage.store import Store

#: Seconds between two looks.
LOOK = 0.2
STEPS = ("opened", "sent", "seen", "taken", "answered")


def drill(*, wait: bool) -> None:
    """Begins a drill; with ``wait`` prints each step as it comes, and ends with code 1 where nobody answers."""
    settings = read_settings()
    messages = load_library(content_root(settings)).messages
    asyncio.run(_drill(settings, messages, wait=wait))


async def _drill(settings: Settings, messages: Mapping[str, str], *, wait: bool) -> None:
    store = await open_store(settings)
    try:
        number = await SealedDrills(store).place(messages["alerts.drill_text"])
        typer.echo(messages["alerts.drill_stored"].format(number=number))
        if wait:
            limits = ClockLimits.of_minutes(
                settings.urgent_seen_minutes,
                settings.urgent_answer_minutes,
                settings.seen_minutes,
                settings.answer_minutes,
            )
            await follow(store, number, limits, messages)
    finally:
        await store.close()


async def follow(store: Store, number: int, limits: ClockLimits, messages: Mapping[str, str]) -> None:
    """Print the steps of a drill as they come, in seconds since it was stored, until a person has answered.

    Raises CommandError where no service opens the case, and typer.Exit(1) where nobody answers within the limit.
    """
    drills, told = SealedDrills(store), set[str]()
    while True:
        times = await drills.times(number)
        for step in STEPS:
            moment = getattr(times, step)
            if moment is not None and step not in told:
                told.add(step)
                typer.echo(_line(times, step, messages))
        if times.answered is not None:
            return
        if _late(times, limits, store.now()):
            if times.opened is None:
                raise CommandError(messages["alerts.drill_no_service"])
            typer.secho(messages["alerts.drill_silence"], fg="red")
            raise typer.Exit(1)
        await asyncio.sleep(LOOK)


def _late(times: DrillTimes, limits: ClockLimits, now: dt.datetime) -> bool:
    if times.opened is None:
        return times.stored is None or now - times.stored > OPENS_WITHIN
    return now > times.opened + limits.answer_within(RiskLevel(times.level))


def _line(times: DrillTimes, step: str, messages: Mapping[str, str]) -> str:
    moment: dt.datetime = getattr(times, step)
    seconds = (moment - (times.stored or moment)).total_seconds()
    return messages["alerts.drill_line"].format(step=messages[f"alerts.drill_step_{step}"], seconds=f"{seconds:.2f}")
