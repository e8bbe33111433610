"""Content is exchanged while the service runs; a broken change leaves the old one serving and says why."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import build as build_module
from bot.content import live as live_module
from bot.content.build import BuildError, Service
from bot.content.live import LiveContent
from bot.content.problems import ContentError
from bot.core.content_types import Library

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


def _edited(root: Path) -> None:
    # What Emacs lays beside a file that is being edited: a link to nowhere.
    (root / "knowledge/topics/home/.#money.yaml").symlink_to("somebody@somewhere.4242:1760000000")


def _a_folder(root: Path) -> None:
    (root / "knowledge/topics/home/notes.yaml").mkdir()


@pytest.mark.parametrize("beside", [_edited, _a_folder])
async def test_what_lies_beside_the_files_while_they_are_edited_is_no_content(
    live: LiveContent[Service], root: Path, tmp_path: Path, beside: Callable[[Path], None]
) -> None:
    beside(root)

    assert not await live.refresh()
    assert live.problem is None
    assert LiveContent(root, tmp_path / "cache", lambda service: service).problem is None


async def test_files_are_read_again_only_once_one_of_them_changed(
    live: LiveContent[Service], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.refresh()
    read, reads = live_module.content_digest, list[Path]()
    monkeypatch.setattr(live_module, "content_digest", lambda root: reads.append(root) or read(root))
    assert not await live.refresh()
    assert reads == []

    (root / "knowledge/topics/home/money.yaml").touch()
    assert not await live.refresh(), "it is the same content"
    assert reads == [root]

    _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))
    assert await live.refresh()


async def test_a_file_that_goes_while_it_is_read_leaves_the_old_content_serving(
    live: LiveContent[Service], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = live(), live_module.content_digest

    def gone(_: Path) -> str:
        raise FileNotFoundError(2, "No such file or directory", "money.yaml")

    monkeypatch.setattr(live_module, "content_digest", gone)
    assert not await live.refresh()
    assert live() is before
    assert live.problem is not None

    monkeypatch.setattr(live_module, "content_digest", read)
    _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))
    assert await live.refresh()
    assert live.problem is None


async def test_what_could_not_be_loaded_is_tried_again_though_nothing_changed(
    live: LiveContent[Service], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = live_module.load_service
    _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))

    def away(*_: Path) -> Service:
        raise FileNotFoundError(2, "No such file or directory", "money.yaml")

    monkeypatch.setattr(live_module, "load_service", away)
    monkeypatch.setattr(live_module, "PATIENCE", 2)
    assert not await live.refresh()
    monkeypatch.setattr(live_module, "load_service", load)
    assert not await live.refresh(), "not at every look: it may mean a training"

    assert await live.refresh()
    assert live.problem is None


async def test_content_for_which_the_settings_do_not_fit_leaves_the_old_serving(root: Path, tmp_path: Path) -> None:
    def make(service: Service) -> str:
        title = service.library.topics["home.money"].title
        if title != "home.money":
            raise ValueError(title)
        return title

    live = LiveContent(root, tmp_path / "cache", make)
    _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))

    assert not await live.refresh()
    assert (live(), live.service.library.topics["home.money"].title) == ("home.money", "home.money")
    assert live.problem == "压岁钱"


async def test_a_start_over_broken_content_serves_what_was_built_last(
    live: LiveContent[Service], root: Path, tmp_path: Path
) -> None:
    _write(root / "knowledge/topics/home/money.yaml", "title: [\n")

    again = LiveContent(root, tmp_path / "cache", lambda service: service)

    assert again().library.topics["home.money"].title == "home.money"
    assert again.problem is not None
    assert "knowledge/topics/home/money.yaml" in again.problem
    _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))
    assert await again.refresh()
    assert again.problem is None


def test_a_start_over_broken_content_with_nothing_built_says_why(root: Path, tmp_path: Path) -> None:
    _write(root / "knowledge/topics/home/money.yaml", "title: [\n")

    with pytest.raises(ContentError, match="money"):
        LiveContent(root, tmp_path / "elsewhere", lambda service: service)


def test_what_was_edited_while_it_was_read_never_stands_under_the_name_of_what_is_there_now(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = build_module.load_library

    def edited_meanwhile(folder: Path) -> Library:
        library = read(folder)
        _write(root / "knowledge/topics/home/money.yaml", TOPIC.format(title="压岁钱"))
        return library

    monkeypatch.setattr(build_module, "load_library", edited_meanwhile)
    (tmp_path / "cache").mkdir()

    with pytest.raises(BuildError):
        build_module.build(root, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*/done"))
