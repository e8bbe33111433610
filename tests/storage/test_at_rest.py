from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from sqlalchemy import insert

from bot.app import content_root
from bot.content.load import load_library
from bot.core.dialogue import Dialogue
from bot.core.message import Incoming, Origin
from bot.core.ports import Outgoing, TalkAfter
from bot.core.session import Session
from bot.core.talk import StoredTalk
from bot.desk.audit import AuditWitness
from bot.desk.news import Event, News
from bot.desk.periods import Periods
from bot.desk.reading import DeskReading
from bot.desk.returns import CaseReturns
from bot.desk.service import CaseDesk
from bot.desk.timers_file import timers_url
from bot.desk.watch import Watch
from bot.desk.work import DeskWork
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.storage.cleaning import clean
from bot.storage.desk_keys import SealedDeskKeys
from bot.storage.engine import make_engine
from bot.storage.errors import StorageError
from bot.storage.filed import Filed
from bot.storage.inbox import SealedInbox
from bot.storage.outbox import SealedOutbox
from bot.storage.roster_types import Route
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.tables import metadata, talk
from bot.storage.talks import SealedTalks
from bot.storage.vault import Vault

from ..desk.records import Records
from ..desk.world import PlainOutward, World
from .conftest import MEMORY, Clock

MARKER = "同桌打我MARKER"
KEY = "telegram:4815162342:4815162342"
SECRETS = (MARKER.encode(), b"MARKER", b"4815162342")


async def _talk_through(store: Store) -> None:
    inbox = SealedInbox(store, SealedTalks(store, MEMORY))
    await inbox.put("telegram", 1, MARKER.encode())
    await inbox.put("telegram", 2, MARKER.encode())
    first, _unsettled = await inbox.pending("telegram")
    reply = Outgoing("4815162342", MARKER.encode())
    await inbox.settle(first, [reply, reply], TalkAfter(KEY, Session(turns=(MARKER,), question=MARKER)))
    (begun,) = await SealedOutbox(store).due("telegram", store.now(), 1)
    assert begun.body == MARKER.encode()


async def test_no_file_of_sqlite_holds_a_readable_word(sqlite_address: str, clock: Clock, tmp_path: Path) -> None:
    await upgrade(sqlite_address)
    store = Store(make_engine(sqlite_address), Vault(bytes(32)), clock)
    await _talk_through(store)
    files = {file.name: file.read_bytes() for file in (tmp_path / "data").iterdir()}
    await store.close()
    assert len(files["faxiaohu.sqlite3-wal"]) > 0
    assert b"telegram" in b"".join(files.values())
    assert [name for name, held in files.items() if any(secret in held for secret in SECRETS)] == []


async def test_no_row_of_postgresql_holds_a_readable_word(postgres_address: str, clock: Clock) -> None:
    await upgrade(postgres_address)
    store = Store(make_engine(postgres_address), Vault(bytes(32)), clock)
    await _talk_through(store)
    await store.close()
    held = b""
    with psycopg.connect(postgres_address) as server:
        for table in ("talk", "inbox", "outbox"):
            held += b"".join(repr(row).encode() for row in server.execute(f"SELECT * FROM {table}").fetchall())
    assert b"telegram" in held
    assert not any(secret in held or repr(secret)[2:-1].encode() in held for secret in SECRETS)


async def test_erased_rows_leave_neither_file_nor_log(sqlite_address: str, clock: Clock, tmp_path: Path) -> None:
    await upgrade(sqlite_address)
    store = Store(make_engine(sqlite_address), Vault(bytes(32)), clock)
    talks = SealedTalks(store, MEMORY)
    await talks.save(TalkAfter(KEY, Session(question=MARKER)))
    name = store.vault.pseudonym(KEY).encode()
    folder = tmp_path / "data"
    assert any(name in file.read_bytes() for file in folder.iterdir())

    clock.forward(hours=3)
    assert (await clean(store)).talks == 1
    assert (folder / "faxiaohu.sqlite3-wal").stat().st_size == 0
    assert not any(name in file.read_bytes() for file in folder.iterdir())
    await store.close()


async def test_errors_quote_no_row(store: Store) -> None:
    row = {"pseudonym": "MARKER", "session": b"MARKER", "updated_at": store.now(), "expires_at": store.now()}

    async def write() -> None:
        async with store.writing() as connection:
            await connection.execute(insert(talk), row)

    await write()
    with pytest.raises(StorageError) as caught:
        await write()
    assert "MARKER" not in "".join(traceback.format_exception(caught.value))


CHILD, STAFF, NOTE, REASON = "救命，继父正拿刀砍我CHILDMARK", "我相信你STAFFMARK", "同事看NOTEMARK", "要报警REASONMARK"
ADDRESS = "9182736455"


