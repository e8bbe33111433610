"""A case and whoever has it: who goes off duty, or may not see it any more, does not keep it from those who can."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.assembly import DeskParts
from bot.core.audience import Audience
from bot.core.desk import CaseState, OpenCase, Report, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.limits import ClockLimits
from bot.desk.look import CaseLook
from bot.desk.release import Releases
from bot.desk.returns import CaseReturns
from bot.desk.telling import Teller
from bot.settings import Settings
from bot.storage.alert_rows import RELEASED
from bot.storage.alerts import SealedAlerts
from bot.storage.cases import SealedCases
from bot.storage.casework import SealedCasework
from bot.storage.desk_tables import desk_case
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route, Shift
from bot.storage.staff_tables import alert_route, shift
from bot.storage.store import Store

from .office import LIBRARY, Office, Recorded
from .world import Clock

TALK = "telegram:7:7"
URGENT: dict[str, Any] = {"why": Why.RISK, "level": "urgent"}


class Evening(Office):
    """Eight in the evening: ``late`` is on duty until nine, ``boss`` looks after the desk, nobody has the night."""

    late: int
    boss: int

    async def begin(self) -> None:
        await self.open()
        async with self.store.writing() as connection:
            await connection.execute(delete(alert_route))
        self.late = await self.comes("late", 8, 21)
        self.boss = await self.comes("boss", 0, 0, role="supervisor")

    async def comes(self, name: str, starts: int, ends: int, **post: str) -> int:
        """Somebody with a route of their own, on duty each day at these hours; at none where they are the same."""
        number = await self.hire(name, shift=False, **post)
        roster = SealedRoster(self.store)
        if starts != ends:
            await roster.add_shift(Shift(number, dt.time(starts), dt.time(ends), frozenset(range(7))))
        await roster.add_route(Route(0, number, label=name, target="json://127.0.0.1:9"))
        return number

    async def taken(self, **about: str) -> int:
        """``late`` has a case and has answered."""
        case = await self.file(**about)
        await self.looked(case)
        late = await self.worker(self.late)
        await self.work.claim(late, case)
        await self.work.answer(late, case, "我在，慢慢说", once="1")
        await self.looked(case)
        return case

    async def looked(self, case: int) -> dt.datetime | None:
        """The clocks have been looked at; gives when they will be anew."""
        teller = Teller(self.store, lambda: LIBRARY, {"telegram": Recorded()}, self.keys, self.store.now)
        return (await CaseLook(self.store, self.board, ClockLimits(), teller).look(case)).wake

    async def case(self) -> OpenCase:
        """The case as the talk sees it."""
        standing = await self.desk.standing(TALK)
        assert standing.case is not None
        return standing.case

    async def alerted(self, case: int) -> list[tuple[str, str]]:
        """Which alerts were made to whom."""
        async with self.store.reading() as connection:
            rows = await connection.execute(select(alert_route.c.id, alert_route.c.label))
            labels: dict[int, str] = {row.id: row.label for row in rows}
        return [(row.reason, labels[row.route]) for row in await SealedAlerts(self.store).of_case(case)]

    async def told(self) -> list[str]:
        """What the service itself has told the child."""
        return [said.text for said in await self.out() if said.kind == "support"]


@pytest.fixture
async def desk(store: Store) -> Evening:
    desk = Evening(store)
    await desk.begin()
    return desk


async def test_who_went_off_duty_has_the_case_no_more_once_the_child_writes(desk: Evening, clock: Clock) -> None:
    case = await desk.taken()
    clock.forward(hours=5)
    await desk.looked(case)
    assert (await desk.row(case)).holder == desk.late
    assert (await desk.case()).left

    await desk.file("你还在吗")

    row = await desk.row(case)
    assert (row.state, row.holder) == (CaseState.WAITING, None)
    assert not (await desk.case()).left
    events = await SealedCasework(desk.store).events(case)
    assert [event.staff for event in events if event.what == "given_back"] == [None]
    assert await desk.looked(case) == dt.datetime(2026, 11, 24, 8, tzinfo=clock().tzinfo)
    assert (await desk.alerted(case))[-1] == ("opened", "boss")
    assert await desk.told() == []  # the answer to that turn has said it
    clock.forward(hours=7)
    await desk.looked(case)
    assert (await desk.alerted(case))[-1] == ("opened", "late")


async def test_a_shift_that_ends_while_the_child_waits_hands_the_case_to_the_next(desk: Evening, clock: Clock) -> None:
    night = await desk.comes("night", 21, 8)
    case = await desk.taken()
    clock.forward(minutes=50)
    await desk.file("他今晚要回来了")
    nine = dt.datetime(2026, 11, 23, 21, tzinfo=clock().tzinfo)
    await desk.looked(case)
    clock.time = nine - dt.timedelta(seconds=1)
    wake = await desk.looked(case)
    assert wake is not None
    assert wake <= nine
    assert (await desk.case()).taken

    clock.time = nine
    await desk.looked(case)

    row = await desk.row(case)
    assert (row.state, row.holder) == (CaseState.WAITING, None)
    assert row.due_at is not None
    assert ("opened", "night") in await desk.alerted(case)
    assert await desk.told() == [LIBRARY.messages["support.on_duty"]]
    await desk.looked(case)
    assert len(await desk.told()) == 1
    await desk.work.claim(await desk.worker(night), case)
    assert (await desk.case()).taken


async def test_a_child_whose_words_were_left_lying_is_told_once_when_somebody_comes(
    desk: Evening, clock: Clock
) -> None:
    case = await desk.taken()
    clock.forward(minutes=50)
    await desk.file("在吗")
    clock.forward(minutes=10)
    for _ in range(20):
        await desk.looked(case)
        clock.forward(minutes=20)

    assert await desk.told() == [LIBRARY.messages["support.waiting_until"].format(back="11月24日08:00")]
    assert (await desk.row(case)).due_at is None


async def test_who_is_in_the_midst_of_the_talk_keeps_it_beyond_their_shift(desk: Evening, clock: Clock) -> None:
    case, late = await desk.taken(), await desk.worker(desk.late)
    clock.forward(minutes=12)
    await desk.file("我还在")
    clock.forward(minutes=45)
    await desk.file("我在听")
    await desk.work.answer(late, case, "我也在", once="2")
    clock.forward(minutes=8)
    await desk.file("好的")
    wake = await desk.looked(case)
    assert wake is not None
    assert wake <= clock() + dt.timedelta(minutes=2)
    assert (await desk.case()).taken
    await desk.reading.open(late, case)
    clock.forward(minutes=9)
    assert (await desk.case()).taken
    # A page that lies open asks by itself, and shows nobody at work.
    await desk.reading.open(late, case, after=1)
    clock.forward(minutes=1)

    await desk.looked(case)

    assert (await desk.row(case)).state == CaseState.WAITING
    assert len(await desk.told()) == 1
    with pytest.raises(Exception, match="not_yours"):
        await desk.work.answer(late, case, "还在吗", once="3")
    await desk.work.claim(late, case)
    assert (await desk.case()).taken


async def test_a_note_or_a_hand_over_shows_somebody_at_work(desk: Evening, clock: Clock) -> None:
    case, boss = await desk.taken(), await desk.worker(desk.boss, supervisor=True)
    clock.forward(hours=5)
    await desk.work.note(boss, case, "看过了")
    assert (await desk.case()).left
    await desk.work.take_over(boss, case)
    assert (await desk.case()).taken
    clock.forward(minutes=9)
    await desk.work.note(boss, case, "在联系派出所")
    clock.forward(minutes=9)
    assert (await desk.case()).taken


async def test_who_lost_the_key_or_every_route_has_the_case_no_more(desk: Evening, clock: Clock) -> None:
    case = await desk.taken()
    clock.forward(minutes=11)
    assert (await desk.case()).taken
    (route,) = [route for route in (await SealedRoster(desk.store).read()).routes if route.staff == desk.late]
    await SealedRoster(desk.store).route_fails(route.id)
    assert (await desk.case()).left
    await SealedRoster(desk.store).route_worked(route.id)
    await desk.rotate(desk.boss)
    assert (await desk.case()).left
    await desk.file("在吗")
    assert (await desk.row(case)).state == CaseState.WAITING


async def test_whoever_takes_it_meanwhile_keeps_it(desk: Evening, clock: Clock) -> None:
    case = await desk.taken()
    clock.forward(hours=5)
    service = desk.desk
    standing = await service.standing(TALK)
    assert standing.case is not None
    assert standing.case.left
    await desk.work.take_over(await desk.worker(desk.boss, supervisor=True), case)

    report = Report(Why.SAID, RiskLevel.NONE, RiskKind.BULLYING, Audience.STUDENT, ("在吗",))
    filing = await service.prepare(report, Origin("telegram", TALK, "7"), standing)
    async with desk.store.writing() as connection:
        filed = await SealedCases(desk.store).file(connection, filing)

    assert filed is not None
    assert filed.event == "message"
    assert (await desk.row(case)).holder == desk.boss


async def test_a_colleague_of_the_school_loses_the_case_of_a_child_who_wants_none_of_it(
    desk: Evening, clock: Clock
) -> None:
    desk.late = await desk.comes("teacher", 8, 21, school="一中")
    case = await desk.taken()
    before = len(await desk.alerted(case))

    await desk.file("", why=Why.OUTSIDERS)

    row = await desk.row(case)
    assert (row.state, row.holder) == (CaseState.WAITING, None)
    await desk.looked(case)
    assert (await desk.row(case)).due_at == clock() + ClockLimits().answer
    clock.forward(minutes=1)
    await desk.file("其实是王老师", kind="sexual", **URGENT)
    for _ in range(30):
        await desk.looked(case)
        clock.forward(minutes=10)
    made = (await desk.alerted(case))[before:]
    assert made[0] == ("opened", "late")
    assert "teacher" not in {name for _, name in made}


async def test_with_colleagues_of_the_school_alone_on_duty_nobody_is(desk: Evening, clock: Clock) -> None:
    async with desk.store.writing() as connection:
        await connection.execute(delete(shift))
    desk.late = await desk.comes("teacher", 8, 21, school="一中")
    case = await desk.taken()
    standing = await desk.desk.standing(TALK)
    assert standing.on_duty
    assert standing.outside is not None
    assert not standing.outside.on_duty

    await desk.file("", why=Why.OUTSIDERS)
    await desk.looked(case)

    assert (await desk.alerted(case))[-1] == ("opened", "boss")
    assert (await desk.row(case)).due_at is None


async def test_a_case_that_waits_is_heard_of_at_once_by_others_when_whoever_heard_may_not_see_it(
    desk: Evening, clock: Clock
) -> None:
    async with desk.store.writing() as connection:
        await connection.execute(delete(shift))
    await desk.comes("teacher", 8, 21, school="一中")
    case = await desk.file("他打我")
    await desk.looked(case)
    assert (await desk.alerted(case))[-1] == ("opened", "teacher")
    clock.forward(seconds=1)

    await desk.file("", why=Why.OUTSIDERS)
    for _ in range(2):
        await desk.looked(case)

    assert [name for _, name in await desk.alerted(case)] == ["teacher", "boss"]


async def test_a_case_that_waits_for_somebody_who_may_see_it_still_rings_once(desk: Evening, clock: Clock) -> None:
    case = await desk.file("他打我")
    await desk.looked(case)
    heard = await desk.alerted(case)
    clock.forward(seconds=1)
    await desk.file("", why=Why.OUTSIDERS)
    await desk.looked(case)

    assert await desk.alerted(case) == heard


async def test_a_case_stays_with_somebody_of_no_school_when_the_child_wants_none(desk: Evening) -> None:
    case = await desk.taken()
    await desk.file("", why=Why.OUTSIDERS)
    await desk.looked(case)
    assert (await desk.row(case)).holder == desk.late
    assert (await desk.case()).taken


async def test_a_holder_whose_school_turns_out_to_be_the_childs_loses_it_at_the_next_look(desk: Evening) -> None:
    desk.late = await desk.comes("teacher", 8, 21, school="一中")
    case = await desk.taken()
    async with desk.store.writing() as connection:
        await connection.execute(update(desk_case).values(school="第一中学、一中"))
    assert (await desk.case()).left

    await desk.looked(case)

    assert (await desk.row(case)).state == CaseState.WAITING
    assert (await desk.alerted(case))[-1] == ("opened", "late")
    assert len(await desk.told()) == 1


async def test_of_an_urgent_release_only_supervisors_who_may_see_the_case_hear(desk: Evening, tmp_path: Path) -> None:
    await desk.comes("schoolboss", 0, 0, role="supervisor", school="一中")
    parts = DeskParts(Settings(data_dir=tmp_path / "data"), desk.store, lambda: LIBRARY, desk.store.now)
    releases = Releases(desk.store, parts.audit, parts.board, parts.alert_staff)
    case = await desk.taken(level="urgent")
    await releases.release_now(await desk.worker(desk.late), case, "要报警找到孩子")
    assert {name for reason, name in await desk.alerted(case) if reason == RELEASED} == {"boss", "schoolboss"}
    await desk.file("", why=Why.OUTSIDERS)
    before = len(await desk.alerted(case))

    await releases.release_now(await desk.worker(desk.late), case, "要报警找到孩子")

    assert (await desk.alerted(case))[before:] == [(RELEASED, "boss")]


async def test_a_child_in_the_midst_of_a_talk_hears_that_another_one_takes_over(desk: Evening, clock: Clock) -> None:
    await desk.comes("other", 8, 23)
    case = await desk.taken()
    clock.forward(minutes=5)
    await desk.work.give_back(await desk.worker(desk.late), case)
    for _ in range(3):
        await desk.looked(case)
        clock.forward(seconds=5)

    assert await desk.told() == [LIBRARY.messages["support.handed"]]


async def test_a_case_given_back_rings_on_where_its_child_talks_to_another(desk: Evening, clock: Clock) -> None:
    await desk.comes("second", 8, 23, line=2)
    first = await desk.file(level=RiskLevel.URGENT)
    code, late = desk.receipt.code, await desk.worker(desk.late)
    given = await desk.file("再说一件", level=RiskLevel.URGENT, talk="telegram:8:8", address="8")
    for case in (first, given):
        await desk.work.claim(late, case)
        await desk.work.answer(late, case, "我在", once=str(case))
    await CaseReturns(desk.store, desk.news).open(code, Origin("telegram", "telegram:8:8", "8"))
    await desk.work.give_back(late, given)
    for _ in range(5):
        await desk.looked(given)
        clock.forward(seconds=30)

    assert "unclaimed" in [reason for reason, _ in await desk.alerted(given)]


async def test_who_waits_for_an_answer_hears_by_when_another_one_gives_it(desk: Evening, clock: Clock) -> None:
    await desk.comes("other", 8, 23)
    case = await desk.taken()
    clock.forward(minutes=5)
    await desk.file("那我现在怎么办")
    async with desk.store.writing() as connection:
        await SealedCasework(desk.store).release_all(connection, desk.late)
    await desk.leave(desk.late)
    await desk.looked(case)

    assert await desk.told() == [LIBRARY.messages["support.handed_by"].format(due="20:35")]
    clock.forward(minutes=31)
    await desk.looked(case)
    assert (await desk.told())[1:] == [LIBRARY.messages["support.breached"]]


@pytest.mark.parametrize("case_of", ["silent for long", "not to be written to", "never answered", "may not be they"])
async def test_nobody_is_told_of_it_out_of_nowhere_or_at_a_wrong_hour(
    desk: Evening, clock: Clock, case_of: str
) -> None:
    case, late = await desk.file(), await desk.worker(desk.late)
    await desk.looked(case)
    await desk.work.claim(late, case)
    if case_of != "never answered":
        await desk.work.answer(late, case, "我在", once="1")
    if case_of == "not to be written to":
        await desk.file("", why=Why.WRITE, value="never")
    if case_of == "may not be they":
        await desk.file("", why=Why.STOPPED)
    clock.forward(minutes=20 if case_of == "silent for long" else 1)
    await desk.work.give_back(late, case)
    await desk.looked(case)

    held = case_of in ("not to be written to", "may not be they")
    assert await desk.told() == []
    assert (await desk.row(case)).untold == ("handed" if held else None)
