"""What the clocks must know of a case, as data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.core.desk import CaseState
from bot.core.risk import RiskLevel


@dataclass(frozen=True, slots=True)
class Done:
    """An alert that was made: why, how far up, and when. ``lost``: it reached nobody, and is not tried any more.

    ``to``: whom it went to; None among them is the whole desk.
    """

    reason: str
    rung: int
    at: dt.datetime
    lost: bool = False
    to: frozenset[int | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the clocks must know of a case; times are aware.

    ``rung`` 0 says that nobody was alerted since the case came to wait. ``handed_at``: a colleague gave it to the
    holder. ``unanswered``: the child has said something since a person wrote last, by the order of what was kept and
    not by the clock; ``undelivered``: what a person wrote last never arrived. ``answered``: a person has ever answered.
    ``child_at``: the child was last heard; ``tended_at``: the holder was at work in it; ``noted_at``: a note was
    written, where that is known. ``owed_since``: somebody is awaited since then, where a clock runs and it is known.
    ``unreached`` is a rung whose alerts have all failed, None for none. ``left``: the
    holder is gone; ``leaves_at``: when they will be, as known; ``barred``: they may not see the case any more.
    ``fewer_at``: since then fewer may see it; ``told`` were alerted before by routes of their own. ``owned_up_at``: the
    child was last told that nobody has answered. ``expected``: nobody is there, and they were told that somebody will
    be from then on. ``put_back_at``: its holder gave it back, or lost their account; ``child_told_at``: the child was
    told by the service, or was to be.
    """

    level: RiskLevel
    state: CaseState
    opened_at: dt.datetime
    raised_at: dt.datetime | None = None
    taken_at: dt.datetime | None = None
    handed_at: dt.datetime | None = None
    staff_at: dt.datetime | None = None
    unanswered: bool = True
    undelivered: bool = False
    due_at: dt.datetime | None = None
    rung: int = 0
    holder: int | None = None
    child_at: dt.datetime | None = None
    tended_at: dt.datetime | None = None
    noted_at: dt.datetime | None = None
    owed_since: dt.datetime | None = None
    answered: bool = True
    done: tuple[Done, ...] = ()
    unreached: int | None = None
    left: bool = False
    leaves_at: dt.datetime | None = None
    barred: bool = False
    fewer_at: dt.datetime | None = None
    told: frozenset[int] = frozenset()
    owned_up_at: dt.datetime | None = None
    expected: dt.datetime | None = None
    put_back_at: dt.datetime | None = None
    child_told_at: dt.datetime | None = None

    @property
    def waiting(self) -> bool:
        """Whether nobody has the case."""
        return self.state is CaseState.WAITING

    @property
    def attended(self) -> bool:
        """Whether whoever has the case is there: on duty, or in the midst of the talk."""
        return self.leaves_at is not None

    @property
    def awaited(self) -> bool:
        """Whether the child has no answer to what they said last."""
        return self.staff_at is None or self.unanswered or self.undelivered

    @property
    def owed(self) -> bool:
        """Whether a person must see to it by a clock.

        A case that nobody has is owed, but for one in which the child was answered and nobody set a clock again.
        """
        return self.awaited or (self.waiting and (self.rung == 0 or self.due_at is not None))

    def made(self, since: dt.datetime, *reasons: str) -> list[Done]:
        """The alerts made for these reasons since a moment, oldest first."""
        return [item for item in self.done if item.at >= since and item.reason in reasons]

    def heard_by(self, person: int, since: dt.datetime) -> bool:
        """Whether alerts since a moment went to this person, or to all. What had no route at all cannot go again."""
        own = {None, person}
        return any(item.at >= since and (not item.to or not own.isdisjoint(item.to)) for item in self.done)
