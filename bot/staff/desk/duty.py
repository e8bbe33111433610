"""Who is on duty now, and what keeps the desk from being reached, for the top of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.duty import DutyState, Member, Scope, duty_at, reachable
from bot.storage.roster_types import Roster


@dataclass(frozen=True, slots=True)
class DutyView:
    """``reason`` is empty while somebody is on duty, else the key of why nobody is; ``failing``: labels of routes.

    ``supervised``: alerts reach a supervisor all the same.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    reason: str
    back_at: dt.datetime | None
    failing: tuple[str, ...]
    supervised: bool
    names: Mapping[int, str]
    on_shift: frozenset[int]


def duty_view(roster: Roster, now: dt.datetime, me: int, you: str) -> DutyView:
    """Who is on duty for any case at all."""
    state = duty_at(roster, Scope(), now, now.tzinfo or dt.UTC)
    names = {person.id: person.display for person in roster.people}
    shown = names | {me: you}
    failing = tuple(route.label for route in roster.routes if route.failing_since is not None)
    return DutyView(
        _names(state.first, shown),
        _names(state.second, shown),
        "" if state.on_duty else _reason(roster),
        state.back_at,
        failing,
        any(person.supervisor and reachable(person, roster) for person in roster.people),
        names,
        _ids(state),
    )


def _reason(roster: Roster) -> str:
    if not roster.keyed:
        return "no_key"
    if not any(person.keyed for person in roster.people):
        return "no_people"
    if not roster.routes:
        return "no_route"
    if all(route.failing_since is not None for route in roster.routes):
        return "routes_failing"
    return "no_shift"


def _names(members: tuple[Member, ...], names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(names[member.id] for member in members if member.id in names)


def _ids(state: DutyState) -> frozenset[int]:
    return frozenset(member.id for member in (*state.first, *state.second))
