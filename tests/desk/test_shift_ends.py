"""Where shifts end and begin: nothing is promised beyond them, and whoever comes hears of what waits."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import update

from bot.core.compose import Composer
from bot.core.counsel import state_line
from bot.desk.limits import ClockLimits
from bot.desk.wording import AlertWording
from bot.desk.worker import Worker
from bot.storage.alerts import SealedAlerts
from bot.storage.roster_types import DayOff
from bot.storage.staff_tables import alert_route
from bot.storage.store import Store

from .office import LIBRARY
from .test_holding import TALK, URGENT, Evening
from .world import Clock


@pytest.fixture
async def desk(store: Store) -> Evening:
    """It is eight, and ``late`` is there until nine."""
    desk = Evening(store)
    await desk.begin()
    return desk


async def minutes(desk: Evening, clock: Clock, case: int, count: int) -> None:
    """So many minutes pass, and the clocks are looked at in each."""
    for _ in range(count):
        await desk.looked(case)
        clock.forward(minutes=1)
    await desk.looked(case)


async def line(desk: Evening, clock: Clock) -> str:
    """What a child is told of who reads."""
    standing = await desk.desk.standing(TALK)
    return state_line(Composer(LIBRARY, clock(), ""), standing)


async def test_an_answer_is_promised_while_there_is_time_before_the_last_one_goes(desk: Evening, clock: Clock) -> None:
    assert await line(desk, clock) == LIBRARY.messages["support.on_duty"]
    await desk.file()
    assert desk.receipt.due_at == clock() + ClockLimits().answer


async def test_nothing_is_promised_beyond_the_end_of_the_last_shift(desk: Evening, clock: Clock) -> None:
    clock.forward(minutes=59)
    assert await line(desk, clock) == LIBRARY.messages["support.on_duty_then"].format(
        until="21:00", back="11月24日08:00"
    )
    case = await desk.file()
    assert desk.receipt.due_at is None

    await minutes(desk, clock, case, 120)

    assert await desk.told() == [LIBRARY.messages["support.alone_until"].format(back="11月24日08:00")]
    assert (await desk.row(case)).due_at is None


async def test_the_desk_has_until_the_end_of_the_last_shift(desk: Evening, clock: Clock) -> None:
    clock.forward(minutes=40)
    case = await desk.file()
    await desk.looked(case)
    assert (await desk.row(case)).due_at == clock() + dt.timedelta(minutes=20)


async def test_a_shift_that_is_followed_by_another_does_not_end_the_promise(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    clock.forward(minutes=59)
    assert await line(desk, clock) == LIBRARY.messages["support.on_duty"]
    await desk.file()
    assert desk.receipt.due_at == clock() + ClockLimits().answer


async def test_a_child_who_still_waits_when_the_last_one_goes_is_told_so_once(desk: Evening, clock: Clock) -> None:
    case = await desk.file()
    await minutes(desk, clock, case, 59)
    assert await desk.told() == [LIBRARY.messages["support.breached"]]
    await minutes(desk, clock, case, 121)
    assert (await desk.told())[1:] == [LIBRARY.messages["support.alone_until"].format(back="11月24日08:00")]


async def test_whoever_comes_on_shift_hears_at_once_of_what_is_overdue(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    case = await desk.file(**URGENT)
    await minutes(desk, clock, case, 59)
    assert "night" not in {name for _, name in await desk.alerted(case)}

    await minutes(desk, clock, case, 2)

    assert [reason for reason, name in await desk.alerted(case) if name == "night"] == ["unattended"]


async def test_whoever_comes_on_shift_hears_of_what_nobody_has_taken(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    clock.forward(minutes=58)
    case = await desk.file()
    await minutes(desk, clock, case, 2)
    assert [item for item in await desk.alerted(case) if item[1] == "night"] == [("opened", "night")]


async def test_after_a_week_of_reminders_the_next_shift_still_hears(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    case = await desk.file()
    for _ in range(9 * 12):
        await desk.looked(case)
        clock.forward(hours=2)
    before = len(await desk.alerted(case))
    clock.time = clock().replace(hour=21)
    await desk.looked(case)
    assert (await desk.alerted(case))[before:] == [("unattended", "night")]


async def exchanges(desk: Evening, clock: Clock, case: int, count: int) -> list[tuple[str, str]]:
    """The alerts of a talk in which each line of the child's is answered within half a minute."""
    before, late = len(await desk.alerted(case)), await desk.worker(desk.late)
    for number in range(count):
        await desk.file(f"还有第{number}件事")
        await desk.looked(case)
        clock.forward(seconds=30)
        await desk.looked(case)
        await desk.work.answer(late, case, "嗯，我在听", once=str(clock()), seen=(await desk.row(case)).turns)
        await desk.looked(case)
        clock.forward(seconds=30)
    return (await desk.alerted(case))[before:]


