"""Notices when one sender writes faster than people do."""

from __future__ import annotations

import datetime as dt
from collections import deque
from enum import Enum

WINDOW = dt.timedelta(minutes=1)


class Verdict(Enum):
    """What a message may be answered with."""

    ANSWER = "answer"
    SLOW_DOWN = "slow_down"
    NOTHING = "nothing"


class Flood:
    """Judges messages by when they were written, so that a backlog after a pause is no flood."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._answered: dict[int, deque[dt.datetime]] = {}
        self._warned: dict[int, dt.datetime] = {}

    def judge(self, user: int, at: dt.datetime) -> Verdict:
        """Whether this message of a sender is answered, answered with a request to slow down, or passed over."""
        self._tidy(at)
        times = self._answered.setdefault(user, deque())
        while times and times[0] + WINDOW <= at:
            times.popleft()
        if len(times) < self._per_minute:
            times.append(at)
            return Verdict.ANSWER
        if user in self._warned and at < self._warned[user] + WINDOW:
            return Verdict.NOTHING
        self._warned[user] = at
        return Verdict.SLOW_DOWN

    def _tidy(self, at: dt.datetime) -> None:
        if len(self._answered) > 1000:
            self._answered = {user: times for user, times in self._answered.items() if times[-1] + WINDOW > at}
            self._warned = {user: then for user, then in self._warned.items() if then + WINDOW > at}
