"""Loads the content folders into a Library (what it says) and a Corpus (how it understands)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.content.problems import ContentError, Problem, relative
from bot.content.yamlfile import line_of, read_yaml, yaml_files
from bot.core.content_types import Glosses, Library, Source, Topic
from bot.core.cues import Cues
from bot.core.help_types import Hotline, Region, ScriptSet
from bot.core.intent_types import Corpus, Lexicon, RiskContent, RiskExample, RiskRule, TopicIntents
from bot.core.quiz_types import Bank, Quiz, TopicQuestions
from bot.core.record import Record

R = TypeVar("R", bound=Record)
DIALOGUE = "intents/dialogue.yaml"


class Reader:
    """Reads every file below a root, collecting problems instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def files(self, folder: str) -> Iterator[tuple[str, Path]]:
        """Each YAML file below a folder, with its id: ``bullying/victim.yaml`` is ``bullying.victim``."""
        base = self.root / folder
        for path in yaml_files(base):
            yield ".".join(path.relative_to(base).with_suffix("").parts), path

    def data(self, path: Path) -> Any:
        """The file's data, or None where it does not parse (the problem is kept)."""
        try:
            return read_yaml(path, self.root)
        except ContentError as error:
            self.problems += error.problems
            return None

    def record(self, kind: type[R], path: Path, **extra: Any) -> R | None:
        """The file as one record, or None (the problems are kept)."""
        data = self.data(path)
        if data is None:
            return None
        if not isinstance(data, dict):
            self.problems.append(
                Problem(relative(path, self.root), 1, "文件开头应是“名字: 内容”", "参照 CONTRIBUTING 里的样子")
            )
            return None
        return self._validated(kind, path, data | extra)

    def _validated(self, kind: type[R], path: Path, data: dict[str, Any]) -> R | None:
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for item in error.errors():
                where = tuple(part for part in item["loc"] if isinstance(part, str | int))
                name = relative(path, self.root)
                what = f"{'.'.join(map(str, where))}：{_said(item['type'], item['msg'])}"
                self.problems.append(Problem(name, line_of(path, where), what, _mend(item["type"])))
            return None

    def each(self, folder: str, kind: type[R]) -> dict[str, R]:
        """Every file of a folder as a record with its id."""
        found: dict[str, R] = {}
        for name, path in self.files(folder):
            record = self.record(kind, path, id=name)
            if record is not None:
                found[name] = record
        return found

    def listed(self, path: Path, kind: type[R], key: str) -> list[R]:
        """The records in a file's list."""
        data = self.data(path) if path.exists() else None
        if not isinstance(data, dict):
            return []
        items = [self._validated(kind, path, item) for item in data.get(key, ()) if isinstance(item, dict)]
        return [item for item in items if item is not None]


def read_library(reader: Reader) -> Library:
    """What the service says, as far as it can be read; the reader holds the problems."""
    national = reader.root / "knowledge/hotlines/national.yaml"
    hotlines = {line.number: line for line in reader.listed(national, Hotline, "hotlines")}
    messages: dict[str, str] = {}
    for group, path in reader.files("knowledge/messages"):
        for key, text in (reader.data(path) or {}).items():
            messages[f"{group}.{key}"] = str(text).strip()
    return Library(
        topics=reader.each("knowledge/topics", Topic),
        sources=reader.each("knowledge/sources", Source),
        hotlines=hotlines,
        regions=reader.each("knowledge/hotlines/regions", Region),
        scripts=reader.each("knowledge/scripts", ScriptSet),
        messages=messages,
        glosses=reader.each("knowledge/glosses", Glosses),
        cue_groups=read_cues(reader).groups,
    )


def read_cues(reader: Reader) -> Cues:
    """The words of short turns; none where the file is missing or cannot be read."""
    path = reader.root / DIALOGUE
    return (reader.record(Cues, path) if path.exists() else None) or Cues()


def read_bank(reader: Reader) -> Bank:
    """The question bank and the quizzes, as far as they can be read; the reader holds the problems."""
    return Bank(
        topics=reader.each("knowledge/questions", TopicQuestions), quizzes=reader.each("knowledge/quizzes", Quiz)
    )


def read_corpus(reader: Reader) -> Corpus:
    """How the service understands, as far as it can be read; the reader holds the problems."""
    lexicon_path = reader.root / "intents/lexicon.yaml"
    lexicon = reader.record(Lexicon, lexicon_path) if lexicon_path.exists() else None
    return Corpus(
        intents=reader.each("intents/topics", TopicIntents),
        lexicon=lexicon or Lexicon(),
        risk=_risk(reader),
    )


def _risk(reader: Reader) -> RiskContent:
    base = reader.root / "intents/risk"
    groups, words = _groups(reader, "lexicon"), _groups(reader, "words")
    rules = [rule for _, path in reader.files("intents/risk/rules") for rule in reader.listed(path, RiskRule, "rules")]
    examples = [
        example for path in yaml_files(base / "examples") for example in reader.listed(path, RiskExample, "examples")
    ]
    everyday = base / "ordinary.yaml"
    hints = (reader.data(everyday) or {}) if everyday.exists() else {}
    ordinary, calm, evidence = (tuple(hints.get(name, ())) for name in ("topics", "calm", "evidence"))
    return RiskContent(
        ordinary=ordinary,
        calm=calm,
        evidence=evidence,
        groups=groups,
        words=words,
        rules=tuple(rules),
        examples=tuple(examples),
    )


def _groups(reader: Reader, part: str) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for _, path in reader.files(f"intents/risk/{part}"):
        groups |= {name: tuple(map(str, words)) for name, words in (reader.data(path) or {}).items()}
    return groups


def load_library(root: Path) -> Library:
    """What the service says. Raises ContentError if any file is broken."""
    return _strict(root, read_library)


def load_corpus(root: Path) -> Corpus:
    """How the service understands. Raises ContentError if any file is broken."""
    return _strict(root, read_corpus)


def load_bank(root: Path) -> Bank:
    """The question bank and the quizzes. Raises ContentError if any file is broken."""
    return _strict(root, read_bank)


L = TypeVar("L", Library, Corpus, Bank)


def _strict(root: Path, read: Callable[[Reader], L]) -> L:
    reader = Reader(root)
    content = read(reader)
    if reader.problems:
        raise ContentError(reader.problems)
    return content


def _said(kind: str, message: str) -> str:
    said = {"missing": "缺少这一项", "extra_forbidden": "没有这样的项", "enum": "不是允许的写法"}
    return said.get(kind, message)


def _mend(kind: str) -> str:
    mends = {
        "missing": "补上这一项",
        "extra_forbidden": "删掉，或检查名字是否拼错",
        "enum": "换成说明里列出的写法",
        "string_type": "写成一句话；纯数字要加引号",
        "string_too_short": "写上内容，不能留空",
    }
    return mends.get(kind, "对照 CONTRIBUTING 里的样子改正")
