"""The stand-in for Telegram that ``bench.push`` sends to, and what was seen of the push there."""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.channels.telegram.standin import BotApiError
from tests.whole.telegram import Telegram

FIRST_CHAT, PUSHED = 1_000_000, "小测"
REFUSED = 0.01


@dataclass
class Refusing(Telegram):
    """Refuses some sends for some seconds, and knows who came back too early."""

    dice: random.Random = field(default_factory=random.Random)
    refused: dict[int, float] = field(default_factory=dict)
    too_early: int = 0
    refusals: int = 0
    retrying: bool = False

    async def _do_sendMessage(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat, now = int(data["chat_id"]), time.monotonic()
        if PUSHED in str(data["text"]):
            if now < self.refused.pop(chat, 0.0) - 0.05:
                self.too_early += 1
            elif self.dice.random() < REFUSED:
                seconds = self.dice.randint(1, 5)
                self.refused[chat] = now + seconds
                self.refusals += 1
                raise BotApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        return await super()._do_sendMessage(data)


@dataclass
class Figures:
    """What was seen."""

    began: float = 0.0
    ended: float = 0.0
    in_flight: list[int] = field(default_factory=list)
    down: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    waits_in_peace: list[float] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    gone: int = 0


def report(telegram: Refusing, told: Figures, chats: int, blocked: set[int]) -> bool:
    """Print the figures; False where a chat got nothing, too much was repeated, or a limit was passed."""
    pushed = Counter(item["chat"]["id"] for item in telegram.sent if PUSHED in item["text"])
    lost = chats - len(blocked) - len(pushed)
    repeated = sum(count - 1 for count in pushed.values())
    calls = [call for call in telegram.calls if call.method == "sendMessage"]
    most, most_chat = _most(call.at for call in calls), 0
    by_chat: dict[Any, list[float]] = {}
    for call in calls:
        by_chat.setdefault(call.data["chat_id"], []).append(call.at)
    most_chat = max(_most(times, 0.95) for chat, times in by_chat.items() if int(chat) >= FIRST_CHAT)
    seconds = told.ended - told.began
    print(f"chats {chats}, blocked {len(blocked)}, RetryAfter {telegram.refusals}, kills {len(told.in_flight)}")
    print(f"seconds {seconds:.0f}, of these down {sum(told.down):.0f}; pushes a second {len(pushed) / seconds:.1f}")
    print(f"reached {len(pushed)}, lost {lost}, repeated {repeated}, in flight at the kills {told.in_flight}")
    print(f"deliveries {told.states}, enrolments retired {told.gone}")
    print(f"most sends in any second {most} (limit 30), to one chat {most_chat} (limit 1)")
    print(f"sends before RetryAfter was over {telegram.too_early}")
    print(f"disclosures answered in peace: {_spread(told.waits_in_peace)}")
    print(f"disclosures answered meanwhile: {_spread(told.waits)} (those of a kill wait for the restart)")
    print("timeline, pushes in each half minute: " + " ".join(map(str, _timeline(calls, told.began))))
    kept = repeated <= sum(told.in_flight) and most <= 30 and most_chat <= 1
    return lost == 0 and kept and telegram.too_early == 0


def _most(times: Iterable[float], window: float = 1.0) -> int:
    """The most within any window of so many seconds."""
    held: deque[float] = deque()
    most = 0
    for at in sorted(times):
        held.append(at)
        while held[0] <= at - window:
            held.popleft()
        most = max(most, len(held))
    return most


def _timeline(calls: Iterable[Any], began: float) -> list[int]:
    halves = Counter(int((call.at - began) // 30) for call in calls if PUSHED in str(call.data["text"]))
    return [halves[place] for place in range(max(halves, default=0) + 1)]


def _spread(waits: list[float]) -> str:
    found = sorted(waits)
    half, most = found[len(found) // 2], found[int(len(found) * 0.95)]
    return f"{len(found)}, median {half:.2f} s, 95 % within {most:.2f} s, longest {found[-1]:.2f} s"
