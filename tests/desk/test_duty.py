from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.duty import AHEAD, Scope, duty_at
from bot.desk.spans import merged, spans_of
from bot.storage.roster_types import DayOff, Person, Roster, Route, Shift

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
WEEK = frozenset(range(7))
MONDAY = dt.date(2026, 11, 23)
GROUP = Route(1, None)
LI = Person(1, "李", "counsellor", 1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def hours(starts: str, ends: str, days: frozenset[int] = WEEK, *, staff: int = 1, day: dt.date | None = None) -> Shift:
    clock = dt.time.fromisoformat
    return Shift(staff, clock(starts), clock(ends), frozenset() if day else days, day)


def roster(*shifts: Shift, off: tuple[DayOff, ...] = (), people: tuple[Person, ...] = (LI,)) -> Roster:
    return Roster(people, shifts, off, (GROUP,))


def on_duty(roster: Roster, moment: str, scope: Scope = Scope(), zone: ZoneInfo = SHANGHAI) -> bool:  # noqa: B008
    return duty_at(roster, scope, at(moment, zone), zone).on_duty


def test_a_shift_begins_on_its_minute_and_ends_just_before_the_last() -> None:
    day = roster(hours("08:00", "17:00"))
    assert not on_duty(day, "2026-11-23T07:59:59")
    assert on_duty(day, "2026-11-23T08:00")
    assert on_duty(day, "2026-11-23T16:59:59")
    assert not on_duty(day, "2026-11-23T17:00")


def test_split_shifts_leave_a_gap_and_the_next_begin_is_known() -> None:
    split = roster(hours("08:00", "12:00"), hours("14:00", "18:00"))
    state = duty_at(split, Scope(), at("2026-11-23T13:00"), SHANGHAI)
    assert not state.on_duty
    assert state.back_at == at("2026-11-23T14:00")


def test_an_overnight_shift_goes_on_after_midnight() -> None:
    night = roster(hours("22:00", "06:00", frozenset({0})))
    assert on_duty(night, "2026-11-24T05:59")
    assert not on_duty(night, "2026-11-24T06:00")
    assert not on_duty(night, "2026-11-23T05:00")


def test_a_shift_that_ends_when_it_begins_lasts_a_whole_day() -> None:
    assert all(on_duty(roster(hours("08:00", "08:00")), f"2026-11-23T{hour:02}:30") for hour in range(24))


def test_a_day_off_cuts_the_night_before_at_midnight_and_takes_its_own_night() -> None:
    off = DayOff(1, MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=1))
    nights = roster(hours("22:00", "06:00"), off=(off,))
    assert on_duty(nights, "2026-11-23T23:59")
    assert not on_duty(nights, "2026-11-24T00:00")
    assert not on_duty(nights, "2026-11-24T23:00")
    assert not on_duty(nights, "2026-11-25T01:00")
    assert on_duty(nights, "2026-11-25T22:00")


def test_on_a_holiday_only_who_was_added_for_it_is_there() -> None:
    second = Person(2, "王", "counsellor", 1)
    holiday = DayOff(None, MONDAY, MONDAY)
    feast = roster(
        hours("08:00", "17:00"),
        hours("10:00", "12:00", staff=2, day=MONDAY),
        off=(holiday,),
        people=(LI, second),
    )
    state = duty_at(feast, Scope(), at("2026-11-23T11:00"), SHANGHAI)
    assert [member.id for member in state.first] == [2]
    assert not on_duty(feast, "2026-11-23T09:00")


def test_somebody_who_is_away_is_away_from_dated_shifts_too() -> None:
    away = roster(hours("10:00", "12:00", day=MONDAY), off=(DayOff(1, MONDAY, MONDAY),))
    assert not on_duty(away, "2026-11-23T11:00")


def test_beyond_fourteen_days_nothing_is_promised() -> None:
    far = roster(hours("08:00", "17:00", day=MONDAY + dt.timedelta(days=AHEAD + 1)))
    near = roster(hours("08:00", "17:00", day=MONDAY + dt.timedelta(days=AHEAD - 1)))
    assert duty_at(far, Scope(), at("2026-11-23T08:00"), SHANGHAI).back_at is None
    assert duty_at(near, Scope(), at("2026-11-23T08:00"), SHANGHAI).back_at == at("2026-12-06T08:00")


