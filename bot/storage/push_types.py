"""What a push and its runs are, as they are kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bot.core.audience import Audience


class PushKind(StrEnum):
    """What a push brings."""

    QUIZ = "quiz"
    NOTICE = "notice"
    TOPIC = "topic"


class PushState(StrEnum):
    """Where a push stands. ``asked``: it waits for a second person; ``scheduled``: it goes on by itself."""

    DRAFT = "draft"
    ASKED = "asked"
    SCHEDULED = "scheduled"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing comes of it any more."""
        return self in (PushState.DONE, PushState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDraft:
    """What is pushed, to whom, and for how long.

    ``classes`` in the order in which they get it. ``subject``: the quiz (``own:12`` for one's own) or the topic;
    empty for a notice. ``text``: a notice's words, or a line before a quiz or topic. ``close_hours`` after its start
    a run is over; ``remind_hours`` before its end those are reminded who have not finished (None: nobody).
    """

    kind: PushKind
    title: str
    classes: tuple[int, ...]
    readers: tuple[Audience, ...] = (Audience.STUDENT,)
    subject: str = ""
    text: str = ""
    next_at: dt.datetime
    weekly: bool = False
    until: dt.datetime | None = None
    close_hours: int = 72
    remind_hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A push as it is kept; ``classes`` in the order in which they get it. ``next_at``: None where no run follows."""

    id: int
    kind: PushKind
    title: str
    subject: str
    text: str
    readers: tuple[Audience, ...]
    classes: tuple[int, ...]
    staff: int
    state: PushState
    next_at: dt.datetime | None
    weekly: bool
    until: dt.datetime | None
    close_hours: int
    remind_hours: int | None
    approved_by: int | None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a push went out; ``version`` is the row of its quiz, None for a notice or topic."""

    id: int
    push: int
    version: int | None
    planned_at: dt.datetime
    started_at: dt.datetime
    closes_at: dt.datetime
    remind_at: dt.datetime | None = None
    reminded_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    folded_at: dt.datetime | None = None


def readers_of(text: str) -> tuple[Audience, ...]:
    """The readers that a row names."""
    return tuple(Audience(part) for part in text.split(",") if part)
