"""Tokens for other systems, from the console."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import token as commands
from bot.commands.errors import CommandError


@pytest.fixture(autouse=True)
def _console(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FAXIAOHU_DATA_DIR", str(tmp_path / "data"))


def test_a_token_is_told_once_and_listed_without_its_secret(capsys: pytest.CaptureFixture[str]) -> None:
    commands.add("区教育局平台", "", 30)
    token = capsys.readouterr().out.strip()
    commands.list_tokens()
    listed = capsys.readouterr().out

    assert token.startswith("fxh_")
    assert len(token) > 40
    assert "区教育局平台" in listed
    assert token not in listed


def test_a_revoked_token_is_listed_as_such_and_revoked_once(capsys: pytest.CaptureFixture[str]) -> None:
    commands.add("平台", "neimenggu", 30)
    commands.revoke(1)
    capsys.readouterr()
    commands.list_tokens()

    assert capsys.readouterr().out.split()[-1] == "已作废"
    with pytest.raises(CommandError):
        commands.revoke(1)


@pytest.mark.parametrize(("name", "region", "days"), [("", "", 30), ("平台", "mars", 30), ("平台", "", 0)])
def test_what_is_wrong_makes_no_token(name: str, region: str, days: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError):
        commands.add(name, region, days)
    commands.list_tokens()
    assert "fxh_" not in capsys.readouterr().out
    assert len(capsys.readouterr().out) == 0
