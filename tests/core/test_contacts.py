"""Who can be called at this hour."""

import datetime as dt

import pytest

from bot.content.build import Service
from bot.core.contacts import contacts, is_open
from bot.core.help_types import Hours

MONDAY_NOON = dt.datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001  (local time of the service)
SUNDAY_NOON = dt.datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("hours", "now", "state"),
    [
        (Hours(always=True, text="全天"), SUNDAY_NOON, True),
        (Hours(known=False, text="未核实"), MONDAY_NOON, None),
        (Hours(known=False, text="未核实", weekly=("mon-fri 09:00-17:00",)), MONDAY_NOON, None),
        (Hours(text="工作日", weekly=("mon-fri 09:00-17:00",)), MONDAY_NOON, True),
        (Hours(text="工作日", weekly=("mon-fri 09:00-17:00",)), SUNDAY_NOON, False),
        (Hours(text="周日", weekly=("sun 12:00-12:30",)), SUNDAY_NOON, True),
    ],
)
def test_a_line_is_open_only_where_its_hours_are_known_and_say_so(
    hours: Hours, now: dt.datetime, state: bool | None
) -> None:
    assert is_open(hours, now) is state


def test_a_referral_always_shows_one_line_that_surely_answers(service: Service) -> None:
    shown = contacts(service.library, ("12355",), SUNDAY_NOON)

    assert [line.number for line in shown] == ["12355", "110"]
    assert shown[0].open is None
    assert shown[1].open is True


def test_a_region_says_its_own_of_a_national_line(service: Service) -> None:
    (line, *_) = contacts(service.library, ("12309",), MONDAY_NOON, "neimenggu")

    assert "内蒙古" in line.name
