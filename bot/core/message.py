"""A message as it comes from any channel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Attachment(StrEnum):
    """Something other than words. It is never fetched."""

    NONE = "none"
    PICTURE = "picture"
    VOICE = "voice"
    FILE = "file"
    STICKER = "sticker"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message came from, so that a person can answer there later.

    ``talk`` is the key of the private talk with this person, and ``address`` where it is answered, as the channel
    writes it: in a group both lead to the person alone. ``delivery`` names this very message: one that is delivered
    twice carries the same name and is filed once. ``group`` is the key by which a class knows the group chat in which
    it was written; empty in private. ``crowd``: where many cases come from one place within a minute, which of
    them it would open; else 0.
    """

    channel: str
    talk: str
    address: str
    delivery: str = ""
    group: str = ""
    crowd: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One turn of the person: words, or a button's command, or an attachment that cannot be read.

    ``group`` is true where others read along; nothing personal is said there. Without ``origin`` (in a terminal)
    nobody could answer later, so nothing is filed.
    """

    text: str = ""
    command: str = ""
    attachment: Attachment = Attachment.NONE
    group: bool = False
    origin: Origin | None = None
