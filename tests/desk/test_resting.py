"""A case in which nothing is owed: it comes up again, goes to the next shift, and spares who did their part."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.core.desk import CaseState, Why
from bot.core.risk import RiskLevel
from bot.desk.limits import ClockLimits
from bot.desk.wording import AlertWording
from bot.staff.desk.clock import Times
from bot.storage.alerts import SealedAlerts
from bot.storage.casework import SealedCasework
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


async def days(desk: Evening, clock: Clock, case: int, count: int) -> list[tuple[str, str]]:
    """The alerts made while so many days pass; it is looked at each hour, and when the clocks ask for it."""
    before, end = len(await desk.alerted(case)), clock() + dt.timedelta(days=count)
    while clock() < end:
        wake, step = await desk.looked(case), dt.timedelta(hours=1)
        if wake is not None:
            step = min(step, max(wake - clock(), dt.timedelta(seconds=1)))
        clock.time += step
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


async def test_a_disclosure_goes_to_the_next_shift_which_hears_of_it_once(desk: Evening, clock: Clock) -> None:
    await desk.comes("night", 21, 8)
    case = await desk.taken()
    made = await until(desk, clock, case, hours=3)
    assert (made, (await desk.row(case)).state) == ([("handed_on", "night")], CaseState.WAITING)


@pytest.mark.parametrize("about", [{}, {"why": Why.ASKED, "level": "concern"}, {"why": Why.ASKED, "level": "none"}])
@pytest.mark.parametrize("minute", [50, 65], ids=["before the end", "after it"])
async def test_a_case_given_back_at_the_end_of_the_day_rings_in_the_morning(
    desk: Evening, clock: Clock, about: dict[str, Any], minute: int
) -> None:
    case = await desk.taken(**about)
    clock.forward(minutes=minute)
    await desk.work.give_back(await desk.worker(desk.late), case)
    await until(desk, clock, case, hours=1)
    before = len(await desk.alerted(case))
    clock.time = clock().replace(day=24, hour=7, minute=59)
    wake = await desk.looked(case)
    assert wake == clock() + dt.timedelta(minutes=1)
    assert (await desk.alerted(case))[before:] == []
    clock.forward(minutes=1)

    await desk.looked(case)

    assert (await desk.alerted(case))[before:] == [("handed_on", "late")]
    # Their last words were answered.
    assert await desk.told() == []


async def test_the_case_of_somebody_who_was_disabled_at_night_rings_in_the_morning(desk: Evening, clock: Clock) -> None:
    await desk.comes("other", 8, 21)
    case = await desk.taken()
    clock.forward(hours=2)
    async with desk.store.writing() as connection:
        await SealedCasework(desk.store).release_all(connection, desk.late)
    await desk.leave(desk.late)
    made = await until(desk, clock, case, hours=10, step=5)
    assert made == [("opened", "boss"), ("handed_on", "other")]


@pytest.mark.parametrize("minute", [50, 65], ids=["before the end", "after it"])
async def test_a_child_who_was_told_when_somebody_comes_is_heard_of_then(
    desk: Evening, clock: Clock, minute: int
) -> None:
    case = await desk.taken()
    clock.forward(minutes=minute)
    await desk.work.give_back(await desk.worker(desk.late), case)
    await desk.file("还有一件事")
    await until(desk, clock, case, hours=1)
    before = len(await desk.alerted(case))
    clock.time = clock().replace(day=24, hour=8, minute=0)
    await desk.looked(case)
    assert (await desk.alerted(case))[before:] == [("opened", "late")]


async def test_who_heard_that_it_waits_again_does_not_hear_twice_when_the_child_writes(
    desk: Evening, clock: Clock
) -> None:
    case = await desk.taken()
    clock.forward(minutes=5)
    await desk.work.give_back(await desk.worker(desk.late), case)
    heard = await until(desk, clock, case, hours=0.01, step=0.1)
    await desk.file("老师你还在吗")

    assert ("opened", "late") in heard
    assert await until(desk, clock, case, hours=0.01, step=0.1) == []
    assert (await desk.row(case)).due_at is not None


@pytest.mark.parametrize(
    ("about", "alerts"),
    [({}, range(6, 12)), ({"why": Why.ASKED, "level": "none"}, range(6, 10)), (URGENT, range(12, 30))],
    ids=["disclosure", "asked", "urgent"],
)
async def test_a_case_that_nobody_takes_rings_for_days_and_not_without_end(
    desk: Evening, clock: Clock, about: dict[str, Any], alerts: range
) -> None:
    case = await desk.taken(**about)
    clock.forward(minutes=50)
    await desk.work.give_back(await desk.worker(desk.late), case)
    assert len(await days(desk, clock, case, 3)) in alerts
    later = await days(desk, clock, case, 1)
    assert len(later) <= 5
    assert about or "boss" in {name for _, name in later}
    assert await desk.told() == []


async def test_a_desk_with_three_shifts_a_day_is_not_rung_for_ever_by_who_only_asked(
    desk: Evening, clock: Clock
) -> None:
    for name, starts, ends in (("evening", 21, 2), ("night", 2, 8)):
        await desk.comes(name, starts, ends)
    case = await desk.taken(why=Why.ASKED, level="none")
    first = await days(desk, clock, case, 1)
    assert first == [("handed_on", "evening"), ("handed_on", "night"), ("handed_on", "late")]
    assert len(await days(desk, clock, case, 7)) <= 4


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


@pytest.mark.parametrize(("words", "told"), [("", "written_answer"), ("他又来了", "clock")])
async def test_who_is_given_a_case_that_was_answered_does_not_hear_that_nobody_is_on_duty(
    desk: Evening, clock: Clock, words: str, told: str
) -> None:
    case, other = await desk.taken(), await desk.comes("other", 8, 21)
    if words:
        await desk.file(words)
    await desk.work.transfer(await desk.worker(desk.late), case, other)
    await desk.looked(case)
    (item,) = [item for item in await SealedAlerts(desk.store).pending() if item.reason == "transferred"]
    zone = clock().tzinfo
    assert zone is not None
    text = AlertWording(lambda: LIBRARY.messages, zone, lambda _: "", clock, ClockLimits()).text(item)
    assert LIBRARY.messages[f"alerts.{told}"].format(time="20:30") in text
    assert LIBRARY.messages["alerts.no_clock"] not in text


async def wordings(desk: Evening, clock: Clock) -> dict[str, str]:
    """What the last alert for each reason says."""
    zone = clock().tzinfo
    assert zone is not None
    wording = AlertWording(lambda: LIBRARY.messages, zone, lambda _: "", clock, ClockLimits())
    return {item.reason: wording.text(item) for item in await SealedAlerts(desk.store).pending()}


async def test_of_a_child_who_was_only_asked_whether_it_suits_them_nobody_hears_that_they_were_answered(
    desk: Evening, clock: Clock
) -> None:
    case, late, other = await desk.file(), await desk.worker(desk.late), await desk.comes("other", 8, 21)
    await desk.looked(case)
    await desk.work.claim(late, case)
    clock.forward(minutes=20)
    await desk.work.ask_if_here(late, case)
    await desk.work.transfer(late, case, other)
    await desk.looked(case)
    clock.forward(minutes=31)
    await desk.looked(case)
    said = await wordings(desk, clock)
    assert LIBRARY.messages["alerts.written_nothing"] in said["transferred"]
    assert LIBRARY.messages["alerts.at_rest_nothing"] in said["silent"]
    assert Times(clock(), LIBRARY.messages).clock(await desk.row(case)).text == _clock("asked_nothing")

    clock.time = clock().replace(hour=21)
    await desk.work.give_back(await desk.worker(other), case)
    await desk.looked(case)
    assert Times(clock(), LIBRARY.messages).clock(await desk.row(case)).text == _clock("given_on_nothing")
    clock.forward(hours=12)
    await desk.looked(case)
    assert LIBRARY.messages["alerts.at_rest_nothing"] in (await wordings(desk, clock))["handed_on"]


async def test_of_a_child_who_was_asked_after_an_answer_the_question_is_told(desk: Evening, clock: Clock) -> None:
    case, late, other = await desk.taken(), await desk.worker(desk.late), await desk.comes("other", 8, 21)
    clock.forward(minutes=20)
    await desk.file("你还在吗")
    clock.forward(minutes=20)
    await desk.work.ask_if_here(late, case)
    await desk.work.transfer(late, case, other)
    await desk.looked(case)
    assert LIBRARY.messages["alerts.written_question"] in (await wordings(desk, clock))["transferred"]
    assert Times(clock(), LIBRARY.messages).clock(await desk.row(case)).text == _clock("asked_question")

    await desk.file("方便", why=Why.HERE)
    await desk.work.answer(await desk.worker(other), case, "我在", once="2")
    assert Times(clock(), LIBRARY.messages).clock(await desk.row(case)).text == _clock("rest")


def _clock(name: str) -> str:
    return LIBRARY.messages[f"desk.clock_{name}"]


async def test_who_comes_hears_of_what_was_given_back_without_a_word_that_somebody_went_off_duty(
    desk: Evening, clock: Clock
) -> None:
    case = await desk.taken()
    clock.forward(minutes=50)
    await desk.work.give_back(await desk.worker(desk.late), case)
    await until(desk, clock, case, hours=12)
    (item,) = [item for item in await SealedAlerts(desk.store).pending() if item.reason == "handed_on"]
    zone = clock().tzinfo
    assert zone is not None
    text = AlertWording(lambda: LIBRARY.messages, zone, lambda _: "", clock, ClockLimits()).text(item)
    assert LIBRARY.messages["alerts.at_rest_answer"] in text
    assert "下班" not in text
