"""How soon people on duty are alerted, while fifty ordinary messages a second go on: from sending to arrival.

The service runs in a process of its own behind a proxy's header; children and their messages come from here. The
disclosures are messages of writers held out of training, each of another child.

python -m bench.alerts [disclosures] [messages a second] [disclosures a second]
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from uuid import uuid4

from bot.app import make_service
from bot.channels.web.data import Sent
from bot.channels.web.visitor import Visitor
from bot.content.questions import load_questions
from bot.content.risk_evaluation import load_risk_questions
from bot.core.risk import RiskLevel
from bot.settings import Settings
from bot.storage.keys import load_key
from bot.storage.vault import Vault
from tests.whole.furnishing import furnish
from tests.whole.receiver import Receiver, receiving
from tests.whole.running import ROOT, Running, make_settings
from tests.whole.waiting import eventually

DISCLOSURES, RATE, CHILDREN_RATE = "200", "50", "1"
TALKERS, WARMING = 400, 10.0


@dataclass
class Crowd:
    """Who writes. ``sent``: when each disclosure was sent, by its delivery; times in seconds of the wall clock."""

    http: Http
    chance: random.Random
    ordinary: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    sent: dict[str, float] = field(default_factory=dict)
    unnoticed: int = 0
    failed: int = 0

    async def asks(self, talker: str, text: str) -> None:
        """One ordinary message of somebody who talks on."""
        began = time.perf_counter()
        await self._post(talker, {"text": text})
        self.ordinary.append(time.perf_counter() - began)

    async def discloses(self, text: str) -> None:
        """The first message of a child."""
        sent = Sent(text, name=uuid4().hex)
        at, began = time.time(), time.perf_counter()
        told = await self._post("", {"text": text, "delivery": sent.name})
        if told.get("receipt"):
            self.sent[sent.said] = at
            self.answered.append(time.perf_counter() - began)
        else:
            self.unnoticed += 1

    async def _post(self, talker: str, turn: dict[str, str]) -> dict[str, object]:
        place = f"10.{self.chance.randrange(256)}.{self.chance.randrange(256)}.1"
        headers = {"X-Forwarded-For": place} | ({"Cookie": f"talk={talker}"} if talker else {})
        try:
            status, body = await self.http.post("/api/chat", turn, headers)
        except (OSError, EOFError):
            self.failed += 1
            return {}
        self.failed += status != 200
        found: dict[str, object] = json.loads(body)
        return found


@dataclass
class Http:
    """As little of a client as will do: what sends the load must not take the time of what is measured."""

    port: int
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def post(self, path: str, data: dict[str, str], headers: dict[str, str]) -> tuple[int, bytes]:
        """The status and the body of an answer. Raises OSError, EOFError."""
        while self._idle and self._idle[-1][0].at_eof():
            self._idle.pop()[1].close()
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self.port)
        body = json.dumps(data).encode()
        own = {"Host": f"127.0.0.1:{self.port}", "Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in (own | headers).items())
        writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:"))
        found = int(head.split()[1]), await reader.readexactly(length)
        self._idle.append((reader, writer))
        return found


def main() -> None:
    """Prints the figures; ends with code 1 where the 99th percentile is above a second."""
    words = (*sys.argv[1:], *(DISCLOSURES, RATE, CHILDREN_RATE)[len(sys.argv) - 1 :])
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, receiving() as receiver:
        asyncio.run(_run(Path(folder), receiver, int(words[0]), (float(words[1]), float(words[2]))))


async def _run(folder: Path, receiver: Receiver, disclosures: int, rates: tuple[float, float]) -> None:
    running = Running(make_settings(folder / "data", trusted_proxies="127.0.0.1"), folder / "service.log")
    await furnish(running.settings, receiver.target)
    await running.start()
    try:
        crowd = Crowd(Http(running.settings.port), random.Random(1))
        await _talk(crowd, disclosures, rates)
        cases = _cases(running, crowd)
        await eventually(lambda: set(cases.values()) <= {alert.case for alert in receiver.alerts}, 60.0)
        _print(crowd, _delays(cases, receiver, crowd))
    finally:
        await running.kill()


async def _talk(crowd: Crowd, disclosures: int, rates: tuple[float, float]) -> None:
    """Ordinary messages all the time, and disclosures once the service is warm; nobody waits for anybody."""
    talkers = cycle([Visitor(uuid4().hex + "-" * 11, new=False).id for _ in range(TALKERS)])
    questions, confided = cycle(_questions(crowd.chance)), cycle(_disclosures(crowd.chance))
    done = asyncio.Event()

    async def ordinary() -> None:
        await _steadily(lambda: crowd.asks(next(talkers), next(questions)), rates[0], done.is_set)

    async def grave() -> None:
        await asyncio.sleep(WARMING)
        crowd.ordinary.clear()
        await _steadily(lambda: crowd.discloses(next(confided)), rates[1], lambda: len(crowd.sent) >= disclosures)
        done.set()

    async with asyncio.TaskGroup() as both:
        both.create_task(ordinary())
        both.create_task(grave())


async def _steadily(doing: Callable[[], Coroutine[None, None, None]], rate: float, over: Callable[[], bool]) -> None:
    """Begin something so many times a second, whether or not what was begun has ended. Raises what it raises."""
    due = time.perf_counter()
    async with asyncio.TaskGroup() as begun:
        while not over():
            begun.create_task(doing())
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))


def _questions(chance: random.Random) -> Iterator[str]:
    """Questions in which nothing alarming is seen."""
    engine = make_service(Settings()).engine
    found = [question.text for question in load_questions(ROOT)]
    chance.shuffle(found)
    return iter([text for text in found if engine.read_risk(text, ()).level is RiskLevel.NONE])


def _disclosures(chance: random.Random) -> Iterator[str]:
    graves = [item for item in load_risk_questions(ROOT) if item.level.rank >= RiskLevel.DISCLOSURE.rank]
    found = [item.turns[0] for item in graves if len(item.turns) == 1]
    chance.shuffle(found)
    return iter(found)


def _cases(running: Running, crowd: Crowd) -> dict[str, int]:
    """The case of each disclosure, by its delivery."""
    vault = Vault(load_key(running.settings.data_dir))
    with closing(sqlite3.connect(running.settings.data_dir / "faxiaohu.sqlite3")) as database:
        rows = database.execute('SELECT delivery, "case" FROM case_message WHERE delivery IS NOT NULL')
        cases = dict(rows.fetchall())
    return {name: cases[vault.pseudonym(f"web:{name}")] for name in crowd.sent}


def _delays(cases: dict[str, int], receiver: Receiver, crowd: Crowd) -> list[float]:
    """Seconds from sending a disclosure to the arrival of the first alert of its case."""
    first: dict[int, float] = {}
    for alert in receiver.alerts:
        first.setdefault(alert.case, alert.at)
    return [first[cases[name]] - at for name, at in crowd.sent.items()]


def _print(crowd: Crowd, delays: list[float]) -> None:
    print(f"{len(crowd.ordinary)} ordinary messages, {len(delays)} disclosures, failed {crowd.failed}")
    print(f"disclosures that were no case, left out: {crowd.unnoticed}")
    for name, times in (
        ("from sending to the alert's arrival", delays),
        ("from sending to the child's answer", crowd.answered),
        ("ordinary messages", crowd.ordinary),
    ):
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        print(f"{name:38s} p50 {cuts[49]:.3f} s   p95 {cuts[94]:.3f} s   p99 {cuts[98]:.3f} s   max {max(times):.3f} s")
    if statistics.quantiles(delays, n=100, method="inclusive")[98] > 1.0:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
