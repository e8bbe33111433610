"""Ten thousand mixed messages through the talk, with kill -9 in between: the counts must equal the log.

python -m bench.reconcile [messages] [kills] [seed]

A child process answers as the service does: a web turn is kept as it is decided, a Telegram update lies in the inbox
until it is settled. Whatever was not acknowledged is sent again, under the same name. What should have been counted is
reckoned in memory, by a talk that was never killed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench.message_log import Clock, Expected, Message, mixed_log
from bot.app import content_root, make_dialogue, make_service
from bot.core.counting import ALL, Family
from bot.core.desk import NO_DESK, Filing, Receipt, Report, Standing
from bot.core.dialogue import Dialogue
from bot.core.message import Origin
from bot.core.ports import Outgoing
from bot.core.talk import FleetingSessions, StoredTalk
from bot.settings import PREFIX, read_settings
from bot.storage.desk_tables import desk_case
from bot.storage.engine import make_engine
from bot.storage.inbox import SealedInbox
from bot.storage.outreach_tables import cell
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault

MESSAGES, KILLS, SEED = "10000", "60", "1"
#: Longer than the whole log talks are remembered.
MEMORY = dt.timedelta(days=30)
#: Seconds after a message within which the child is killed: in the midst of it, or of the next start.
AFTER = 0.03


class DutyStub:
    """A desk that files whatever is alarming, without keys."""

    def __init__(self, now: Clock) -> None:
        self._now = now

    async def standing(self, _key: str) -> Standing:
        """Nobody is on duty."""
        return NO_DESK

    async def prepare(self, report: Report, origin: Origin, _standing: Standing) -> Filing:
        """The report as it is; a child's words are not kept."""
        return Filing(report, origin, None, Receipt(self._now()))

    async def forgotten(self, _key: str) -> None:
        """Nobody asks."""

    async def left(self, _key: str) -> None:
        """Nobody asks."""


@dataclass(frozen=True)
class Child:
    """The process that answers, and the two ends of what is said with it."""

    process: asyncio.subprocess.Process
    told: asyncio.StreamWriter
    says: asyncio.StreamReader

    @classmethod
    async def start(cls, path: Path) -> Child:
        """A process that is ready. Raises RuntimeError where it does not say so."""
        command = (sys.executable, "-m", "bench.reconcile", "child", str(path))
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        if process.stdin is None or process.stdout is None or (await process.stdout.readline()).strip() != b"ready":
            raise RuntimeError("the child did not start")
        return cls(process, process.stdin, process.stdout)

    async def say(self, line: bytes) -> None:
        """Raises ConnectionError where it is dead."""
        self.told.write(line)
        await self.told.drain()


