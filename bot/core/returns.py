"""Coming back to a talk by its code, as data and as a protocol; ``bot.desk`` has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.core.desk import Receipt
from bot.core.message import Origin

Author = Literal["child", "staff", "service"]


@dataclass(frozen=True, slots=True)
class ReturnedMessage:
    """One message of the talk: when, by whom, and its words. Times are aware."""

    at: dt.datetime
    author: Author
    text: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A talk that was opened with its code, oldest message first; ``closed``: nobody works on it any more."""

    messages: Sequence[ReturnedMessage]
    receipt: Receipt
    closed: bool


class Returns(Protocol):
    """Opens talks by their codes."""

    async def open(self, code: str, origin: Origin) -> Returned | None:
        """The talk of this code, which goes on at ``origin`` from now on; None where no talk has it."""
        ...
