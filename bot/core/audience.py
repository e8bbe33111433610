"""Who is reading an answer."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """A reader for whom answers are written."""

    STUDENT = "student"
    PARENT = "parent"
    SCHOOL = "school"


#: Whose version is read when a topic has none for this reader, nearest first.
FALLBACK: dict[Audience, tuple[Audience, ...]] = {
    Audience.STUDENT: (Audience.STUDENT, Audience.PARENT, Audience.SCHOOL),
    Audience.PARENT: (Audience.PARENT, Audience.STUDENT, Audience.SCHOOL),
    Audience.SCHOOL: (Audience.SCHOOL, Audience.PARENT, Audience.STUDENT),
}
