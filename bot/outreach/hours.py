"""The four class hours that a vice principal gives or arranges at each school in a calendar year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.outreach.sight import Place, Sight
from bot.storage.activities import Activities
from bot.storage.activity_rows import Scope
from bot.storage.schools import SealedSchools
from bot.storage.store import Store

#: What the rules on vice principals ask for (order 52 of the Ministry of Education), in half class hours.
ASKED = 8


@dataclass(frozen=True, slots=True)
class HoursLine:
    """What one vice principal has entered for one school in a year, in half class hours."""

    display: str
    school: str
    halves: int

    @property
    def left(self) -> int:
        """Half class hours that are still to come."""
        return max(0, ASKED - self.halves)


async def class_hours(store: Store, sight: Sight, place: Place, year: int) -> Sequence[HoursLine]:
    """Everybody who is vice principal of a school of the place now; a vice principal sees themselves alone.

    Raises StorageError.
    """
    schools = {school.id: school for school in sight.schools if _within(school.id, school.region, place)}
    if not schools:
        return ()
    span = (dt.date(year, 1, 1), dt.date(year, 12, 31))
    kept = await Activities(store).hours(Scope(schools=frozenset(schools)), *span)
    halves = {(item.staff, item.school): item.halves for item in kept}
    tenures = [item for item in await SealedSchools(store).tenures(list(schools)) if item.until is None]
    lines = (
        HoursLine(item.display, schools[item.school].name, halves.get((item.staff, item.school), 0))
        for item in tenures
        if not sight.own or item.staff == sight.member.id
    )
    return sorted(lines, key=lambda line: (line.school, line.display))


def _within(number: int, region: str, place: Place) -> bool:
    if place.school is not None:
        return place.school.id == number
    return place.region in (None, region)