async def test_a_talk_that_goes_on_into_the_end_of_the_shift_and_beyond_rings_nobody(
    desk: Evening, clock: Clock
) -> None:
    await desk.comes("other", 8, 21)
    case = await desk.taken()
    clock.forward(minutes=53)
    assert await exchanges(desk, clock, case, 12) == []
    assert await desk.told() == []


async def test_whoever_stays_beyond_their_shift_is_warned_and_gives_the_case_back_when_they_are_gone(
    desk: Evening, clock: Clock
) -> None:
    case = await desk.taken()
    clock.forward(minutes=59)
    await exchanges(desk, clock, case, 4)
    await desk.file("你还在吗")
    before = len(await desk.alerted(case))
    await minutes(desk, clock, case, 11)
    made = (await desk.alerted(case))[before:]
    assert ("warning", "late") in made
    assert ("opened", "boss") in made
    assert await desk.told() == [LIBRARY.messages["support.waiting_until"].format(back="11月24日08:00")]


async def until_nine(desk: Evening, clock: Clock, case: int) -> list[tuple[str, str]]:
    """When which alerts were made before the end of the last shift."""
    while clock().hour < 21:
        await desk.looked(case)
        clock.forward(seconds=30)
    made = await SealedAlerts(desk.store).of_case(case)
    return [(row.reason, f"{row.created_at.astimezone(clock().tzinfo):%H:%M}") for row in made]


async def test_what_comes_shortly_before_the_end_is_the_lines_before_it_is_the_supervisors(
    desk: Evening, clock: Clock
) -> None:
    clock.forward(minutes=50)
    case = await desk.file()
    made = await until_nine(desk, clock, case)
    assert made == [("opened", "20:50"), ("warning", "20:53"), ("unclaimed", "20:55")]


async def test_what_is_given_back_shortly_before_the_end_is_the_lines_first(desk: Evening, clock: Clock) -> None:
    case = await desk.taken()
    clock.forward(minutes=50)
    await desk.work.give_back(await desk.worker(desk.late), case)
    made = await until_nine(desk, clock, case)
    assert made[1:] == [("opened", "20:50"), ("warning", "20:53"), ("unclaimed", "20:55")]


async def test_whoever_has_it_is_warned_by_the_time_that_there_is(desk: Evening, clock: Clock) -> None:
    case = await desk.taken()
    clock.forward(minutes=50)
    await desk.file("还有一件事")
    assert (await until_nine(desk, clock, case))[1:] == [("warning", "20:56")]


async def test_a_warning_names_no_hour_that_was_over_before_it(desk: Evening, clock: Clock) -> None:
    clock.forward(minutes=50)
    case = await desk.file()
    await minutes(desk, clock, case, 3)
    (warning,) = [item for item in await SealedAlerts(desk.store).pending() if item.reason == "warning"]
    zone = clock().tzinfo
    assert zone is not None
    text = AlertWording(lambda: LIBRARY.messages, zone, lambda _: "", clock, ClockLimits()).text(warning)
    assert "20:55" in text
    assert LIBRARY.messages["alerts.left_over"] not in text


