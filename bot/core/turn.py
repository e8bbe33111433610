"""A turn of talk while it is decided, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.core import decision as d
from bot.core.audience import Audience
from bot.core.compose import Composer
from bot.core.desk import NO_DESK, Report, Standing
from bot.core.message import Incoming
from bot.core.risk import NO_RISK, RiskReading
from bot.core.session import Session

#: Longer messages are read for risk to their end, and answered with a request to ask in fewer words.
LONGEST_QUESTION = 1_000
#: What goes beyond this is not read, and who wrote it is told so.
LONGEST_READ = 20_000


class Turned(NamedTuple):
    """What to say to a turn, the talk after it, and what the people on duty are given of it."""

    decision: d.Decision
    session: Session
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn being decided: what came in, what is remembered, and what has been found out so far."""

    incoming: Incoming
    session: Session
    composer: Composer
    standing: Standing = NO_DESK
    text: str = ""
    risk: RiskReading = NO_RISK

    @property
    def audience(self) -> Audience:
        """The reader to answer: the one declared, else a student."""
        return self.session.audience or Audience.STUDENT
