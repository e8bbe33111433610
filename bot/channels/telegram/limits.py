"""Telegram's limits on sending: overall, for each chat, and for each group."""

from __future__ import annotations

from collections import deque

from bot.channels.telegram.pace import Pace, Rate


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


class Limits:
    """The limits of one bot; times are seconds of any steady clock."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._overall = Window(pace.overall)
        self._chats: dict[str, list[Window]] = {}

    def wait(self, address: str, now: float) -> float:
        """Seconds until a message may go to this chat."""
        return max(window.wait(now) for window in (self._overall, *self._windows(address)))

    def count(self, address: str, now: float) -> None:
        """A message goes to this chat now."""
        for window in (self._overall, *self._windows(address)):
            window.count(now)

    def tidy(self, now: float) -> None:
        """Forget chats that have been quiet."""
        self._chats = {
            name: windows for name, windows in self._chats.items() if not all(each.idle(now) for each in windows)
        }

    def _windows(self, address: str) -> list[Window]:
        if address not in self._chats:
            # The ids of groups are negative.
            rates = (self._pace.chat, self._pace.group) if address.startswith("-") else (self._pace.chat,)
            self._chats[address] = [Window(rate) for rate in rates]
        return self._chats[address]
