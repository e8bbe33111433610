"""What is told of numbers that people entered: guidance and assessment are of single persons, so few are not told."""

from __future__ import annotations

from bot.core.activity import PERSON_TIMES, ActivityKind
from bot.outreach.publish import BASE, FEW


def counted(kind: ActivityKind, number: int) -> int | str:
    """A number of this kind as it may be told: "<5" for fewer than five persons, none included."""
    return FEW if kind in PERSON_TIMES and number < BASE else number


def reached(kind: ActivityKind, count: int, people: int) -> int | str:
    """The person-times that it came to, as they may be told."""
    return counted(kind, count if kind in PERSON_TIMES else people)


def told(number: int | str) -> int:
    """A number in a sum: what is not told adds nothing, so that no sum tells it."""
    return number if isinstance(number, int) else 0
