"""The example of settings names every setting, with its description and its default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from bot.settings import PREFIX, Settings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "env.example"
_SETTING = re.compile(rf"#{PREFIX}(?P<name>[A-Z_]+)=(?P<value>.*)")


def _told() -> dict[str, tuple[str, str]]:
    """The value and the comment above it, by the name of the setting."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    found = {place: _SETTING.fullmatch(line) for place, line in enumerate(lines)}
    return {match["name"].lower(): (match["value"], lines[place - 1]) for place, match in found.items() if match}


def test_every_setting_is_there_and_no_other() -> None:
    assert set(_told()) == set(Settings.model_fields)


def test_nothing_is_set_until_somebody_takes_the_sign_away() -> None:
    lines = [line for line in EXAMPLE.read_text("utf-8").splitlines() if line]

    assert [line for line in lines if not line.startswith("#")] == []


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_is_described_and_shows_its_default(name: str) -> None:
    field = Settings.model_fields[name]

    value, comment = _told()[name]

    assert comment == f"# {field.description}"
    if field.default in (None, PydanticUndefined):
        assert value == ""
    else:
        assert getattr(Settings(**{name: value}), name) == field.default
