"""Who may do what with schools and classes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.content.load import Reader, read_library
from bot.core.content_types import Library
from bot.core.message import Origin
from bot.core.quiz_types import Band
from bot.storage.audit import AuditLog
from bot.storage.chat_links import ChatLinks
from bot.storage.desk_tables import audit
from bot.storage.engine import make_engine
from bot.storage.schema import upgrade
from bot.storage.staff import Member, MemberState, Post, Role, StaffRecords
from bot.storage.staff_tables import staff
from bot.storage.store import Store
from bot.storage.vault import Vault
from bot.teaching.boards import ClassBoards
from bot.teaching.classes import Classes
from bot.teaching.codes import ALPHABET, code_in, new_code
from bot.teaching.errors import TeachingError
from bot.teaching.joining import Finder

from ..conftest import ROOT
from ..storage.conftest import Clock

GROUP = Origin("telegram", "telegram:group:-100", "-100")


class Unlimited:
    """Counts nothing."""

    def begin(self, place: str) -> bool:
        return True

    def right(self, place: str) -> None:
        pass


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(Reader(ROOT))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    address = f"sqlite+aiosqlite:///{tmp_path / 'data' / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), Clock())
    yield store
    await store.close()


class Office:
    """Supervisors and vice principals at work."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.classes = Classes(store, AuditLog(store))

    async def hires(self, name: str, role: Role, region: str = "") -> Member:
        records = StaffRecords(self.store)
        async with self.store.writing() as connection:
            number = await records.add(connection, name, name, Post(role, region=region))
            assert number is not None
            await records.set_state(connection, number, MemberState.ACTIVE)
        member = await records.member(number)
        assert member is not None
        return member

    async def supervisor(self, region: str = "") -> Member:
        return await self.hires(f"zhao{region}", Role.SUPERVISOR, region)

    async def teacher(self, name: str = "chen", region: str = "") -> Member:
        return await self.hires(name, Role.VICE_PRINCIPAL, region)

    async def school_of(self, *teachers: Member, name: str = "第一中学") -> int:
        supervisor = await self.hires(f"boss{name}", Role.SUPERVISOR)
        school = await self.classes.add_school(supervisor, name, "")
        for teacher in teachers:
            await self.classes.appoint(supervisor, school, teacher.id)
        return school

    async def lines(self) -> list[str]:
        async with self.store.reading() as connection:
            return list((await connection.execute(select(audit.c.action).order_by(audit.c.seq))).scalars())


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


@pytest.fixture
def boards(store: Store, library: Library) -> ClassBoards:
    return ClassBoards(store, lambda: library, Finder(store, Unlimited()), AuditLog(store))


async def refused(work: object, key: str) -> None:
    with pytest.raises(TeachingError) as error:
        await work  # type: ignore[misc]
    assert error.value.key == f"teach.{key}"


async def test_a_supervisor_makes_a_school_and_a_vice_principal_its_classes(office: Office) -> None:
    boss, chen = await office.supervisor(), await office.teacher()
    school = await office.classes.add_school(boss, "  第一  中学 ", "")
    await office.classes.appoint(boss, school, chen.id)
    made = await office.classes.add_class(chen, school, "五（3）班", "10-12")
    assert (made.school_name, made.name, made.band) == ("第一 中学", "五（3）班", Band.TEN)
    assert code_in(made.code) == made.code
    assert [item.id for item in await office.classes.classes(chen)] == [made.id]
    assert await office.lines() == ["school.add", "school.appoint", "class.add"]


async def test_a_vice_principal_sees_and_changes_only_their_own_schools(office: Office) -> None:
    chen, lin = await office.teacher("chen"), await office.teacher("lin")
    school = await office.school_of(chen)
    other = await office.school_of(lin, name="第二中学")
    made = await office.classes.add_class(lin, other, "一班", "6-9")
    assert [item.id for item in await office.classes.schools(chen)] == [school]
    await refused(office.classes.class_(chen, made.id), "no_class")
    await refused(office.classes.archive(chen, made.id), "no_class")
    await refused(office.classes.add_class(chen, other, "二班", "6-9"), "no_school")
    await refused(office.classes.add_school(chen, "第三中学", ""), "not_yours")
    await refused(office.classes.appoint(chen, school, lin.id), "not_yours")


async def test_a_counsellor_sees_no_school(office: Office) -> None:
    counsellor = await office.hires("wang", Role.COUNSELLOR)
    await office.school_of(await office.teacher())
    assert await office.classes.schools(counsellor) == []


