"""Counts in a database of the test's own, and the figures that are told of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from bot.outreach.queries import OutreachFigures
from bot.storage.counts import CellName, cell_rows
from bot.storage.outreach_tables import cell
from bot.storage.store import Store

HOME = "home"


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    time: dt.datetime = dt.datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def __call__(self) -> dt.datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += dt.timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def figures(store: Store, clock: Callable[[], dt.datetime]) -> OutreachFigures:
    return OutreachFigures(store, clock, HOME)


async def put(store: Store, counts: dict[CellName, int]) -> None:
    """Cells as they would have been counted."""
    async with store.writing() as connection:
        await connection.execute(insert(cell), cell_rows(store.vault, counts))
