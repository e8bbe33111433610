"""A change to review is a patch that applies, keeps the content readable, and touches nothing by itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.content.load import Reader, load_corpus, read_library
from bot.content.problems import ContentError
from bot.content.proposal import more_of, new_topic

ROOT = Path(__file__).parents[2]
WHY = "2026-11-22：有人问的没答上来，最接近bullying.victim。"
TOPICS = sorted(
    ".".join(path.relative_to(ROOT / "intents/topics").with_suffix("").parts)
    for path in (ROOT / "intents/topics").rglob("*.yaml")
)
needs_patch = pytest.mark.skipif(shutil.which("patch") is None, reason="needs the patch command")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content")
    for name in ("knowledge", "intents"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def _apply(text: str, folder: Path) -> None:
    subprocess.run(["patch", "-p1", "--fuzz=0", "-s"], input=text.encode(), cwd=folder, check=True)


@needs_patch
def test_every_topic_takes_its_patch_and_stays_readable(copy: Path) -> None:
    _apply("".join(more_of(ROOT, topic, "draft_1", WHY) for topic in TOPICS), copy)

    corpus, library = load_corpus(copy), read_library(Reader(copy))
    assert [topic for topic in TOPICS if "draft_1" not in corpus.intents[topic].examples] == []
    sides = {
        topic: {angle.id for answer in library.topics[topic].answers.values() for angle in answer.angles}
        for topic in TOPICS
        if topic in library.topics
    }
    assert [topic for topic, ids in sides.items() if "draft_1" not in ids] == []


@needs_patch
def test_a_new_topic_is_two_new_files(tmp_path: Path) -> None:
    _apply(new_topic(ROOT, "bullying.victim_draft", WHY), tmp_path)

    made = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.yaml"))
    assert made == ["intents/topics/bullying/victim_draft.yaml", "knowledge/topics/bullying/victim_draft.yaml"]


@pytest.mark.parametrize("name", ["../etc", "bullying.victim", "Bullying.x", "a.b/c", "none.such"])
def test_wrong_names_make_nothing(name: str) -> None:
    with pytest.raises(ContentError):
        new_topic(ROOT, name, WHY) if name != "none.such" else more_of(ROOT, name, "draft_1", WHY)
