"""A change of content files to be reviewed: a patch that a person finishes and applies, never a change by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path

from bot.content.problems import ContentError, Problem
from bot.content.skeleton import ANSWERS, INTENTS

ANSWERS_AT, INTENTS_AT = "knowledge/topics", "intents/topics"
TOPIC = re.compile(r"[a-z]+\.[a-z0-9_]{1,48}")
ANGLE = """\
      - id: {mark}
        # 问的是这个话题的一个侧面，原来的回答没说到，就填好这一段；不需要就删掉。改完要请人重读。
        cues: [（写上问话里会有的词）]
        short: （换下原来那句的回答，100字以内）
"""
EXAMPLES = """\
  # {why}
  # 照大家会这样问的写几句，用自己的话；原话没有留下，也找不回来。写的人换成自己的代号。
  {mark}: []
"""
_READER = re.compile(r"  [a-z]+:\s*")
_ANGLES = re.compile(r"    angles:\s*")
_NOWHERE = "/dev/null"


def more_of(root: Path, topic: str, mark: str, why: str) -> str:
    """A patch that makes room for more examples and one more side in a topic's two files.

    ``mark`` names what is new in them, ``why`` is a line that says where it comes from. Raises ContentError where
    there is no such topic.
    """
    file = _file(topic)
    changes: dict[str, Callable[[str], str]] = {
        f"{ANSWERS_AT}/{file}": lambda text: _with_angle(text, ANGLE.format(mark=mark)),
        f"{INTENTS_AT}/{file}": lambda text: text + EXAMPLES.format(mark=mark, why=why),
    }
    patches = []
    for name, change in changes.items():
        try:
            old = (root / name).read_text("utf-8")
        except FileNotFoundError:
            continue
        patches.append(_patch(name, old, change(old)))
    if not patches:
        raise ContentError([Problem(f"{ANSWERS_AT}/{file}", 0, "没有这个话题", "看看 knowledge/topics 里有哪些")])
    return "".join(patches)


def new_topic(root: Path, name: str, why: str) -> str:
    """A patch that makes the two files of a new topic. Raises ContentError where one exists, or for a wrong name."""
    if not TOPIC.fullmatch(name):
        raise ContentError([Problem(name, 0, "话题名不对", "写成“组.名字”，只用小写字母、数字和下划线")])
    made = {f"{folder}/{_file(name)}": text for folder, text in ((ANSWERS_AT, ANSWERS), (INTENTS_AT, INTENTS))}
    for path in made:
        if (root / path).exists():
            raise ContentError([Problem(path, 0, "这个话题已经有了", "换一个名字，或直接改它")])
    return "".join(_patch(path, None, f"# {why}\n{text}") for path, text in made.items())


def _file(topic: str) -> str:
    return topic.replace(".", "/", 1) + ".yaml"


def _patch(name: str, old: str | None, new: str) -> str:
    before = [] if old is None else old.splitlines(keepends=True)
    lines = unified_diff(before, new.splitlines(keepends=True), _NOWHERE if old is None else f"a/{name}", f"b/{name}")
    return "".join(_ended(lines))


def _ended(lines: Iterator[str]) -> Iterator[str]:
    """Lines of a patch; one that had no end is marked as such."""
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _with_angle(text: str, angle: str) -> str:
    """The answers with one more side for their first reader, before those that it has."""
    lines = text.splitlines(keepends=True)
    answers = next((place for place, line in enumerate(lines) if line.startswith("answers:")), None)
    reader = _next(lines, answers, _READER)
    if reader is None:
        return text
    end = next((place for place in range(reader + 1, len(lines)) if not lines[place].startswith("   ")), len(lines))
    angles = _next(lines[:end], reader, _ANGLES)
    if angles is not None:
        return "".join((*lines[: angles + 1], angle, *lines[angles + 1 :]))
    return "".join((*lines[:end], "    angles:\n", angle, *lines[end:]))


def _next(lines: list[str], after: int | None, sign: re.Pattern[str]) -> int | None:
    if after is None:
        return None
    return next((place for place in range(after + 1, len(lines)) if sign.fullmatch(lines[place])), None)
