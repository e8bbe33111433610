"""Why an address was asked for, read by colleagues: who reads it stands in the log."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.release import Releases
from bot.desk.sealing import SealError
from bot.desk.worker import Worker
from bot.storage.releases import ReleaseRow


def reason_of(by: Worker, row: ReleaseRow) -> str | None:
    """Why it was asked for; None where it was erased, or sealed to a key that this person has not."""
    try:
        return by.desk.open(row.generation, row.reason).decode("utf-8", "replace") if row.reason else None
    except SealError:
        return None


async def reasons_of(releases: Releases, by: Worker, rows: Sequence[ReleaseRow]) -> list[tuple[ReleaseRow, str | None]]:
    """Each with its reason; that this person reads those of colleagues stands in the log, a line for each case.

    Raises StorageError.
    """
    read = [(row, reason_of(by, row)) for row in rows]
    opened = [row for row, reason in read if reason is not None and row.asked_by != by.id]
    if opened:
        async with releases.store.writing() as connection:
            for case in sorted({row.case for row in opened}):
                detail = f"release {' '.join(str(row.id) for row in opened if row.case == case)}"
                await releases.audit(connection, by.actor, "identity.reason", case=case, detail=detail)
    return read
