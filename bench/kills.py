"""Kills the service twenty times at random points of the path of disclosures, and counts what became of it all.

python -m bench.kills [kills] [seed]
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from tests.whole.desk import at_desk
from tests.whole.furnishing import furnish
from tests.whole.kills import Campaign
from tests.whole.receiver import Receiver, receiving
from tests.whole.reckoning import Figures, reckon
from tests.whole.running import Running, make_settings
from tests.whole.telegram import TOKEN, Telegram

KILLS, SEED = "20", "1"
#: Minutes in which somebody must claim and answer: short, so that clocks run out while the service dies.
CLOCKS = {"urgent_seen_minutes": 0.2, "urgent_answer_minutes": 0.4}


def main() -> None:
    """Prints the figures; ends with code 1 where anything was lost or doubled."""
    kills, seed = (*sys.argv[1:], *(KILLS, SEED)[len(sys.argv) - 1 :])
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, receiving() as receiver:
        figures = asyncio.run(_run(Path(folder), receiver, int(kills), int(seed)))
    print(f"{figures.kills} kills, seed {seed}, {time.monotonic() - started:.0f} s")
    _print(figures)
    if figures.lost or figures.doubled or figures.undelivered or figures.unalerted:
        raise SystemExit(1)


async def _run(folder: Path, receiver: Receiver, kills: int, seed: int) -> Figures:
    telegram = Telegram()
    await telegram.start()
    changes = {"telegram_token": SecretStr(TOKEN), "telegram_api": telegram.url, "rate_per_minute": 600}
    running = Running(make_settings(folder / "data", **changes, **CLOCKS), folder / "service.log")
    try:
        counsellor = await furnish(running.settings, receiver.target)
        await running.start()
        async with at_desk(running.address, counsellor) as desk:
            campaign = Campaign(running, receiver, telegram, desk, random.Random(seed))
            await campaign.run(kills)
            return await reckon(campaign)
    finally:
        await running.kill()
        await telegram.stop()


def _print(told: Figures) -> None:
    print(f"children {told.children}, cases {told.cases}")
    print(f"messages of children {told.messages}: lost {len(told.lost)}, standing twice {len(told.doubled)}")
    print(f"answers of people {told.answers}: not delivered {len(told.undelivered)}")
    print(f"  repeated in the web {told.repeated_letters}, in flight at a kill {told.letters_in_flight}")
    print(f"  repeated in Telegram {told.repeated_messages}, in flight at a kill {told.messages_in_flight}")
    print(f"alerts {told.alerts}: not arrived {len(told.unalerted)}, of no use any more {told.alerts_moved_on}")
    print(f"  repeated {told.repeated_alerts}, in flight at a kill {told.alerts_in_flight}")
    late = sorted(told.late)
    print(f"breach alerts {len(late)}: late by median {late[len(late) // 2]:.2f} s, at most {late[-1]:.2f} s")


if __name__ == "__main__":
    main()
