"""How soon a child is seen and answered: the clocks of the desk as durations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.core.risk import RiskLevel

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClockLimits:
    """Time until a person has taken a case, and until they have answered; in an urgent one, and in any other.

    ``warn`` is the share of a time after which people are warned that it runs out. ``urgent_rest`` and ``rest``: after
    so long a silence, in which nothing is owed, a case comes up again.
    """

    urgent_seen: dt.timedelta = MINUTE
    urgent_answer: dt.timedelta = 5 * MINUTE
    seen: dt.timedelta = 5 * MINUTE
    answer: dt.timedelta = 30 * MINUTE
    warn: float = 0.6
    urgent_rest: dt.timedelta = 30 * MINUTE
    rest: dt.timedelta = 1440 * MINUTE

    @classmethod
    def of_minutes(
        cls,
        urgent_seen: float,
        urgent_answer: float,
        seen: float,
        answer: float,
        *,
        urgent_rest: float = 30,
        rest: float = 1440,
    ) -> ClockLimits:
        """From numbers of minutes, as settings have them."""
        answers = (urgent_seen * MINUTE, urgent_answer * MINUTE, seen * MINUTE, answer * MINUTE)
        return cls(*answers, urgent_rest=urgent_rest * MINUTE, rest=rest * MINUTE)

    def seen_within(self, level: RiskLevel) -> dt.timedelta:
        """How soon a person has the case."""
        return self.urgent_seen if level is RiskLevel.URGENT else self.seen

    def claim_by(self, level: RiskLevel, due_at: dt.datetime) -> dt.datetime:
        """When a person should have a case whose answer is due then."""
        return due_at - self.answer_within(level) + self.seen_within(level)

    def answer_within(self, level: RiskLevel) -> dt.timedelta:
        """How soon a person has answered."""
        return self.urgent_answer if level is RiskLevel.URGENT else self.answer
