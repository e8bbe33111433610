"""When pushes go out: quiet hours, school days, weeks, reminders."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from pydantic import ValidationError

from bot.content.calendar import load_calendar
from bot.core.audience import Audience
from bot.core.school_days import Calendar, read_vacations
from bot.settings import Settings
from bot.storage.push_types import Push, PushKind, PushState
from bot.teaching.plan import Plan, QuietHours

from .pushed import MORNING, ROOT, ZONE

CALENDAR = load_calendar(ROOT)


def plan(quiet: str = "21:00-07:30", calendar: Calendar = CALENDAR) -> Plan:
    return Plan(ZONE, QuietHours.read(quiet), lambda: calendar)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def weekly(next_at: dt.datetime, **changes: object) -> Push:
    push = Push(
        id=1, kind=PushKind.QUIZ, title="", subject="", text="", readers=(Audience.STUDENT,), classes=(1,), staff=1,
        state=PushState.SCHEDULED, next_at=next_at, weekly=True, until=None, close_hours=48, remind_hours=None,
        approved_by=None, created_at=MORNING, updated_at=MORNING,
    )  # fmt: skip
    return replace(push, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wished", "goes"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),  # a Monday
        ("2026-11-23T22:30", "2026-11-24T07:30"),
        ("2026-11-23T05:00", "2026-11-23T07:30"),
        ("2026-11-21T10:00", "2026-11-23T10:00"),  # a Saturday
        ("2026-11-20T21:00", "2026-11-23T07:30"),  # a Friday night
        ("2026-10-01T10:00", "2026-10-08T10:00"),  # the national holiday
        ("2026-10-10T10:00", "2026-10-10T10:00"),  # a Saturday that is worked
    ],
)
def test_a_planned_push_keeps_to_school_days_and_waking_hours(wished: str, goes: str) -> None:
    assert plan().first(at(wished), at("2026-09-01T10:00")) == at(goes)


def test_vacations_of_the_place_are_kept_too() -> None:
    calendar = CALENDAR.without(read_vacations("2026-02-14/2026-02-28, 2026-07-01/2026-09-07"))
    before = at("2026-01-05T10:00")
    assert plan(calendar=calendar).first(at("2026-02-14T10:00"), before) == at("2026-03-02T10:00")  # else worked
    assert plan(calendar=calendar).first(at("2026-07-01T10:00"), before) == at("2026-09-08T10:00")
    monday = weekly(at("2026-06-29T10:00"))
    assert plan(calendar=calendar).following(monday, at("2026-06-29T11:00")) == at("2026-09-14T10:00")


@pytest.mark.parametrize("text", ["soon", "2026-07-01", "2026-08-31/2026-07-01", "2026-07-01/2027-07-01"])
def test_vacations_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_vacations(text)
    with pytest.raises(ValidationError, match="write vacations like"):
        Settings(vacations=text)


def test_a_push_for_now_goes_now_but_for_the_quiet_hours() -> None:
    sunday, night = at("2026-11-22T15:00"), at("2026-11-22T23:00")
    assert plan().first(sunday, sunday) == sunday
    assert plan().first(night, night) == at("2026-11-23T07:30")
    assert plan("none").first(night, night) == night


def test_a_weekly_push_leaves_holidays_out_and_ends_on_its_day() -> None:
    thursday = at("2026-09-24T10:00")
    push = weekly(thursday)
    assert plan().following(push, thursday) == at("2026-10-08T10:00")
    assert plan().following(weekly(thursday, until=at("2026-10-01T23:59")), thursday) is None
    assert plan().following(weekly(thursday, weekly=False), thursday) is None


def test_a_weekly_push_is_not_made_up_for_after_a_long_outage() -> None:
    push = weekly(at("2026-11-16T10:00"))
    now = at("2026-11-20T09:00")
    assert plan().missed(push, now)
    assert plan().following(push, now) == at("2026-11-23T10:00")
    assert not plan().missed(push, at("2026-11-16T12:00"))


def test_a_reminder_lies_before_the_end_and_never_in_the_night() -> None:
    push = weekly(at("2026-11-16T10:00"), close_hours=48, remind_hours=12)
    run = plan().run(push, 1, at("2026-11-16T10:00"))
    assert run.closes_at == at("2026-11-18T10:00")
    assert run.remind_at == at("2026-11-18T07:30")
    short = replace(push, close_hours=2, remind_hours=1)
    assert plan().run(short, 1, at("2026-11-16T20:10")).remind_at is None
    assert plan().run(push, None, at("2026-11-16T10:00")).remind_at is None


def test_quiet_hours_are_read_or_refused() -> None:
    assert QuietHours.read("none") is None
    with pytest.raises(ValueError, match="quiet hours"):
        QuietHours.read("late")
