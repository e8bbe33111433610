"""Old lines of the audit log, and old releases, go in two steps: a clock that was set wrong must not take them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.desk.periods import DAY, Periods
from bot.storage.audit import SERVICE, AuditLine, AuditLog
from bot.storage.releases import ReleaseRecords
from bot.storage.store import Store

#: How long before they go it is announced, by the clock; and for how many seconds this process has run since it saw
#: that. Under a clock that is wrong nobody can sign in, so by then somebody has noticed.
NOTICE, LIVED = DAY, 8 * 3600.0
#: The line that announces it.
DUE = "audit.due"


@dataclass(slots=True)
class LogKeeper:
    """Drops what has had its time. ``steady`` gives seconds that nobody can set."""

    store: Store
    audit: AuditLog
    periods: Periods
    steady: Callable[[], float] = time.monotonic
    _seen: tuple[int, float] | None = field(default=None, repr=False)

    async def sweep(self) -> int:
        """Drop what was announced long ago, else announce what is due; says how many lines went.

        To be called every hour. Raises StorageError.
        """
        now = self.store.now()
        async with self.store.writing() as connection:
            note = await self.audit.announced(connection, DUE, now)
            if note is not None and not self._known_long(note, now):
                return 0
            if note is not None:
                moment = dt.datetime.fromisoformat(note.at) - self.periods.audit
                lines = await self.audit.drop_before(connection, moment)
                if await ReleaseRecords(self.store).drop_before(connection, moment) or lines:
                    return lines
            self._seen = None
            moment = now - self.periods.audit
            if await self.audit.last_before(connection, moment) or await ReleaseRecords(self.store).any_before(
                connection, moment
            ):
                await self.audit(connection, SERVICE, DUE, detail=f"before {moment.astimezone(dt.UTC):%Y-%m-%d}")
        return 0

    def _known_long(self, note: AuditLine, now: dt.datetime) -> bool:
        if self._seen is None or self._seen[0] != note.seq:
            self._seen = (note.seq, self.steady())
        lived = self.steady() - self._seen[1]
        return lived >= LIVED and now - dt.datetime.fromisoformat(note.at) >= NOTICE