async def test_a_supervisor_looks_but_changes_no_class(office: Office) -> None:
    boss, chen = await office.supervisor(), await office.teacher()
    made = await office.classes.add_class(chen, await office.school_of(chen), "一班", "6-9")
    assert (await office.classes.class_(boss, made.id)).id == made.id
    await refused(office.classes.archive(boss, made.id), "no_class")


async def test_a_supervisor_of_a_region_stays_in_it(office: Office) -> None:
    east, west = await office.supervisor("east"), await office.supervisor("west")
    school = await office.classes.add_school(east, "东区一小", "east")
    assert await office.classes.schools(west) == []
    await refused(office.classes.add_school(west, "东区二小", "east"), "other_region")
    await refused(office.classes.close_school(west, school), "no_school")
    elsewhere = await office.teacher("lin", "west")
    await refused(office.classes.appoint(east, school, elsewhere.id), "other_region")


async def test_handing_over_ends_what_the_one_before_may_do(office: Office) -> None:
    boss, chen, lin = await office.supervisor(), await office.teacher("chen"), await office.teacher("lin")
    school = await office.school_of(chen)
    made = await office.classes.add_class(chen, school, "一班", "6-9")
    await office.classes.appoint(boss, school, lin.id, instead_of=chen.id)
    await refused(office.classes.class_(chen, made.id), "no_class")
    assert (await office.classes.own_class(lin, made.id)).code == made.code
    await refused(office.classes.appoint(boss, school, lin.id, instead_of=chen.id), "not_appointed")
    await refused(office.classes.appoint(boss, school, boss.id), "not_a_vice_principal")


async def test_who_was_disabled_teaches_nothing(office: Office, store: Store) -> None:
    chen = await office.teacher()
    school = await office.school_of(chen)
    async with store.writing() as connection:
        await connection.execute(update(staff).where(staff.c.id == chen.id).values(state="disabled"))
    assert not await office.classes.teaches(chen.id, school)


@pytest.mark.parametrize(
    ("name", "band", "key"),
    [
        ("", "6-9", "name_missing"),
        ("   ", "6-9", "name_missing"),
        ("班" * 31, "6-9", "name_too_long"),
        ("一班", "parents", "band"),
        ("一班", "7", "band"),
    ],
)
async def test_bad_words_for_a_class_are_refused(office: Office, name: str, band: str, key: str) -> None:
    chen = await office.teacher()
    await refused(office.classes.add_class(chen, await office.school_of(chen), name, band), key)


async def test_the_same_school_and_class_are_made_once(office: Office) -> None:
    boss, chen = await office.supervisor(), await office.teacher()
    school = await office.school_of(chen)
    await refused(office.classes.add_school(boss, "第一中学", ""), "school_known")
    await office.classes.add_class(chen, school, "一班", "6-9")
    await refused(office.classes.add_class(chen, school, "一班", "10-12"), "class_known")


def test_codes_are_long_and_their_signs_are_told_apart() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert len(ALPHABET) ** 8 > 10**11
    assert not set(ALPHABET) & set("0O1IL5SZ2AEU") - {"2"}


@pytest.mark.parametrize("typed", ["k7m2pq9x", " K7M2-PQ9X ", "k7m2 pq9x", "Ｋ７Ｍ２ＰＱ９Ｘ"])
def test_a_code_is_read_however_it_is_written(typed: str) -> None:
    assert code_in(typed) == "K7M2PQ9X"


@pytest.mark.parametrize(
    "typed", ["", "12346789", "password", "K7M2PQ9", "K7M2PQ9XX", "1234 5678 9012 3456", "你好" * 4]
)
def test_other_words_are_no_code(typed: str) -> None:
    assert code_in(typed) == ""


async def test_a_group_is_bound_by_the_vice_principal_of_the_class_alone(
    office: Office, boards: ClassBoards, store: Store
) -> None:
    chen, lin = await office.teacher("chen"), await office.teacher("lin")
    made = await office.classes.add_class(chen, await office.school_of(chen), "一班", "6-9")
    await office.school_of(lin, name="第二中学")
    async with store.writing() as connection:
        await ChatLinks(store).keep(connection, chen.id, "501", "Telegram")
        await ChatLinks(store).keep(connection, lin.id, "502", "Telegram")
    for stranger in ("999", "502"):
        await boards.bind(GROUP, stranger, made.code)
        assert await office.classes.groups([made]) == []
    assert "一班" in await boards.bind(GROUP, "501", made.code)
    assert [item.bound_by for item in await office.classes.groups([made])] == [chen.id]
    await boards.bind(GROUP, "502", "")
    assert len(await office.classes.groups([made])) == 1
    await boards.bind(GROUP, "501", "")
    assert await office.classes.groups([made]) == []
