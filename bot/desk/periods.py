"""How long things are kept, by the settings and the law."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.storage.case_rows import CaseRow

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Periods:
    """How long: text of a case after it was closed, after its person asked for deletion as well, and the audit log.

    ``warning`` is how long before its end a case stands on the list.
    """

    case: dt.timedelta = 90 * DAY
    asked: dt.timedelta = DAY
    audit: dt.timedelta = 1095 * DAY
    warning: dt.timedelta = 7 * DAY

    def erase_at(self, closed_at: dt.datetime, *, delete_asked: bool = False) -> dt.datetime:
        """When the text of a case is to go that is closed now: what ``Ending`` is given."""
        return closed_at + (min(self.asked, self.case) if delete_asked else self.case)

    def due(self, case: CaseRow) -> dt.datetime:
        """When the text of a closed case goes, its person's wish counted in, even one that came later."""
        planned: dt.datetime = case.erase_at or self.erase_at(case.closed_at)
        if case.delete_asked_at is None:
            return planned
        wished: dt.datetime = max(case.closed_at, case.delete_asked_at) + self.asked
        return min(planned, wished)
