"""The rule of publishing, attacked: whoever sees every report learns nothing of what hides behind "<5"."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.outreach.periods import Grain, Period, days, period, span, walk
from bot.outreach.publish import FEW, FEWER, LEAST, NOTHING, UNTOLD, Figure, Figures, Says, share, told

#: A small world: what was counted of each place and period, and how each is rounded.
cells = st.tuples(st.integers(0, 30), st.integers(0, 4))
worlds = st.lists(st.lists(cells, min_size=4, max_size=4), min_size=3, max_size=3)
World = list[list[tuple[int, int]]]


def _every_report(world: World) -> list[str]:
    """What anyone can ask of a world: each choice of places over each stretch of periods."""
    said = []
    for chosen in itertools.product((False, True), repeat=len(world)):
        for first, last in itertools.combinations(range(5), 2):
            rows = (row for row, is_in in zip(world, chosen, strict=True) if is_in)
            atoms = [("all", told(*cell)) for row in rows for cell in row[first:last]]
            found = Figures(atoms, len(atoms))
            rest = Figures(atoms[1:], len(atoms[1:]))["all"]
            shares = f"{share(rest, found['all'])} {found.total(('all', 'never'))}"
            said.append(f"{found['all']} {found['all'].shown} {found['all'].says} {len(found)} {found} {shares}")
    return said


@settings(deadline=None)  # many reports of each world, on whatever machine
@given(worlds, st.integers(0, 2), st.integers(0, 3))
def test_no_report_and_no_difference_of_reports_depends_on_a_small_cell(world: World, place: int, at: int) -> None:
    said = []
    for hidden in itertools.product(range(5), range(5)):
        world[place][at] = hidden
        said.append(_every_report(world))
    assert all(told == said[0] for told in said)


@settings(deadline=None)
@given(worlds)
def test_every_figure_is_few_or_a_multiple_of_five_and_all_few_reads_few(world: World) -> None:
    for line in _every_report(world):
        number = line.split()[0].removeprefix(LEAST).replace(",", "")
        assert line.startswith((FEW, UNTOLD)) or int(number) % 5 == 0
    small = [[(count % 5, rounding) for count, rounding in row] for row in world]
    assert all(line.startswith((FEW, UNTOLD)) for line in _every_report(small))


@settings(deadline=None)
@given(st.lists(cells, min_size=2, max_size=8))
def test_a_sum_is_no_more_than_what_was_counted_and_roundings_and_says_so_where_it_is_less(
    pieces: list[tuple[int, int]],
) -> None:
    found = Figures([("all", told(*piece)) for piece in pieces], len(pieces))["all"]
    whole, hidden = sum(count for count, _ in pieces), [count for count, _ in pieces if count < 5]
    assert abs(found.value - (whole - sum(hidden))) < 5 * len(pieces)
    assert (found.says in (Says.LEAST, Says.FEW_EACH)) == bool(hidden)


@given(st.integers(5, 10_000))
def test_from_five_on_a_figure_is_right_on_average_and_never_off_by_five(count: int) -> None:
    found = [told(count, rounding).value for rounding in range(5)]
    assert all(abs(value - count) < 5 <= value for value in found)
    assert sum(found) == 5 * count


@given(st.integers(5, 1000), st.integers(0, 4))
def test_without_the_key_at_least_five_counts_may_stand_behind_a_figure(count: int, rounding: int) -> None:
    shown = told(count, rounding)
    near = range(max(0, count - 10), count + 11)
    assert len({other for other in near for way in range(5) if told(other, way) == shown}) >= 5


def test_few_reads_few_in_every_form() -> None:
    assert str(FEWER) == FEWER.shown == "<5"
    assert (str(Figure(12_340)), Figure(12_340).shown) == ("12,340", 12_340)
    assert (str(Figure(12_340) + FEWER), str(FEWER + FEWER), str(NOTHING)) == ("≥12,340", "<5+…", "—")
    assert Figures([("a", FEWER)])["a"] == Figures()["never"]
    assert list(Figures([("b", Figure(5)), ("a", Figure(5)), ("c", Figure(10))])) == ["c", "a", "b"]


def test_a_share_is_told_where_the_part_and_the_rest_are() -> None:
    assert share(Figure(15), Figure(60)) == 25
    assert share(Figure(60), Figure(60)) is None
    assert share(Figure(15), Figure(10)) is None
    assert share(FEWER, Figure(60)) is None
    yes = Figure(60)
    assert share(yes, yes + FEWER) is None
    assert share(Figure(15, 2, 1), Figure(60, 2, 1)) == 25
    assert share(Figure(15, 2, 1), Figure(60, 2, 0)) is None
    assert share(Figure(15, 2, 1), Figure(60, 3, 1)) is None


def test_what_lacks_more_than_a_little_is_not_compared() -> None:
    assert Figure(400, 3, 3).near
    assert not Figure(395, 3, 3).near
    assert not (FEWER + FEWER).near


@given(st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31)), st.sampled_from(Grain))
def test_periods_of_a_kind_follow_each_other_without_a_gap(day: dt.date, grain: Grain) -> None:
    found = period(day, grain)
    assert found.first <= day <= found.last
    assert found.following().previous() == found
    assert (found.following().first - found.last).days == 1
    assert found.name != found.following().name
    assert len(found.cells()) in {Grain.DAY: (1,), Grain.MONTH: (1,), Grain.TERM: (5, 7), Grain.YEAR: (12,)}[grain]


@given(st.dates(dt.date(2024, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 500))
def test_a_stretch_of_days_is_covered_once(first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    covered = [day for part in span(first, last) for day in walk(period(part.first, Grain.DAY), part.last)]
    assert [item.first for item in covered] == [item.first for item in days(last, length + 1)]


def test_a_day_is_over_a_little_after_midnight() -> None:
    day = Period(dt.date(2026, 11, 22), Grain.DAY)
    assert not day.over(dt.datetime(2026, 11, 23, 0, 5, tzinfo=dt.UTC))
    assert day.over(dt.datetime(2026, 11, 23, 0, 11, tzinfo=dt.UTC))
