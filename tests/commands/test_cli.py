"""The command line, run as its users run it."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer

from bot.app import open_store
from bot.commands.doctor import PARTS, Finding, doctor
from bot.commands.serve import listen
from bot.content.build import Service
from bot.core.content_types import Library
from bot.settings import Settings
from bot.storage.roster import SealedRoster
from bot.storage.roster_types import Route
from bot.storage.schools import SealedSchools
from bot.storage.staff import StaffRecords
from tests.desk.world import Clock, World
from tests.storage.desk_rows import case as open_case

FIELDS = {"topic", "confidence", "alternatives", "outcome", "risk", "risk_kind", "citations", "reply"}
PATIENCE = 600.0


@pytest.fixture
def environment(tmp_path: Path, service: Service) -> dict[str, str]:
    """A data folder of its own, the built model, and a locale that knows no Chinese."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FAXIAOHU_")}
    return kept | {
        "FAXIAOHU_DATA_DIR": str(tmp_path / "data"),
        "FAXIAOHU_CACHE_DIR": str(Settings().cache_dir),
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
    }


def faxiaohu(
    *words: str, env: dict[str, str], given: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", *words],
        input=given,
        capture_output=True,
        encoding="utf-8",
        env=env,
        cwd=cwd,
        check=False,
        timeout=PATIENCE,
    )


def test_ask_answers_from_any_folder_and_leaves_nothing_behind(environment: dict[str, str], tmp_path: Path) -> None:
    done = faxiaohu("ask", "压岁钱归谁", env=environment, cwd=tmp_path)

    assert done.returncode == 0
    assert "《民法典》第三十五条" in done.stdout
    assert not (tmp_path / "data").exists()


def test_ask_json_has_every_field_of_the_interface(environment: dict[str, str]) -> None:
    done = faxiaohu("ask", "--json", "--audience", "parent", "孩子充值能退吗", env=environment)

    answer = json.loads(done.stdout)
    assert set(answer) == FIELDS
    assert answer["topic"] == "online.spending"
    assert len(answer["alternatives"]) == 5
    assert answer["topic"] not in answer["alternatives"]
    assert 0 <= answer["confidence"] <= 1


