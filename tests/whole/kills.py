"""Kills the service at random points of the path of disclosures, again and again.

Children in the web and in Telegram disclose, write on and are answered; people claim, answer and close. Whoever is not
answered sends again, as a browser or Telegram does. ``reckoning`` says what became of every word.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from tests.whole.desk import Desk
from tests.whole.receiver import Receiver
from tests.whole.reckoning import InFlight, in_flight
from tests.whole.running import Running
from tests.whole.telegram import Telegram
from tests.whole.waiting import eventually
from tests.whole.web import Letter, web_child

#: Words of a breach in an alert; seconds in which whatever is awaited must come, restarts included.
BREACHED, PATIENCE = "说好的时间过了", 90.0
#: Acts of the two paths of a round, one of which is chosen; the kill comes so soon after it, in its midst or later.
ACTS, AFTER = 18, (0.04, 0.4)
PUPILS, STAFF = 70_000, 901


@dataclass(frozen=True, slots=True)
class Path:
    """What one child said and was answered, as far as the driver knows that it arrived; ``shown``: what they saw."""

    case: int
    said: tuple[str, ...]
    answers: tuple[str, ...]
    shown: Callable[[str], int]


@dataclass
class Campaign:
    """Rounds of a path in the web and one in Telegram, with a kill in each.

    In each a third child discloses whom nobody answers: their clock must go on.
    """

    running: Running
    receiver: Receiver
    telegram: Telegram
    desk: Desk
    chance: random.Random
    paths: list[Path] = field(default_factory=list)
    alone: list[tuple[int, list[Letter]]] = field(default_factory=list)
    letters: list[list[Letter]] = field(default_factory=list)
    deaths: list[InFlight] = field(default_factory=list)
    _acts: int = 0
    _acted: asyncio.Event = field(default_factory=asyncio.Event)
    _cases: dict[str, int] = field(default_factory=dict)

    async def run(self, kills: int) -> None:
        """Everything, until all is at rest. Raises TimeoutError where something never arrives."""
        self.telegram.user_says(STAFF, STAFF, await self.desk.chat_line())
        await eventually(lambda: self.telegram.texts(STAFF), PATIENCE)
        async with AsyncExitStack() as children:
            for number in range(kills):
                await self._round(number, children)
            for case, letters in self.alone:
                await eventually(partial(self.receiver.of, case, BREACHED), PATIENCE)
                await eventually(partial(list, letters), PATIENCE)
                await self.desk.claim(case)
                await self.desk.close(case)
            await eventually(lambda: not any(in_flight(self.running.settings.data_dir).waiting), PATIENCE)

    async def _round(self, number: int, children: AsyncExitStack) -> None:
        child = await children.enter_async_context(web_child(self.running.address))
        alone = await children.enter_async_context(web_child(self.running.address))
        self.letters += [child.letters, alone.letters]
        tag, self._acts = _tag(), 0
        for turn in _turns(tag):
            await alone.says(turn)
        self.alone.append((await eventually(lambda: self._case_of(tag), PATIENCE), alone.letters))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._web(child.says, child.letters))
            tasks.create_task(self._chat(PUPILS + number))
            tasks.create_task(self._kill())

    async def _kill(self) -> None:
        chosen, pause = self.chance.randint(1, ACTS), self.chance.uniform(0.0, self.chance.choice(AFTER))
        while self._acts < chosen:
            self._acted.clear()
            await self._acted.wait()
        await asyncio.sleep(pause)
        await self.running.kill()
        self.deaths.append(in_flight(self.running.settings.data_dir))
        await self.running.start()

    async def _web(self, says: Callable[[str], Awaitable[object]], letters: list[Letter]) -> None:
        def shown(text: str) -> int:
            return len({letter.id for letter in letters if letter.text == text})

        await self._path(says, shown, self.desk.claim)

    async def _chat(self, chat: int) -> None:
        async def says(text: str) -> None:
            self.telegram.user_says(chat, chat, text)

        async def claim(case: int) -> None:
            await eventually(lambda: case in self.telegram.claim_buttons(STAFF), PATIENCE)
            self.telegram.user_presses(STAFF, STAFF, f"claim:{case}")
            await eventually(lambda: self.desk.is_mine(case), PATIENCE)

        await self._path(says, lambda text: len(self.telegram.shown(chat, text)), claim)

    async def _path(
        self,
        says: Callable[[str], Awaitable[object]],
        shown: Callable[[str], int],
        claim: Callable[[int], Awaitable[None]],
    ) -> None:
        """From the first word to the end of the case."""
        tag, answers = _tag(), list[str]()
        said = _turns(tag)
        for turn in said:
            self._act()
            await says(turn)
        case = await eventually(lambda: self._case_of(tag), PATIENCE)
        self._act()
        await claim(case)
        for turn in "一二":
            answers.append(f"我在，慢慢说。{tag}{turn}")
            self._act()
            await self.desk.answer(case, answers[-1])
            await eventually(lambda: shown(answers[-1]), PATIENCE)
            said.append(f"嗯，我妈妈不知道{tag}{turn}")
            self._act()
            await says(said[-1])
            await eventually(lambda: self._stands(case, said[-1]), PATIENCE)
        self._act()
        await self.desk.close(case)
        self.paths.append(Path(case, tuple(said), tuple(answers), shown))

    def _act(self) -> None:
        self._acts += 1
        self._acted.set()

    async def _case_of(self, tag: str) -> int:
        """The case whose child said this, as whoever is alerted finds it; 0 until there is one."""
        for case in {alert.case for alert in self.receiver.alerts} - {0, *self._cases.values()}:
            for words in await self.desk.texts(case, "child"):
                self._cases.setdefault(words[-8:], case)
        return self._cases.get(tag, 0)

    async def _stands(self, case: int, text: str) -> bool:
        return text in await self.desk.texts(case, "child")


def _tag() -> str:
    """Eight characters that are in no other talk."""
    return uuid4().hex[:8].translate(str.maketrans("0123456789abcdef", "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"))


def _turns(tag: str) -> list[str]:
    return [f"有个事不知道该不该说 {tag}", "是我继父", "他晚上来我房间"]
