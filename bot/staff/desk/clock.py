"""Clocks and times as the desk's pages show them: in words first, then in colour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.desk import CaseState
from bot.core.risk import RiskLevel
from bot.storage.case_rows import CaseRow, Written, written

HOUR, MINUTE = 3600, 60


@dataclass(frozen=True, slots=True)
class Clock:
    """``look``: left, over, none, rest, asked or ended. ``due``: the moment in milliseconds, 0 where none runs."""

    look: str
    text: str
    due: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """Words for moments, at one local time."""

    now: dt.datetime
    messages: Mapping[str, str]

    @property
    def stamp(self) -> int:
        """Now, in milliseconds, for the clocks of the browser to go by."""
        return _stamp(self.now)

    def moment(self, at: dt.datetime) -> str:
        """The hour today, with the date on another day."""
        local = at.astimezone(self.now.tzinfo)
        return f"{local:%H:%M}" if local.date() == self.now.date() else f"{local.month}月{local.day}日 {local:%H:%M}"

    def follows(self, row: CaseRow, before: CaseRow) -> str:
        """Which case this one follows, how long after its end, and how it ended."""
        hours = max(0, int((row.opened_at - before.closed_at).total_seconds())) // HOUR
        since = self._say("follows_hours", hours=hours) if hours else self._say("follows_soon")
        outcome = self._say(f"outcome_{before.outcome}")
        return self._say("follows", number=before.id, since=since, outcome=outcome)

    def clock(self, row: CaseRow) -> Clock:
        """What is due in a case, and when."""
        if row.state == CaseState.CLOSED:
            return Clock("ended", self._say("clock_ended", time=self.moment(row.closed_at)))
        if row.due_at is not None:
            by = self._say("clock_by", time=self.moment(row.due_at))
            left = int((row.due_at - self.now).total_seconds())
            return Clock("over" if left < 0 else "left", self._span(left), _stamp(row.due_at), by)
        if row.state == CaseState.WAITING and row.staff_at is not None and row.asks <= row.heard and row.rung:
            return Clock("none", self._say(f"clock_given_on_{written(row)}"))
        if not owed(row):
            if (last := written(row)) is not Written.ANSWER:
                return Clock("asked", self._say(f"clock_asked_{last}"))
            grave = row.level == RiskLevel.URGENT or row.safe == "no"
            return Clock("rest", self._say("clock_rest_grave" if grave else "clock_rest"))
        return Clock("none", self._say("clock_none" if row.holder is None else "clock_none_taken"))

    def _span(self, left: int) -> str:
        kind, span = ("over", -left) if left < 0 else ("left", left)
        if span >= HOUR:
            return self._say(f"clock_{kind}_long", hours=span // HOUR, minutes=span % HOUR // MINUTE)
        return self._say(f"clock_{kind}", minutes=span // MINUTE, seconds=span % MINUTE)

    def _say(self, key: str, **values: object) -> str:
        return self.messages[f"desk.{key}"].format(**values)


def owed(row: CaseRow) -> bool:
    """Whether the child waits for a person."""
    if row.state == CaseState.CLOSED:
        return False
    if row.state == CaseState.WAITING or row.staff_at is None or row.undelivered_at is not None:
        return True
    return bool(row.asks > row.heard)


def _stamp(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)
