"""The systemd unit is understood by systemd and keeps the service in its place."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "faxiaohu.service"


@pytest.fixture
def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text("utf-8"))
    return parser


def test_it_may_write_only_its_data_and_its_cache(unit: configparser.RawConfigParser) -> None:
    service = unit["Service"]

    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectory"] == service["CacheDirectory"] == "faxiaohu"
    assert "FAXIAOHU_DATA_DIR=/var/lib/faxiaohu" in service["Environment"]


def test_it_is_no_root_and_starts_again_after_a_failure(unit: configparser.RawConfigParser) -> None:
    assert unit["Service"]["User"] == "faxiaohu"
    assert unit["Service"]["NoNewPrivileges"] == "yes"
    assert unit["Service"]["Restart"] == "on-failure"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    here = tmp_path / UNIT.name
    here.write_text(UNIT.read_text("utf-8").replace("/opt/faxiaohu/bin/faxiaohu", sys.executable), "utf-8")

    verified = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, encoding="utf-8", check=False)

    assert verified.returncode == 0, verified.stderr
    assert str(here) not in verified.stderr
