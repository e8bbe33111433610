"""Telegram's limits on sending: overall, for each chat, and for each group; replies have room that pushes leave."""

from __future__ import annotations

from collections import deque

from bot.channels.telegram.pace import Pace, Rate
from bot.core.ports import Lane


class Window:
    """Counts what happened within a sliding window of time."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._times: deque[float] = deque(maxlen=rate.count)

    def wait(self, now: float) -> float:
        """Seconds until one more is within the rate; 0 where it is now."""
        if len(self._times) < self.rate.count:
            return 0.0
        return max(0.0, self._times[0] + self.rate.seconds - now)

    def count(self, now: float) -> None:
        """One happened now."""
        self._times.append(now)

    def idle(self, now: float) -> bool:
        """Whether the window holds nothing any more."""
        return not self._times or self._times[-1] + self.rate.seconds <= now


class Evenly:
    """Spreads what happens: one at a time, though what came late is caught up with."""

    def __init__(self, rate: Rate) -> None:
        self._gap, self._slack = rate.seconds / rate.count, rate.seconds / 10
        self._next = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next may happen."""
        return max(0.0, self._next - now)

    def count(self, now: float) -> None:
        """One happened now."""
        self._next = max(self._next, now - self._slack) + self._gap


class Limits:
    """The limits of one bot; times are seconds of any steady clock.

    Pushes go evenly, and only while all messages together are below a rate of their own: so a reply finds room at
    once, and so does what is urgent among many replies. A push that has just gone to a chat does not hold back a reply
    to it (Telegram lets a chat have two at once, now and then).
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._overall = Window(pace.overall)
        self._left = {Lane.REPLY: Window(pace.replies), Lane.PUSH: Window(pace.pushes)}
        self._evenly = Evenly(pace.pushes)
        self._chats: dict[tuple[str, bool], list[Window]] = {}

    def wait(self, address: str, now: float, lane: Lane = Lane.REPLY) -> float:
        """Seconds until a message may go to this chat."""
        asked = [self._overall, *self._windows(address, push=lane is Lane.PUSH)]
        asked += [self._left[lane]] if lane in self._left else []
        evenly = self._evenly.wait(now) if lane is Lane.PUSH else 0.0
        return max(evenly, *(window.wait(now) for window in asked))

    def count(self, address: str, now: float, lane: Lane = Lane.REPLY) -> None:
        """A message goes to this chat now."""
        # A push waits for a reply that was just there, and never the other way round.
        for window in (self._overall, *self._left.values(), *self._windows(address, push=True)):
            window.count(now)
        if lane is Lane.PUSH:
            self._evenly.count(now)
            counted = self._windows(address, push=False)[1:]
        else:
            counted = self._windows(address, push=False)
        for window in counted:
            window.count(now)

    def tidy(self, now: float) -> None:
        """Forget chats that have been quiet."""
        self._chats = {
            name: windows for name, windows in self._chats.items() if not all(each.idle(now) for each in windows)
        }

    def _windows(self, address: str, *, push: bool) -> list[Window]:
        """The windows of a chat, and of a group its own after it."""
        if (address, push) not in self._chats:
            group = self._pace.group_pushes if push else self._pace.group
            # The ids of groups are negative.
            rates = (self._pace.chat, group) if address.startswith("-") else (self._pace.chat,)
            self._chats[address, push] = [Window(rate) for rate in rates]
        return self._chats[address, push]
