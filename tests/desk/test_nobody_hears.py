"""An alert that reached nobody is none: it is made anew, and goes on to whoever can be reached."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import update

from bot.core.content_types import Library
from bot.core.desk import Why
from bot.core.risk import RiskLevel
from bot.desk.duty import Scope
from bot.desk.health import desk_health
from bot.storage.desk_tables import alert, desk_case
from bot.storage.roster_types import Route, Shift
from bot.storage.staff_tables import alert_route, staff
from bot.storage.store import Store

from ..storage.taught import Taught
from .test_alerts import Post, Steady, pass_time, sender_of
from .test_holding import URGENT, Evening
from .world import SHANGHAI, Clock, World

NINE_TO_FIVE = (dt.time(9), dt.time(17), frozenset(range(7)))


async def reached(world: World, post: Post, minutes: int) -> list[str]:
    """What arrived in so many minutes, while the clocks are looked at each minute and alerts are sent."""
    steady = Steady()
    sender = sender_of(world, post, steady)
    before = len(post.sent)
    for _ in range(minutes):
        for row in await world.work.queue():
            await world.look().look(row.id)
        await sender.settle()
        await pass_time(world, steady, 60)
    return [reason for reason, _ in post.sent[before:]]


async def off_duty(world: World, name: str, role: str = "counsellor", *, route: bool = True, region: str = "") -> int:
    """Somebody whose shift is from nine to five: at eight in the evening they are at home."""
    number = await world.person(name, role, works=False)
    await world.roster.add_shift(Shift(number, *NINE_TO_FIVE))
    if route:
        await world.roster.add_route(Route(0, number, label=name, target="json://127.0.0.1:9/none"))
    async with world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == number).values(region=region))
    return number


@pytest.mark.parametrize("level", [RiskLevel.DISCLOSURE, RiskLevel.URGENT])
async def test_what_was_given_up_in_an_outage_is_made_anew_once_it_can_arrive(world: World, level: RiskLevel) -> None:
    await world.key()
    boss = await world.person("boss", "supervisor", works=False)
    await world.roster.add_route(Route(0, boss, label="boss", target="json://127.0.0.1:9/none"))
    await world.open(level)
    post = Post(works=False)
    assert await reached(world, post, 150) == []

    post.works = True

    assert await reached(world, post, 10)


async def test_a_case_that_nobody_will_take_is_heard_of_each_morning(world: World) -> None:
    await world.key()
    boss = await world.person("boss", "supervisor", works=False)
    await world.roster.add_route(Route(0, boss, label="boss", target="json://127.0.0.1:9/none"))
    case = await world.open(RiskLevel.DISCLOSURE)
    heard = []
    for _ in range(3 * 24):
        await world.look().look(case)
        heard = [row.created_at.astimezone(SHANGHAI) for row in await world.alerts.of_case(case)]
        world.clock.forward(hours=1)
    assert [(at.day, at.hour) for at in heard] == [(23, 20), (24, 9), (25, 9), (26, 9)]


async def test_of_a_desk_whose_supervisor_has_no_route_somebody_off_duty_hears(world: World) -> None:
    await world.key()
    await off_duty(world, "day")
    await world.person("boss", "supervisor", works=False)
    case = await world.open()
    assert await reached(world, Post(), 30) == ["opened", "unattended"]
    assert {route for *_, route in await world.made(case)} == {1}


async def test_whoever_is_off_duty_hears_at_once_where_no_supervisor_can_be_reached(world: World) -> None:
    await world.key()
    boss = await off_duty(world, "boss", "supervisor")
    day = await off_duty(world, "day")
    await world.open()
    post = Post(broken={boss})
    assert (await reached(world, post, 2))[:1] == ["unreached"]
    assert {route for _, route in post.sent} == {day}


@pytest.mark.parametrize("minute", [1, 5], ids=["unclaimed", "breached"])
async def test_whoever_is_rung_in_the_place_of_supervisors_may_take_it_while_somebody_is_on_duty(
    store: Store, clock: Clock, minute: int
) -> None:
    desk = Evening(store)
    await desk.begin()
    home = await desk.comes("home", 9, 17)
    await desk.claims.link("55", await desk.claims.new_token(home))
    async with desk.store.writing() as connection:
        await connection.execute(update(alert_route).where(alert_route.c.label == "boss").values(failing_since=clock()))
    case = await desk.file(**URGENT)
    await desk.looked(case)
    await desk.claims.claim("55", case)
    assert (await desk.row(case)).holder is None

    for _ in range(2 * minute):
        clock.forward(seconds=30)
        await desk.looked(case)
    await desk.claims.claim("55", case)
    assert (await desk.row(case)).holder == home


async def test_of_a_region_without_anybody_who_has_a_route_people_from_elsewhere_hear_and_may_read(
    world: World,
) -> None:
    await world.key()
    lonely = await off_duty(world, "lonely", route=False, region="cangzhou")
    boss = await off_duty(world, "boss", "supervisor", region="guangzhou")
    case = await world.open()
    async with world.store.writing() as connection:
        await connection.execute(update(desk_case).values(region="cangzhou"))
    assert (await reached(world, Post(), 1)) == ["opened"]
    assert [route for *_, route in await world.made(case)] == [1]
    assert await world.board.eligible(Scope("cangzhou")) == {lonely, boss}


async def test_nobody_of_the_childs_school_hears_though_nobody_else_can_be_reached(world: World) -> None:
    await world.key()
    teacher = await off_duty(world, "teacher")
    case = await world.open()
    async with world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == teacher).values(school="第一中学"))
        await connection.execute(update(desk_case).values(school="第一中学"))
    assert await reached(world, Post(), 60) == []
    assert await world.made(case) == []


async def problems(world: World) -> list[str]:
    health = await desk_health(world.store, SHANGHAI, world.library.messages)
    assert all("{" not in problem.text for problem in health.problems)
    return [problem.key for problem in health.problems if problem.key != "unreached_on_shift"]


async def test_a_desk_whose_supervisors_cannot_be_alerted_says_so(world: World) -> None:
    await world.key()
    await off_duty(world, "day")
    boss = await off_duty(world, "boss", "supervisor", route=False)
    assert await problems(world) == ["no_supervisor"]
    await world.roster.add_route(Route(0, boss, label="boss", target="json://127.0.0.1:9/none"))
    assert await problems(world) == []
    await Taught(world.store).school(name="第一中学")
    async with world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == boss).values(school="第一中学"))
    assert await problems(world) == ["no_supervisor_for"]
    await world.roster.add_route(Route(0, None, label="group", target="json://127.0.0.1:9/none"))
    assert await problems(world) == []


async def test_a_region_without_a_supervisor_of_its_own_says_so(world: World) -> None:
    await world.key()
    await off_duty(world, "regional", region="cangzhou")
    await off_duty(world, "boss", "supervisor", region="guangzhou")
    assert await problems(world) == ["no_supervisor_for"]


@dataclass(frozen=True, slots=True)
class AtRest:
    """A desk with one at work until nine, one by night and a supervisor, and a case that was answered."""

    desk: Evening
    world: World
    post: Post
    case: int

    async def pass_minutes(self, count: int, *, mended: int | None = None) -> list[tuple[str, str]]:
        """When what arrived in so many minutes; after so many of them every route works again."""
        sender, arrived = sender_of(self.world, self.post, steady := Steady()), list[tuple[str, str]]()
        for minute in range(count):
            self.post.works = self.post.works or minute == mended
            await self.desk.looked(self.case)
            before = len(self.post.sent)
            await sender.settle()
            arrived += [(f"{self.world.clock():%H:%M}", reason) for reason, _ in self.post.sent[before:]]
            await pass_time(self.world, steady, 60)
        return arrived


async def at_rest(store: Store, clock: Clock, library: Library, **about: str) -> AtRest:
    """It is eight, and nothing that was alerted before matters any more."""
    desk = Evening(store)
    await desk.begin()
    await desk.comes("night", 21, 8)
    case = await desk.taken(**about)
    async with store.writing() as connection:
        await connection.execute(update(alert).values(sent_at=store.now()))
    return AtRest(desk, World(store, clock, library), Post(), case)


async def test_an_urgent_case_at_rest_is_heard_of_once_a_route_works_again_and_as_often_as_if_nothing_was_lost(
    store: Store, clock: Clock, library: Library
) -> None:
    rest = await at_rest(store, clock, library, **URGENT)
    clock.forward(minutes=71)
    rest.post.works = False
    arrived = await rest.pass_minutes(340, mended=270)
    # Routes that fail are tried once a minute.
    assert sorted({at for at, _ in arrived}) == ["01:42", "02:42"]


async def test_of_a_holder_who_cannot_be_reached_the_next_ones_hear_at_once(
    store: Store, clock: Clock, library: Library
) -> None:
    rest = await at_rest(store, clock, library, **URGENT)
    late = next(route.id for route in (await rest.world.roster.read()).routes if route.label == "late")
    rest.post.broken.add(late)
    assert ("20:31", "silent") in await rest.pass_minutes(35)


async def test_what_the_next_shift_never_got_of_a_case_at_rest_is_made_anew(
    store: Store, clock: Clock, library: Library
) -> None:
    rest = await at_rest(store, clock, library, level="none", why=Why.ASKED)
    clock.forward(minutes=61)
    rest.post.works = False
    assert await rest.pass_minutes(80, mended=70)
