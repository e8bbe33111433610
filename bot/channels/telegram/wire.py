"""A message of this channel as it rests in the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TelegramMessage:
    """HTML text with the keyboard as the Bot API writes it, the message it replies to, and the forum thread."""

    text: str
    keyboard: list[list[dict[str, str]]] = field(default_factory=list)
    reply_to: int | None = None
    thread: int | None = None

    def dump(self) -> bytes:
        """As JSON, for the outbox."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def load(cls, body: bytes) -> TelegramMessage:
        """From what ``dump`` made. Raises ValueError or TypeError on anything else."""
        raw: dict[str, Any] = json.loads(body)
        return cls(**raw)
