"""Who is on duty when, and how they are reached, as data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

#: The roles that may ever see a case.
DESK_ROLES = ("counsellor", "supervisor")


@dataclass(frozen=True, slots=True)
class Person:
    """An active member of staff as the roster sees them.

    ``keyed``: they hold the newest desk key. ``routed``: alerts have some way to them, working or not.
    """

    id: int
    display: str
    role: str
    line: int
    region: str = ""
    school: str = ""
    keyed: bool = True
    routed: bool = True

    @property
    def supervisor(self) -> bool:
        """Whether they look after the desk."""
        return self.role == "supervisor"


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of one person, local time: on ``weekdays`` (Monday is 0), or on one ``day``.

    Where ``ends`` is not after ``starts`` it ends the next morning.
    """

    staff: int
    starts: dt.time
    ends: dt.time
    weekdays: frozenset[int] = frozenset()
    day: dt.date | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class DayOff:
    """Whole days, both ends included, on which a person is away; without a person a holiday of all."""

    staff: int | None
    first: dt.date
    last: dt.date
    id: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """A way by which alerts reach a person, or without a person the whole desk. The target is a secret.

    ``refused``: the number by which what was sent last was refused, None where nothing was or no number came.
    ``linked``: a chat of our own bot whose owner proved with a token that it is theirs.
    """

    id: int
    staff: int | None
    kind: str = "apprise"
    label: str = ""
    last_ok: dt.datetime | None = None
    failing_since: dt.datetime | None = None
    refused: int | None = None
    target: str = field(default="", repr=False)
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that says who is on duty."""

    people: tuple[Person, ...] = ()
    shifts: tuple[Shift, ...] = ()
    days_off: tuple[DayOff, ...] = ()
    routes: tuple[Route, ...] = ()
    keyed: bool = True
