"""A year of 100,000 messages a day, folded into cells, and how fast every question of the dashboard is answered.

python -m bench.outreach [messages a day]
"""

from __future__ import annotations

import asyncio
import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, insert, select

from bot.app import content_root
from bot.content.load import Reader, read_library
from bot.core.counting import ALL, OTHER, SCHOOL_GROUPS, Family, QuizStep, group_of
from bot.core.ports import TalkAfter
from bot.core.session import Session
from bot.outreach.periods import Grain, days, period, span
from bot.outreach.queries import EVERYWHERE, OutreachFigures, Scope
from bot.settings import read_settings
from bot.storage.counts import CellName, cell_rows
from bot.storage.engine import make_engine
from bot.storage.outreach_tables import cell
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault
from tests.outreach.sample import seen_in

REGIONS, SCHOOLS, DAYS = 12, 200, 365
ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2027, 1, 1, 12, 0, tzinfo=ZONE)
LIMIT, TIMES = 0.5, 5


def main() -> None:
    """Prints the figures; ends with code 1 where the median of a question is half a second or more."""
    daily = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        slowest = asyncio.run(_run(Path(folder) / "outreach.sqlite3", daily))
    if slowest >= LIMIT:
        raise SystemExit(1)


async def _run(path: Path, daily: int) -> float:
    address = f"sqlite+aiosqlite:///{path}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), lambda: NOW)
    topics = sorted(read_library(Reader(content_root(read_settings()))).topics)
    started = time.perf_counter()
    await _fill(store, topics, daily)
    async with store.reading() as connection:
        rows = (await connection.execute(select(func.count()).select_from(cell))).scalar_one()
    print(f"{daily:,} messages a day, {DAYS} days, {REGIONS} regions, {SCHOOLS} schools, {len(topics)} topics")
    print(f"{rows:,} cells, {_size(path):.0f} MB, made in {time.perf_counter() - started:.0f} s")
    slowest = 0.0
    for name, ask in _questions(OutreachFigures(store, store.now, "r0")).items():
        times = [await _timed(ask) for _ in range(TIMES)]
        wall, cpu = (statistics.median(kind) for kind in zip(*times, strict=True))
        slowest = max(slowest, wall)
        print(f"  {name:34} first {times[0][0] * 1e3:5.0f} ms   median {wall * 1e3:5.0f} ms   CPU {cpu * 1e3:5.0f} ms")
    print(f"slowest median {slowest * 1e3:.0f} ms")
    await _keeping(store)
    await store.close()
    return slowest


def _size(path: Path) -> float:
    return path.stat().st_size / 2**20


