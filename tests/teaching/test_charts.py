"""Pictures of results, drawn as they are for pages and for chats."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bot.teaching.picture import Panel, Picture, Row
from bot.teaching.studio import DrawingError, NoChineseFontError, Studio

ROWS = (Row("1. 小乐最好怎么做？", "4/6人 67%", 4 / 6), Row("2. 转发有没有关系？", "6/6人 100%", 1.0))
PICTURE = Picture((Panel("每题答对多少", ROWS),), "被欺负了怎么办", "五（3）班")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is run instead of Python."""
    path = tmp_path / "program"
    monkeypatch.setattr(sys, "executable", str(path))
    return path


def runs(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)


async def test_the_chart_of_a_page_holds_its_words_and_asks_nobody_for_anything() -> None:
    svg = (await Studio().svg(PICTURE)).decode()
    assert all(word in svg for row in ROWS for word in (row.label, row.figures))
    assert "<script" not in svg
    assert "href" not in svg


async def test_before_and_after_are_two_points_each() -> None:
    rows = (Row("1. 小乐最好怎么做？", "40% → 100%", 1.0, 0.4),)
    svg = (await Studio().svg(Picture((Panel("前后对比", rows),)))).decode()
    assert "40% → 100%" in svg


async def test_a_picture_to_send_shows_chinese_or_says_that_it_cannot() -> None:
    studio = Studio()
    try:
        one = await studio.png(PICTURE)
    except NoChineseFontError:
        pytest.skip("no Chinese font: install fonts-noto-cjk")
    other = await studio.png(Picture(PICTURE.panels, "被骗了怎么办吗", PICTURE.subtitle))
    assert struct.unpack(">II", one[16:24]) >= (700, 300)
    assert one != other


async def test_a_picture_is_drawn_once(program: Path, tmp_path: Path) -> None:
    runs(program, f"cat > /dev/null; echo x >> {tmp_path / 'times'}; echo drawn")
    studio = Studio()
    assert [await studio.svg(PICTURE) for _ in range(3)] == [b"drawn\n"] * 3
    assert (tmp_path / "times").read_text() == "x\n"


@pytest.mark.parametrize(("script", "error"), [("exit 3", NoChineseFontError), ("exit 1", DrawingError)])
async def test_what_goes_wrong_is_told(program: Path, script: str, error: type[Exception]) -> None:
    runs(program, f"cat > /dev/null; {script}")
    with pytest.raises(error):
        await Studio().png(PICTURE)


async def test_a_program_that_is_missing_is_an_error_of_drawing(program: Path) -> None:
    with pytest.raises(DrawingError):
        await Studio().svg(PICTURE)


def test_what_draws_is_not_part_of_the_service() -> None:
    """Looked at in a process of its own: other tests of this one may have drawn."""
    drawing = {"altair", "vl_convert", "bot.charts.drawing", "bot.teaching.drawing"}
    script = f"import sys, bot.app; print(*({drawing} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
