"""Children whose cases would reach nobody, though others' would: of some school or region, or who want no insider."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from bot.desk.duty import Scope, eligible, is_on_shift, next_shift, reachable
from bot.storage.roster_types import Roster


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Schools and regions by name; ``outsiders``: whoever asks for nobody of any school finds nobody."""

    schools: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    outsiders: bool = False


def uncovered(roster: Roster, schools: Iterable[Scope], now: dt.datetime, zone: dt.tzinfo) -> Uncovered:
    """Whose cases nobody could take within the days that are looked ahead; ``schools`` with their regions.

    Nothing where nobody comes on duty at all: then that is what must be mended.
    """
    ready = [person for person in roster.people if person.keyed and reachable(person, roster)]
    serving = {
        person.id
        for person in ready
        if is_on_shift(person, roster, now, zone) or next_shift([person], roster, now, zone) is not None
    }

    def alone(scope: Scope) -> bool:
        return bool(serving) and not any(person.id in serving for person in eligible(roster.people, scope))

    places = sorted(set(schools), key=lambda place: (place.region, place.school))
    regions = sorted({place.region for place in places} | {person.region for person in roster.people})
    bare = tuple(region for region in regions if alone(Scope(region)))
    without = tuple(place.school for place in places if place.region not in bare and alone(place))
    return Uncovered(without, bare, alone(Scope(outsiders_only=True)))
