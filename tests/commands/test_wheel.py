"""The wheel carries all that it needs: installed elsewhere, it answers."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from bot.content.build import Service
from bot.settings import Settings
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that the checkout stays clean."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("bot", "knowledge", "intents"):
        _copy(ROOT / name, source / name)
    for name in ("pyproject.toml", "setup.py", "README.md"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    _run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(source),
    )
    (made,) = folder.glob("*.whl")
    return made


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


def _run(*words: str, **more: object) -> str:
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False, **more)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def test_the_wheel_carries_content_pages_and_migrations(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    for needed in (
        "bot/data/knowledge/sources/decision.yaml",
        "bot/data/knowledge/topics/bullying/victim.yaml",
        "bot/data/intents/topics/bullying/victim.yaml",
        "bot/data/intents/lexicon.yaml",
    ):
        assert needed in names
    assert any(name.startswith("bot/storage/migrations/versions/") for name in names)
    assert any(name.startswith("bot/channels/web/templates/") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_installed_in_an_empty_environment_elsewhere_it_answers(wheel: Path, tmp_path: Path, service: Service) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(_run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    zipfile.ZipFile(wheel).extractall(site)
    # The dependencies are lent by this environment; our own code is not, since links in there are not followed.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    environment = {"PATH": os.environ["PATH"], "FAXIAOHU_CACHE_DIR": str(Settings().cache_dir), "HOME": str(tmp_path)}

    said = _run(
        str(python), "-c", "from bot.cli import main; main()", "ask", "压岁钱归谁", cwd=tmp_path, env=environment
    )
    where = _run(str(python), "-c", "import bot; print(bot.__file__)", cwd=tmp_path, env=environment)

    assert "《民法典》第三十五条" in said
    assert where.startswith(str(site))
