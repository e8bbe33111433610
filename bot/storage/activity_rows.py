"""What is read of outreach that people enter, and whose of it is seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, or_, true

from bot.core.activity import Activity, ActivityKind
from bot.storage.activity_tables import activity


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries somebody may see: of these schools (None: of all), of this region (None: of all), or their own."""

    schools: frozenset[int] | None = None
    region: str | None = None
    staff: int | None = None

    def clause(self) -> ColumnElement[bool]:
        """The same for a query."""
        of_school = true() if self.schools is None else activity.c.school.in_(self.schools)
        of_region = true() if self.region is None else activity.c.region == self.region
        both = and_(of_school, of_region)
        return both if self.staff is None else or_(both, activity.c.staff == self.staff)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is kept. ``by`` is who entered it, ``photo`` whether it has one."""

    id: int
    activity: Activity
    staff: int
    by: str
    school: str
    photo: bool
    version: int
    entered_at: dt.datetime
    deleted_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What an entry once was, and who made it so. ``act``: enter, change, photo, remove, restore."""

    version: int
    act: str
    by: str
    at: dt.datetime
    activity: Activity


@dataclass(frozen=True, slots=True)
class Total:
    """What entries of a kind come to. ``people`` and ``halves`` as in Activity."""

    kind: ActivityKind
    entries: int = 0
    count: int = 0
    people: int = 0
    halves: int = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """Half class hours that somebody has entered for a school."""

    staff: int
    school: int
    halves: int


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes which version of an entry."""

    entry: int
    version: int
    staff: int
    photo: bytes | None = field(default=None, repr=False)
