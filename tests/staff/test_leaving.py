"""Who leaves loses everything at once, and the desk key is changed behind them."""

import datetime as dt

import pytest
from sqlalchemy import insert, select, update

from bot.desk.sealing import open_with, recovery_pair, seal_to
from bot.storage.desk_keys import RECOVERY, SealedDeskKeys
from bot.storage.desk_tables import audit, desk_case
from bot.storage.staff_tables import shift

from .conftest import admitted, joined, number_of


async def disable(supervisor, number):
    return await supervisor.send(f"/staff/people/{number}/disable")


async def test_who_is_disabled_can_do_nothing_more(store, supervisor, new_person):
    person = await admitted(supervisor, new_person(), "li")
    assert (await disable(supervisor, await number_of(supervisor, "li"))).status_code == 200
    assert "/staff/sign-in" in str((await person.see("/desk")).url)
    assert (await person.sign_in()).status_code == 403
    assert await SealedDeskKeys(store).grants_of("2") == []


async def test_the_key_is_rotated_for_those_who_stay_and_for_the_printed_code(store, supervisor, new_person):
    stays = await admitted(supervisor, new_person(), "an")
    await admitted(supervisor, new_person(), "li")
    await disable(supervisor, await number_of(supervisor, "li"))
    keys = SealedDeskKeys(store)
    current = await keys.current()
    assert current.generation == 2
    assert set(await keys.holders()) == {"1", "2", RECOVERY}
    assert (await stays.see("/desk")).text == "1,2"
    sealed = seal_to(current.public, b"text")
    newest = (await keys.grants_of(RECOVERY))[-1]
    desk = open_with(recovery_pair(supervisor.codes[0]).private, newest.sealed)
    assert open_with(desk, sealed) == b"text"


async def test_a_newcomer_is_given_every_generation(supervisor, new_person):
    await admitted(supervisor, new_person(), "li")
    await disable(supervisor, await number_of(supervisor, "li"))
    person = await admitted(supervisor, new_person(), "an")
    assert (await person.see("/desk")).text == "1,2"


async def test_shifts_go_and_cases_wait_for_somebody_else(store, clock, supervisor, new_person, *, released):
    await admitted(supervisor, new_person(), "li")
    times = {"weekdays": "1111111", "starts": "08:00", "ends": "17:00"}
    async with store.writing() as connection:
        await connection.execute(insert(shift).values(staff=2, **times))
        made = await connection.execute(insert(desk_case).values(**_case(clock())).returning(desk_case.c.id))
        case = made.scalar_one()
        await connection.execute(update(desk_case).values(state="taken", holder=2))
    await disable(supervisor, 2)
    async with store.reading() as connection:
        assert (await connection.execute(select(shift))).all() == []
        row = (await connection.execute(select(desk_case))).one()
    assert (row.state, row.holder) == ("waiting", None)
    assert released == [case]


def _case(now: dt.datetime):
    texts = dict.fromkeys(("talk", "channel", "reader", "region", "school", "safe", "write_when"), "")
    known = {"level": "urgent", "kind": "violence", "why": "risk", "state": "waiting"}
    flags = dict.fromkeys(("outsiders_only", "synthetic", "held"), False)
    return {**texts, **known, **flags, "opened_at": now, "child_at": now, "rung": 0}


async def test_the_last_supervisor_stays(supervisor, new_person, messages):
    await joined(supervisor, new_person(), "an", "supervisor")
    page = await disable(supervisor, 1)
    assert messages["staff.refused_last_supervisor"] in page.text
    assert (await supervisor.see("/desk")).text == "1"


async def test_a_supervisor_may_go_when_another_stays(supervisor, new_person):
    other = await admitted(supervisor, new_person(), "an", "supervisor")
    assert (await disable(other, 1)).status_code == 200
    assert "/staff/sign-in" in str((await supervisor.see("/staff")).url)
    assert (await other.see("/desk")).text == "1,2"
    assert (await disable(other, 2)).status_code == 409


async def test_a_link_of_who_left_is_dead(supervisor, new_person):
    await admitted(supervisor, new_person(), "li")
    page = await supervisor.send("/staff/people/2/link")
    path = page.text.split('class="link">http://test')[1].split("<")[0]
    await disable(supervisor, 2)
    assert (await new_person().see(path)).status_code == 404
    assert (await supervisor.send("/staff/people/2/link")).status_code == 404


@pytest.mark.parametrize("path", ["/staff/people/2/disable", "/staff/people/2/link", "/staff/people/2/admit"])
async def test_only_a_supervisor_does_this(supervisor, new_person, path):
    person = await admitted(supervisor, new_person(), "li")
    assert (await person.send(path)).status_code == 403


async def test_leaving_is_in_the_audit_log(store, supervisor, new_person):
    await admitted(supervisor, new_person(), "li")
    await disable(supervisor, 2)
    async with store.reading() as connection:
        actions = (await connection.execute(select(audit.c.action).order_by(audit.c.seq))).scalars().all()
    assert actions[-2:] == ["staff.disable", "desk_key.rotate"]
