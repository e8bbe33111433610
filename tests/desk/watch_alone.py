"""A watch in a process of its own, to be killed: ``python -m tests.desk.watch_alone DATABASE FOLDER``."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import sys
from pathlib import Path

from bot.app import content_root
from bot.content.load import Reader, read_library
from bot.desk.limits import ClockLimits
from bot.desk.news import News
from bot.desk.timers_file import timers_url
from bot.desk.watch import Watch
from bot.settings import Settings
from bot.storage.engine import make_engine
from bot.storage.store import Store
from bot.storage.vault import Vault

from .world import SHANGHAI, World


async def main(database: str, folder: Path) -> None:
    second = dt.timedelta(seconds=1)
    store = Store(
        make_engine(f"sqlite+aiosqlite:///{database}"), Vault(bytes(range(32))), lambda: dt.datetime.now(SHANGHAI)
    )
    library = read_library(Reader(content_root(Settings())))
    world = World(store, store.now, library, ClockLimits(second, 4 * second, second, 4 * second))  # type: ignore[arg-type]
    watch = Watch(store, world.look(), News(), timers_url("sqlite:///unused", folder), 0.3)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sys.stdout.write("launching\n")
    sys.stdout.flush()
    await watch.start()
    await stop.wait()
    await watch.stop()
    await store.close()


asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
