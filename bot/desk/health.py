"""How the desk stands, in words: who is on duty, and what keeps a child from being heard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.desk.duty import DutyState, Scope, duty_at, eligible, is_on_shift, next_shift, reachable
from bot.desk.reviewing import unreviewable
from bot.desk.school_names import alike
from bot.desk.uncovered import Uncovered, uncovered
from bot.desk.unkept import storeless
from bot.storage.desk_keys import RECOVERY, SealedDeskKeys
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Person, Roster
from bot.storage.schools import SealedSchools
from bot.storage.store import Store

#: Names told in one sentence.
_NAMES = 5


@dataclass(frozen=True, slots=True)
class DeskProblem:
    """What must be mended, in words; the keys are named by the sentences in ``knowledge/messages/alerts.yaml``."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class DeskHealth:
    """How many are on duty now, since when not until when, and what must be mended."""

    on_duty: int
    back_at: dt.datetime | None
    line: str
    problems: tuple[DeskProblem, ...] = ()


async def desk_health(store: Store, zone: dt.tzinfo, messages: Mapping[str, str]) -> DeskHealth:
    """How the desk stands now. Raises StorageError."""
    source = SealedRoster(store)
    roster = await source.read()
    holders = frozenset(await SealedDeskKeys(store).holders()) if roster.keyed else frozenset()
    schools = await scopes_of_schools(store)
    health = health_of(roster, holders, store.now().astimezone(zone), messages, schools=schools)
    released = await release_problems(store, roster, messages)
    silent = await unkept_problems(source, roster, messages)
    return replace(health, problems=(*health.problems, *released, *silent))


async def release_problems(store: Store, roster: Roster, messages: Mapping[str, str]) -> list[DeskProblem]:
    """That addresses were released in a hurry which nobody may review, in words. Raises StorageError."""
    count = len(await unreviewable(store, roster))
    return [DeskProblem("nobody_reviews", messages["alerts.nobody_reviews"].format(count=count))] if count else []


async def unkept_problems(source: SealedRoster, roster: Roster, messages: Mapping[str, str]) -> list[DeskProblem]:
    """That nobody could be called where nothing can be kept, in words; nothing where no route works at all.

    Raises StorageError.
    """
    working = replace(roster, routes=tuple(route for route in roster.routes if route.failing_since is None))
    async for _ in storeless(source, working):
        return []
    return [DeskProblem("unkept_unheard", messages["alerts.unkept_unheard"])] if working.routes else []


async def doubtful_schools(store: Store, roster: Roster) -> list[tuple[Person, list[str]]]:
    """Who is of a school that is written otherwise than any registered one, and which ones it may be.

    Raises StorageError.
    """
    known = [school.name for school in await SealedSchools(store).schools()]
    return [(person, found) for person in roster.people if (found := alike(person.school, known))]


async def scopes_of_schools(store: Store) -> list[Scope]:
    """What cases of children of each school are of. Raises StorageError."""
    return [Scope(school.region, school.name) for school in await SealedSchools(store).schools()]


def health_of(
    roster: Roster,
    holders: frozenset[str],
    now: dt.datetime,
    messages: Mapping[str, str],
    *,
    schools: Sequence[Scope] = (),
) -> DeskHealth:
    """How a desk with this roster stands at a local moment; ``holders`` hold the newest desk key."""
    zone = now.tzinfo or dt.UTC
    duty, without = duty_at(roster, Scope(), now, zone), uncovered(roster, schools, now, zone)
    found = (
        *_problems(roster, holders, messages),
        *_deaf_shifts(roster, duty, now, messages),
        *_off_hours_problems(roster, schools, messages),
        *uncovered_problems(without, messages),
    )
    count = len(duty.first) + len(duty.second)
    if count:
        line = messages["alerts.on_duty"].format(count=count)
    elif duty.back_at is None:
        line = messages["alerts.nobody_ahead"]
    else:
        back = duty.back_at.astimezone(now.tzinfo)
        line = messages["alerts.nobody_now"].format(back=f"{back.month}月{back.day}日{back:%H:%M}")
    return DeskHealth(count, duty.back_at, line, found)


def _problems(roster: Roster, holders: frozenset[str], messages: Mapping[str, str]) -> Iterator[DeskProblem]:
    def problem(key: str, **values: object) -> DeskProblem:
        return DeskProblem(key, messages[f"alerts.{key}"].format(**values))

    if not roster.keyed:
        yield problem("no_key")
    if not any(person.keyed for person in roster.people):
        yield problem("no_staff")
    elif not roster.shifts:
        yield problem("empty_roster")
    failing = [route for route in roster.routes if route.failing_since is not None]
    if not roster.routes:
        yield problem("no_route")
    elif len(failing) == len(roster.routes):
        yield DeskProblem("routes_failing", messages["alerts.no_route_works"])
    elif failing:
        yield problem("routes_failing", count=len(failing), labels="、".join(route.label for route in failing))
    entitled = {str(person.id) for person in roster.people} | {RECOVERY}
    if holders - entitled:
        yield problem("rotation_due")


def _deaf_shifts(
    roster: Roster, duty: DutyState, now: dt.datetime, messages: Mapping[str, str]
) -> Iterator[DeskProblem]:
    """Shifts in which nobody would hear; nothing where a graver problem says so of the whole desk."""
    works = any(route.failing_since is None for route in roster.routes)
    if not (roster.keyed and roster.shifts and works and any(person.keyed for person in roster.people)):
        return
    if not duty.on_duty and duty.back_at is None:
        yield DeskProblem("nobody_ahead", messages["alerts.nobody_planned"])
    zone = now.tzinfo or dt.UTC
    deaf = [person for person in roster.people if not (person.keyed and reachable(person, roster))]
    count = sum(is_on_shift(one, roster, now, zone) or next_shift([one], roster, now, zone) is not None for one in deaf)
    if count:
        yield DeskProblem("unreached_on_shift", messages["alerts.unreached_on_shift"].format(count=count))


def _off_hours_problems(roster: Roster, schools: Sequence[Scope], messages: Mapping[str, str]) -> Iterator[DeskProblem]:
    """Of whose cases no supervisor hears where nobody is on duty, or nobody reacts: alerts end at them."""

    def unheard(scope: Scope) -> bool:
        able = eligible(roster.people, scope)
        return bool(able) and not any(person.supervisor and person.routed for person in able)

    if not roster.people or not roster.routes or any(route.staff is None for route in roster.routes):
        return
    if unheard(Scope()):
        yield DeskProblem("no_supervisor", messages["alerts.no_supervisor"])
        return
    regions = sorted({place.region for place in schools} | {person.region for person in roster.people})
    bare = [region for region in regions if unheard(Scope(region))]
    within = sorted({place.school for place in schools if place.region not in bare and unheard(place)})
    if bare or within:
        names = _listed([*bare, *within], messages)
        yield DeskProblem("no_supervisor_for", messages["alerts.no_supervisor_for"].format(names=names))


def uncovered_problems(without: Uncovered, messages: Mapping[str, str]) -> Iterator[DeskProblem]:
    """Whose cases nobody could take, in words."""
    for key, names in (("nobody_for_regions", without.regions), ("nobody_for_schools", without.schools)):
        if names:
            yield DeskProblem(key, messages[f"alerts.{key}"].format(names=_listed(names, messages)))
    if without.outsiders:
        yield DeskProblem("nobody_outside", messages["alerts.nobody_outside"])


def _listed(names: Sequence[str], messages: Mapping[str, str]) -> str:
    told = "、".join(names[:_NAMES])
    return told if len(names) <= _NAMES else messages["alerts.and_more"].format(names=told, count=len(names))
