"""Stops all pushes for a while when Telegram asks it of many chats at once: then it means the bot, not a chat."""

from __future__ import annotations

from collections import deque

#: So many of the last pushes must have been refused for their number before all of them wait.
LAST, MANY = 20, 5


class Brake:
    """Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._refused: deque[bool] = deque(maxlen=LAST)
        self._until = 0.0

    def told(self, seconds: float | None, now: float) -> None:
        """A push was sent; ``seconds``: how long Telegram asks to wait, None where it asks nothing."""
        self._refused.append(seconds is not None)
        if seconds is not None and sum(self._refused) >= MANY:
            self._until = max(self._until, now + seconds)
            self._refused.clear()

    def pause(self, now: float) -> float:
        """Seconds until a push may go again."""
        return max(0.0, self._until - now)
