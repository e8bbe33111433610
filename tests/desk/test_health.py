from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.assembly import DeskParts
from bot.core.content_types import Library
from bot.desk.coverage import week
from bot.desk.duty import Scope
from bot.desk.health import desk_health, health_of
from bot.desk.uncovered import Uncovered, uncovered
from bot.desk.watch import Watch
from bot.settings import Settings
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Person, Roster, Route, Shift
from bot.storage.staff_tables import staff
from bot.storage.vault import Vault

from ..storage.taught import Taught
from .world import ALWAYS, SHANGHAI, World

NOW = dt.datetime(2026, 11, 23, 20, 0, tzinfo=SHANGHAI)
LI = Person(1, "李", "counsellor", 1)
OUTSIDE = Person(2, "王", "counsellor", 1)
SHIFT = Shift(1, *ALWAYS)
GOOD, BROKEN = Route(1, None, label="好"), Route(2, None, label="坏", failing_since=NOW)


@pytest.mark.parametrize(
    ("roster", "problems", "on_duty"),
    [
        (Roster((LI,), (SHIFT,), (), (GOOD,)), [], 1),
        (Roster((LI,), (SHIFT,), (), (GOOD,), keyed=False), ["no_key"], 1),
        (Roster((), (), (), ()), ["no_staff", "no_route"], 0),
        (Roster((Person(1, "李", "counsellor", 1, keyed=False),), (SHIFT,), (), (GOOD,)), ["no_staff"], 0),
        (Roster((LI,), (), (), (GOOD,)), ["empty_roster"], 0),
        (Roster((LI,), (SHIFT,), (), ()), ["no_route"], 0),
        (Roster((LI,), (SHIFT,), (), (BROKEN,)), ["routes_failing"], 0),
        (Roster((LI,), (SHIFT,), (), (GOOD, BROKEN)), ["routes_failing"], 1),
    ],
)
def test_what_keeps_a_child_from_being_heard_is_said(
    roster: Roster, problems: list[str], on_duty: int, library: Library
) -> None:
    health = health_of(roster, frozenset({"1", "recovery"}), NOW, library.messages)
    assert [problem.key for problem in health.problems if problem.key != "rotation_due"] == problems
    assert health.on_duty == on_duty
    assert all("{" not in text for text in (health.line, *(problem.text for problem in health.problems)))


PAST = Shift(1, dt.time(9), dt.time(17), day=dt.date(2026, 11, 1))
TONIGHT = Shift(1, dt.time(22), dt.time(6), frozenset(range(7)))
NEW, MINE = Person(2, "王", "counsellor", 1, keyed=False), Route(1, 1, label="李")


@pytest.mark.parametrize(
    ("roster", "problems"),
    [
        (Roster((LI,), (PAST,), (), (GOOD,)), ["nobody_ahead"]),
        (Roster((LI,), (TONIGHT,), (), (GOOD,)), []),
        (Roster((LI, NEW), (Shift(2, *ALWAYS),), (), (GOOD,)), ["nobody_ahead", "unreached_on_shift"]),
        (Roster((LI, NEW), (SHIFT, Shift(2, *ALWAYS)), (), (GOOD,)), ["unreached_on_shift"]),
        (Roster((LI, OUTSIDE), (TONIGHT, Shift(2, *ALWAYS)), (), (MINE,)), ["unreached_on_shift", "no_supervisor"]),
        (Roster((LI, NEW), (SHIFT,), (), (MINE,)), ["no_supervisor"]),
    ],
    ids=["only past", "later tonight", "not admitted", "one of two not admitted", "no route", "not rostered"],
)
def test_a_roster_on_which_nobody_hears_is_told_from_a_night_without_a_shift(
    roster: Roster, problems: list[str], library: Library
) -> None:
    health = health_of(roster, frozenset(str(one.id) for one in roster.people), NOW, library.messages)
    assert [problem.key for problem in health.problems] == problems
    assert all("{" not in problem.text for problem in health.problems)


def test_a_holder_who_is_no_longer_of_the_desk_makes_a_rotation_due(library: Library) -> None:
    roster = Roster((LI,), (SHIFT,), (), (GOOD,))
    health = health_of(roster, frozenset({"1", "7", "recovery"}), NOW, library.messages)
    assert [problem.key for problem in health.problems] == ["rotation_due"]


ELSEWHERE = Person(3, "赵", "supervisor", 2, region="guangzhou")
TEACHER = Person(4, "孙", "counsellor", 1, school="第一中学")
FIRST, SECOND = Scope("", "沧州市第一中学"), Scope("cangzhou", "第二小学")


