"""A message of this channel as it rests in the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WirePoll:
    """A native quiz: ``right`` are the places of the right options, more than one where several are to be chosen."""

    question: str
    options: list[str]
    right: list[int]
    explanation: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class TelegramMessage:
    """HTML text with the keyboard as the Bot API writes it, the message it replies to, and the forum thread.

    With a ``poll`` it is that poll, with a ``picture`` (PNG in base64) the text is its caption, and with ``end_poll``
    (a message's number) it ends the poll there instead of saying anything.
    """

    text: str
    keyboard: list[list[dict[str, str]]] = field(default_factory=list)
    reply_to: int | None = None
    thread: int | None = None
    poll: WirePoll | None = None
    picture: str = ""
    end_poll: int | None = None

    def dump(self) -> bytes:
        """As JSON, for the outbox."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def load(cls, body: bytes) -> TelegramMessage:
        """From what ``dump`` made. Raises ValueError or TypeError on anything else."""
        raw: dict[str, Any] = json.loads(body)
        poll = raw.pop("poll", None)
        return cls(**raw, poll=None if poll is None else WirePoll(**poll))
