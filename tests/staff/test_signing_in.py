"""Signing in takes a name, a password and a code that was never used; failing takes time, but never for ever."""

import pytest
from sqlalchemy import select, text, update

from bot.staff.passwords import Passwords
from bot.storage.desk_tables import audit
from bot.storage.staff_tables import staff, staff_session

from .conftest import BETTER, admitted, application


def inside(page) -> bool:
    return str(page.url).endswith("/staff") and page.status_code == 200


async def test_name_password_and_code_together_open_the_door(supervisor, new_person):
    assert inside(await supervisor.sign_in())
    assert (await supervisor.see("/desk")).text == "1"


@pytest.mark.parametrize(
    "wrong", [{"name": "nobody"}, {"password": "不是这个密码呀"}, {"code": "000000"}, {"name": ""}]
)
async def test_the_page_never_says_which_was_wrong(supervisor, messages, wrong):
    page = await supervisor.sign_in(**wrong)
    assert page.status_code == 403
    assert messages["staff.refused_sign_in"] in page.text
    assert supervisor.password not in page.text


async def test_a_name_may_be_typed_in_capitals_or_full_width(supervisor):
    assert inside(await supervisor.sign_in(name=" ＺＨＯＵ "))


async def test_a_code_works_once(supervisor):
    code = supervisor.code()
    assert inside(await supervisor.sign_in(code=code))
    assert (await supervisor.sign_in(code=code)).status_code == 403


async def test_the_code_that_set_up_the_app_is_used_up(store, supervisor, clock):
    async with store.reading() as connection:
        step = (await connection.execute(select(staff.c.totp_used))).scalar_one()
    assert step == int(clock().timestamp()) // 30


async def test_somebody_who_was_only_invited_cannot_sign_in(supervisor, new_person):
    post = {"display": "李", "role": "counsellor", "line": "1", "region": "", "school": ""}
    await supervisor.send("/staff/people/invite", name="li", **post)
    assert (await supervisor.sign_in(name="li")).status_code == 403


@pytest.mark.parametrize("name", ["zhou", "nobody"])
async def test_after_five_failures_a_name_waits_whether_or_not_it_exists(supervisor, new_person, clock, name):
    stranger = new_person("10.2.2.2")
    for _ in range(5):
        assert (
            await stranger.send("/staff/sign-in", name=name, password="猜一个密码看看", code="1")
        ).status_code == 403
    assert (await stranger.send("/staff/sign-in", name=name, password="猜一个密码看看", code="1")).status_code == 429
    clock.forward(minutes=1)
    assert (await stranger.send("/staff/sign-in", name=name, password="猜一个密码看看", code="1")).status_code == 403
    clock.forward(seconds=61)
    assert (await stranger.send("/staff/sign-in", name=name, password="猜一个密码看看", code="1")).status_code == 429
    clock.forward(minutes=1)
    assert (await stranger.send("/staff/sign-in", name=name, password="猜一个密码看看", code="1")).status_code == 403


async def test_no_lock_lasts_longer_than_a_quarter_of_an_hour(supervisor, new_person, clock):
    stranger = new_person("10.2.2.2")
    for _ in range(9):
        await stranger.send("/staff/sign-in", name="zhou", password="猜一个密码看看", code="1")
        clock.forward(minutes=15)
    elsewhere = new_person("10.3.3.3")
    elsewhere.name, elsewhere.secret = "zhou", supervisor.secret
    assert inside(await elsewhere.sign_in())


async def test_strangers_do_not_hold_up_a_member_where_they_usually_sign_in(supervisor, new_person):
    await supervisor.sign_in()
    stranger = new_person("10.2.2.2")
    for _ in range(6):
        await stranger.send("/staff/sign-in", name="zhou", password="猜一个密码看看", code="1")
    assert inside(await supervisor.sign_in())


