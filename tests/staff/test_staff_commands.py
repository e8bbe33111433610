"""Accounts from the console."""

import re

import pytest

from bot.commands import staff as commands
from bot.commands.errors import CommandError


@pytest.fixture(autouse=True)
def console(monkeypatch, tmp_path):
    monkeypatch.setenv("FAXIAOHU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FAXIAOHU_PUBLIC_URL", "https://example.org/")


def link_in(printed: str) -> str:
    return re.search(r"https://example\.org(/staff/\S+)", printed)[1]


def test_somebody_who_is_added_is_listed_with_a_link_to_hand_on(capsys):
    commands.add("Li", "李老师", "supervisor", 2, region="neimenggu", school="示范小学")
    assert link_in(capsys.readouterr().out).startswith("/staff/join/")
    commands.list_members()
    assert capsys.readouterr().out.split() == ["li", "李老师", "主管", "还没加入"]


def test_an_empty_desk_says_so(capsys):
    commands.list_members()
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "display", "role", "region"),
    [
        ("有 空格", "李", "counsellor", ""),
        ("li", "", "counsellor", ""),
        ("li", "李", "king", ""),
        ("li", "李", "counsellor", "mars"),
    ],
)
def test_what_cannot_be_added_is_said_in_words(name, display, role, region):
    with pytest.raises(CommandError, match=r"[一-龥]"):
        commands.add(name, display, role, 1, region=region)


def test_a_name_is_added_once():
    commands.add("li", "李老师")
    with pytest.raises(CommandError):
        commands.add("li", "李老师")


def test_somebody_is_disabled_once(capsys):
    commands.add("li", "李老师")
    commands.disable("LI")
    capsys.readouterr()
    commands.list_members()
    assert "已停用" in capsys.readouterr().out
    with pytest.raises(CommandError):
        commands.disable("li")
    with pytest.raises(CommandError):
        commands.disable("nobody")


def test_the_set_up_link_is_printed_while_there_is_no_key(capsys):
    commands.setup_link()
    assert link_in(capsys.readouterr().out).startswith("/staff/setup/")
