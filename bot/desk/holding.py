"""Whether whoever has a case is there: on duty for it, or in the midst of the talk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.core.desk import CaseState
from bot.desk.duty import Scope, eligible, reachable
from bot.desk.spans import days_around, merged, spans_of
from bot.storage.case_rows import CaseRow
from bot.storage.roster_types import Person, Roster

#: Who got, opened or wrote in a case so short a time ago is in the midst of the talk, on shift or not.
MIDST = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Hold:
    """How the holder stands to a case at a moment.

    ``until``: they are there until then, as far as is known now; None where they are gone. ``barred``: they may not
    see it any more.
    """

    until: dt.datetime | None = None
    barred: bool = False


def hold_at(row: CaseRow, roster: Roster, moment: dt.datetime, zone: dt.tzinfo, *, scope: Scope) -> Hold | None:
    """The hold over a case of this scope; None where nobody has it."""
    if row.state != CaseState.TAKEN:
        return None
    holder = next((person for person in eligible(roster.people, scope) if person.id == row.holder), None)
    if holder is None:
        return Hold(barred=True)
    if not holder.keyed:
        return Hold()
    ends = [_shift_ends(holder, roster, moment, zone), None if row.tended_at is None else row.tended_at + MIDST]
    return Hold(max((end for end in ends if end is not None and end > moment), default=None))


def _shift_ends(holder: Person, roster: Roster, moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """When they go off duty, where they are on duty now."""
    if not reachable(holder, roster):
        return None
    spans = merged(spans_of(holder.id, roster, zone, days_around(moment, zone, 1)))
    return next((span.ends for span in spans if span.holds(moment)), None)
