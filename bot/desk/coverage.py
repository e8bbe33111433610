"""A week of the roster, day by day: when somebody is on duty, and when nobody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.desk.duty import reachable
from bot.desk.spans import DAY, Span, days_around, merged, spans_of
from bot.storage.roster_types import Roster


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a day, local times; ``people`` is empty where nobody is on duty."""

    begins: dt.datetime
    ends: dt.datetime
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """One local day in pieces that cover all of it."""

    day: dt.date
    pieces: tuple[Piece, ...]

    @property
    def gaps(self) -> tuple[Piece, ...]:
        """When nobody is on duty."""
        return tuple(piece for piece in self.pieces if not piece.people)


def week(roster: Roster, now: dt.datetime, zone: dt.tzinfo, days: int = 7) -> Sequence[Day]:
    """The coming days from today on, with whoever can be reached and holds the desk key."""
    ready = [person for person in roster.people if person.keyed and reachable(person, roster)]
    around = list(days_around(now, zone, days))
    spans = {person.display: merged(spans_of(person.id, roster, zone, around)) for person in ready}
    today = now.astimezone(zone).date()
    return [Day(day, tuple(_pieces(day, spans, zone))) for day in (today + step * DAY for step in range(days))]


def _pieces(day: dt.date, spans: dict[str, list[Span]], zone: dt.tzinfo) -> Iterator[Piece]:
    begins, ends = (dt.datetime.combine(date, dt.time(), zone).astimezone(dt.UTC) for date in (day, day + DAY))
    edges = {edge for own in spans.values() for span in own for edge in (span.begins, span.ends)}
    cuts = [begins, *sorted(edge for edge in edges if begins < edge < ends), ends]
    last: Piece | None = None
    for start, end in pairwise(cuts):
        people = tuple(name for name, own in spans.items() if any(span.holds(start) for span in own))
        if last is not None and last.people == people:
            last = Piece(last.begins, end.astimezone(zone), people)
            continue
        if last is not None:
            yield last
        last = Piece(start.astimezone(zone), end.astimezone(zone), people)
    if last is not None:
        yield last
