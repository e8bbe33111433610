from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, Report, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.alert_rows import made
from bot.storage.alerts import SealedAlerts
from bot.storage.cases import SealedCases
from bot.storage.desk_tables import desk_case
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route
from bot.storage.store import Store

from .test_roster import add_person

NOBODY: frozenset[int] = frozenset()


@pytest.fixture
def alerts(store: Store) -> SealedAlerts:
    return SealedAlerts(store)


@pytest.fixture
async def case(store: Store) -> int:
    """A case, with a first and a second person, each with a route of their own, and a common one."""
    for name in ("first", "second"):
        await SealedRoster(store).add_route(Route(0, await add_person(store, name), label=name, target=name))
    await SealedRoster(store).add_route(Route(0, None, label="group", target="group"))
    report = Report(Why.RISK, RiskLevel.URGENT, RiskKind.SEXUAL, Audience.STUDENT, opens=True)
    filing = Filing(report, Origin("web", "web:1", "there"), None, Receipt(store.now(), store.now()))
    async with store.writing() as connection:
        filed = await SealedCases(store).file(connection, filing)
    assert filed is not None
    return filed.case


async def make(store: Store, case: int, reason: str = "opened", rung: int = 1, *, to: frozenset[int] = NOBODY) -> int:
    async with store.writing() as connection:
        return await SealedAlerts(store).make(connection, case, reason=reason, rung=rung, to=to)


async def targets(alerts: SealedAlerts) -> list[str]:
    return [item.target for item in await alerts.pending()]


async def test_people_and_the_common_routes_are_alerted(store: Store, alerts: SealedAlerts, case: int) -> None:
    assert await make(store, case, to=frozenset({1})) == 2
    assert await targets(alerts) == ["first", "group"]


async def test_the_holder_alone_is_alerted_by_their_own_route_where_they_have_one(
    store: Store, alerts: SealedAlerts, case: int
) -> None:
    third = await add_person(store, "third")
    assert await make(store, case, "warning", 0, to=frozenset({2})) == 1
    assert await make(store, case, "transferred", 0, to=frozenset({third})) == 1
    assert await targets(alerts) == ["second", "group"]


async def test_each_time_is_a_new_round_and_the_history_keeps_it(store: Store, alerts: SealedAlerts, case: int) -> None:
    for _ in range(2):
        await make(store, case, "breached", 3, to=frozenset({1, 2}))
    assert sorted({item.round for item in await alerts.pending()}) == [1, 2]
    async with store.reading() as connection:
        told = [made(row) for row in await alerts.history(connection, case)]
    assert [(item.reason, item.rung) for item in told if item] == [("breached", 3), ("breached", 3)]


async def test_what_was_sent_or_given_up_is_not_pending(store: Store, alerts: SealedAlerts, case: int) -> None:
    await make(store, case, to=frozenset({1}))
    first, second = await alerts.pending()
    assert await alerts.begin(first.id)
    await alerts.sent(first.id)
    assert not await alerts.begin(first.id)
    await alerts.give_up(second.id)
    assert await alerts.pending() == []


async def test_an_attempt_counts_before_it_is_known_how_it_went(store: Store, alerts: SealedAlerts, case: int) -> None:
    await make(store, case, to=frozenset({1}))
    for attempts in range(3):
        item = (await alerts.pending())[0]
        assert item.attempts == attempts
        assert await alerts.begin(item.id)


async def test_what_nobody_need_hear_any_more_is_dropped_at_the_attempt(
    store: Store, alerts: SealedAlerts, case: int
) -> None:
    await make(store, case, "opened", to=frozenset({1}))
    await make(store, case, "breached", to=frozenset({1}))
    async with store.writing() as connection:
        await connection.execute(update(desk_case).values(state="taken"))
    begun = {item.reason: await alerts.begin(item.id) for item in await alerts.pending()}
    assert begun == {"opened": False, "breached": True}
    async with store.writing() as connection:
        await connection.execute(update(desk_case).values(state="closed"))
    assert [await alerts.begin(item.id) for item in await alerts.pending()] == [False, False]
    assert await alerts.pending() == []


async def test_a_route_that_goes_takes_its_alerts_along(store: Store, alerts: SealedAlerts, case: int) -> None:
    await make(store, case, to=frozenset({1}))
    assert await SealedRoster(store).remove_route(1)
    assert await targets(alerts) == ["group"]
    assert not await SealedRoster(store).remove_route(1)


async def test_a_target_under_another_key_is_pending_without_one_and_stops_no_other(
    store: Store, alerts: SealedAlerts, stranger: Store, case: int
) -> None:
    await SealedRoster(stranger).add_route(Route(0, None, label="foreign", target="foreign"))
    await make(store, case, to=frozenset({1}))
    assert await targets(alerts) == ["first", "group", ""]


async def test_two_who_look_at_once_wait_for_each_other(store: Store, second_store: Store, case: int) -> None:
    async def look(own: Store) -> None:
        async with own.writing() as connection:
            alerts = SealedAlerts(own)
            await alerts.locked(connection, case)
            if not await alerts.history(connection, case):
                await alerts.make(connection, case, reason="opened", rung=1, to=frozenset({1}))

    await asyncio.gather(*(look(own) for own in (store, second_store) for _ in range(5)))
    assert len(await SealedAlerts(store).of_case(case)) == 2