def main() -> None:
    """Prints the reckoning; ends with code 1 where a single cell differs."""
    if sys.argv[1:2] == ["child"]:
        asyncio.run(_child(Path(sys.argv[2])))
        return
    count, kills, seed = map(int, (*sys.argv[1:], *(MESSAGES, KILLS, SEED)[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        _freeze(Path(folder) / "content")
        raise SystemExit(asyncio.run(_run(Path(folder) / "counts.sqlite3", count, kills, random.Random(seed))))


def _freeze(folder: Path) -> None:
    """Every child reads the content as it is now, whatever is written meanwhile."""
    root = content_root(read_settings())
    for part in ("knowledge", "intents", "tests/questions", "tests/risk"):
        shutil.copytree(root / part, folder / part)
    os.environ[f"{PREFIX}CONTENT_DIR"] = str(folder)


async def _run(path: Path, count: int, kills: int, chance: random.Random) -> int:
    log = mixed_log(count, chance)
    await upgrade(_address(path))
    started = time.monotonic()
    at = sorted(chance.sample(range(count), kills))
    deaths, resent = await _replay(path, log, set(at), chance)
    spent = time.monotonic() - started
    expected = await _expected(log)
    found, cases = await _found(path)
    print(
        f"{count} messages of {len({line.talk for line in log})} talks, {deaths} kills, {resent} sent again, "
        f"{spent:.0f} s"
    )
    wrong = 0
    for grain in ("day", "month"):
        wanted = {name: n for name, n in expected.cells.items() if grain == "month" or name[0] != Family.HARM}
        wanted[Family.PEOPLE, ALL] = len(expected.people)
        differ = {name for name in wanted.keys() | found[grain].keys() if wanted.get(name) != found[grain].get(name)}
        wrong += len(differ)
        print(f"{grain}: {len(wanted)} cells, {sum(wanted.values())} counted, {len(differ)} differ")
        for name in sorted(differ, key=lambda name: name[0] in (Family.TOPIC, Family.UNANSWERED))[:20]:
            print(f"  {name}: log {wanted.get(name, 0)}, counts {found[grain].get(name, 0)}")
    print(f"people reached {len(expected.people)}, cases {cases}")
    outcomes = {key: n for (family, key), n in expected.cells.items() if family == Family.OUTCOME}
    print(f"outcomes {outcomes}")
    return 1 if wrong else 0


def _address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def _replay(path: Path, log: list[Message], fatal: set[int], chance: random.Random) -> tuple[int, int]:
    """Send everything in order, kill at the fatal ones, and send again what was not acknowledged."""
    child, deaths, resent = await Child.start(path), 0, 0
    for message in log:
        kill = message.number in fatal
        while True:
            with suppress(ConnectionError):
                await child.say(message.dump() + b"\n")
            if kill:
                await asyncio.sleep(chance.uniform(0, AFTER))
                child.process.send_signal(signal.SIGKILL)
                await child.process.wait()
                child, kill, deaths, resent = await Child.start(path), False, deaths + 1, resent + 1
                continue
            if (await child.says.readline()).strip() == str(message.number).encode():
                break
            raise SystemExit(f"the child failed at message {message.number}")
    child.told.close()
    await child.process.wait()
    return deaths, resent


async def _child(path: Path) -> None:
    """Answers lines of the log until there are no more."""
    clock = Clock()
    store = Store(make_engine(_address(path)), Vault(bytes(range(32))), clock)
    talks = SealedTalks(store, MEMORY)
    talk, inbox = _talk(talks, clock), SealedInbox(store, talks)
    await _settle(inbox, talk, clock)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        message = Message.load(line)
        clock.time = message.at
        if message.channel == "telegram":
            await inbox.put("telegram", message.number + 1, line)
            await _settle(inbox, talk, clock)
        else:
            await talk.respond(message.talk, message.incoming())
        print(message.number, flush=True)
    await store.close()


async def _settle(inbox: SealedInbox, talk: StoredTalk, clock: Clock) -> None:
    for item in await inbox.pending("telegram"):
        message = Message.load(item.body)
        clock.time = message.at
        _decision, after = await talk.decide(message.talk, message.incoming())
        await inbox.settle(item, [Outgoing(message.talk, b"reply")], after)


def _talk(sessions: SealedTalks | FleetingSessions, clock: Clock) -> StoredTalk:
    settings = read_settings()
    dialogue: Dialogue = make_dialogue(make_service(settings), settings)
    return StoredTalk(lambda: dialogue, sessions, clock, DutyStub(clock))


async def _expected(log: list[Message]) -> Expected:
    clock, expected, sessions = Clock(), Expected(), FleetingSessions()
    talk = _talk(sessions, clock)
    for message in log:
        clock.time = message.at
        _decision, after = await talk.decide(message.talk, message.incoming())
        await sessions.save(after)
        expected.take(after)
    return expected


async def _found(path: Path) -> tuple[dict[str, dict[tuple[str, str], int]], int]:
    store = Store(make_engine(_address(path)), Vault(bytes(range(32))), Clock())
    found: dict[str, dict[tuple[str, str], int]] = {"day": {}, "month": {}}
    by = (cell.c.grain, cell.c.family, cell.c.key)
    async with store.reading() as connection:
        for grain, family, key, count in await connection.execute(select(*by, func.sum(cell.c.count)).group_by(*by)):
            found[grain][family, key] = count
        cases = (await connection.execute(select(func.count()).select_from(desk_case))).scalar_one()
    await store.close()
    return found, cases


if __name__ == "__main__":
    main()
