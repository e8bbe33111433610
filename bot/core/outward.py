"""How something reaches a person without having been asked: each channel lays it out in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.core.decision import Decision
from bot.core.ports import Outgoing


class Outward(Protocol):
    """A channel's way to write to somebody first."""

    def outgoing(self, address: str, decision: Decision) -> Sequence[Outgoing]:
        """The messages that say this to whoever is at the address, ready for the channel's outbox."""
        ...
