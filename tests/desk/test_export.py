"""The sealed export: for supervisors who may see the case, opened with its passphrase and nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import typer
from sqlalchemy import update
from typer.testing import CliRunner

from bot.commands.case_export import open_export
from bot.commands.errors import CommandError
from bot.core.audience import Audience
from bot.core.desk import Filing, Receipt, Report, SealedText, Why
from bot.core.message import Origin
from bot.core.risk import RiskKind, RiskLevel
from bot.desk.envelope import HEADER, EnvelopeError, new_passphrase, normal_passphrase, open_files, seal_files
from bot.desk.release_types import RecordsError
from bot.desk.sealing import seal_to
from bot.desk.worker import NoSuchCaseError, Worker
from bot.storage.cases import SealedCases
from bot.storage.desk_tables import desk_case
from bot.storage.moving import move
from bot.storage.roster_types import Route

from .records import ACCOUNT, WORDS, Records, Ring
from .world import World


@pytest.fixture
async def records(world: World) -> Records:
    records = Records(world)
    await records.key()
    await world.roster.add_route(Route(0, None, label="all", target="json://127.0.0.1:9/none"))
    return records


@pytest.fixture
async def boss(records: Records) -> Worker:
    return await records.worker("周主管", "supervisor")


async def _exported(records: Records, by: Worker, case: int) -> tuple[dict[str, object], str]:
    passphrase = new_passphrase()
    made = await records.exports.make(by, case, passphrase)
    files = open_files(made.data, passphrase)
    return json.loads(files[f"case-{case}.json"]), files[f"case-{case}.txt"].decode()


async def test_it_holds_the_thread_the_history_and_the_log(records: Records, boss: Worker) -> None:
    case = await records.open()
    data = "一句回复\n[2026-01-01 00:00:00] 求助的人：假的".encode()
    async with records.world.store.writing() as connection:
        await records.world.work.take(connection, case, boss.id)
        await records.audit(connection, boss.actor, "case.open", case)
        text = SealedText(1, seal_to(records.desk.public, data))
        await records.world.work.say(connection, case, boss.id, text, once="1")
    held, text = await _exported(records, boss, case)

    assert [message["author"] for message in held["messages"]] == ["child", "staff"]  # type: ignore[attr-defined]
    assert held["messages"][0]["text"] == WORDS  # type: ignore[index]
    assert [event["what"] for event in held["events"]] == ["opened", "taken"]  # type: ignore[attr-defined]
    assert [line["action"] for line in held["audit"]] == ["case.open"]  # type: ignore[attr-defined]
    assert WORDS in text
    assert "周主管" in text
    # What somebody writes never looks like a line of another.
    assert "\n[2026-01-01" not in text


async def test_words_from_a_place_that_was_left_are_not_handed_on_as_surely_the_childs(
    records: Records, boss: Worker
) -> None:
    case, store = await records.open(), records.world.store
    report = Report(Why.PLACE, RiskLevel.NONE, RiskKind.DOMESTIC_VIOLENCE, Audience.STUDENT, value="home")
    said = SealedText(1, seal_to(records.desk.public, "没事了，不用来了".encode()))
    origin = Origin("telegram", f"telegram:{ACCOUNT}", ACCOUNT, "2")
    async with store.writing() as connection:
        await move(connection, store, case, Origin("telegram", "telegram:8:8", "8"))
        await SealedCases(store).file(connection, Filing(report, origin, case, Receipt(store.now()), (said,)))
    held, text = await _exported(records, boss, case)

    assert [message["unsure"] for message in held["messages"]] == ["", "before"]  # type: ignore[attr-defined]
    assert [event["unsure"] for event in held["events"] if event["what"] == "place"] == ["before"]  # type: ignore[attr-defined]
    mark = records.world.library.messages["desk.unsure_before"]
    marked = [line for line in text.splitlines() if mark in line]
    assert ["没事了" in line or "place home" in line for line in marked] == [True, True]
    assert not any(WORDS in line for line in marked)


async def test_it_holds_the_address_only_while_that_is_released_to_whoever_exports(
    records: Records, boss: Worker
) -> None:
    other, case = await records.worker("other", "supervisor"), await records.open()
    held, text = await _exported(records, boss, case)
    assert held["identity"] is None
    number = await records.releases.ask(other, case, "公安机关要求")
    await records.releases.grant(boss, number)
    held, text = await _exported(records, boss, case)
    assert held["identity"] is None
    assert ACCOUNT not in text + json.dumps(held)

    held, text = await _exported(records, other, case)
    assert held["identity"] == {"channel": "telegram", "address": ACCOUNT}
    assert ACCOUNT in text
    records.world.clock.forward(minutes=15)
    held, text = await _exported(records, other, case)
    assert held["identity"] is None


async def test_the_log_has_the_fingerprint_of_the_file(records: Records, boss: Worker) -> None:
    case = await records.open()
    made = await records.exports.make(boss, case, new_passphrase())
    line = (await records.audit.lines(case))[0]
    assert (line.action, line.actor) == ("case.export", boss.actor)
    assert line.detail == f"sha256 {hashlib.sha256(made.data).hexdigest()}"
    assert "exported" in [event.what for event in await records.world.work.events(case)]


async def test_nobody_exports_what_is_not_theirs_to_export(records: Records, boss: Worker) -> None:
    case = await records.open()
    async with records.world.store.writing() as connection:
        await connection.execute(update(desk_case).values(school="第一中学"))
    counsellor = await records.worker("counsellor")
    teacher = await records.worker("teacher", "supervisor", school="第一中学")
    principal = await records.worker("principal", "vice_principal")
    keyless = await records.worker("keyless", "supervisor", keyed=False)
    gone = await records.worker("gone", "supervisor", state="disabled")
    for person in (teacher, principal, gone):
        with pytest.raises(NoSuchCaseError):
            await records.exports.make(person, case, new_passphrase())
    for person in (counsellor, keyless):
        with pytest.raises(RecordsError):
            await records.exports.make(person, case, new_passphrase())
    with pytest.raises(RecordsError):
        await records.exports.make(boss, case, "1234")
    assert await records.actions(case) == []


async def test_what_the_exporter_cannot_open_is_said_and_not_left_out(records: Records) -> None:
    boss = await records.worker("boss", "supervisor")
    case = await records.open()
    held, _ = await _exported(records, Worker(boss.id, True, Ring(None)), case)
    assert held["messages"][0]["text"] is None  # type: ignore[index]


async def test_nothing_in_the_file_can_be_read_without_the_passphrase(records: Records, boss: Worker) -> None:
    passphrase = new_passphrase()
    made = await records.exports.make(boss, await records.open(), passphrase)
    assert made.data.startswith(HEADER)
    assert not any(secret in made.data for secret in (WORDS.encode(), b"MARKER", b"case-1", passphrase.encode()))
    with pytest.raises(EnvelopeError):
        open_files(made.data, new_passphrase())
    with pytest.raises(EnvelopeError):
        open_files(made.data[:-1] + bytes([made.data[-1] ^ 1]), passphrase)
    with pytest.raises(EnvelopeError):
        open_files(made.data[:30], passphrase)


def test_a_passphrase_is_understood_however_it_is_typed() -> None:
    passphrase = new_passphrase()
    bare = passphrase.replace("-", "")
    for typed in (bare.lower(), f" {passphrase} ", bare.replace("O", "0"), passphrase.replace("-", "－")):
        assert normal_passphrase(typed) == bare
    assert len({new_passphrase() for _ in range(50)}) == 50
    assert normal_passphrase("密码") is None


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, str]:
    passphrase, file = new_passphrase(), tmp_path / "case-1.fxhcase"
    file.write_bytes(seal_files({"case-1.txt": WORDS.encode(), "../../evil.txt": b"x"}, passphrase))
    return file, passphrase


def _open(file: Path, typed: str) -> str:
    app = typer.Typer()
    app.command()(open_export)
    done = CliRunner().invoke(app, [str(file)], input=f"{typed}\n", catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_the_command_opens_it_beside_the_file_for_this_user_alone(sealed: tuple[Path, str]) -> None:
    file, passphrase = sealed
    shown = _open(file, passphrase)
    folder = file.with_suffix("")
    assert (folder / "case-1.txt").read_text("utf-8") == WORDS
    assert {item.name: item.stat().st_mode & 0o777 for item in folder.iterdir()} == {
        "case-1.txt": 0o600,
        "evil.txt": 0o600,
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert passphrase not in shown
    with pytest.raises(CommandError):
        _open(file, passphrase)


def test_the_command_writes_nothing_for_a_wrong_passphrase_or_another_file(sealed: tuple[Path, str]) -> None:
    file, _ = sealed
    with pytest.raises(CommandError):
        _open(file, new_passphrase())
    assert not file.with_suffix("").exists()
    other = file.with_name("other.bin")
    other.write_bytes(b"no case at all")
    with pytest.raises(CommandError):
        _open(other, new_passphrase())
    with pytest.raises(CommandError):
        _open(file.with_name("none.fxhcase"), new_passphrase())