def test_jsonl_keeps_the_order_and_goes_on_after_a_bad_line(environment: dict[str, str]) -> None:
    lines = [
        json.dumps({"text": "压岁钱归谁", "audience": "student"}),
        "this is not JSON",
        json.dumps({"text": 5}),
        json.dumps({"text": "你好", "audience": "teacher"}),
        json.dumps({"turns": ["压岁钱归谁", "更多"]}),
        json.dumps({"text": "帮我写首诗"}),
        json.dumps({"text": "\ud83d"}),
        "[" * 100_000,
    ]

    done = faxiaohu("ask", "--jsonl", env=environment, given="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert len(answers) == len(lines)
    assert answers[0]["topic"] == "home.money"
    assert all(set(answers[place]) == {"error"} for place in (1, 2, 3, 7))
    first, more = answers[4]["turns"]
    assert first["topic"] == more["topic"] == "home.money"
    assert len(first["alternatives"]) == len(more["alternatives"]) == 5
    assert first["reply"] != more["reply"]
    assert (answers[5]["outcome"], answers[5]["topic"]) == ("abstain", "bot.out_of_scope")
    assert set(answers[6]) == FIELDS


def test_every_line_is_a_fresh_talk(environment: dict[str, str]) -> None:
    given = "\n".join(json.dumps({"text": text}) for text in ("压岁钱归谁", "更多"))

    answers = [
        json.loads(line) for line in faxiaohu("ask", "--jsonl", env=environment, given=given).stdout.splitlines()
    ]

    assert answers[1]["topic"] != answers[0]["topic"]


@pytest.mark.parametrize(
    ("words", "setting", "said"),
    [
        (("ask", "--audience", "teacher", "你好"), {}, "audience"),
        (("ask", "你好"), {"FAXIAOHU_PORT": "many"}, "FAXIAOHU_PORT"),
        (("ask", "你好"), {"FAXIAOHU_TIMEZONE": "Mars/Olympus"}, "FAXIAOHU_TIMEZONE"),
        (("ask", "你好"), {"FAXIAOHU_KEY": "short"}, "FAXIAOHU_KEY"),
        (("ask", "你好"), {"FAXIAOHU_REGION": "atlantis"}, "FAXIAOHU_REGION"),
        (("db", "check"), {"FAXIAOHU_DATABASE_URL": "mysql://host/db"}, "postgresql"),
        (("content", "new-topic", "Not A Name"), {}, "home.pets"),
        (("content", "sample", "no.such"), {}, "no.such"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_code_2(
    environment: dict[str, str], words: tuple[str, ...], setting: dict[str, str], said: str
) -> None:
    done = faxiaohu(*words, env=environment | setting)

    assert done.returncode in (1, 2)
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_broken_content_is_told_by_file_and_line(environment: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "content" / "knowledge" / "topics" / "home" / "money.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("title: [压岁钱\n", encoding="utf-8")

    done = faxiaohu("ask", "你好", env=environment | {"FAXIAOHU_CONTENT_DIR": str(tmp_path / "content")})

    assert done.returncode == 2
    assert "knowledge/topics/home/money.yaml:" in done.stderr


def test_parse_says_what_is_seen_and_why(environment: dict[str, str]) -> None:
    told = faxiaohu("content", "parse", "老师沒收我手机", env=environment).stdout

    assert "老师没收我手机" in told
    assert "online.phone_school" in told


def test_export_names_only_articles_that_exist(environment: dict[str, str], service: Service) -> None:
    data = json.loads(faxiaohu("content", "export", env=environment).stdout)

    assert len(data["topics"]) >= 161
    for cite in data["citations"]:
        source, _, number = cite.partition(":")
        assert not number or service.library.sources[source].has_article(number)


def test_doctor_says_plainly_that_nobody_is_on_duty(environment: dict[str, str]) -> None:
    done = faxiaohu("doctor", env=environment)

    assert "没有真人值班" in done.stdout or "没有人值班" in done.stdout
    assert done.returncode == 1


async def _staffed(settings: Settings, library: Library) -> None:
    store = await open_store(settings)
    world = World(store, Clock(store.now()), library)
    await world.key()
    first = await world.person("first")
    for label in ("works", "broken"):
        await world.roster.add_route(Route(0, first, label=label, target="json://host"))
    await world.roster.route_fails(2)
    async with store.writing() as connection:
        await SealedSchools(store).add_school(connection, "青山县第一中学", "")
        await StaffRecords(store).set_school(connection, first, "青山一中")
    await open_case(store, state="waiting", due_at=store.now() - dt.timedelta(minutes=1))
    await store.close()


def test_doctor_is_red_for_what_is_wrong_and_not_for_who_is_on_duty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], service: Service
) -> None:
    monkeypatch.setenv("FAXIAOHU_DATA_DIR", str(tmp_path))
    asyncio.run(_staffed(Settings(data_dir=tmp_path), service.library))
    told: list[str] = []

    def later(_settings: Settings) -> Iterator[Finding]:
        told.extend(capsys.readouterr().out.splitlines())
        yield from ()

    monkeypatch.setattr("bot.commands.doctor.PARTS", (PARTS[3], later))  # the rest reads all content, for a minute
    with pytest.raises(typer.Exit):
        doctor()

    say = service.library.messages
    assert "[好] " + say["alerts.on_duty"].format(count=1) in told  # before the next part is looked at
    assert any(line.startswith("[要改] 1 件求助过了时间还没有人回，其中 1 件没有人打开过") for line in told)
    assert any(line.startswith("[提醒] 1 位值班人员的学校写法") for line in told)
    assert "[要改] " + say["alerts.routes_failing"].format(count=1, labels="broken") in told


@pytest.mark.parametrize(("found", "state"), [(True, "[好]"), (False, "[提醒]")])
def test_doctor_says_whether_charts_can_be_drawn_in_chinese(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, found: bool, state: str
) -> None:
    monkeypatch.setenv("FAXIAOHU_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("bot.charts.font.writes_chinese", lambda: found)
    with pytest.raises(typer.Exit):
        doctor()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "字体" in line]
    assert line.startswith(state)


def test_the_idle_service_carries_neither_spreadsheets_nor_drawing() -> None:
    asked = "import sys, bot.assembly_teaching, bot.assembly_outreach, bot.commands.serve; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert not {"openpyxl", "docx", "vl_convert"} & set(done.stdout.split())


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The service, ready, and its address."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import main; main()", "run"],
        env=environment | {"FAXIAOHU_PORT": str(port)},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    _until_ready(process, address)
    yield process, address
    process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address}/healthz").is_success:
                return
        except httpx.TransportError:
            continue
    pytest.fail("the service did not become ready")


def test_run_serves_the_chat_and_stops_gracefully(running: tuple[subprocess.Popen[bytes], str]) -> None:
    process, address = running

    answer = httpx.post(f"{address}/api/chat", json={"text": "压岁钱归谁"}, headers={"Origin": address}).json()
    process.send_signal(signal.SIGTERM)

    assert answer["kind"] == "answer"
    assert process.wait(timeout=PATIENCE) == 0


def test_health_says_that_nobody_is_on_duty(running: tuple[subprocess.Popen[bytes], str]) -> None:
    _, address = running

    told = httpx.get(f"{address}/healthz").json()

    assert (told["status"], told["content"], told["on_duty"]) == ("ok", "current", 0)
    assert "no_key" in told["desk"]


def test_a_second_service_on_the_same_data_is_refused(
    running: tuple[subprocess.Popen[bytes], str], environment: dict[str, str]
) -> None:
    done = faxiaohu("run", env=environment | {"FAXIAOHU_PORT": str(_free_port())})

    assert done.returncode == 2
    assert "FAXIAOHU_DATA_DIR" in done.stderr


def test_a_port_in_use_is_one_clear_line(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = faxiaohu("run", env=environment | {"FAXIAOHU_PORT": str(taken.getsockname()[1])})

    assert done.returncode == 2
    assert "FAXIAOHU_PORT" in done.stderr


def test_an_answer_is_not_held_back_until_the_browser_acknowledges() -> None:
    """Asyncio turns Nagle's algorithm off only where a socket says that it is TCP; else each answer waits 40 ms."""
    with listen(Settings(port=_free_port())) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_backup_and_restore_bring_back_a_talk(environment: dict[str, str], tmp_path: Path) -> None:
    assert faxiaohu("db", "upgrade", env=environment).returncode == 0
    assert faxiaohu("backup", str(tmp_path / "copy.tar.gz"), env=environment).returncode == 0
    elsewhere = environment | {"FAXIAOHU_DATA_DIR": str(tmp_path / "other")}

    done = faxiaohu("restore", str(tmp_path / "copy.tar.gz"), env=elsewhere)

    assert done.returncode == 0, done.stderr
    assert faxiaohu("db", "check", env=elsewhere).returncode == 0


def test_data_without_its_key_is_told_by_every_command_and_gets_no_other(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "data" / "server.key"
    asyncio.run(_route(Settings(data_dir=tmp_path / "data", key=None)))
    assert "里面有密钥" in faxiaohu("backup", str(tmp_path / "with.tar.gz"), env=environment).stdout
    given = {"FAXIAOHU_KEY": key.read_text("ascii").strip()}
    key.unlink()
    assert "密钥不在备份里" in faxiaohu("backup", str(tmp_path / "without.tar.gz"), env=environment).stdout
    elsewhere = environment | {"FAXIAOHU_DATA_DIR": str(tmp_path / "other")}

    restored = faxiaohu("restore", str(tmp_path / "without.tar.gz"), env=elsewhere)
    checked = faxiaohu("db", "check", env=elsewhere)
    started = faxiaohu("run", env=elsewhere | {"FAXIAOHU_PORT": str(_free_port())})
    monkeypatch.setenv("FAXIAOHU_DATA_DIR", str(tmp_path / "other"))
    monkeypatch.setattr("bot.commands.doctor.PARTS", PARTS[:3])  # the rest reads all content, for a minute
    with pytest.raises(typer.Exit):
        doctor()

    assert [done.returncode for done in (restored, checked, started)] == [1, 1, 2]
    for told in (restored.stdout, checked.stdout, started.stderr, capsys.readouterr().out):
        assert "FAXIAOHU_KEY" in told
        assert "服务器密钥丢了" in told
    assert not (tmp_path / "other" / "server.key").exists()
    assert faxiaohu("db", "check", env=elsewhere | given).returncode == 0
    whole = environment | {"FAXIAOHU_DATA_DIR": str(tmp_path / "third")}
    assert faxiaohu("restore", str(tmp_path / "with.tar.gz"), env=whole).returncode == 0


async def _route(settings: Settings) -> None:
    store = await open_store(settings)
    await SealedRoster(store).add_route(Route(0, None, label="group", target="json://host"))
    await store.close()


def test_chat_talks_in_the_terminal_and_takes_a_button_by_its_number(environment: dict[str, str]) -> None:
    done = faxiaohu("chat", env=environment, given="2\n压岁钱归谁\n1\n退出\n")

    assert done.returncode == 0
    assert "《民法典》第三十五条" in done.stdout
    assert done.stdout.rstrip().endswith("110。")


def test_evaluate_prints_figures_and_writes_one_page(environment: dict[str, str], tmp_path: Path) -> None:
    page = tmp_path / "figures.html"

    told = json.loads(faxiaohu("evaluate", "--json", "--html", str(page), env=environment).stdout)

    assert told["test questions"]["top1"]["value"] > 0.9
    assert "<svg" in page.read_text(encoding="utf-8")
    assert "http://" not in page.read_text(encoding="utf-8").replace("http://www.w3.org", "")
