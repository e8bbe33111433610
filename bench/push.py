"""Pushes a quiz to ten thousand chats against the stand-in for Telegram, and kills the service twice meanwhile.

One send in a hundred is refused for a while (RetryAfter), one chat in a hundred has blocked the bot; all the time
children disclose something, and how long they wait for their answer is measured.

python -m bench.push [chats] [seed]
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import func, insert, select

from bench.push_figures import FIRST_CHAT, PUSHED, Figures, Refusing, report
from bot.app import open_store
from bot.settings import Settings
from bot.storage.push_types import PushDraft, PushKind, PushState
from bot.storage.pushes import Pushes
from bot.storage.staff_tables import staff
from bot.storage.store import Store
from bot.storage.tables import outbox
from bot.storage.teaching_tables import delivery, enrolment, school, school_class, school_member
from tests.channels.telegram.standin import eventually
from tests.whole.running import Running, make_settings
from tests.whole.telegram import TOKEN

CHATS, SEED = "10000", "1"
PUPILS_A_CLASS, BLOCKED = 50, 0.01
#: Where the service is killed, as parts of the whole; seconds between two disclosures; and until all must be out.
KILLS, EVERY, PATIENCE = (0.33, 0.66), 1.0, 1800.0
DISCLOSED, ANSWERED = "我爸喝醉了就打我，我不敢回家", "110"


def main() -> None:
    """Prints the figures; ends with code 1 where a chat got nothing, too much was repeated, or a limit was passed."""
    chats, seed = (*sys.argv[1:], *(CHATS, SEED)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        telegram, figures, blocked = asyncio.run(_run(Path(folder), int(chats), int(seed)))
    raise SystemExit(0 if report(telegram, figures, int(chats), blocked) else 1)


async def _run(folder: Path, chats: int, seed: int) -> tuple[Refusing, Figures, set[int]]:
    dice = random.Random(seed)
    telegram = Refusing(dice=random.Random(seed + 1))
    numbers = range(FIRST_CHAT, FIRST_CHAT + chats)
    telegram.chats = dict.fromkeys(numbers, "private")
    telegram.blocked = {number for number in numbers if dice.random() < BLOCKED}
    await telegram.start()
    changes = {"telegram_token": SecretStr(TOKEN), "telegram_api": telegram.url, "quiet_hours": "none"}
    running = Running(make_settings(folder / "data", **changes), folder / "service.log")
    figures = Figures()
    try:
        await _furnish(running.settings, numbers)
        await running.start()
        await _disclose(telegram, figures.waits_in_peace, 10)
        await running.stop()
        await _order(running.settings)
        figures.began = time.monotonic()
        await running.start()
        probe = asyncio.create_task(_disclose(telegram, figures.waits))
        await _go_through(running, telegram, figures, chats)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        await _reckon(running.settings, figures)
    finally:
        await running.kill()
        await telegram.stop()
    return telegram, figures, telegram.blocked


async def _furnish(settings: Settings, numbers: Iterable[int]) -> None:
    """A school, its classes, and everybody's enrolment."""
    store = await open_store(settings)
    now, vault, chats = store.now(), store.vault, list(numbers)
    person = {"name": "chen", "display": "陈老师", "role": "vice_principal", "line": 1, "region": "", "school": ""}
    try:
        async with store.writing() as connection:
            await connection.execute(insert(staff).values(**person, state="active", failures=0, created_at=now))
            await connection.execute(insert(school).values(id=1, name="第一中学", region="", created_at=now))
            await connection.execute(insert(school_member).values(school=1, staff=1, since=now))
            classes = [
                {
                    "id": number + 1,
                    "school": 1,
                    "name": f"{number + 1}班",
                    "band": "10-12",
                    "code_name": f"code{number}",
                }
                | {"code": vault.seal(f"code{number}".encode()), "created_at": now}
                for number in range((len(chats) - 1) // PUPILS_A_CLASS + 1)
            ]
            await connection.execute(insert(school_class), classes)
            rows = [
                {"class_": place // PUPILS_A_CLASS + 1, "reader": "student", "channel": "telegram"}
                | {"talk": vault.pseudonym(f"telegram:{chat}:{chat}"), "address": vault.seal(str(chat).encode())}
                | {"joined_at": now}
                for place, chat in enumerate(chats)
            ]
            await connection.execute(insert(enrolment), rows)
    finally:
        await store.close()


async def _order(settings: Settings) -> None:
    """The push, due now."""
    store = await open_store(settings)
    try:
        async with store.writing() as connection:
            classes = (await connection.execute(select(school_class.c.id))).scalars().all()
            draft = PushDraft(
                kind=PushKind.QUIZ,
                title="校园欺负",
                subject="bullying-10-12",
                classes=tuple(classes),
                next_at=store.now(),
            )
            await Pushes(store).make(connection, 1, draft, PushState.SCHEDULED)
    finally:
        await store.close()


async def _go_through(running: Running, telegram: Refusing, figures: Figures, chats: int) -> None:
    kills = deque(KILLS)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        reached = len({message["chat"]["id"] for message in telegram.sent if PUSHED in message["text"]})
        if kills and reached >= kills[0] * chats:
            kills.popleft()
            began = time.monotonic()
            await running.kill()
            figures.in_flight.append(await _begun(running.settings))
            await running.start()
            figures.down.append(time.monotonic() - began)
        if not await _left(running.settings, chats):
            break
        await asyncio.sleep(1)
    figures.ended = time.monotonic()


async def _left(settings: Settings, chats: int) -> int:
    async with _reading(settings) as store, store.reading() as connection:
        settled = select(func.count()).select_from(delivery).where(delivery.c.settled_at.is_not(None))
        return chats - int((await connection.execute(settled)).scalar_one())


async def _begun(settings: Settings) -> int:
    async with _reading(settings) as store, store.reading() as connection:
        begun = select(func.count()).select_from(outbox).where(outbox.c.begun_at.is_not(None), outbox.c.lane == 1)
        return int((await connection.execute(begun)).scalar_one())


async def _reckon(settings: Settings, figures: Figures) -> None:
    async with _reading(settings) as store, store.reading() as connection:
        states = select(delivery.c.state, func.count()).group_by(delivery.c.state)
        figures.states = {row[0]: row[1] for row in await connection.execute(states)}
        gone = select(func.count()).select_from(enrolment).where(enrolment.c.gone_at.is_not(None))
        figures.gone = int((await connection.execute(gone)).scalar_one())


@contextlib.asynccontextmanager
async def _reading(settings: Settings) -> Any:
    from bot.storage.engine import make_engine
    from bot.storage.vault import Vault

    store = Store(make_engine(settings.database), Vault(bytes(32)), lambda: dt.datetime.now(dt.UTC))
    try:
        yield store
    finally:
        await store.close()


async def _disclose(telegram: Refusing, waits: list[float], times: int | None = None) -> None:
    """Child after child tells something, and waits."""
    chat = 1000 + len(telegram.calls)
    while times is None or len(waits) < times:
        chat += 1
        telegram.user_says(chat, chat, DISCLOSED)
        said = time.monotonic()
        await eventually(partial(_answered, telegram, chat), PATIENCE)
        waits.append(time.monotonic() - said)
        await asyncio.sleep(EVERY if times is None else 0.2)


def _answered(telegram: Refusing, chat: int) -> bool:
    return any(ANSWERED in text for text in telegram.texts(chat))


if __name__ == "__main__":
    main()