@pytest.mark.parametrize(
    ("person", "scope", "reached"),
    [
        (Person(1, "李", "counsellor", 1), Scope("neimenggu", "一中"), True),
        (Person(1, "李", "counsellor", 1, region="neimenggu"), Scope("neimenggu"), True),
        (Person(1, "李", "counsellor", 1, region="beijing"), Scope(""), True),
        (Person(1, "李", "counsellor", 1, school="一中"), Scope("", "一中"), False),
        (Person(1, "李", "counsellor", 1, school="第一中学"), Scope("", "呼市第一中学 "), False),
        (Person(1, "李", "counsellor", 1, school="　第一 中学\u200b "), Scope("", "第一中学"), False),
        (Person(1, "李", "counsellor", 1, school="实验中学(东校区)ＡＢ"), Scope("", "实验中学（东校区）ab"), False),
        (Person(1, "李", "counsellor", 1, school="青山一中"), Scope("", "青山县第一中学"), False),
        (Person(1, "李", "counsellor", 1, school="青山县公安局"), Scope("", "青山县第一中学"), True),
        (Person(1, "李", "counsellor", 1, school="二中"), Scope("", "一中、二中"), False),
        (Person(1, "李", "counsellor", 1, school="呼市第二中学"), Scope("", "第一中学、第二中学"), False),
        (Person(1, "李", "counsellor", 1, school="四中；第二中学"), Scope("", "第二中学"), False),
        (Person(1, "李", "counsellor", 1, school="三中"), Scope("", "一中、二中"), True),
        (Person(1, "李", "counsellor", 1, school="三中"), Scope("", "、"), True),
        (Person(1, "李", "counsellor", 1, school="？"), Scope("", "", outsiders_only=True), False),
        (Person(1, "李", "counsellor", 1, school="二中"), Scope("", "一中"), True),
        (Person(1, "李", "counsellor", 1, school="二中"), Scope("", "", outsiders_only=True), False),
        (Person(1, "李", "counsellor", 1), Scope("", "一中", outsiders_only=True), True),
        (Person(1, "李", "counsellor", 1, keyed=False), Scope(), False),
    ],
)
def test_a_case_reaches_only_whom_it_may(person: Person, scope: Scope, reached: bool) -> None:
    everybody = roster(hours("00:00", "00:00"), people=(person,))
    assert on_duty(everybody, "2026-11-23T11:00", scope) is reached


def test_another_region_sees_a_case_only_where_its_own_has_nobody() -> None:
    away, near = (
        Person(1, "李", "counsellor", 1, region="beijing"),
        Person(2, "王", "counsellor", 1, region="neimenggu"),
    )
    hour = hours("00:00", "00:00")
    assert on_duty(roster(hour, people=(away,)), "2026-11-23T11:00", Scope("neimenggu"))
    assert not on_duty(roster(hour, people=(away, near)), "2026-11-23T11:00", Scope("neimenggu"))
    assert not on_duty(
        roster(hour, people=(replace(away, school="一中"),)), "2026-11-23T11:00", Scope("neimenggu", "一中")
    )


@pytest.mark.parametrize(
    ("routes", "reached"),
    [
        ((), False),
        ((Route(1, 1),), True),
        ((Route(1, 2),), False),
        ((Route(1, None),), True),
        ((Route(1, None, failing_since=at("2026-11-23T10:00")),), False),
        ((Route(1, None, failing_since=at("2026-11-23T10:00")), Route(2, 1)), True),
    ],
)
def test_whom_no_alert_reaches_is_not_on_duty(routes: tuple[Route, ...], reached: bool) -> None:
    unreached = Roster((LI,), (hours("00:00", "00:00"),), (), routes)
    state = duty_at(unreached, Scope(), at("2026-11-23T11:00"), SHANGHAI)
    assert state.on_duty is reached


def test_supervisors_are_known_off_shift_and_lines_are_kept_apart() -> None:
    people = (LI, Person(2, "王", "counsellor", 2), Person(3, "赵", "supervisor", 2))
    state = duty_at(
        roster(hours("08:00", "17:00"), hours("08:00", "17:00", staff=2), people=people),
        Scope(),
        at("2026-11-23T11:00"),
        SHANGHAI,
    )
    assert [[member.id for member in part] for part in (state.first, state.second, state.supervisors)] == [
        [1],
        [2],
        [3],
    ]