async def test_in_the_midst_of_a_talk_no_child_is_told_that_nobody_is_there(desk: Evening, clock: Clock) -> None:
    case, late = await desk.taken(), await desk.worker(desk.late)
    clock.time = clock().replace(minute=59, second=40)
    await desk.file("他又进来了怎么办")
    await desk.looked(case)
    await desk.reading.open(late, case)
    before = len(await desk.alerted(case))
    clock.forward(seconds=21)

    await desk.looked(case)

    assert (await desk.case()).taken
    assert await desk.told() == []
    assert (await desk.alerted(case))[before:] == []
    await minutes(desk, clock, case, 11)
    assert await desk.told() == [LIBRARY.messages["support.waiting_until"].format(back="11月24日08:00")]


@pytest.mark.parametrize("second", [0, 30])
async def test_whoever_opens_it_again_just_before_the_end_has_the_whole_time(
    desk: Evening, clock: Clock, second: int
) -> None:
    case, late = await desk.taken(), await desk.worker(desk.late)
    clock.time = clock().replace(minute=58, second=30)
    await desk.file("我跟你说")
    await desk.looked(case)
    assert (await desk.row(case)).due_at == clock().replace(hour=21, minute=0, second=0)
    clock.time = clock().replace(minute=59, second=second)
    await desk.reading.open(late, case)
    for _ in range(4):
        clock.forward(minutes=9)
        await desk.looked(case)
        await desk.reading.open(late, case)
        await desk.looked(case)
    # After half an hour they are told as they would be at any hour, and those who can be called are.
    assert await desk.told() == [LIBRARY.messages["support.breached"]]
    assert ("breached", "boss") in await desk.alerted(case)
    assert (await desk.case()).taken


async def test_an_urgent_child_whose_line_is_not_answered_after_the_shift_has_supervisors_called(
    desk: Evening, clock: Clock
) -> None:
    case, late = await desk.taken(**URGENT), await desk.worker(desk.late)
    clock.forward(minutes=58)
    await desk.file("我在房间里")
    await desk.work.answer(late, case, "我还在", once="2", seen=(await desk.row(case)).turns)
    clock.forward(minutes=3)
    await desk.file("他在砸门")
    await minutes(desk, clock, case, 6)
    assert ("breached", "boss") in await desk.alerted(case)
    assert await desk.told() == [LIBRARY.messages["support.breached"]]


async def by_night(desk: Evening, clock: Clock) -> tuple[int, Worker]:
    """Nobody is on duty, as the child was told; whoever looks after the desk takes the case all the same."""
    clock.time = clock().replace(hour=22)
    case = await desk.file(**URGENT)
    await desk.looked(case)
    boss = await desk.worker(desk.boss, supervisor=True)
    clock.forward(minutes=2)
    await desk.work.claim(boss, case)
    await desk.reading.open(boss, case)
    return case, boss


async def test_a_child_to_whom_no_time_was_promised_does_not_hear_that_it_is_over(desk: Evening, clock: Clock) -> None:
    case, boss = await by_night(desk, clock)
    for _ in range(4):
        await minutes(desk, clock, case, 8)
        await desk.reading.open(boss, case)
    assert ("breached", "boss") in await desk.alerted(case)
    assert await desk.told() == []
    await minutes(desk, clock, case, 11)
    assert await desk.told() == [LIBRARY.messages["support.waiting_until"].format(back="11月24日08:00")]


async def test_a_child_who_speaks_to_whoever_took_it_hears_that_nobody_answers_and_of_no_time(
    desk: Evening, clock: Clock
) -> None:
    case, boss = await by_night(desk, clock)
    await minutes(desk, clock, case, 1)
    await desk.file("你在吗")
    await desk.reading.open(boss, case)
    await minutes(desk, clock, case, 6)
    assert await desk.told() == [LIBRARY.messages["support.unanswered"]]