async def _timed(ask: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds that it took, and that the processor worked: on a busy machine the two differ."""
    wall, cpu = time.perf_counter(), time.process_time()
    await ask()
    return time.perf_counter() - wall, time.process_time() - cpu


def _questions(asked: OutreachFigures) -> dict[str, Callable[[], Awaitable[object]]]:
    """Everything that pages ask, over the stretches that are dearest."""
    year, term = period(dt.date(2026, 5, 1), Grain.YEAR), period(dt.date(2026, 3, 1), Grain.TERM)
    months = [period(dt.date(2026, month, 1), Grain.MONTH) for month in range(1, 13)]
    week, last30, last90 = (days(dt.date(2026, 12, 31), count) for count in (7, 30, 90))
    odd = span(dt.date(2026, 1, 2), dt.date(2026, 12, 30))
    east, school = Scope("r1"), Scope(school=7)
    every = tuple(Family)
    found: dict[str, Callable[[], Awaitable[object]]] = {
        "year, all families, everywhere": lambda: asked.overview(every, [year], EVERYWHERE),
        "year, all families, region": lambda: asked.overview(every, [year], east),
        "year, all families, school": lambda: asked.overview(every, [year], school),
        "term, all families, everywhere": lambda: asked.overview(every, [term], EVERYWHERE),
        "month, all families, everywhere": lambda: asked.overview(every, months[-1:], EVERYWHERE),
        "7 days, all families, everywhere": lambda: asked.overview(every, week, EVERYWHERE),
        "7 days, all families, region": lambda: asked.overview(every, week, east),
        "30 days, all families, region": lambda: asked.overview(every, last30, east),
        "year but two days, topics": lambda: asked.figures(Family.TOPIC, odd, EVERYWHERE),
        "trend of 365 days, total": lambda: asked.trend(Family.TOTAL, days(dt.date(2026, 12, 31), 365)),
        "trend of 365 days, outcomes, region": lambda: asked.trend(
            Family.OUTCOME, days(dt.date(2026, 12, 31), 365), east
        ),
        "trend of 12 months, groups, school": lambda: asked.trend(Family.GROUP, months, school),
        "year by region": lambda: asked.by_region(Family.TOTAL, [year], (ALL,)),
        "year by school, 200": lambda: asked.by_school(Family.TOTAL, [year], (ALL,), range(1, SCHOOLS + 1)),
        "year, harm, region": lambda: asked.figures(Family.HARM, [year], east),
    }
    for family in Family:
        found[f"30 days, {family}, everywhere"] = partial(asked.figures, family, last30, EVERYWHERE)
        found[f"90 days, {family}, region"] = partial(asked.figures, family, last90, east)
        found[f"year, {family}, everywhere"] = partial(asked.figures, family, [year], EVERYWHERE)
    return found


async def _fill(store: Store, topics: list[str], daily: int) -> None:
    chance = np.random.default_rng(1)
    months: dict[CellName, int] = {}
    for item in days(dt.date(2026, 12, 31), DAYS):
        month, today = item.name[:7], dict[CellName, int]()
        for place in range(REGIONS):
            for family, key, count in _counted(chance, topics, daily / REGIONS):
                if family not in (Family.HARM, Family.DESK):
                    today["day", family, 0, item.name, f"r{place}", key] = count
                whole = ("month", family, 0, month, f"r{place}", key)
                months[whole] = months.get(whole, 0) + count
        await _write(store, today)
    for stretch in {found[3] for found in months}:
        for number in range(1, SCHOOLS + 1):
            for family, key, count in _of_school(chance, daily * 30 / SCHOOLS / 2):
                months["month", family, number, stretch, f"r{number % REGIONS}", key] = count
    await _write(store, months)


async def _write(store: Store, counts: dict[CellName, int]) -> None:
    async with store.writing(light=True) as connection:
        await connection.execute(insert(cell), cell_rows(store.vault, counts))


def _counted(chance: np.random.Generator, topics: list[str], total: float) -> Iterator[tuple[Family, str, int]]:
    """A region's day."""
    yield Family.TOTAL, ALL, chance.poisson(total)
    yield Family.PEOPLE, ALL, chance.poisson(total / 3)
    parts: dict[Family, tuple[list[str], float]] = {
        Family.READER: (["student", "parent", "school", "unsaid"], total),
        Family.CHANNEL: (["telegram", "web"], total),
        Family.HOUR: ([f"{hour:02}" for hour in range(24)], total),
        Family.OUTCOME: (["answer", "clarify", "abstain", "refuse", "support", "handoff", "notice", "quiz"], total),
        Family.TOPIC: (topics, total * 0.7),
        Family.GROUP: (sorted(set(map(group_of, topics))), total * 0.7),
        Family.UNANSWERED: (topics, total * 0.1),
        Family.READ: (sorted(set(map(group_of, topics))), total * 0.1),
        Family.HOTLINE: (["110", "12110", "120", "12309", "12338", "12345", "12348", "12355", "12356"], total),
        Family.CALLED: (["110", "12355", "12356"], total * 0.02),
        Family.HELPFUL: (["yes", "no"], total * 0.1),
        Family.QUIZ: (list(QuizStep), total * 0.2),
        Family.HARM: ([f"opened.{kind}.{level}" for kind in range(9) for level in ("disclosure", "urgent")], 3),
        Family.DESK: ([f"{level}.{within}" for level in ("disclosure", "urgent") for within in (5, 15, 30)], 3),
    }
    for family, (keys, whole) in parts.items():
        counts = chance.poisson(whole * _shares(len(keys)))
        yield from ((family, key, int(count)) for key, count in zip(keys, counts, strict=True) if count)


def _of_school(chance: np.random.Generator, total: float) -> Iterator[tuple[Family, str, int]]:
    groups = sorted((*SCHOOL_GROUPS, OTHER))
    for family, key, count in _counted(chance, groups, total):
        if family in (Family.TOTAL, Family.PEOPLE, Family.READER, Family.CHANNEL, Family.HOUR, Family.OUTCOME):
            yield family, key, count
        if family in (Family.GROUP, Family.READ, Family.QUIZ, Family.HELPFUL):
            yield family, key, count


def _shares(count: int) -> NDArray[np.float64]:
    weights: NDArray[np.float64] = 1 / np.arange(1, count + 1)
    return weights / np.sum(weights)


async def _keeping(store: Store, turns: int = 600) -> None:
    """What counting adds to the keeping of a turn, with the cells of the year in place."""
    talks = SealedTalks(store, dt.timedelta(hours=2))
    for light in (True, False):
        times: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(2 * turns):
            counted = turn % 2 == 0
            seen = seen_in(NOW, f"web:{turn % 300}", turn) if counted else None
            before = time.perf_counter()
            async with store.writing(light=light) as connection:
                await talks.keep(connection, TalkAfter(f"web:{turn % 300}", Session(), seen=seen))
            times[counted].append(time.perf_counter() - before)
        plain, counting = (statistics.median(times[which]) * 1e3 for which in (False, True))
        p99 = sorted(times[True])[int(turns * 0.99)] * 1e3
        kind = "web (light)" if light else "Telegram (synchronous)"
        print(f"keeping a turn, {kind}: {plain:.2f} ms without counting, {counting:.2f} ms with, p99 {p99:.2f} ms")


if __name__ == "__main__":
    main()
