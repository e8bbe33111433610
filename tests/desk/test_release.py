"""Where a child is answered: nobody sees it alone, but for one in a hurry, who is looked after."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.core.risk import RiskLevel
from bot.desk.health import desk_health
from bot.desk.reasons import reason_of, reasons_of
from bot.desk.refusing import notices
from bot.desk.release import Releases
from bot.desk.release_types import RecordsError
from bot.desk.worker import NoSuchCaseError, Worker
from bot.storage.desk_tables import desk_case
from bot.storage.errors import DatabaseLockedError
from bot.storage.letting_in import LettingIn
from bot.storage.releases import ReleaseRecords
from bot.storage.roster_types import Route
from bot.storage.staff_tables import staff

from .records import ACCOUNT, Records
from .world import SHANGHAI, World

REASON = "要报警找到孩子"


@pytest.fixture
async def records(world: World) -> Records:
    records = Records(world)
    await records.key()
    await world.roster.add_route(Route(0, None, label="all", target="json://127.0.0.1:9/none"))
    return records


@pytest.fixture
async def people(records: Records) -> tuple[Worker, Worker, Worker]:
    return (
        await records.worker("asker"),
        await records.worker("second"),
        await records.worker("boss", "supervisor"),
    )


async def _refused(doing: object, reason: str) -> None:
    with pytest.raises(RecordsError) as refused:
        await doing  # type: ignore[misc]
    assert refused.value.key == f"records.refused_{reason}"


async def test_two_people_release_it_to_the_one_who_asked_for_a_quarter_of_an_hour(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    case, releases = await records.open(), records.releases
    number = await releases.ask(asker, case, REASON)
    await _refused(releases.identity(asker, case), "not_released")
    await releases.grant(second, number)

    assert (await releases.identity(asker, case)).address == ACCOUNT
    await _refused(releases.identity(second, case), "not_released")
    await _refused(releases.identity(boss, case), "not_released")
    records.world.clock.forward(minutes=14, seconds=59)
    assert (await releases.identity(asker, case)).address == ACCOUNT
    records.world.clock.forward(seconds=1)
    await _refused(releases.identity(asker, case), "not_released")
    assert await records.actions(case) == ["identity.ask", "identity.grant", "identity.view", "identity.view"]


async def test_nobody_grants_their_own(records: Records, people: tuple[Worker, Worker, Worker]) -> None:
    _, _, boss = people
    case, releases = await records.open(), records.releases
    number = await releases.ask(boss, case, REASON)
    await _refused(releases.grant(boss, number), "own")
    async with records.world.store.writing() as connection:
        rows = ReleaseRecords(records.world.store)
        since = records.world.store.now().replace(year=2000)
        assert await rows.grant(connection, number, boss.id, since=since) is None
    await _refused(releases.identity(boss, case), "not_released")


async def test_a_request_is_granted_once_and_not_after_a_day(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    case, releases = await records.open(), records.releases
    number = await releases.ask(asker, case, REASON)
    assert await releases.ask(asker, case, REASON) == number
    outcomes = await asyncio.gather(
        releases.grant(second, number), releases.grant(boss, number), return_exceptions=True
    )
    assert [type(item) for item in outcomes].count(RecordsError) == 1

    records.world.clock.forward(hours=1)
    late = await releases.ask(asker, case, REASON)
    assert late != number
    records.world.clock.forward(hours=24)
    await _refused(releases.grant(second, late), "gone")


async def test_whoever_may_not_see_the_case_neither_asks_nor_grants(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, _, _ = people
    elsewhere = await records.worker("elsewhere", region="east")
    keyless = await records.worker("keyless", keyed=False)
    case, releases = await records.open(), records.releases
    async with records.world.store.writing() as connection:
        await connection.execute(update(desk_case).values(region="west"))
    number = await releases.ask(asker, case, REASON)
    with pytest.raises(NoSuchCaseError):
        await releases.ask(elsewhere, case, REASON)
    with pytest.raises(NoSuchCaseError):
        await releases.grant(elsewhere, number)
    with pytest.raises(NoSuchCaseError):
        await releases.release_now(elsewhere, case, REASON)
    await _refused(releases.grant(keyless, number), "no_key")
    assert await releases.listed(elsewhere) == []
    with pytest.raises(NoSuchCaseError):
        await releases.ask(asker, 999, REASON)
    await _refused(releases.grant(asker, 999), "gone")


async def test_in_an_urgent_case_one_person_on_duty_is_enough_and_a_supervisor_is_alerted(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    case, releases = await records.open(), records.releases
    number = await releases.release_now(asker, case, REASON)
    assert records.alerts == [(case, "released")]
    assert (await releases.identity(asker, case)).address == ACCOUNT
    await _refused(releases.identity(second, case), "not_released")
    await _refused(releases.grant(second, number), "gone")

    (row,) = await releases.listed(boss)
    assert not releases.overdue(row)
    records.world.clock.forward(hours=1)
    assert releases.overdue(row)
    await _refused(releases.review(second, number, right=True), "supervisor")
    await releases.review(boss, number, right=False)
    await _refused(releases.review(boss, number, right=True), "gone")
    (row,) = await releases.listed(boss)
    assert not releases.overdue(row)
    line = (await records.audit.lines(case))[0]
    assert (line.action, line.detail) == ("identity.review", f"release {number} wrong")


async def test_what_was_judged_wrong_is_shown_no_longer(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, _, boss = people
    releases, case = records.releases, await records.open()
    right = await releases.release_now(asker, case, REASON)
    await releases.review(boss, right, right=True)
    assert (await releases.identity(asker, case)).address == ACCOUNT
    other = await records.open(talk="telegram:2")
    wrong = await releases.release_now(asker, other, REASON)
    await releases.review(boss, wrong, right=False)
    await _refused(releases.identity(asker, other), "not_released")
    assert (await releases.standing(asker, other)).shown_until is None


async def _let_in(records: Records, worker: Worker, link_by: Worker | None, by: Worker) -> None:
    letting_in = LettingIn(records.world.store)
    async with records.world.store.writing() as connection:
        await letting_in.joins(connection, worker.id, None if link_by is None else link_by.id)
        await letting_in.admitted(connection, worker.id, by.id)


async def _recovered(records: Records, worker: Worker) -> None:
    async with records.world.store.writing() as connection:
        await LettingIn(records.world.store).recovered(connection, worker.id)


async def test_for_a_week_whoever_was_let_in_and_whoever_did_it_grant_nothing_to_each_other(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    newcomer, inviter, admitter = people
    settled = await records.worker("settled")
    await _let_in(records, newcomer, inviter, admitter)
    case, releases = await records.open(), records.releases
    asked = await releases.ask(newcomer, case, REASON)
    for helper in (inviter, admitter):
        await _refused(releases.grant(helper, asked), "one_hand")
        theirs = await releases.ask(helper, case, REASON)
        await _refused(releases.grant(newcomer, theirs), "one_hand")
    await releases.grant(settled, asked)

    records.world.clock.forward(days=7)
    await releases.grant(inviter, await releases.ask(newcomer, case, REASON))


async def test_two_whom_the_same_colleague_let_in_are_two_where_nobody_else_is_there(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    one, other, boss = people
    for newcomer in (one, other):
        await _let_in(records, newcomer, None, boss)
    case, releases = await records.open(), records.releases
    asked = await releases.ask(one, case, REASON)
    settled = await records.worker("settled")
    await _refused(releases.grant(other, asked), "one_hand")
    await _post(records, settled, state="disabled")
    await releases.grant(other, asked)


async def test_whoever_came_back_by_the_printed_code_is_for_a_week_nobodys_second_person(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    await _recovered(records, boss)
    case, releases = await records.open(), records.releases
    asked = await releases.ask(asker, case, REASON)
    await _refused(releases.grant(boss, asked), "one_hand")
    await _refused(releases.grant(asker, await releases.ask(boss, case, REASON)), "one_hand")
    await releases.grant(second, asked)


async def test_whoever_let_somebody_in_reviews_their_release_only_where_nobody_else_is_left(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    await _let_in(records, asker, boss, boss)
    case, releases = await records.open(), records.releases
    number = await releases.release_now(asker, case, REASON)
    assert records.alerted == {second.id}
    await _refused(releases.review(boss, number, right=True), "supervisor")
    await releases.review(second, number, right=True)

    await _post(records, second, state="disabled")
    number = await releases.release_now(asker, await records.open(talk="telegram:2"), REASON)
    assert records.alerted == {boss.id}
    await releases.review(boss, number, right=True)


async def _is_of(records: Records, case: int, **scope: object) -> None:
    async with records.world.store.writing() as connection:
        await connection.execute(update(desk_case).where(desk_case.c.id == case).values(**scope))


async def _post(records: Records, worker: Worker, **post: object) -> None:
    async with records.world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == worker.id).values(**post))


async def test_where_every_supervisor_is_of_the_school_another_colleague_who_may_see_the_case_reviews(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    await _post(records, boss, school="一中")
    case, releases = await records.open(), records.releases
    await _is_of(records, case, school="第一中学", outsiders_only=True)
    number = await releases.release_now(asker, case, REASON)
    assert records.alerted == {second.id}
    assert [row.id for row in await releases.listed(second)] == [number]
    assert await releases.listed(boss) == []
    with pytest.raises(NoSuchCaseError):
        await releases.review(boss, number, right=True)
    await _refused(releases.review(asker, number, right=True), "own")
    await releases.review(second, number, right=True)
    assert await releases.listed(second) == []


async def test_where_no_colleague_may_see_the_case_a_supervisor_of_another_region_reviews(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    far = await records.worker("far", "supervisor", region="130300")
    await _post(records, second, school="一中")
    await _post(records, boss, school="一中")
    case, releases = await records.open(), records.releases
    await _is_of(records, case, region="130900", school="一中")
    await _post(records, asker, region="130900")
    number = await releases.release_now(asker, case, REASON)
    assert records.alerted == {far.id}
    assert [reason_of(far, row) for row in await releases.listed(far)] == [REASON]
    with pytest.raises(NoSuchCaseError):
        await releases.identity(far, case)
    await releases.review(far, number, right=True)


async def test_a_release_that_nobody_may_review_is_logged_and_stays_a_problem_of_the_desk(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    for one in (second, boss):
        await _post(records, one, school="一中")
    case, releases = await records.open(), records.releases
    await _is_of(records, case, outsiders_only=True)
    number = await releases.release_now(asker, case, REASON)
    assert (await releases.identity(asker, case)).address == ACCOUNT
    assert records.alerted == frozenset()
    assert "identity.nobody" in await records.actions(case)
    store, messages = records.world.store, records.world.library.messages
    health = await desk_health(store, SHANGHAI, messages)
    told = messages["alerts.nobody_reviews"].format(count=1)
    assert told in [problem.text for problem in health.problems]

    newcomer = await records.worker("newcomer")
    await releases.review(newcomer, number, right=True)
    health = await desk_health(store, SHANGHAI, messages)
    assert told not in [problem.text for problem in health.problems]


async def test_where_the_supervisor_cannot_be_reached_a_colleague_is_asked_too(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    for route in (await records.world.roster.read()).routes:
        await records.world.roster.remove_route(route.id)
    for one in (asker, second):
        await records.world.roster.add_route(Route(0, one.id, label="own", target="x"))
    await records.releases.release_now(asker, await records.open(), REASON)
    assert records.alerted == {second.id, boss.id}


async def test_a_supervisor_does_not_review_their_own(records: Records, people: tuple[Worker, Worker, Worker]) -> None:
    _, _, boss = people
    case, releases = await records.open(), records.releases
    number = await releases.release_now(boss, case, REASON)
    await _refused(releases.review(boss, number, right=True), "own")


async def test_nobody_hurries_in_a_case_that_is_not_urgent_is_closed_or_when_off_duty(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, _, boss = people
    releases = records.releases
    calm = await records.open(RiskLevel.DISCLOSURE, talk="telegram:2")
    await _refused(releases.release_now(asker, calm, REASON), "not_urgent")
    case = await records.open()
    shifts = (await records.world.roster.read()).shifts
    for shift in shifts:
        if shift.staff == asker.id:
            await records.world.roster.remove_shift(shift.id)
    await _refused(releases.release_now(asker, case, REASON), "not_urgent")
    await records.world.take(case, asker.id)
    await releases.release_now(asker, case, REASON)
    await records.close(case, asker)
    await _refused(releases.release_now(boss, case, REASON), "not_urgent")


async def test_a_release_stands_though_the_alert_cannot_be_made(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    async def broken(_case: int, _reason: str, _to: frozenset[int]) -> None:
        raise DatabaseLockedError

    asker, _, boss = people
    case = await records.open()
    releases = Releases(records.world.store, records.audit, records.world.board, broken)
    await releases.release_now(asker, case, REASON)
    assert [row.urgent for row in await releases.listed(boss)] == [True]


async def test_of_a_web_case_there_is_nothing_to_see(records: Records, people: tuple[Worker, Worker, Worker]) -> None:
    asker, _, _ = people
    case, releases = await records.open(channel="web", talk="web:1"), records.releases
    assert (await releases.standing(asker, case)).nameless
    await _refused(releases.ask(asker, case, REASON), "nameless")
    await _refused(releases.release_now(asker, case, REASON), "nameless")


@pytest.mark.parametrize("reason", ["", "   ", "嗯", "x" * 501])
async def test_a_reason_is_needed(records: Records, people: tuple[Worker, Worker, Worker], reason: str) -> None:
    asker, _, _ = people
    await _refused(records.releases.ask(asker, await records.open(), reason), "reason")


async def test_the_reason_is_read_by_key_holders_alone(records: Records, people: tuple[Worker, Worker, Worker]) -> None:
    asker, second, _ = people
    case, releases = await records.open(), records.releases
    await releases.ask(asker, case, REASON)
    (row,) = (await releases.standing(second, case)).theirs
    assert REASON.encode() not in row.reason
    assert reason_of(second, row) == REASON
    keyless = await records.worker("keyless", keyed=False)
    assert reason_of(keyless, row) is None


async def test_a_counsellor_lists_what_waits_and_a_supervisor_what_was(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    case, releases = await records.open(), records.releases
    number = await releases.ask(asker, case, REASON)
    assert [row.id for row in await releases.listed(second)] == [number]
    await releases.grant(second, number)
    assert await releases.listed(second) == []
    assert [row.id for row in await releases.listed(boss)] == [number]


async def test_who_reads_a_colleague_s_reason_stands_in_the_log(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, _boss = people
    case, releases = await records.open(), records.releases
    await releases.ask(asker, case, REASON)
    before = await records.actions(case)
    rows = await releases.listed(second)
    assert [reason for _, reason in await reasons_of(releases, second, rows)] == [REASON]
    assert [reason for _, reason in await reasons_of(releases, asker, rows)] == [REASON]
    assert (await records.actions(case))[len(before) :] == ["identity.reason"]
    assert (await records.audit.of_case(case))[-1].actor == second.actor


async def test_a_request_is_refused_with_a_reason_that_stands_in_the_case(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    case, releases, refusals = await records.open(), records.releases, records.refusals
    number = await releases.ask(asker, case, REASON)
    await _refused(refusals.refuse(asker, number, "不需要看身份"), "own")
    await _refused(refusals.refuse(second, number, "嗯"), "reason")
    await _refused(refusals.refuse(second, 999, "不需要看身份"), "gone")

    await refusals.refuse(second, number, "不需要看身份")
    await _refused(refusals.refuse(boss, number, "不需要看身份"), "gone")
    await _refused(releases.grant(boss, number), "gone")
    await _refused(releases.identity(asker, case), "not_released")
    assert await releases.listed(second) == []
    standing = await releases.standing(asker, case)
    assert standing.mine is None
    assert standing.refused is not None
    assert (await records.notes(case))[-1].endswith("不需要看身份")
    assert (await records.audit.lines(case))[0].action == "identity.refuse"
    assert records.told == [case, case]

    again = await releases.ask(asker, case, REASON)
    assert again != number
    assert (await releases.standing(asker, case)).mine is not None
    await releases.grant(boss, again)
    assert (await releases.standing(asker, case)).refused is None


async def test_who_may_not_grant_refuses_nothing_either(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    newcomer, inviter, _ = people
    await _let_in(records, newcomer, inviter, inviter)
    number = await records.releases.ask(newcomer, await records.open(), REASON)
    await _refused(records.refusals.refuse(inviter, number, "不需要看身份"), "one_hand")
    keyless = await records.worker("keyless", keyed=False)
    await _refused(records.refusals.refuse(keyless, number, "不需要看身份"), "no_key")


async def test_that_a_request_waits_and_what_came_of_it_is_told_to_whom_it_concerns(
    records: Records, people: tuple[Worker, Worker, Worker]
) -> None:
    asker, second, boss = people
    case, releases = await records.open(), records.releases

    async def told(by: Worker) -> list[tuple[str, int]]:
        return [(item.what, item.case) for item in await notices(records.world.store, records.world.board, by)]

    asked = await releases.ask(asker, case, REASON)
    assert [await told(by) for by in people] == [[], [("grant", case)], [("grant", case)]]
    await records.refusals.refuse(second, asked, "不需要看身份")
    assert [await told(by) for by in people] == [[("refused", case)], [], []]
    hurried = await releases.release_now(asker, case, REASON)
    assert await told(boss) == [("review", case)]
    await releases.review(boss, hurried, right=False)
    assert await told(asker) == [("wrong", case), ("refused", case)]
    assert (await releases.standing(asker, case)).judged is not None
    records.world.clock.forward(hours=24)
    await releases.grant(second, await releases.ask(asker, case, REASON))
    assert await told(asker) == [("granted", case)]
    async with records.world.store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == asker.id).values(school="一中"))
        await connection.execute(update(desk_case).values(school="一中"))
    assert await told(asker) == []
