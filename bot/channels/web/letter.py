"""What is written to a visitor first, as it rests in the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from bot.core.decision import OUTCOMES, Decision, Reply
from bot.core.ports import Outgoing

#: The channel's name in the outbox and in the origins of messages.
CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class Letter:
    """A reply that nobody asked for: its kind (``relayed``: the words of a person), and when it was written."""

    kind: str
    reply: Reply
    at: dt.datetime

    def dump(self) -> bytes:
        """As JSON, for the outbox."""
        return _LETTER.dump_json(self)

    @classmethod
    def load(cls, body: bytes) -> Letter:
        """From what ``dump`` made. Raises ValueError on anything else."""
        return _LETTER.validate_json(body)


_LETTER = TypeAdapter(Letter)


@dataclass(frozen=True, slots=True)
class WebOutward:
    """The ``Outward`` of the web chat; an address is the key of a visitor's talk.

    A ``Relayed`` decision holds the words of the person on duty; every other is the service's own.
    """

    now: Callable[[], dt.datetime]

    def outgoing(self, address: str, decision: Decision) -> Sequence[Outgoing]:
        """The letter that says this, ready for the outbox."""
        letter = Letter(OUTCOMES[type(decision)], decision.reply, self.now())
        return (Outgoing(address, letter.dump()),)
