"""The first set-up makes the desk key; joining, losses and the printed code give it to whom it belongs."""

import pytest
from sqlalchemy import text

from bot.staff.accounts import make_setup_link, setup_link_needed
from bot.storage.desk_keys import RECOVERY, SealedDeskKeys

from .conftest import BETTER, admit, admitted, code_on, invited, joined, link_on, number_of


async def opens(person) -> str:
    """The generations of the desk key that a person can open, as a page that needs them says."""
    return (await person.see("/desk")).text


async def test_the_first_set_up_makes_a_key_that_the_supervisor_and_the_printed_code_open(store, supervisor):
    assert (await supervisor.see("/staff/people")).status_code == 200
    assert await opens(supervisor) == "1"
    assert set(await SealedDeskKeys(store).holders()) == {"1", RECOVERY}
    assert len(supervisor.codes[0]) == 39


async def test_the_set_up_link_is_needed_once_and_works_once(store, new_person):
    assert await setup_link_needed(store)
    path = await make_setup_link(store)
    first, second = new_person(), new_person()
    await first.enrol(path, name="zhou", display="周主管")
    assert not await setup_link_needed(store)
    assert (await second.see(path)).status_code == 404
    assert (await second.see(await make_setup_link(store))).status_code == 404


async def test_a_set_up_link_lasts_a_day(store, clock, new_person):
    path = await make_setup_link(store)
    clock.forward(hours=25)
    assert (await new_person().see(path)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"password": "short", "again": "short"}, "password_length"),
        ({"password": "1234567890", "again": "1234567890"}, "password_obvious"),
        ({"password": "qwertyuiop1", "again": "qwertyuiop1"}, "password_obvious"),
        ({"password": "woaini1314520", "again": "woaini1314520"}, "password_obvious"),
        ({"password": "zhou19880101", "again": "zhou19880101"}, "password_obvious"),
        ({"again": "另外的一个长密码哦"}, "password_twice"),
        ({"code": "000000"}, "code"),
        ({"secret": "A"}, "code"),
        ({"name": "有 空格"}, "name"),
        ({"display": " "}, "display"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_made(store, new_person, messages, *, fields, key):
    person, path = new_person(), await make_setup_link(store)
    page = await person.enrol(path, **{"name": "zhou", "display": "周主管", **fields})
    assert page.status_code == 400
    assert messages[f"staff.refused_{key}"].split("{")[0] in page.text
    assert await setup_link_needed(store)
    assert (await person.see(path)).status_code == 200


async def test_the_app_keeps_its_secret_after_a_mistake(store, new_person):
    person = new_person()
    page = await person.enrol(await make_setup_link(store), name="zhou", display="周主管", again="不一样的密码")
    assert f'value="{person.secret}"' in page.text


async def test_a_newcomer_waits_until_a_supervisor_admits_them(supervisor, new_person):
    person = await joined(supervisor, new_person(), "li")
    assert (await person.see("/desk")).status_code == 403
    number = await number_of(supervisor, "li")
    shown = (await supervisor.see(f"/staff/people/{number}/admit")).text
    for group in (await person.see("/staff")).text.split("big three")[1].split("<span>")[1:4]:
        assert group[:4] in shown
    assert (await admit(supervisor, number)).status_code == 200
    assert await opens(person) == "1"


async def test_nobody_is_admitted_by_another_fingerprint(supervisor, new_person):
    person = await joined(supervisor, new_person(), "li")
    number = await number_of(supervisor, "li")
    page = await supervisor.send(f"/staff/people/{number}/admit", fingerprint="0000 0000 0000")
    assert page.status_code == 409
    assert (await person.see("/desk")).status_code == 403


async def test_a_vice_principal_works_at_once_and_never_holds_a_key(store, supervisor, new_person):
    person = await joined(supervisor, new_person(), "fang", "vice_principal")
    assert (await person.see("/staff")).status_code == 200
    assert (await person.see("/desk")).status_code == 403
    assert set(await SealedDeskKeys(store).holders()) == {"1", RECOVERY}
    await person.sign_in()
    assert (await person.see("/desk")).status_code == 403


async def test_a_join_link_works_once_and_a_new_one_replaces_it(supervisor, new_person):
    path = await invited(supervisor, "li")
    number = await number_of(supervisor, "li")
    newer = link_on(await supervisor.send(f"/staff/people/{number}/link"))
    assert (await new_person().see(path)).status_code == 404
    await new_person().enrol(newer)
    assert (await new_person().see(newer)).status_code == 404


async def test_a_join_link_lasts_three_days(supervisor, clock, new_person):
    path = await invited(supervisor, "li")
    clock.forward(hours=71)
    assert (await new_person().see(path)).status_code == 200
    clock.forward(hours=1)
    assert (await new_person().see(path)).status_code == 404


async def test_a_name_is_given_once(supervisor, messages):
    await invited(supervisor, "li")
    again = {"display": "另一位", "role": "counsellor", "line": "1", "region": "", "school": ""}
    page = await supervisor.send("/staff/people/invite", name="LI", **again)
    assert messages["staff.refused_name_taken"] in page.text


@pytest.mark.parametrize("wrong", [{"role": "king"}, {"line": "3"}, {"line": "x"}, {"region": "atlantis"}])
async def test_a_post_that_does_not_exist_is_refused(supervisor, messages, wrong):
    post = {"display": "李", "role": "counsellor", "line": "1", "region": "", "school": "", **wrong}
    page = await supervisor.send("/staff/people/invite", name="li", **post)
    assert page.status_code == 400
    assert messages["staff.refused_post"] in page.text


async def test_a_lost_password_is_replaced_and_the_member_admitted_again(supervisor, new_person, released):
    person = await admitted(supervisor, new_person(), "li")
    number = await number_of(supervisor, "li")
    path = link_on(await supervisor.send(f"/staff/people/{number}/link"))
    fresh = new_person()
    fresh.name, fresh.password = "li", BETTER
    assert (await fresh.enrol(path)).status_code == 200
    assert "/staff/sign-in" in str((await person.see("/staff")).url)
    assert (await person.sign_in()).status_code == 403
    assert (await fresh.see("/desk")).status_code == 403
    await admit(supervisor, number)
    assert await opens(fresh) == "1"
    await fresh.sign_in()
    assert await opens(fresh) == "1"


async def test_the_only_supervisor_gets_no_reset_link_but_comes_back_with_the_printed_code(
    store, supervisor, new_person, messages
):
    page = await supervisor.send("/staff/people/1/link")
    assert messages["staff.refused_last_supervisor"] in page.text
    back = new_person()
    back.name, back.password = "zhou", BETTER
    page = await back.enrol("/staff/recover", name="zhou", recovery=supervisor.codes[0].lower().replace("-", " "))
    fresh = code_on(page)
    assert len(fresh) == 39
    assert fresh != supervisor.codes[0]
    assert await opens(back) == "1"
    assert (await supervisor.sign_in()).status_code == 403
    assert set(await SealedDeskKeys(store).holders()) == {"1", RECOVERY}
    used = await new_person().enrol("/staff/recover", name="zhou", recovery=supervisor.codes[0])
    assert messages["staff.refused_recovery"] in used.text
    assert len(code_on(await new_person().enrol("/staff/recover", name="zhou", recovery=fresh))) == 39


async def test_the_printed_code_helps_supervisors_only(supervisor, new_person, messages):
    await admitted(supervisor, new_person(), "li")
    for name in ("li", "nobody"):
        page = await new_person().enrol("/staff/recover", name=name, recovery=supervisor.codes[0])
        assert messages["staff.refused_recovery"] in page.text


async def test_a_supervisor_replaces_the_printed_code(supervisor, new_person, messages):
    refused = await supervisor.send("/staff/recovery", current="不是这个密码呀")
    assert messages["staff.refused_password_wrong"] in refused.text
    fresh = code_on(await supervisor.send("/staff/recovery", current=supervisor.password))
    old = await new_person().enrol("/staff/recover", name="zhou", recovery=supervisor.codes[0])
    assert messages["staff.refused_recovery"] in old.text
    assert len(code_on(await new_person().enrol("/staff/recover", name="zhou", recovery=fresh))) == 39


async def test_every_step_is_in_the_audit_log_without_names(store, supervisor, new_person):
    await admitted(supervisor, new_person(), "li")
    async with store.reading() as connection:
        lines = (await connection.execute(text("SELECT actor, action, detail FROM audit ORDER BY seq"))).all()
    actions = ["staff.setup", "staff.invite", "staff.join", "staff.admit"]
    assert [line.action for line in lines] == actions
    assert [line.actor for line in lines] == ["1", "1", "2", "1"]
    assert not any("li" in line.detail or "zhou" in line.detail for line in lines)
