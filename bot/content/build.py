"""Builds what serves from the content, once for each state of it: cached by content hash, never in git."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot import __version__
from bot.content.load import Reader, load_corpus, load_library
from bot.content.problems import ContentError
from bot.content.yamlfile import yaml_files
from bot.core.audience import Audience
from bot.core.content_types import Library, Topic
from bot.core.cues import Cues
from bot.core.intent_types import Corpus
from bot.nlu.engine import Engine

#: A file's path, number, size in bytes, and time of change in nanoseconds.
Mark = tuple[str, int, int, int]
FOLDERS = ("knowledge", "intents")
LIBRARY = "library.json"
CUES = "cues.json"
#: Names what the model was trained on: an edited sentence trains nothing anew.
TRAINED = "trained"
DONE = "done"
LOCK = ".building"
#: What is made from the content without training.
_COMPILED = frozenset({LIBRARY, CUES, TRAINED, DONE})
#: Built contents kept; older ones are removed.
KEPT = 3
#: How the folder is called that is not yet whole.
BUILDING = "building-"
ATTEMPTS = 3


class BuildError(Exception):
    """The content is sound, and yet nothing could be built from it; the text is what training said."""


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that answers, in memory, for one state of the content."""

    library: Library
    cues: Cues
    engine: Engine
    digest: str


def content_files(root: Path) -> list[Path]:
    """Every content file, in a fixed order."""
    return [path for folder in sorted(FOLDERS) for path in yaml_files(root / folder)]


def content_digest(root: Path) -> str:
    """A hash over every content file and the program's version. Raises OSError where a file cannot be read."""
    files = content_files(root)
    digest = hashlib.sha256(_program().encode())
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def content_marks(root: Path) -> tuple[Mark, ...]:
    """What tells, without reading them, that content files changed. Raises OSError where one is gone."""
    stats = ((str(path), path.stat()) for path in content_files(root))
    return tuple((path, stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in stats)


def _program() -> str:
    """The version and a hash over the code that makes the model: a changed feature must not meet an old cache."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(
        [*(package / "nlu").rglob("*.py"), *(package / "core").glob("*types.py"), package / "core" / "record.py"]
    ):
        digest.update(path.read_bytes())
    return f"{__version__} {digest.hexdigest()}"


def built(root: Path, cache: Path) -> Path:
    """The folder of the built content, made in a process of its own where it is missing.

    Training needs scikit-learn and gigabytes that the serving process must not keep.
    Raises ContentError where the content is broken, BuildError where training fails.
    """
    said = ""
    # Files may be edited while they are being built: then what was built is not what stands there now.
    for _ in range(ATTEMPTS):
        folder = cache / content_digest(root)
        if (folder / DONE).exists():
            return folder
        said = _build_apart(root, cache)
    load_library(root)
    load_corpus(root)
    raise BuildError(said)


def _build_apart(root: Path, cache: Path) -> str:
    cache.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(  # noqa: S603  (our own module, no shell)
        [sys.executable, "-m", "bot.content.build", str(root), str(cache)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    return made.stderr.strip()[-2000:]


def build(root: Path, cache: Path) -> Path:
    """Compiles and trains into the cache, whole or not at all.

    Whoever comes while another process builds waits, and finds its work.
    """
    with (cache / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        target = cache / content_digest(root)
        return target if (target / DONE).exists() else _build(root, cache)


def _build(root: Path, cache: Path) -> Path:
    # Taken before the files are read: were it taken after, a file edited meanwhile would stand, unread, under its name.
    digest = content_digest(root)
    library, corpus, cues = load_library(root), load_corpus(root), load_cues(root)
    if content_digest(root) != digest:
        raise BuildError("内容在读的时候又改了，改完会再试")
    target = cache / digest
    # Whoever builds holds the lock: what stands here half built was left by a build that was killed.
    for left in cache.glob(f"{BUILDING}*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(dir=cache, prefix=BUILDING))
    try:
        (work / LIBRARY).write_text(library.model_dump_json(by_alias=True), encoding="utf-8")
        (work / CUES).write_text(cues.model_dump_json(), encoding="utf-8")
        _model(corpus, documents(library, corpus), cache, work)
        (work / DONE).write_text(_program(), "ascii")
        shutil.rmtree(target, ignore_errors=True)
        work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _tidy(cache)
    return target


def _model(corpus: Corpus, documents: dict[str, list[str]], cache: Path, work: Path) -> None:
    """The model over these examples: that of an earlier build where they are the same, else a new one."""
    from bot.nlu.train import train

    said = f"{_program()} {corpus.model_dump_json()} {json.dumps(documents)}"
    name = hashlib.sha256(said.encode()).hexdigest()
    earlier = (path.parent for path in cache.glob(f"*/{TRAINED}") if path.read_text("ascii") == name)
    same = next((folder for folder in earlier if (folder / DONE).exists()), None)
    if same is None:
        train(corpus, documents, work)
    else:
        for path in same.iterdir():
            if path.name not in _COMPILED:
                shutil.copy(path, work)
    (work / TRAINED).write_text(name, "ascii")


def load_cues(root: Path) -> Cues:
    """The words of short turns. Raises ContentError."""
    reader = Reader(root)
    cues = reader.record(Cues, root / "intents/dialogue.yaml")
    if cues is None:
        raise ContentError(reader.problems)
    return cues


def documents(library: Library, corpus: Corpus) -> dict[str, list[str]]:
    """Each topic's title and plain answers: further examples in the words of the answer."""
    return {
        name: [topic.title, *(answer.short for answer in topic.answers.values())]
        for name, topic in library.topics.items()
        if name in corpus.intents
    }


def load_service(root: Path, cache: Path) -> Service:
    """Everything that answers, built first where the cache has it not.

    Raises ContentError where the content is broken, BuildError where training fails, OSError where a file cannot be
    read.
    """
    return _load(built(root, cache))


def load_last(cache: Path) -> Service | None:
    """What this very program built last, whatever stands in the content files now; None where there is nothing."""
    program = _program()
    whole = (path for path in _finished(cache) if path.read_text("ascii") == program)
    last = next(whole, None)
    return _load(last.parent) if last else None


def _load(folder: Path) -> Service:
    library = Library.model_validate_json((folder / LIBRARY).read_bytes())
    cues = Cues.model_validate_json((folder / CUES).read_bytes())
    engine = Engine.load(folder, {name: topic_readers(topic) for name, topic in library.topics.items()})
    # It stays as long as it serves: collecting garbage need not walk through all of it again and again.
    gc.collect()
    gc.freeze()
    return Service(library, cues, engine, folder.name)


def topic_readers(topic: Topic) -> frozenset[Audience]:
    """For whom a topic is: its readers, and everyone where it says anyone."""
    return frozenset(Audience) if "anyone" in topic.for_ else topic.readers


def _tidy(cache: Path) -> None:
    """Removes all but the newest built contents."""
    for path in _finished(cache)[KEPT:]:
        shutil.rmtree(path.parent, ignore_errors=True)


def _finished(cache: Path) -> list[Path]:
    """The marks of the built contents, newest first."""
    return sorted(cache.glob(f"*/{DONE}"), key=lambda path: path.stat().st_mtime, reverse=True)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
