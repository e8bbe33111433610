"""What a dashboard is told: closed periods, by the rule, and sums that agree."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import update

from bot.core.counting import Family
from bot.outreach.periods import Grain, days, period, span
from bot.outreach.publish import FEWER, NOTHING, Figure, Says, told
from bot.outreach.queries import EVERYWHERE, OutreachFigures, Scope
from bot.storage.counts import CellName, cell_rows
from bot.storage.outreach_tables import cell
from bot.storage.store import Store
from tests.outreach.conftest import HOME, Clock, put

OCTOBER, NOVEMBER = (period(dt.date(2026, month, 1), Grain.MONTH) for month in (10, 11))
TERM, YEAR = (period(dt.date(2026, 10, 1), grain) for grain in (Grain.TERM, Grain.YEAR))


def _month(family: Family, key: str, count: int, *, region: str = HOME, school: int = 0) -> dict[CellName, int]:
    return {("month", family, school, "2026-10", region, key): count}


def _day(family: Family, key: str, count: int, day: str = "2026-11-22", *, region: str = HOME) -> dict[CellName, int]:
    return {("day", family, 0, day, region, key): count}


async def test_a_count_is_told_as_the_rule_has_it_in_the_database_as_in_words(
    store: Store, figures: OutreachFigures
) -> None:
    counts = {name: n for n in range(60) for name in _month(Family.TOPIC, f"topic.{n:02}", n)}
    await put(store, counts)
    found = await figures.figures(Family.TOPIC, [OCTOBER])
    for row in cell_rows(store.vault, counts):
        assert found[str(row["key"])] == told(int(row["count"]), int(row["rounding"]))
    assert not any(f"topic.{n:02}" in found for n in range(5))
    assert [figure.value for figure in found.values()] == sorted((f.value for f in found.values()), reverse=True)


async def test_today_and_this_month_are_not_told_until_they_are_over(
    store: Store, figures: OutreachFigures, clock: Clock
) -> None:
    await put(store, _day(Family.TOTAL, "all", 100) | _day(Family.TOTAL, "all", 50, "2026-11-23"))
    assert figures.yesterday() == dt.date(2026, 11, 22)
    both = days(dt.date(2026, 11, 23), 2)
    assert [(part.name, found["all"].value) for part, found in await figures.trend(Family.TOTAL, both)] == [
        ("2026-11-22", 100)
    ]
    assert figures.until([NOVEMBER]) is None
    assert figures.until(both) == dt.date(2026, 11, 22)

    clock.forward(days=1)
    assert (await figures.figures(Family.TOTAL, both))["all"] == Figure(150, pieces=2)


async def test_a_sum_tells_what_is_missing_in_it_and_never_that_it_is_few(
    store: Store, figures: OutreachFigures
) -> None:
    week = days(dt.date(2026, 11, 22), 7)
    for back, count in enumerate((9, 3, 12)):
        await put(store, _day(Family.TOPIC, "some", count, f"2026-11-{20 + back}"))
        await put(store, _day(Family.TOPIC, "few", 4, f"2026-11-{20 + back}"))
        await put(store, _day(Family.TOTAL, "all", 20, f"2026-11-{20 + back}"))
    found = await figures.figures(Family.TOPIC, week[-3:])
    assert found["some"].says is Says.LEAST
    assert found["few"].says is Says.FEW_EACH
    assert (await figures.figures(Family.TOTAL, week[-3:]))["all"].says is Says.NUMBER
    assert (await figures.figures(Family.TOPIC, week[-1:]))["few"].says is Says.FEW
    assert (await figures.figures(Family.HARM, week))["opened.sexual.urgent"].says is Says.NOTHING


async def test_everywhere_misses_what_a_region_does_not_tell(store: Store, figures: OutreachFigures) -> None:
    for region, count in ((HOME, 12), ("far", 3)):
        await put(store, _month(Family.TOTAL, "all", 50, region=region))
        await put(store, _month(Family.TOPIC, "some", count, region=region))
    assert (await figures.figures(Family.TOPIC, [OCTOBER]))["some"].says is Says.LEAST
    assert (await figures.figures(Family.TOPIC, [OCTOBER], Scope(HOME)))["some"].says is Says.NUMBER
    assert (await figures.figures(Family.TOPIC, [OCTOBER]))["none"].says is Says.FEW_EACH


async def test_a_year_before_counts_only_from_the_day_on_which_counting_began(
    store: Store, figures: OutreachFigures
) -> None:
    await put(store, _day(Family.TOTAL, "all", 30, "2026-10-19") | _month(Family.TOTAL, "all", 400, school=7))
    await put(store, _month(Family.TOTAL, "all", 400))
    assert not await figures.began(EVERYWHERE, dt.date(2026, 10, 1))
    assert await figures.began(EVERYWHERE, dt.date(2026, 10, 19))
    assert not await figures.began(Scope(school=7), dt.date(2026, 10, 31))
    assert await figures.began(Scope(school=7), dt.date(2026, 11, 1))


async def test_terms_years_and_places_add_up(store: Store, figures: OutreachFigures, clock: Clock) -> None:
    clock.forward(days=400)
    await put(
        store,
        {
            ("month", Family.TOTAL, 0, f"2026-{month:02}", region, "all"): 7 * month
            for month in range(1, 13)
            for region in "ab"
        },
    )
    months = [period(dt.date(2026, month, 1), Grain.MONTH) for month in range(1, 13)]
    by_month = sum(found["all"].value for _, found in await figures.trend(Family.TOTAL, months))
    by_region = (await figures.by_region(Family.TOTAL, [YEAR], ["all"])).total("ab").value
    assert by_month == by_region == (await figures.figures(Family.TOTAL, [YEAR]))["all"].value
    one, other = [(await figures.figures(Family.TOTAL, [TERM], Scope(region)))["all"] for region in "ab"]
    assert one + other == (await figures.figures(Family.TOTAL, [TERM]))["all"]


async def test_what_has_no_region_belongs_to_the_service_s_own(store: Store, figures: OutreachFigures) -> None:
    await put(
        store,
        _month(Family.TOTAL, "all", 10)
        | _month(Family.TOTAL, "all", 20, region="")
        | _month(Family.TOTAL, "all", 40, region="far"),
    )
    home, far = Figure(30, pieces=2), Figure(40)
    assert (await figures.figures(Family.TOTAL, [OCTOBER], Scope(HOME)))["all"] == home
    assert dict(await figures.by_region(Family.TOTAL, [OCTOBER], ["all"])) == {"far": far, HOME: home}
    both = (OCTOBER.previous(), OCTOBER)
    assert (await figures.by_region(Family.TOTAL, both, ["all"]))[HOME] == Figure(30, pieces=4, few=2)
    assert (await figures.figures(Family.TOTAL, both, Scope(HOME)))["all"] == Figure(30, pieces=4, few=2)


async def test_a_school_is_told_by_months_and_never_of_harm(store: Store, figures: OutreachFigures) -> None:
    await put(
        store,
        _month(Family.TOTAL, "all", 50, school=7)
        | _month(Family.HARM, "opened.sexual.urgent", 50, school=7)
        | _month(Family.HARM, "opened.sexual.urgent", 50)
        | _day(Family.HARM, "opened.sexual.urgent", 50),
    )
    school = Scope(school=7)
    assert (await figures.figures(Family.TOTAL, [OCTOBER], school))["all"] == Figure(50)
    assert figures.told(days(dt.date(2026, 11, 22), 7), school) == ()
    assert dict(await figures.by_school(Family.TOTAL, [OCTOBER], ["all"], [7, 8])) == {7: Figure(50), 8: FEWER}

    harm = {part: await figures.figures(Family.HARM, part, school) for part in ((OCTOBER,), (YEAR,))}
    assert not any(harm.values())
    assert await figures.by_school(Family.HARM, [OCTOBER], ["opened.sexual.urgent"], [7]) == {7: NOTHING}
    assert len(await figures.figures(Family.HARM, [OCTOBER])) == 1
    assert len(await figures.figures(Family.HARM, days(dt.date(2026, 11, 22), 7))) == 0


async def _everything(figures: OutreachFigures) -> list[str]:
    """Every report that anyone can ask for."""
    week = days(dt.date(2026, 11, 22), 7)
    spans = [[OCTOBER], [TERM], [YEAR], week, *([part] for part in week), span(dt.date(2026, 10, 1), week[-2].last)]
    said = []
    for parts in spans:
        for scope in (EVERYWHERE, Scope(HOME), Scope("far"), Scope(school=7)):
            said.append(str(await figures.overview(tuple(Family), parts, scope)))
            said.append(str(await figures.trend(Family.GROUP, parts, scope)))
        said.append(str(await figures.by_region(Family.GROUP, parts, ["online", "money"])))
        said.append(str(await figures.by_school(Family.GROUP, parts, ["online"], [7, 8])))
    for scope in (EVERYWHERE, Scope(HOME), Scope(school=7)):
        said.extend([str(await figures.began(scope, day)) for day in (week[-2].first, dt.date(2026, 11, 1))])
    return said


async def test_nobody_can_tell_a_small_cell_by_any_report_or_by_what_parts_two(
    store: Store, figures: OutreachFigures, clock: Clock
) -> None:
    """Each small cell in turn holds 0 to 4, and nothing that can be asked changes by a letter."""
    clock.time = clock.time.replace(month=12, day=2)
    small = [
        _month(Family.TOTAL, "all", 3),
        _day(Family.TOTAL, "all", 3),
        _month(Family.GROUP, "online", 3),
        _month(Family.GROUP, "online", 3, school=7),
        _month(Family.HARM, "opened.sexual.urgent", 3),
        _day(Family.GROUP, "online", 3),
    ]
    around = [
        _month(Family.GROUP, "money", 11),
        _month(Family.GROUP, "online", 23, region="far"),
        _month(Family.GROUP, "online", 8, school=8),
        _day(Family.GROUP, "online", 12, "2026-11-21"),
        _day(Family.GROUP, "online", 6, region="far"),
    ]
    for cells in (*small, *around):
        await put(store, cells)
    before = await _everything(figures)
    for cells in small:
        (name,) = cells
        where = [cell.c[column] == value for column, value in zip(_names(), name, strict=True)]
        for count in range(5):
            async with store.writing() as connection:
                await connection.execute(update(cell).where(*where).values(count=count))
            assert await _everything(figures) == before


def _names() -> tuple[str, ...]:
    """The columns that name a cell."""
    return tuple(column.name for column in cell.primary_key)
