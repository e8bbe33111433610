"""When a push goes out: quiet hours and school days, the next week, the reminder, the end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.core.school_days import Calendar
from bot.storage.push_types import Push, Run

_HOURS = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
#: A run that could not start at its time (the service was down) still does for so long; a weekly one then waits.
LATE = dt.timedelta(hours=12)
WEEK = dt.timedelta(days=7)
#: No gap in the calendar is longer; beyond it the moment is taken as it is.
LONGEST_BREAK = 150


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of the day in which nobody is written to; past midnight where they end before they begin."""

    begin: dt.time
    end: dt.time

    @classmethod
    def read(cls, text: str) -> QuietHours | None:
        """From ``21:00-07:30``; None for ``none``. Raises ValueError for anything else."""
        if text == "none":
            return None
        found = _HOURS.fullmatch(text)
        if found is None:
            raise ValueError("quiet hours are written 21:00-07:30")
        first, second, third, fourth = map(int, found.groups())
        return cls(dt.time(first, second), dt.time(third, fourth))

    def hold(self, at: dt.time) -> bool:
        """Whether this time of day is one of them."""
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules of when. ``calendar`` is asked for each time, so that an edited file counts at once."""

    zone: ZoneInfo
    quiet: QuietHours | None
    calendar: Callable[[], Calendar]

    def is_quiet(self, moment: dt.datetime) -> bool:
        """Whether nobody is written to at this moment."""
        return self.quiet is not None and self.quiet.hold(self._local(moment).time())

    def awake(self, moment: dt.datetime) -> dt.datetime:
        """The first moment from this one on that is not in the quiet hours."""
        if self.quiet is None or not self.is_quiet(moment):
            return moment
        local = self._local(moment)
        end = local.replace(hour=self.quiet.end.hour, minute=self.quiet.end.minute, second=0, microsecond=0)
        return end if end > local else end + dt.timedelta(days=1)

    def planned(self, moment: dt.datetime) -> dt.datetime:
        """The first moment from this one on that is on a school day and not in the quiet hours."""
        calendar = self.calendar()
        found = self.awake(moment)
        for _ in range(LONGEST_BREAK):
            if calendar.is_school_day(self._local(found).date()):
                return found
            # The time of day stays as it was wished for, where it is one at which people are written to.
            found = self.awake(self._local(found) + dt.timedelta(days=1))
        return self.awake(moment)

    def following(self, push: Push, now: dt.datetime) -> dt.datetime | None:
        """When a weekly push goes out after now: the same time of week, left out where there is no school.

        None where it is not weekly or its last day has passed.
        """
        if not push.weekly or push.next_at is None:
            return None
        local, calendar = self._local(push.next_at), self.calendar()
        for _ in range(LONGEST_BREAK):
            local += WEEK
            if push.until is not None and local > push.until:
                return None
            if local > now and calendar.is_school_day(local.date()):
                return self.awake(local)
        return None

    def first(self, wanted: dt.datetime, now: dt.datetime) -> dt.datetime:
        """When a push goes out that was wished for this moment: one for now only waits for the quiet hours to end."""
        return self.awake(now) if wanted <= now else self.planned(wanted)

    def missed(self, push: Push, now: dt.datetime) -> bool:
        """Whether the service was away for so long at its time that a weekly push is left out this once."""
        return push.weekly and push.next_at is not None and push.next_at + LATE < now

    def run(self, push: Push, version: int | None, now: dt.datetime) -> Run:
        """The run that begins now; its reminder lies before its end and outside the quiet hours."""
        closes = now + dt.timedelta(hours=push.close_hours)
        remind = None
        if push.remind_hours is not None and version is not None:
            remind = self.awake(max(now, closes - dt.timedelta(hours=push.remind_hours)))
        return Run(
            id=0,
            push=push.id,
            version=version,
            planned_at=push.next_at or now,
            started_at=now,
            closes_at=closes,
            remind_at=remind if remind is not None and now < remind < closes else None,
        )

    def _local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.zone)
