"""Content is exchanged while the service runs; a broken change leaves the old one serving and says why."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content.build import Service
from bot.content.live import LiveContent

WORDS = {
    "home.money": ["压岁钱归谁", "红包钱谁管", "妈妈拿走压岁钱", "钱是谁的"],
    "school.phone": ["手机被没收", "老师拿走手机", "手机能带吗", "手机不还"],
    "bot.out_of_scope": ["今天天气", "唱首歌", "讲笑话", "香蕉"],
}
TOPIC = """\
title: {title}
for: [student]
simple: 简单说。
answers: {{student: {{short: 关于{title}的回答。}}}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A content of three topics, quick to train."""
    for name, texts in WORDS.items():
        file = name.replace(".", "/") + ".yaml"
        _write(tmp_path / "content/knowledge/topics" / file, TOPIC.format(title=name))
        _write(tmp_path / "content/intents/topics" / file, f"examples: {{one: {texts[:3]}, two: {texts[3:]}}}\n")
    _write(tmp_path / "content/intents/dialogue.yaml", "more: [更多]\n")
    return tmp_path / "content"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def live(root: Path, tmp_path: Path) -> LiveContent[Service]:
    return LiveContent(root, tmp_path / "cache", lambda service: service)


async def test_a_changed_file_serves_from_then_on(live: LiveContent[Service], root: Path) -> None:
    before = live()
    _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))

    assert await live.refresh()
    assert before.library.topics["home.money"].title == "home.money"
    assert live().library.topics["home.money"].title == "压岁钱"


async def test_without_a_change_nothing_is_exchanged(live: LiveContent[Service]) -> None:
    before = live()

    assert not await live.refresh()
    assert live() is before


async def test_a_broken_file_leaves_the_old_content_serving_and_says_why(
    live: LiveContent[Service], root: Path
) -> None:
    before = live()
    _write(root / "knowledge/topics/home/money.yaml", "title: [\n")

    assert not await live.refresh()
    assert live() is before
    assert live.problem is not None
    assert "knowledge/topics/home/money.yaml" in live.problem


async def test_mending_the_file_clears_the_problem(live: LiveContent[Service], root: Path) -> None:
    _write(root / "knowledge/topics/home/money.yaml", "title: [\n")
    await live.refresh()
    _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))

    assert await live.refresh()
    assert live.problem is None


def test_what_was_built_is_found_again(root: Path, tmp_path: Path, live: LiveContent[Service]) -> None:
    (built,) = (tmp_path / "cache").glob("*/done")
    stamp = built.stat().st_mtime_ns

    LiveContent(root, tmp_path / "cache", lambda service: service)

    assert built.stat().st_mtime_ns == stamp


def test_a_cache_that_was_removed_is_built_again(root: Path, tmp_path: Path, live: LiveContent[Service]) -> None:
    shutil.rmtree(tmp_path / "cache")

    again = LiveContent(root, tmp_path / "cache", lambda service: service)

    assert set(again().library.topics) == set(WORDS)


def test_what_a_killed_build_left_is_removed_by_the_next(root: Path, tmp_path: Path) -> None:
    left = tmp_path / "cache/building-killed"
    _write(left / "library.json", "{")

    LiveContent(root, tmp_path / "cache", lambda service: service)

    assert not left.exists()
