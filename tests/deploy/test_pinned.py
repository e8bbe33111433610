"""The image installs what the service needs, pinned and hashed, and nothing of the developers'."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", name)[0]).lower()


def _printed(part: str) -> dict[str, str]:
    run = subprocess.run(
        [sys.executable, ROOT / "deploy/pinned.py", part], capture_output=True, encoding="utf-8", check=True
    )
    blocks = re.split(r"^(?=\S)", run.stdout, flags=re.MULTILINE)
    return {block.partition("==")[0]: block for block in blocks if block}


@pytest.fixture(scope="module")
def running() -> dict[str, str]:
    return _printed("run")


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    data: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return data


def test_every_dependency_is_there(running: dict[str, str], project: dict[str, list[str]]) -> None:
    assert {_plain(item) for item in project["dependencies"]} <= set(running)


def test_what_dependencies_need_is_there_too(running: dict[str, str]) -> None:
    assert {"h11", "pydantic-core", "psycopg-binary", "scipy"} <= set(running)


def test_nothing_of_the_developers_is_there(running: dict[str, str]) -> None:
    assert not {"pytest", "mypy", "ruff", "playwright", "pip-tools"} & set(running)


def test_every_package_carries_hashes(running: dict[str, str]) -> None:
    assert [name for name, block in running.items() if "--hash=sha256:" not in block] == []


def test_the_wheel_is_built_with_pinned_tools() -> None:
    assert set(_printed("build")) == {"setuptools"}