async def test_strangers_do_not_hold_up_a_member_at_a_new_place_though_they_go_on_and_on(supervisor, new_person, clock):
    stranger, phone = new_person("10.2.2.2"), new_person("10.5.5.5")
    phone.name, phone.secret = "zhou", supervisor.secret
    for _ in range(9):
        await stranger.send("/staff/sign-in", name="zhou", password="猜一个密码看看", code="1")
        clock.forward(minutes=15)
    await stranger.send("/staff/sign-in", name="zhou", password="猜一个密码看看", code="1")
    for _ in range(2):
        assert (await phone.sign_in(password="打错了一个字吧")).status_code == 403
    assert inside(await phone.sign_in())


async def test_a_lock_that_others_set_off_holds_where_somebody_guesses_too(supervisor, new_person):
    for address in ("10.2.2.2", "10.2.2.3"):
        stranger = new_person(address)
        guesses = [await stranger.send("/staff/sign-in", name="zhou", password="x", code="1") for _ in range(4)]
    assert [page.status_code for page in guesses] == [403, 403, 403, 429]


async def test_a_lock_outlives_a_restart_and_does_not_hold_its_owner_up(make_site, supervisor, new_person):
    stranger = new_person("10.2.2.2")
    for _ in range(9):
        await stranger.send("/staff/sign-in", name="zhou", password="x", code="1")
        supervisor.clock.forward(minutes=15)
    await stranger.send("/staff/sign-in", name="zhou", password="x", code="1")
    site = application(make_site())
    again, owner = new_person("10.2.2.2", over=site), new_person(over=site)
    guesses = [await again.send("/staff/sign-in", name="zhou", password="x", code="1") for _ in range(4)]
    assert [page.status_code for page in guesses] == [403, 403, 403, 429]
    owner.name, owner.secret = "zhou", supervisor.secret
    assert inside(await owner.sign_in())


async def test_whoever_has_the_password_guesses_no_codes_from_many_addresses(supervisor, new_person, clock):
    known = {"name": "zhou", "password": supervisor.password}
    wrong = [await new_person(f"10.6.6.{n}").send("/staff/sign-in", **known, code="1") for n in range(5)]
    thief = new_person("10.7.7.7")
    thief.name, thief.secret = "zhou", supervisor.secret
    right = await thief.sign_in()
    # It says the same as before: else it would tell that the password is right.
    assert {page.status_code for page in (*wrong, right)} == {403}
    clock.forward(minutes=15)
    assert inside(await thief.sign_in())


async def test_guessed_codes_do_not_hold_up_a_member_where_they_usually_sign_in(supervisor, new_person):
    await supervisor.sign_in()
    for n in range(6):
        await new_person(f"10.6.6.{n}").send("/staff/sign-in", name="zhou", password=supervisor.password, code="1")
    assert inside(await supervisor.sign_in())


async def test_an_address_that_tries_many_names_waits(new_person, supervisor):
    stranger = new_person("10.2.2.2")
    pages = [await stranger.send("/staff/sign-in", name=f"name{n}", password="x", code="1") for n in range(21)]
    assert [page.status_code for page in pages] == [403] * 20 + [429]
    assert inside(await supervisor.sign_in())


async def test_a_session_survives_a_restart_with_its_keys(make_site, supervisor, new_person):
    after = new_person(over=application(make_site()))
    after.http.cookies = supervisor.http.cookies
    assert (await after.see("/desk")).text == "1"


async def test_a_session_ends_after_its_hours(supervisor, clock):
    clock.forward(hours=11, minutes=50)
    assert (await supervisor.see("/staff")).status_code == 200
    clock.forward(minutes=20)
    assert "/staff/sign-in" in str((await supervisor.see("/staff")).url)


async def test_the_database_alone_opens_nothing(store, supervisor):
    """What lies in the session is wrapped under a key that only the cookie has."""
    cookie = supervisor.http.cookies["staff"]
    async with store.reading() as connection:
        rows = (await connection.execute(select(staff_session))).all()
    token, key = cookie.split(".")
    assert all(token not in str(row) and key not in str(row) for row in rows)
    supervisor.http.cookies.set("staff", f"{token}.{'A' * 43}", domain="test.local")
    assert "/staff/sign-in" in str((await supervisor.see("/desk")).url)


