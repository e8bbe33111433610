"""What the release of an address speaks of: how long it is shown, how it stands, and what is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.storage.releases import ReleaseRow

#: How long the address is shown, how long a request waits for a second person, how soon a hurry is reviewed.
SHOWN = dt.timedelta(minutes=15)
WAITS = dt.timedelta(hours=24)
REVIEW = dt.timedelta(hours=1)
LONGEST_REASON, SHORTEST_REASON = 500, 4
#: Channels whose address is a number of the visit alone: it leads to nobody.
NAMELESS = frozenset({"web", "drill"})


class RecordsError(Exception):
    """What is refused; ``key`` names the sentence in ``knowledge/messages/records.yaml``."""

    def __init__(self, reason: str) -> None:
        self.key = f"records.refused_{reason}"
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Identity:
    """Where the person of a case is answered. ``address`` is empty where the channel has none that leads to anyone."""

    channel: str
    address: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How the release of a case's address stands for one person.

    ``shown`` is None where it is not released to them; ``mine`` waits for a second person, ``theirs`` for this one.
    ``can_at_once``: the case is urgent, and they are on duty or have it. ``refused``: what they asked last, where a
    colleague said no lately; ``judged``: what they last released in a hurry, where that was judged wrong.
    """

    nameless: bool
    erased: bool
    shown_until: dt.datetime | None
    mine: ReleaseRow | None
    theirs: tuple[ReleaseRow, ...]
    can_at_once: bool
    refused: ReleaseRow | None = None
    judged: ReleaseRow | None = None


def checked_reason(typed: str) -> str:
    """A reason as it is kept. Raises RecordsError where it is empty or too long."""
    reason = typed.encode("utf-8", "replace").decode().replace("\0", "").strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise RecordsError("reason")
    return reason


def shown_from(row: ReleaseRow) -> dt.datetime:
    """Since when a released address is shown."""
    began: dt.datetime = row.asked_at if row.urgent else row.granted_at
    return began