async def test_what_was_promised_is_owned_up_to_though_whoever_has_it_stays_on(desk: Evening, clock: Clock) -> None:
    clock.forward(minutes=57)
    case, late = await desk.file(**URGENT), await desk.worker(desk.late)
    await desk.looked(case)
    await desk.work.claim(late, case)
    await minutes(desk, clock, case, 2)
    await desk.reading.open(late, case)
    await minutes(desk, clock, case, 5)
    assert await desk.told() == [LIBRARY.messages["support.breached"]]


async def told_of_eight(desk: Evening, clock: Clock) -> int:
    """A child who was told by night that somebody comes at eight."""
    clock.time = clock().replace(hour=22)
    assert "11月24日08:00" in await line(desk, clock)
    case = await desk.file()
    await desk.looked(case)
    return case


async def hours(desk: Evening, clock: Clock, case: int, count: int) -> list[tuple[str, str]]:
    """So many hours pass; what is said to the child at which time, as the clocks have it done."""
    found: list[tuple[str, str]] = []
    end = clock() + dt.timedelta(hours=count)
    while clock() < end:
        wake = await desk.looked(case)
        found += [(f"{clock():%d. %H:%M}", text) for text in (await desk.told())[len(found) :]]
        clock.time = min(filter(None, (wake and wake.astimezone(clock().tzinfo), end)))
    return found


async def test_a_shift_that_was_promised_and_does_not_come_is_taken_back_when_it_should_begin(
    desk: Evening, clock: Clock
) -> None:
    case = await told_of_eight(desk, clock)
    await desk.board.roster.add_day_off(DayOff(None, dt.date(2026, 11, 24), dt.date(2026, 11, 24)))
    before = len(await desk.alerted(case))
    absent = LIBRARY.messages["support.absent_until"].format(back="11月25日08:00")
    assert await hours(desk, clock, case, 33) == [("24. 08:00", absent)]
    assert (await desk.alerted(case))[before:] == [("absent", "boss")]
    clock.forward(hours=1)
    await desk.looked(case)
    assert (await desk.alerted(case))[-1] == ("opened", "late")


async def test_each_promise_is_taken_back_once_and_where_nothing_is_known_none_is_made(
    desk: Evening, clock: Clock
) -> None:
    case = await told_of_eight(desk, clock)
    await desk.board.roster.add_day_off(DayOff(None, dt.date(2026, 11, 24), dt.date(2026, 11, 24)))
    clock.forward(hours=10)
    await desk.looked(case)
    async with desk.store.writing() as connection:
        await connection.execute(update(alert_route).where(alert_route.c.label == "late").values(failing_since=clock()))
    (first, second) = await hours(desk, clock, case, 24 * 4)
    assert first[0] == "24. 08:00"
    assert second == ("25. 08:00", LIBRARY.messages["support.absent"])


async def test_of_a_promised_shift_that_nobody_waits_for_any_more_nothing_is_said(desk: Evening, clock: Clock) -> None:
    case = await told_of_eight(desk, clock)
    await desk.board.roster.add_day_off(DayOff(None, dt.date(2026, 11, 24), dt.date(2026, 11, 24)))
    boss = await desk.worker(desk.boss, supervisor=True)
    await desk.work.claim(boss, case)
    await desk.work.answer(boss, case, "我在，慢慢说", once="1")
    assert await hours(desk, clock, case, 12) == []
    assert "absent" not in {reason for reason, _ in await desk.alerted(case)}


async def test_a_promised_shift_that_comes_and_goes_without_an_answer_is_owned_up_to_as_any(
    desk: Evening, clock: Clock
) -> None:
    case = await told_of_eight(desk, clock)
    assert await hours(desk, clock, case, 20) == [("24. 08:30", LIBRARY.messages["support.breached"])]
    assert "absent" not in {reason for reason, _ in await desk.alerted(case)}
