"""Fire drills on a schedule, and what the last one has shown."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from bot.core.risk import RiskLevel
from bot.desk.duty import DutyBoard, Scope
from bot.desk.limits import ClockLimits
from bot.desk.news import Event, News
from bot.storage.drills import DrillTimes, SealedDrills
from bot.storage.errors import StorageError
from bot.storage.store import Store

log = structlog.get_logger(__name__)
#: Where a drill is due, each minute on duty begins it with a chance of one in so many: nobody can know when.
MINUTES = 120
#: Within this a running service opens the case of a drill; else the chain is broken.
OPENS_WITHIN = dt.timedelta(seconds=20)
#: A drill that nobody ended is ended after this, so that it does not remind people for ever.
ENDS_AFTER = dt.timedelta(hours=1)
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class DrillHealth:
    """What the last drill has shown, in words: ``never``, ``good``, ``waits``, ``silent``; ``lost`` without a case."""

    state: str
    line: str
    at: dt.datetime | None = None
    seconds: float | None = None


async def drill_health(store: Store, limits: ClockLimits, zone: dt.tzinfo, messages: Mapping[str, str]) -> DrillHealth:
    """What the last drill has shown. Raises StorageError."""
    last = await SealedDrills(store).last()
    begun = None if last is None else last.opened or last.stored
    if last is None or begun is None:
        return DrillHealth("never", messages["alerts.drill_never"])
    state = drill_state(last, limits, store.now())
    local = begun.astimezone(zone)
    seconds = (last.taken - begun).total_seconds() if last.taken else None
    line = messages[f"alerts.drill_{state}"].format(day=f"{local.month}月{local.day}日", seconds=round(seconds or 0))
    return DrillHealth(state, line, begun, seconds)


def drill_state(times: DrillTimes, limits: ClockLimits, now: dt.datetime) -> str:
    """``good`` where somebody took the case within the time to answer, ``waits`` before that, else ``silent``.

    ``lost`` where it should have opened a case and has not.
    """
    if times.opened is None:
        return "lost" if times.stored is not None and now - times.stored > OPENS_WITHIN else "waits"
    limit = times.opened + limits.answer_within(RiskLevel(times.level))
    if times.taken is not None:
        return "good" if times.taken <= limit else "silent"
    return "waits" if now < limit else "silent"


@dataclass(frozen=True, slots=True)
class DrillSchedule:
    """Begins a drill every so many days (0: never), at a minute that nobody knows, while somebody is on duty."""

    store: Store
    board: DutyBoard
    news: News
    days: int
    text: Callable[[], str]
    chance: Callable[[], bool] = lambda: secrets.randbelow(MINUTES) == 0

    async def run(self, stop: asyncio.Event) -> None:
        """Look each minute until stopped."""
        while not stop.is_set():
            try:
                await self.look()
            except StorageError as error:
                log.error("drill.failed", error=type(error).__name__)  # noqa: TRY400
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), MINUTE)

    async def look(self) -> int | None:
        """End old drills, and begin one where it is due. Gives its number."""
        drills, now = SealedDrills(self.store), self.store.now()
        for case in await drills.expire(now - ENDS_AFTER):
            self.news.publish(Event("closed", case))
        if not self.days or not self.chance():
            return None
        begun = await drills.begun_last()
        if begun is not None and now - begun < dt.timedelta(days=self.days):
            return None
        if not (await self.board.state(Scope())).on_duty:
            return None
        return await drills.place(self.text())
