"""The demo, started as its users start it: what it prints opens the doors, and behind them nothing is empty."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pyotp
import pytest

from bot.content.build import Service
from bot.settings import Settings

OURS = {"Sec-Fetch-Site": "same-origin"}
PATIENCE = 180.0
_DOOR = re.compile(r"名字 (?P<name>\w+)  密码 (?P<password>\S+)\n\S*secret=(?P<secret>\w+)")


@dataclass(frozen=True)
class Demo:
    """A demo that runs; ``said``: what it printed."""

    address: str
    said: str

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx.Client]:
        """A browser in which this name has signed in, with what was printed for it."""
        door = next(found for found in _DOOR.finditer(self.said) if found["name"] == name)
        code = pyotp.TOTP(door["secret"]).now()
        typed = {"name": name, "password": door["password"], "code": code, "next": ""}
        with httpx.Client(base_url=self.address, headers=OURS, follow_redirects=True, trust_env=False) as http:
            assert http.post("/staff/sign-in", data=typed).url.path == "/staff"
            yield http

    def printed(self, path: str) -> str:
        """An address of this site that was printed."""
        found = re.search(rf"{self.address}({path}\S*)", self.said)
        assert found is not None
        return found[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, service: Service) -> Iterator[Demo]:
    """``service``: the content is built."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("demo")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FAXIAOHU_")}
    given = {"FAXIAOHU_PORT": str(port), "FAXIAOHU_CACHE_DIR": str(Settings().cache_dir), "TMPDIR": str(folder)}
    words = [sys.executable, "-c", "from bot.cli import main; main()", "demo"]
    with (folder / "said").open("wb") as said, subprocess.Popen(words, env=kept | given, stderr=said) as process:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process)
        yield Demo(address, (folder / "said").read_text(encoding="utf-8"))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    assert not list(folder.glob("faxiaohu-demo-*"))


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def boss(demo: Demo) -> Iterator[httpx.Client]:
    with demo.signed_in("demo") as boss:
        yield boss


@pytest.fixture(scope="module")
def teacher(demo: Demo) -> Iterator[httpx.Client]:
    """One sign-in for all: a code opens the door once."""
    with demo.signed_in("fazhi") as teacher:
        yield teacher


def test_a_case_waits_at_the_desk(boss: httpx.Client) -> None:
    end = time.monotonic() + PATIENCE
    while "/desk/case/1" not in boss.get("/desk").text:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_vice_principal_finds_a_marked_school_with_classes(demo: Demo, teacher: httpx.Client) -> None:
    assert "示例" in teacher.get(demo.printed("/staff/teach")).text
    joined = re.findall(r"\d+名学生", teacher.get("/staff/teach/classes").text)
    assert sorted(joined) == ["28名学生", "31名学生", "3名学生"]


def test_results_are_there_and_too_few_are_not_told(teacher: httpx.Client) -> None:
    again = teacher.get("/staff/teach/results/2").text
    assert "26人" in again
    assert "/results/2/change.svg" in again
    assert 'class="question"' not in teacher.get("/staff/teach/results/4").text


def test_anybody_may_take_the_quiz_of_the_printed_class(demo: Demo) -> None:
    path = demo.printed("/class/")
    with httpx.Client(base_url=demo.address, headers=OURS, trust_env=False) as pupil:
        assert pupil.get(path).status_code == 200
        joined = pupil.post("/api/chat", json={"command": f"enrol:{path.rpartition('/')[2]}.student"}).json()
        (quiz,) = [each["command"] for each in joined["choices"] if each["command"].startswith("quiz:")]
        assert pupil.post("/api/chat", json={"command": quiz}).json()["kind"] == "quiz"


@pytest.mark.parametrize("who", ["boss", "teacher"])
def test_the_dashboard_has_figures_and_charts(demo: Demo, who: str, request: pytest.FixtureRequest) -> None:
    board = request.getfixturevalue(who).get(demo.printed("/staff/outreach")).text
    figures = [int(found.replace(",", "")) for found in re.findall(r"<dd>\s*([\d,]+)", board)]
    assert max(figures) > 100
    assert board.count("/staff/outreach/chart/") >= 4


def test_what_was_done_is_listed(teacher: httpx.Client) -> None:
    assert "法治讲座" in teacher.get("/staff/outreach/entries").text