@pytest.mark.parametrize("cookie", ["", "x", "a.b", f"{'A' * 43}.{'A' * 43}", f"{'A' * 43}.{'B' * 43}"])
async def test_a_cookie_that_nobody_was_given_is_no_session(supervisor, new_person, cookie):
    stranger = new_person()
    stranger.http.cookies.set("staff", cookie)
    assert "/staff/sign-in" in str((await stranger.see("/desk")).url)


async def test_signing_out_ends_the_session_for_good(supervisor):
    kept = supervisor.http.cookies["staff"]
    page = await supervisor.send("/staff/sign-out")
    assert "/staff/sign-in" in str(page.url)
    assert "staff" not in supervisor.http.cookies
    supervisor.http.cookies.set("staff", kept)
    assert "/staff/sign-in" in str((await supervisor.see("/staff")).url)


async def test_a_changed_password_keeps_the_keys_and_ends_other_sessions(supervisor, new_person):
    other = new_person()
    other.name, other.secret = supervisor.name, supervisor.secret
    assert inside(await other.sign_in())
    page = await supervisor.send("/staff/password", current=supervisor.password, password=BETTER, again=BETTER)
    assert "done=password" in str(page.url)
    assert (await supervisor.see("/desk")).text == "1"
    assert "/staff/sign-in" in str((await other.see("/staff")).url)
    assert (await other.sign_in()).status_code == 403
    other.password = BETTER
    assert inside(await other.sign_in())
    assert (await other.see("/desk")).text == "1"


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"current": "不是这个密码呀"}, "password_wrong"),
        ({"again": "两遍不一样呀不一样"}, "password_twice"),
        ({"password": "1234567890", "again": "1234567890"}, "password_obvious"),
    ],
)
async def test_a_password_is_not_changed_by_mistake(supervisor, messages, fields, key):
    whole = {"current": supervisor.password, "password": BETTER, "again": BETTER, **fields}
    page = await supervisor.send("/staff/password", **whole)
    assert messages[f"staff.refused_{key}"] in page.text
    assert inside(await supervisor.sign_in())


async def test_guessing_the_password_in_an_open_session_is_held_up_too(supervisor, messages):
    locked = messages["staff.refused_locked"].partition("{")[0]
    both = {"password": BETTER, "again": BETTER}
    for _ in range(5):
        assert locked not in (await supervisor.send("/staff/password", current="猜", **both)).text
    assert locked in (await supervisor.send("/staff/password", current=supervisor.password, **both)).text


async def test_an_old_hash_is_made_anew_on_signing_in(store, supervisor):
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(supervisor.password)
    async with store.writing() as connection:
        await connection.execute(update(staff).values(password=weak))
    assert inside(await supervisor.sign_in())
    async with store.reading() as connection:
        kept = (await connection.execute(select(staff.c.password))).scalar_one()
    assert not Passwords().is_old(kept)
    assert (await supervisor.see("/desk")).text == "1"


async def test_signing_in_and_failing_are_in_the_audit_log(store, supervisor):
    await supervisor.sign_in(password="猜一个密码看看")
    await supervisor.sign_in(name="nobody")
    await supervisor.sign_in()
    await supervisor.send("/staff/sign-out")
    async with store.reading() as connection:
        lines = (await connection.execute(select(audit.c.actor, audit.c.action, audit.c.detail))).all()[1:]
    assert [tuple(line) for line in lines] == [
        ("service", "staff.refused", "staff 1"),
        ("service", "staff.refused", ""),
        ("1", "staff.sign_in", ""),
        ("1", "staff.sign_out", ""),
    ]


async def test_no_password_secret_or_code_rests_readable(store, supervisor, tmp_path):
    await supervisor.sign_in()
    async with store.writing() as connection:
        await connection.execute(text("SELECT 1"))
    files = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    for secret in (supervisor.password, supervisor.secret, supervisor.codes[0]):
        assert secret.encode() not in files


async def test_the_member_sees_their_own_name_and_a_counsellor_no_people(supervisor, new_person):
    person = await admitted(supervisor, new_person(), "li")
    assert "li老师" in (await person.see("/staff")).text
    assert (await person.see("/staff/people")).status_code == 403
