"""A case in which nothing is owed: it comes up again, goes to the next shift, and spares who did their part."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.core.desk import CaseState, Why
from bot.core.risk import RiskLevel
from bot.desk.limits import ClockLimits
from bot.desk.wording import AlertWording
from bot.storage.alerts import SealedAlerts
from bot.storage.store import Store

from .office import LIBRARY
from .test_clocks import NINE, NOBODY, STAFFED, Paper, minutes, opened
from .test_holding import URGENT, Evening
from .world import Clock


@pytest.fixture
async def desk(store: Store) -> Evening:
    """It is eight, and ``late`` is there until nine."""
    desk = Evening(store)
    await desk.begin()
    return desk


async def until(desk: Evening, clock: Clock, case: int, *, hours: float, step: float = 10) -> list[tuple[str, str]]:
    """The alerts made while so many hours pass."""
    before, end = len(await desk.alerted(case)), clock() + dt.timedelta(hours=hours)
    while clock() < end:
        await desk.looked(case)
        clock.forward(minutes=step)
    await desk.looked(case)
    return (await desk.alerted(case))[before:]


def quiet(level: RiskLevel) -> Paper:
    """Taken and answered at once, by somebody who is on duty all the time."""
    return opened(level).run(0.1).taken().answered()


def silent(paper: Paper) -> list[tuple[float, tuple[int, ...]]]:
    return [(round(at, 1), to) for at, reason, _, to in paper.said if reason == "silent"]


def test_an_urgent_case_comes_up_again_with_the_holder_then_the_line_then_supervisors_and_ever_less_often() -> None:
    paper = quiet(RiskLevel.URGENT).run(24 * 60)
    assert silent(paper) == [
        (30.1, (1,)),
        (90.1, (1,)),
        (210.1, (1, 3)),
        (450.1, (1, 3)),
        (930.1, (1, 3)),
    ]
    assert not paper.told


def test_a_disclosure_comes_up_again_once_a_day() -> None:
    assert [at for at, _ in silent(quiet(RiskLevel.DISCLOSURE).run(3 * 24 * 60))] == [1440.1, 2880.1]


def test_who_only_asked_for_a_person_and_was_answered_is_nobodys_alert() -> None:
    assert silent(quiet(RiskLevel.CONCERN).run(9 * 24 * 60)) == []


def test_by_night_a_disclosure_at_rest_wakes_nobody() -> None:
    paper = quiet(RiskLevel.DISCLOSURE)
    paper.duty = type(NOBODY)(False, NINE + minutes(30 * 60), (), (), NOBODY.supervisors)
    paper.run(30 * 60 - 1)
    assert silent(paper) == []
    paper.duty = STAFFED
    paper.run(30 * 60)
    assert len(silent(paper)) == 1


async def test_who_wrote_what_was_done_is_asked_but_once_a_day(desk: Evening, clock: Clock) -> None:
    case = await desk.taken(**URGENT)
    clock.forward(minutes=5)
    await desk.work.note(await desk.worker(desk.late), case, "派出所已经上门，孩子和奶奶在一起")
    assert await until(desk, clock, case, hours=0.7) == []
    await desk.file("他又来敲门了")
    assert await until(desk, clock, case, hours=0.7)


async def test_a_question_whether_they_are_there_is_no_first_answer(desk: Evening, clock: Clock) -> None:
    case, late = await desk.file(**URGENT), await desk.worker(desk.late)
    await desk.work.claim(late, case)
    await desk.work.ask_if_here(late, case)
    assert (await desk.row(case)).due_at is not None

    made = await until(desk, clock, case, hours=0.1, step=1)

    assert ("breached", "boss") in made
    assert (await desk.row(case)).answered_at is None


async def test_after_a_silence_the_question_is_all_that_can_be_done_and_the_case_comes_up_again(
    desk: Evening, clock: Clock
) -> None:
    case, late = await desk.file(), await desk.worker(desk.late)
    clock.forward(minutes=20)
    await desk.work.claim(late, case)
    await desk.work.ask_if_here(late, case)
    assert (await desk.row(case)).due_at is None
    assert await until(desk, clock, case, hours=0.6) == [("silent", "late")]


async def test_a_holder_who_goes_and_owes_nothing_gives_an_urgent_case_to_the_next_shift(
    desk: Evening, clock: Clock
) -> None:
    night = await desk.comes("night", 21, 8)
    case = await desk.taken(**URGENT)
    clock.forward(hours=1)

    made = await until(desk, clock, case, hours=0.1, step=1)

    row = await desk.row(case)
    assert (row.state, row.holder, row.due_at) == (CaseState.WAITING, None, None)
    assert ("handed_on", "night") in made
    assert len([name for reason, name in made if reason == "handed_on"]) == 1
    assert await desk.told() == []
    await desk.work.claim(await desk.worker(night), case)
    assert (await desk.row(case)).holder == night


async def test_whoever_comes_next_hears_of_an_urgent_case_that_nobody_took_on(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 2)
    await desk.comes("early", 2, 8)
    case = await desk.taken(**URGENT)
    made = await until(desk, clock, case, hours=6)
    assert ("handed_on", "early") in made
    assert await desk.told() == []


async def test_a_disclosure_goes_to_the_list_of_the_next_shift_without_an_alarm(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    case = await desk.taken()
    made = await until(desk, clock, case, hours=3)
    assert (made, (await desk.row(case)).state) == ([], CaseState.WAITING)


async def test_a_child_who_writes_in_a_case_that_was_handed_on_is_heard_of_at_once(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    case = await desk.taken()
    await until(desk, clock, case, hours=3)

    await desk.file("你们还在吗")
    await desk.looked(case)

    assert (await desk.alerted(case))[-1] == ("opened", "night")
    assert (await desk.row(case)).due_at is not None


async def test_a_child_who_only_taps_in_it_starts_no_clock(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    case = await desk.taken()
    await until(desk, clock, case, hours=3)
    await desk.file("", why=Why.WRITE, value="evening")
    await desk.looked(case)
    assert (await desk.row(case)).due_at is None


async def test_such_an_alert_speaks_of_no_time_and_says_how_to_be_left_in_peace(desk: Evening, clock: Clock) -> None:
    case = await desk.taken(**URGENT)
    await until(desk, clock, case, hours=0.7)
    (item,) = [item for item in await SealedAlerts(desk.store).pending() if item.reason == "silent"]
    zone = clock().tzinfo
    assert zone is not None
    text = AlertWording(lambda: LIBRARY.messages, zone, lambda _: "", clock, ClockLimits()).text(item)
    assert "备注" in text
    assert LIBRARY.messages["alerts.no_clock"] not in text
