from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

import bot.storage.activity_tables
import bot.storage.desk_tables
import bot.storage.outreach_tables
import bot.storage.teaching_tables  # noqa: F401
from bot.core.message import Origin
from bot.storage.audit import AuditLog
from bot.storage.case_rows import note
from bot.storage.cases import SealedCases
from bot.storage.casework import SealedCasework
from bot.storage.chat_links import ChatLinks
from bot.storage.desk_tables import desk_case
from bot.storage.engine import make_engine, reading, writing
from bot.storage.errors import SchemaTooNewError, SchemaTooOldError
from bot.storage.moving import move
from bot.storage.outbox import SealedOutbox
from bot.storage.pushes import Pushes
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route
from bot.storage.schema import expected_revision, known_revisions, problems, upgrade
from bot.storage.store import Store
from bot.storage.tables import metadata, talk

from .conftest import Clock
from .desk_rows import case, person
from .taught import Taught


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def _constraints(connection: Connection) -> list[object]:
    found = inspect(connection)
    return [(found.get_pk_constraint(name), found.get_unique_constraints(name)) for name in sorted(metadata.tables)]


async def test_the_migrations_make_exactly_the_tables(store: Store) -> None:
    async with store.reading() as connection:
        assert await connection.run_sync(_differences) == []
        migrated = await connection.run_sync(_constraints)
    async with store.writing() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        assert await connection.run_sync(_constraints) == migrated


async def test_an_empty_database_needs_an_upgrade_and_then_is_well(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [type(problem) for problem in await problems(address)] == [SchemaTooOldError]
    await upgrade(address)
    assert await problems(address) == []


async def test_upgrading_again_changes_nothing(store: Store, address: str, clock: Clock) -> None:
    async with store.writing() as connection:
        row = {"pseudonym": "p", "session": b"s", "updated_at": clock(), "expires_at": clock()}
        await connection.execute(insert(talk), row)
    await upgrade(address)
    async with store.reading() as connection:
        assert (await connection.execute(talk.select())).one().expires_at == clock()


async def test_processes_that_start_at_once_upgrade_once(address: str) -> None:
    await asyncio.gather(*(upgrade(address) for _ in range(4)))
    assert await problems(address) == []


async def test_tables_of_a_newer_program_are_refused(store: Store, address: str) -> None:
    async with store.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    assert [type(problem) for problem in await problems(address)] == [SchemaTooNewError]
    with pytest.raises(SchemaTooNewError):
        await upgrade(address)


async def test_a_repository_without_its_tables_says_so(address: str, clock: Clock, store: Store) -> None:
    async with writing(store.engine) as connection:
        await connection.execute(text("DROP TABLE outbox"))
    with pytest.raises(SchemaTooOldError):
        await SealedOutbox(store).due("telegram", clock(), 1)


async def test_a_failed_upgrade_leaves_nothing_half_made(address: str) -> None:
    engine = make_engine(address)
    async with writing(engine) as connection:
        await connection.execute(text("CREATE TABLE outbox (stranger INTEGER)"))
    with pytest.raises(Exception, match="database"):
        await upgrade(address)
    async with reading(engine) as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["outbox"]
    await engine.dispose()


async def test_a_push_from_before_it_had_an_order_keeps_the_one_it_went_by(store: Store, address: str) -> None:
    taught = Taught(store)
    teacher = await taught.teacher()
    school = await taught.school(teacher)
    classes = [await taught.class_(school, name) for name in ("一班", "二班", "三班")]
    await taught.run(teacher, reversed(classes))
    async with store.writing() as connection:
        await _back_to(connection, "0006")
    await upgrade(address)
    async with store.reading() as connection:
        kept = await connection.execute(text("SELECT place, class FROM push_class ORDER BY place"))
    assert kept.all() == list(enumerate(classes))
    (push,) = await Pushes(store).of(teacher)
    assert list(push.classes) == classes


#: What each revision brought, for tests that go back behind it.
ADDED = {
    "0007": ("TABLE push_class DROP COLUMN place",),
    "0008": ("TABLE outbox DROP COLUMN alert", "TABLE outbox DROP COLUMN route"),
    "0009": tuple(f"TABLE desk_case DROP COLUMN {name}" for name in ("turns", "asks", "heard")),
    "0010": ("TABLE desk_case DROP COLUMN came_back",),
    "0011": ("TABLE desk_case DROP COLUMN tended_at",),
    "0012": ('TABLE outbox DROP COLUMN "case"', "TABLE desk_case DROP COLUMN undelivered_at"),
    "0013": ("TABLE desk_case DROP COLUMN left_turn", "TABLE desk_case DROP COLUMN moved_turn"),
    "0014": ("TABLE alert_route DROP COLUMN refused",),
    "0016": ("TABLE desk_case DROP COLUMN crowd",),
    "0017": (
        "TABLE alert_route DROP COLUMN linked_at",
        *(f"TABLE staff DROP COLUMN {name}" for name in ("link_by", "admitted_by", "admitted_at")),
        "TABLE staff_link DROP COLUMN made_by",
        "TABLE identity_release DROP COLUMN ended_at",
    ),
    "0018": ("TABLE desk_case DROP COLUMN in_doubt",),
    "0019": ("TABLE alert DROP COLUMN within",),
    "0020": (
        "TABLE desk_case DROP COLUMN door_asks",
        *(f"TABLE case_door DROP COLUMN {name}" for name in ("channel", "address", "turn")),
        *(f"TABLE {name} DROP COLUMN unsure" for name in ("case_message", "case_event")),
    ),
    "0021": ("TABLE desk_case DROP COLUMN untold",),
}


async def _back_to(connection: AsyncConnection, revision: str) -> None:
    """The tables as they were at an earlier revision."""
    if revision < "0008":
        await connection.execute(text("DROP INDEX ix_outbox_alert"))
    for change in (change for later, changes in ADDED.items() if later > revision for change in changes):
        await connection.execute(text(f"ALTER {change}"))
    if revision < "0015":
        await connection.execute(text("DROP TABLE case_door"))
    await connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))