def test_where_clocks_go_forward_a_shift_in_the_gap_vanishes_and_others_keep_their_wall_time() -> None:
    spring = dt.date(2026, 3, 8)
    gap = roster(hours("02:15", "02:45", day=spring), hours("01:00", "04:00", day=spring + dt.timedelta(days=1)))
    assert duty_at(gap, Scope(), at("2026-03-08T00:00", NEW_YORK), NEW_YORK).back_at is not None
    (lost, kept) = (list(spans_of(1, gap, NEW_YORK, [day])) for day in (spring, spring + dt.timedelta(days=1)))
    assert all(span.begins < span.ends for span in lost)
    assert kept[0].begins == at("2026-03-09T01:00", NEW_YORK)
    night = roster(hours("22:00", "06:00", day=spring - dt.timedelta(days=1)))
    (span,) = spans_of(1, night, NEW_YORK, [spring - dt.timedelta(days=1)])
    assert span.ends - span.begins == dt.timedelta(hours=7)


clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
zones = st.sampled_from([SHANGHAI, NEW_YORK, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")])
shifts = st.builds(Shift, st.sampled_from([1, 2]), clocks, clocks, st.frozensets(st.integers(0, 6)))
dated = st.builds(
    Shift, st.sampled_from([1, 2]), clocks, clocks, st.just(frozenset[int]()), st.dates(MONDAY, dt.date(2026, 12, 6))
)
days = st.dates(MONDAY, dt.date(2026, 12, 6)).flatmap(
    lambda first: st.builds(
        DayOff,
        st.sampled_from([1, 2, None]),
        st.just(first),
        st.integers(0, 3).map(lambda more: first + dt.timedelta(days=more)),
    )
)
rosters = st.builds(
    lambda planned, off: Roster((LI, Person(2, "王", "counsellor", 2)), tuple(planned), tuple(off), (GROUP,)),
    st.lists(shifts | dated, max_size=6),
    st.lists(days, max_size=3),
)
moments = st.datetimes(dt.datetime.fromisoformat("2026-11-23"), dt.datetime.fromisoformat("2026-12-05"))


@given(rosters, moments, zones)
def test_whoever_comes_back_is_there_at_that_moment_and_nobody_was_just_before(
    planned: Roster, naive: dt.datetime, zone: ZoneInfo
) -> None:
    now = naive.replace(tzinfo=zone).astimezone(dt.UTC)
    state = duty_at(planned, Scope(), now, zone)
    assert state.on_duty is bool(state.first or state.second)
    if state.on_duty or state.back_at is None:
        assert state.back_at is None
        return
    assert now < state.back_at <= now + dt.timedelta(days=AHEAD)
    assert duty_at(planned, Scope(), state.back_at, zone).on_duty
    assert not duty_at(planned, Scope(), state.back_at - dt.timedelta(microseconds=1), zone).on_duty


@given(rosters, moments, zones)
def test_nobody_is_on_duty_on_a_day_off(planned: Roster, naive: dt.datetime, zone: ZoneInfo) -> None:
    now = naive.replace(tzinfo=zone)
    if now.astimezone(dt.UTC).astimezone(zone).date() != now.date():
        return
    state = duty_at(planned, Scope(), now, zone)
    away = {off.staff for off in planned.days_off if off.first <= now.date() <= off.last}
    assert not away & {member.id for member in (*state.first, *state.second)}


@given(rosters, zones)
def test_merged_spans_cover_the_same_time_without_touching(planned: Roster, zone: ZoneInfo) -> None:
    week = [MONDAY + dt.timedelta(days=step) for step in range(14)]
    spans = [span for person in (1, 2) for span in spans_of(person, planned, zone, week)]
    found = merged(spans)
    assert all(one.ends < two.begins for one, two in pairwise(found))
    edges = {edge for span in spans for edge in (span.begins, span.ends)}
    assert all(any(span.holds(edge) for span in spans) == any(span.holds(edge) for span in found) for edge in edges)