@pytest.fixture
def logs(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Everything that was logged or printed so far, the service's logs set up as chattily as they can be."""
    before, timers = structlog.get_config(), logging.getLogger("dbos")
    handlers = timers.handlers
    timers.handlers = []
    set_up_logs("DEBUG", as_json=True)
    yield lambda: "".join(capfd.readouterr())
    # What was captured is closed now: whoever logs later must not write there.
    structlog.configure(**before)
    timers.handlers = handlers


async def _case_through(records: Records, dialogue: Dialogue, folder: Path) -> str:
    """A whole case as the service has it, from the update to the end, under its watch; gives the code of return."""
    store, news = records.world.store, News()
    await records.key()
    await records.world.roster.add_route(Route(0, None, label="all", target="json://127.0.0.1:9/none"))
    boss = await records.worker("boss", "supervisor")
    watch = Watch(store, records.world.look(), news, timers_url("sqlite:///unused", folder))
    await watch.start()
    try:
        code, case = await _told(records, dialogue, news)
        reading = DeskReading(store, records.world.board, records.audit, news)
        outward, library = {"telegram": PlainOutward()}, records.world.library
        work = DeskWork(store, reading, records.audit, news, outward, lambda: library, Periods())
        assert CHILD in [line.text for line in (await reading.open(boss, case)).lines]
        await work.claim(boss, case)
        await work.answer(boss, case, STAFF, once="once")
        await work.note(boss, case, NOTE)
        await records.releases.release_now(boss, case, REASON)
        assert (await records.releases.identity(boss, case)).address == ADDRESS
        await records.holds.decide(boss, case, REASON, held=True)
        origin = Origin("telegram", f"telegram:{ADDRESS}:{ADDRESS}", ADDRESS)
        returned = await CaseReturns(store, news).open(code, origin)
        assert returned is not None
        assert {CHILD, STAFF} <= {message.text for message in returned.messages}
        last = (await reading.open(boss, case)).last_of_child
        await work.close(boss, case, "helped", seen=last)
        await watch.rest()
    finally:
        await watch.stop()
    return code


async def _told(records: Records, dialogue: Dialogue, news: News) -> tuple[str, int]:
    """The child's words, by the inbox and the real dialogue; the reply with its code waits in the outbox."""
    store, key = records.world.store, f"telegram:{ADDRESS}:{ADDRESS}"
    filed: list[Filed] = []
    talks = SealedTalks(store, MEMORY, filed.append)
    desk = CaseDesk(store, SealedDeskKeys(store), records.world.board, records.world.limits)
    talk, inbox = StoredTalk(lambda: dialogue, talks, store.now, desk), SealedInbox(store, talks)
    await inbox.put("telegram", 1, CHILD.encode())
    (item,) = await inbox.pending("telegram")
    decision, after = await talk.decide(key, Incoming(CHILD, origin=Origin("telegram", key, ADDRESS, "1")))
    assert decision.reply.receipt is not None
    code = decision.reply.receipt.code
    await inbox.settle(item, [Outgoing(ADDRESS, f"{decision.reply.lead} {code}".encode())], after)
    news.publish(Event("opened", filed[0].case))
    return code, filed[0].case


def _forms(code: str) -> tuple[bytes, ...]:
    """Everything that must not be found, in the forms in which programs write text."""
    said = [CHILD, STAFF, NOTE, REASON]
    escaped = [json.dumps(text)[1:-1].encode() for text in said]
    wide = [text.encode("utf-16-le") for text in said]
    plain = [text.encode() for text in (*said, "CHILDMARK", "STAFFMARK", "NOTEMARK", "REASONMARK")]
    based = [base64.b64encode(text.encode())[:20] for text in said]
    return (*plain, *escaped, *wide, *based, ADDRESS.encode(), code.encode(), code.replace(" ", "").encode())


async def test_a_case_from_its_first_word_to_its_end_leaves_nothing_readable(
    clock: Clock, tmp_path: Path, dialogue: Dialogue, logs: Callable[[], str]
) -> None:
    folder = tmp_path / "data"
    address = f"sqlite+aiosqlite:///{folder / 'faxiaohu.sqlite3'}"
    await upgrade(address)
    store = Store(make_engine(address), Vault(bytes(range(32))), clock)
    records = Records(World(store, clock, load_library(content_root(Settings()))))  # type: ignore[arg-type]
    code = await _case_through(records, dialogue, folder)
    await AuditWitness(store, folder).keep()

    files = {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    logged = logs().encode()
    await store.close()
    assert {"faxiaohu.sqlite3", "faxiaohu.sqlite3-wal", "dbos.sqlite3", "audit.head"} <= set(files)
    assert len(files["faxiaohu.sqlite3-wal"]) > 0
    assert b"case.claim" in b"".join(files.values())
    secrets = _forms(code)
    found = {name for name, held in {**files, "logs": logged}.items() if any(secret in held for secret in secrets)}
    assert found == set()


async def test_a_case_leaves_nothing_readable_in_postgresql(
    postgres_address: str, clock: Clock, tmp_path: Path, dialogue: Dialogue
) -> None:
    await upgrade(postgres_address)
    store = Store(make_engine(postgres_address), Vault(bytes(range(32))), clock)
    records = Records(World(store, clock, load_library(content_root(Settings()))))  # type: ignore[arg-type]
    code = await _case_through(records, dialogue, tmp_path)
    await store.close()
    held = b""
    with psycopg.connect(postgres_address) as server:
        for table in metadata.tables:
            for (row,) in server.execute(f'SELECT row_to_json(t)::text FROM "{table}" t').fetchall():
                held += row.encode() + b"\n"
    assert b"case.claim" in held
    hexed = tuple(secret.hex().encode() for secret in _forms(code))
    assert [secret for secret in (*_forms(code), *hexed) if secret in held] == []
