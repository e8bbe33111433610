"""Members, their links and sessions, and the generations of the desk key, on both databases."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import insert, select, text, update

from bot.storage.desk_keys import RECOVERY, Grant, SealedDeskKeys
from bot.storage.desk_tables import alert, desk_case
from bot.storage.roster import SealedRoster
from bot.storage.staff import Credentials, MemberState, Post, Role, StaffRecords
from bot.storage.staff_sessions import StaffLinks, StaffSessions, hashed
from bot.storage.staff_tables import alert_route, day_off, shift, staff

DAY = dt.timedelta(days=1)
SECRET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KNOWN = Credentials("$argon2id$hash", SECRET, 10, b"salt", b"public", b"private")


@pytest.fixture
def records(store):
    return StaffRecords(store)


@pytest.fixture
def links(store):
    return StaffLinks(store)


@pytest.fixture
def sessions(store):
    return StaffSessions(store)


@pytest.fixture
def keys(store):
    return SealedDeskKeys(store)


@pytest.fixture
def add(store, records):
    async def add(name="wang", role=Role.COUNSELLOR, state=MemberState.ACTIVE):
        async with store.writing() as connection:
            number = await records.add(connection, name, "王老师", Post(role, 2, "neimenggu", "示范小学"))
            await records.set_state(connection, number, state)
        return number

    return add


async def test_a_member_is_found_by_name_and_by_number(records, add):
    number = await add()
    member = await records.member(number)
    assert (member.name, member.display, member.post) == (
        "wang",
        "王老师",
        Post(Role.COUNSELLOR, 2, "neimenggu", "示范小学"),
    )
    assert (await records.account("wang")).member == member
    assert (await records.account("wang")).credentials is None
    assert await records.member(number + 1) is None
    assert await records.account("li") is None
    assert await records.members() == [member]


async def test_a_name_is_given_once(store, records, add):
    await add()
    async with store.writing() as connection:
        assert await records.add(connection, "wang", "另一位", Post(Role.COUNSELLOR)) is None


async def test_credentials_come_back_and_the_app_secret_rests_sealed(store, records, add):
    number = await add()
    async with store.writing() as connection:
        await records.set_credentials(connection, number, KNOWN)
    found = (await records.account("wang")).credentials
    assert found == KNOWN
    async with store.reading() as connection:
        kept = (await connection.execute(text("SELECT totp FROM staff"))).scalar_one()
    assert SECRET.encode() not in kept


async def test_a_new_password_never_meets_another_key_pair(store, records, add):
    number = await add()
    async with store.writing() as connection:
        await records.set_credentials(connection, number, KNOWN)
        changed = Credentials("$new", SECRET, 10, b"salt2", b"public", b"private2")
        await records.set_password(connection, number, changed)
        late = Credentials("$late", SECRET, 10, b"salt3", b"another", b"private3")
        await records.set_password(connection, number, late)
    assert (await records.account("wang")).credentials == changed


async def test_a_code_signs_in_once_even_twice_at_the_same_time(store, second_store, records, add):
    number = await add()
    async with store.writing() as connection:
        await records.set_credentials(connection, number, KNOWN)

    async def attempt(where, step):
        async with where.writing() as connection:
            return await StaffRecords(where).signed_in(connection, number, step)

    assert sorted(await asyncio.gather(attempt(store, 11), attempt(second_store, 11))) == [False, True]
    assert not await attempt(store, 10)
    assert await attempt(store, 12)
    assert (await records.member(number)).signed_in_at == store.now()


async def test_failures_are_counted_and_forgotten_on_signing_in(store, clock, records, add):
    number = await add()
    async with store.writing() as connection:
        assert [await records.failed(connection, number) for _ in range(3)] == [1, 2, 3]
        await records.lock(connection, number, clock() + DAY)
    account = await records.account("wang")
    assert (account.failures, account.locked_until) == (3, clock() + DAY)
    async with store.writing() as connection:
        await records.signed_in(connection, number, 1)
    account = await records.account("wang")
    assert (account.failures, account.locked_until) == (0, None)


async def test_only_active_supervisors_count_as_such(store, records, add):
    active = await add("a", Role.SUPERVISOR)
    await add("b", Role.SUPERVISOR, MemberState.WAITING)
    await add("c", Role.COUNSELLOR)
    async with store.writing() as connection:
        assert await records.active_supervisors(connection) == {active}


async def test_who_leaves_the_roster_leaves_no_shift_and_no_way_to_be_reached(store, clock, records, add):
    number, other = await add(), await add("li")
    row = {"kind": "apprise", "target": store.vault.seal(b"mailto://wang"), "label": "wang"}
    async with store.writing() as connection:
        for who in (number, other):
            times = {"weekdays": "1111100", "starts": "08:00", "ends": "17:00"}
            await connection.execute(insert(shift).values(staff=who, **times))
            await connection.execute(insert(day_off).values(staff=who, first=clock().date(), last=clock().date()))
            await connection.execute(insert(alert_route).values(staff=who, **row))
        used = (
            await connection.execute(insert(alert_route).values(staff=number, **row).returning(alert_route.c.id))
        ).scalar_one()
        case = (
            await connection.execute(insert(desk_case).values(**_case(clock())).returning(desk_case.c.id))
        ).scalar_one()
        told = {"case": case, "reason": "opened", "round": 1, "route": used, "rung": 1, "attempts": 1}
        await connection.execute(insert(alert).values(created_at=clock(), **told))
        await records.leave_roster(connection, number)
        await connection.execute(update(staff).where(staff.c.id == number).values(state=MemberState.DISABLED))
    # Nobody is told for ever that a way to somebody who is gone does not work.
    assert [route.staff for route in (await SealedRoster(store).read()).routes] == [other]
    async with store.reading() as connection:
        assert (await connection.execute(select(shift.c.staff))).scalars().all() == [other]
        assert (await connection.execute(select(day_off.c.staff))).scalars().all() == [other]
        routes = {row.id: row for row in await connection.execute(select(alert_route))}
    assert {row.staff for row in routes.values() if row.id != used} == {other}
    assert store.vault.open(routes[used].target) == b""
    assert routes[used].failing_since == clock()


def _case(now):
    texts = dict.fromkeys(("talk", "channel", "reader", "region", "school", "safe", "write_when"), "")
    known = {"level": "urgent", "kind": "violence", "why": "risk", "state": "waiting"}
    flags = dict.fromkeys(("outsiders_only", "synthetic", "held"), False)
    return {**texts, **known, **flags, "opened_at": now, "child_at": now, "rung": 0}


async def test_a_link_works_once_and_for_its_purpose_only(store, links, add):
    number = await add()
    async with store.writing() as connection:
        token = await links.make(connection, "join", number, DAY)
    assert (await links.find("join", token)).staff == number
    assert await links.find("reset", token) is None
    assert await links.find("join", token[:-1] + "中") is None
    async with store.writing() as connection:
        assert await links.use(connection, "reset", token) is None
        assert (await links.use(connection, "join", token)).staff == number
        assert await links.use(connection, "join", token) is None
    assert await links.find("join", token) is None


async def test_a_link_expires(store, clock, links):
    async with store.writing() as connection:
        token = await links.make(connection, "setup", None, DAY)
    clock.forward(hours=24)
    assert await links.find("setup", token) is None
    async with store.writing() as connection:
        assert await links.use(connection, "setup", token) is None


async def test_a_new_link_makes_the_earlier_one_void_but_not_somebody_elses(store, links, add):
    number, other = await add(), await add("li")
    async with store.writing() as connection:
        setup = await links.make(connection, "setup", None, DAY)
        theirs = await links.make(connection, "join", other, DAY)
        first = await links.make(connection, "join", number, DAY)
        second = await links.make(connection, "join", number, DAY)
    assert await links.find("join", first) is None
    for purpose, token in (("setup", setup), ("join", theirs), ("join", second)):
        assert await links.find(purpose, token)
    async with store.writing() as connection:
        await links.drop(connection, number)
    assert await links.find("join", second) is None
    assert await links.find("join", theirs)


async def test_tokens_do_not_rest_in_the_database(store, links, sessions, add):
    number = await add()
    async with store.writing() as connection:
        link = await links.make(connection, "join", number, DAY)
        session = await sessions.open(connection, number, b"wrapped", DAY)
    async with store.reading() as connection:
        kept = [*(await connection.execute(text("SELECT token FROM staff_link"))).scalars()]
        kept += (await connection.execute(text("SELECT token FROM staff_session"))).scalars()
    assert kept == [hashed(link), hashed(session)]


async def test_a_session_lasts_for_its_lifetime(store, second_store, *, clock, sessions, add):
    number = await add()
    async with store.writing() as connection:
        token = await sessions.open(connection, number, b"wrapped", DAY)
    found = await StaffSessions(second_store).find(token)
    assert (found.staff, found.private, found.expires_at) == (number, b"wrapped", clock() + DAY)
    assert await sessions.find(token + "x") is None
    clock.forward(hours=24)
    assert await sessions.find(token) is None
    async with store.writing() as connection:
        await sessions.open(connection, number, None, DAY)
    async with store.reading() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM staff_session"))).scalar_one() == 1


async def test_a_session_in_use_is_noted_once_a_minute(store, clock, sessions, add):
    number = await add()
    async with store.writing() as connection:
        token = await sessions.open(connection, number, None, DAY)
    for seconds, noted in ((59, 0), (1, 60)):
        clock.forward(seconds=seconds)
        await sessions.seen(await sessions.find(token))
        found = await sessions.find(token)
        assert (found.seen_at - found.created_at).total_seconds() == noted


async def test_sessions_end_one_by_one_or_all_but_one(store, sessions, add):
    number, other = await add(), await add("li")
    async with store.writing() as connection:
        mine = [await sessions.open(connection, number, None, DAY) for _ in range(3)]
        theirs = await sessions.open(connection, other, None, DAY)
    kept = await sessions.find(mine[0])
    async with store.writing() as connection:
        await sessions.close(connection, await sessions.find(mine[1]))
        assert await sessions.find(mine[2])
        await sessions.close_all(connection, number, keeping=kept)
    assert await sessions.find(mine[0])
    assert not await sessions.find(mine[1])
    assert not await sessions.find(mine[2])
    async with store.writing() as connection:
        await sessions.close_all(connection, number)
    assert not await sessions.find(mine[0])
    assert await sessions.find(theirs)


async def test_generations_of_the_desk_key_follow_one_another(store, keys):
    assert await keys.current() is None
    assert await keys.holders() == {}
    async with store.writing() as connection:
        assert await keys.begin(connection, b"first") == 1
        await keys.grant(connection, [Grant(1, "7", b"sealed", b"his"), Grant(1, RECOVERY, b"sealed", b"paper")])
    assert await keys.holders() == {"7": b"his", RECOVERY: b"paper"}
    async with store.writing() as connection:
        await keys.lock(connection)
        assert await keys.begin(connection, b"second") == 2
        await keys.grant(connection, [Grant(2, "8", b"sealed", b"hers")])
    assert (await keys.current()).public == b"second"
    assert await keys.holders() == {"8": b"hers"}
    assert [grant.generation for grant in await keys.grants_of("7")] == [1]


async def test_what_is_dropped_is_gone_for_every_generation_and_for_nobody_else(store, keys):
    async with store.writing() as connection:
        for generation in (1, 2):
            await keys.begin(connection, b"key")
            await keys.grant(connection, [Grant(generation, who, b"sealed", b"public") for who in ("7", "8")])
        await keys.drop(connection, "7")
    assert await keys.grants_of("7") == []
    assert len(await keys.grants_of("8")) == 2


async def test_two_changes_of_the_keys_wait_for_one_another(store, second_store, keys):
    async with store.writing() as connection:
        await keys.begin(connection, b"first")

    async def rotate(where):
        async with where.writing() as connection:
            await SealedDeskKeys(where).lock(connection)
            return await SealedDeskKeys(where).begin(connection, b"next")

    assert sorted(await asyncio.gather(rotate(store), rotate(second_store), rotate(store))) == [2, 3, 4]
