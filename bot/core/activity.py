"""Outreach that people did and enter themselves: lectures, brochures, films, guidance and the like."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class ActivityKind(StrEnum):
    """What was done; each kind is counted in a unit of its own, named by the messages."""

    LECTURE = "lecture"  # sessions
    BROCHURES = "brochures"  # copies
    MEDIA = "media"  # audio and video pieces
    GUIDANCE = "guidance"  # of families, in person-times
    ASSESSMENT = "assessment"  # psychological, in person-times
    VISIT = "visit"  # times
    INSPECTION = "inspection"  # times
    OTHER = "other"  # times


class Attendance(StrEnum):
    """Whom it was for."""

    STUDENTS = "students"
    PARENTS = "parents"
    TEACHERS = "teachers"
    MIXED = "mixed"
    PUBLIC = "public"


#: Kinds that can be class hours of a vice principal at a school.
TEACHING = frozenset({ActivityKind.LECTURE, ActivityKind.OTHER})
#: Kinds whose count is of persons already.
PERSON_TIMES = frozenset({ActivityKind.GUIDANCE, ActivityKind.ASSESSMENT})


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry. ``day`` is local; ``school`` is None where it was at no school; ``region`` is empty for none.

    ``count`` is in the kind's unit, ``people`` how many took part (0: not said), ``halves`` half class hours.
    """

    kind: ActivityKind
    day: dt.date
    count: int
    audience: Attendance = Attendance.STUDENTS
    school: int | None = None
    region: str = ""
    place: str = ""
    people: int = 0
    halves: int = 0
    note: str = ""
