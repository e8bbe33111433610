"""What a risk reading of a message says: its level, its kind and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RiskLevel(StrEnum):
    """How near harm to a minor is, from none to danger now."""

    NONE = "none"
    CONCERN = "concern"
    DISCLOSURE = "disclosure"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """0 for none up to 3 for urgent."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(RiskLevel)}


class RiskKind(StrEnum):
    """What the harm is; where several hold, the first in this order."""

    SELF_HARM = "self_harm_suicide"
    SEXUAL = "sexual"
    EXPLOITATION = "exploitation_fraud"
    BULLYING = "bullying"
    DOMESTIC_VIOLENCE = "domestic_violence"
    NEGLECT = "neglect"
    ONLINE = "online"
    OTHER = "other"

    def precedes(self, other: RiskKind) -> bool:
        """Whether this is what a harm of both kinds is called."""
        kinds = list(RiskKind)
        return kinds.index(self) < kinds.index(other)

    def outweighs(self, other: RiskKind) -> bool:
        """Whether who knows of the other kind must hear of this one at once: a life first, then sexual abuse."""
        return _WEIGHTS.get(self, 0) > _WEIGHTS.get(other, 0)


_WEIGHTS = {RiskKind.SELF_HARM: 2, RiskKind.SEXUAL: 1}


@dataclass(frozen=True, slots=True)
class RiskReading:
    """The risk of one message, read together with the turns before it.

    ``why`` names the rules and terms that decided; it holds ids from the content, never the message's text.
    """

    level: RiskLevel = RiskLevel.NONE
    kind: RiskKind | None = None
    score: float = 0.0
    why: tuple[str, ...] = ()

    @property
    def alarming(self) -> bool:
        """Whether a human must see this."""
        return self.level.rank >= RiskLevel.DISCLOSURE.rank


NO_RISK = RiskReading()