@pytest.mark.parametrize(
    ("people", "on_shift", "expected"),
    [
        ((TEACHER, OUTSIDE), (2, 4), Uncovered()),
        ((TEACHER, OUTSIDE), (4,), Uncovered((FIRST.school,), (), outsiders=True)),
        ((TEACHER,), (4,), Uncovered((FIRST.school,), (), outsiders=True)),
        ((OUTSIDE, ELSEWHERE), (3,), Uncovered((), ("cangzhou",))),
        ((TEACHER, OUTSIDE), (), Uncovered()),
    ],
    ids=["somebody for all", "only of the school", "nobody else at all", "nobody of the region", "nobody on duty"],
)
def test_whose_cases_nobody_could_take_is_found(
    people: tuple[Person, ...], on_shift: tuple[int, ...], expected: Uncovered
) -> None:
    roster = Roster(people, tuple(Shift(number, *ALWAYS) for number in on_shift), (), (GOOD,))
    assert uncovered(roster, [FIRST, SECOND], NOW, SHANGHAI) == expected


def test_whose_cases_nobody_could_take_is_said(library: Library) -> None:
    names = [f"第{number}小学" for number in range(7)]
    teacher = Person(4, "孙", "counsellor", 1, "guangzhou", school="、".join(names))
    roster = Roster((teacher, Person(5, "周", "counsellor", 1, "cangzhou")), (Shift(4, *ALWAYS),), (), (GOOD,))
    schools = [*(Scope("", name) for name in names), SECOND]
    health = health_of(roster, frozenset({"4", "5"}), NOW, library.messages, schools=schools)
    assert [problem.key for problem in health.problems] == [
        "nobody_for_regions",
        "nobody_for_schools",
        "nobody_outside",
    ]
    assert "第0小学、第1小学、第2小学、第3小学、第4小学等7处" in health.problems[1].text


async def test_a_desk_of_teachers_alone_says_that_their_own_school_has_nobody(world: World) -> None:
    await world.staffed()
    await Taught(world.store).school(name="第一中学")
    health = await desk_health(world.store, SHANGHAI, world.library.messages)
    assert health.problems == ()
    async with world.store.writing() as connection:
        await connection.execute(update(staff).values(school="第一中学"))
    health = await desk_health(world.store, SHANGHAI, world.library.messages)
    assert [problem.key for problem in health.problems] == ["nobody_for_schools", "nobody_outside"]


async def test_an_empty_desk_has_no_key_and_nobody(world: World) -> None:
    health = await desk_health(world.store, SHANGHAI, world.library.messages)
    assert [problem.key for problem in health.problems] == ["no_key", "no_staff", "no_route"]


async def test_a_staffed_desk_is_well(world: World) -> None:
    await world.staffed()
    health = await desk_health(world.store, SHANGHAI, world.library.messages)
    assert (health.on_duty, health.problems) == (2, ())


async def problems(world: World) -> list[str]:
    return [problem.key for problem in (await desk_health(world.store, SHANGHAI, world.library.messages)).problems]


async def test_a_desk_that_nobody_could_call_where_nothing_can_be_kept_says_so(world: World) -> None:
    await world.key()
    await world.person("boss", "supervisor")
    assert await problems(world) == ["no_route"]

    await world.roster.add_route(Route(0, None, "telegram", "bot", target="12"))
    assert await problems(world) == ["unkept_unheard"]

    other_key = SealedRoster(replace(world.store, vault=Vault(bytes(32))))
    await other_key.add_route(Route(0, None, label="old key", target="json://old"))
    assert await problems(world) == ["unkept_unheard"]

    group = await world.roster.add_route(Route(0, None, label="group", target="json://group"))
    assert await problems(world) == []

    await world.roster.route_fails(group)
    assert await problems(world) == ["routes_failing", "unkept_unheard"]


async def test_timers_that_let_themselves_be_waited_for_are_told_to_whoever_watches(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.staffed()
    parts = DeskParts(Settings(data_dir=tmp_path / "data"), world.store, lambda: world.library, world.clock)
    assert await parts.status() == {"on_duty": 2, "desk": []}
    monkeypatch.setattr(Watch, "timers_late", True)
    assert await parts.status() == {"on_duty": 2, "desk": ["timers"]}


def test_a_week_is_covered_without_a_seam_and_gaps_stand_out() -> None:
    wang = Person(2, "王", "counsellor", 2)
    shifts = (
        Shift(1, dt.time(8), dt.time(12), frozenset(range(5))),
        Shift(2, dt.time(11), dt.time(2), frozenset(range(7))),
    )
    days = week(Roster((LI, wang), shifts, (), (GOOD,)), NOW, SHANGHAI)
    assert [day.day.day for day in days] == [23, 24, 25, 26, 27, 28, 29]
    for day in days:
        assert day.pieces[0].begins.time() == dt.time()
        assert sum((piece.ends - piece.begins for piece in day.pieces), dt.timedelta()) == dt.timedelta(days=1)
    monday = [(f"{piece.begins:%H:%M}", piece.people) for piece in days[0].pieces]
    assert monday == [
        ("00:00", ("王",)),
        ("02:00", ()),
        ("08:00", ("李",)),
        ("11:00", ("李", "王")),
        ("12:00", ("王",)),
    ]
    assert [len(day.gaps) for day in days] == [1] * 7
