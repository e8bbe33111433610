"""A request for an address is refused, with a reason; and what of such requests waits for somebody, or was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core.desk import SealedText
from bot.desk.duty import DutyBoard
from bot.desk.release import Releases
from bot.desk.release_types import SHOWN, WAITS, RecordsError, checked_reason
from bot.desk.reviewing import reviewers_of, seconds_of
from bot.desk.sealing import seal_to
from bot.desk.worker import Worker, scope_of
from bot.storage.case_rows import note
from bot.storage.casework import SealedCasework
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.releases import ReleaseRecords, ReleaseRow
from bot.storage.store import Store


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody should know of a request.

    ``what``: ``grant`` or ``review`` waits for them; theirs was ``granted``, ``refused``, or judged ``wrong``.
    """

    what: str
    case: int


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refuses requests. Everything raises NoSuchCaseError, RecordsError and StorageError."""

    releases: Releases
    messages: Callable[[], Mapping[str, str]]

    async def refuse(self, by: Worker, number: int, reason: str) -> int:
        """Whoever might grant it says no. The reason stands in the case as a sealed note; gives the case."""
        releases, store = self.releases, self.releases.store
        asked = await ReleaseRecords(store).release(number)
        if asked is None:
            raise RecordsError("gone")
        row = await releases.eligible(by, asked.case)
        if asked.asked_by == by.id:
            raise RecordsError("own")
        if releases.waits(asked) and by.id not in await releases.seconds(asked):
            raise RecordsError("one_hand")
        if row.erased_at is not None:
            raise RecordsError("erased")
        words = self.messages()["records.note_refused"].format(reason=checked_reason(reason))
        async with store.writing() as connection:
            since = store.now() - WAITS
            if await ReleaseRecords(store).refuse(connection, number, by.id, since=since) is None:
                raise RecordsError("gone")
            key = await SealedDeskKeys(store).current(connection)
            if key is None:
                raise RecordsError("no_key")
            text = SealedText(key.generation, seal_to(key.public, words.encode()))
            await SealedCasework(store).jot(connection, asked.case, by.id, text)
            await note(connection, asked.case, store.now(), what="identity", value="refuse", staff=by.id)
            await releases.audit(connection, by.actor, "identity.refuse", case=asked.case, detail=f"release {number}")
        releases.told(asked.case)
        return int(asked.case)


async def notices(store: Store, board: DutyBoard, by: Worker) -> list[Notice]:
    """What waits for this person, and what came lately of what they asked, the newest first. Raises StorageError."""
    records, now, found = ReleaseRecords(store), store.now(), dict[int, Notice]()
    roster = await board.roster.read()
    for row in await records.waiting(now - WAITS):
        if by.id in await seconds_of(store, roster, row):
            found[row.id] = Notice("grant", row.case)
    for row in await records.unreviewed():
        if by.id in await reviewers_of(store, roster, row):
            found[row.id] = Notice("review", row.case)
    for row in await records.decided(by.id, now - WAITS):
        case = await SealedCasework(store).case(row.case)
        what = _came_of(row, now)
        if what and case is not None and by.id in await board.eligible(scope_of(case)):
            found[row.id] = Notice(what, row.case)
    return [found[number] for number in sorted(found, reverse=True)]


def _came_of(row: ReleaseRow, now: dt.datetime) -> str:
    if row.ended_at is not None:
        return "wrong" if row.urgent else "refused"
    return "granted" if row.granted_at is not None and row.granted_at > now - SHOWN else ""