async def test_what_was_said_before_its_door_was_kept_counts_as_said_where_the_case_goes_on(
    store: Store, address: str
) -> None:
    number = await case(store, state="waiting", receipt=None, turns=4, asks=3)
    async with store.writing() as connection:
        await note(connection, number, store.now(), what="place", value="home")
        await _back_to(connection, "0019")
    await upgrade(address)
    row, (event,) = await SealedCasework(store).case(number), await SealedCasework(store).events(number)
    assert row is not None
    assert (row.door_asks, event.unsure) == (3, "")


async def test_a_case_from_before_turns_were_counted_is_owed_what_it_was(store: Store, address: str) -> None:
    now = store.now()
    before, after = now - dt.timedelta(minutes=5), now + dt.timedelta(minutes=5)
    stories = [{}, {"staff_at": before}, {"staff_at": after}, {"staff_at": after, "raised_at": after + dt.timedelta(1)}]
    cases = [await case(store, receipt=str(number), **story) for number, story in enumerate(stories)]
    async with store.writing() as connection:
        await _back_to(connection, "0008")
    await upgrade(address)
    rows = [await SealedCasework(store).case(number) for number in cases]
    assert [row and row.asks > row.heard for row in rows] == [True, True, False, True]


async def test_a_case_to_which_somebody_came_back_before_stays_the_one_that_is_written_to(
    store: Store, address: str
) -> None:
    first, _newer = [await case(store, state="waiting", receipt=None) for _ in range(2)]
    origin = Origin("telegram", "telegram:7:7", "7")
    async with store.writing() as connection:
        await move(connection, store, first, origin)
        await _back_to(connection, "0009")
    await upgrade(address)
    async with store.writing() as connection:
        await connection.execute(update(desk_case).values(talk=store.vault.pseudonym(origin.talk)))
    found = await SealedCases(store).open_case(origin.talk)
    assert found is not None
    assert found.id == first


async def test_who_had_left_or_just_come_back_before_turns_told_it_has_so_still(store: Store, address: str) -> None:
    stories = ["left", "left said", "came_back", "came_back here", "left came_back", "told_child"]
    cases = [await case(store, state="waiting", receipt=None, turns=4) for _ in stories]
    async with store.writing() as connection:
        for number, story in zip(cases, stories, strict=True):
            for what in story.split():
                await note(connection, number, store.now(), what=what)
        await _back_to(connection, "0012")
    await upgrade(address)
    rows = [await SealedCasework(store).case(number) for number in cases]
    assert [row and (row.left_turn, row.moved_turn) for row in rows] == [
        (4, None), (None, None), (None, 4), (None, None), (None, 4), (None, None),
    ]  # fmt: skip


async def test_who_may_not_be_the_child_since_before_that_was_kept_is_asked_first(store: Store, address: str) -> None:
    stories = ["stopped", "wrote_again said", "stopped here", "wrote_again came_back", "here stopped", "said"]
    cases = [await case(store, state="waiting", receipt=None, turns=4) for _ in stories]
    async with store.writing() as connection:
        for number, story in zip(cases, stories, strict=True):
            for what in story.split():
                await note(connection, number, store.now(), what=what)
        await _back_to(connection, "0017")
    await upgrade(address)
    rows = [await SealedCasework(store).case(number) for number in cases]
    assert [row and row.in_doubt for row in rows] == [True, True, False, False, True, False]


async def test_what_was_held_back_before_that_was_kept_is_said_at_the_next_turn(store: Store, address: str) -> None:
    stories = ["breached:0", "breached:1", "left:0 breached:1", "breached:1 alone:0", ""]
    cases = [await case(store, state="waiting", receipt=None) for _ in stories]
    ended = await case(store, receipt=None)
    async with store.writing() as connection:
        for number, story in [*zip(cases, stories, strict=True), (ended, "breached:0")]:
            for value in story.split():
                await note(connection, number, store.now(), what="told_child", value=value)
        await _back_to(connection, "0019")
    await upgrade(address)
    rows = [await SealedCasework(store).case(number) for number in [*cases, ended]]
    assert [row and row.untold for row in rows] == ["breached", None, None, "alone", None, None]


def test_the_expected_revision_is_known() -> None:
    assert expected_revision() in known_revisions()


async def test_a_chat_from_before_counts_as_its_owners_where_the_log_says_that_it_was_linked(
    store: Store, address: str
) -> None:
    roster, log = SealedRoster(store), AuditLog(store)
    members = [await person(store, name) for name in ("linked", "typed", "both")]
    routes = [
        await roster.add_route(Route(0, member, kind="telegram", target=f"50{member}"))
        for member in (*members, members[2])
    ]
    async with store.writing() as connection:
        for member in (members[0], members[2]):
            await log(connection, str(member), "staff.chat_link")
        for number in (routes[1], routes[3]):
            await log(connection, "3", "route.add", detail=str(number))
        await _back_to(connection, "0014")
    await upgrade(address)
    linked = [route.id for route in (await roster.read()).routes if route.linked]
    assert linked == [routes[0], routes[2]]
    assert [await ChatLinks(store).owner(f"50{member}") for member in members] == [members[0], None, members[2]]
