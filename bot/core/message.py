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
class Incoming:
    """One turn of the person: words, or a button's command, or an attachment that cannot be read.

    ``group`` is true where others read along; nothing personal is said there.
    """

    text: str = ""
    command: str = ""
    attachment: Attachment = Attachment.NONE
    group: bool = False
