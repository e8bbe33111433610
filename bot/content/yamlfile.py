"""Reads YAML with the line of every value, refusing duplicate keys."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.content.problems import ContentError, Problem, relative

Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST_FILE = 2_000_000


class _UniqueKeys(Loader):  # type: ignore[misc]  # the C loader has no type stub
    """A safe loader to which a key written twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}” 写了两次", key.start_mark)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def yaml_files(folder: Path) -> Iterator[Path]:
    """Every YAML file below a folder, in a fixed order.

    What editors and version control lay beside a file while it is being edited (its name begins with a dot) is none,
    nor is a link to nowhere or a folder.
    """
    for path in sorted(folder.rglob("*.yaml")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def read_yaml(path: Path, root: Path) -> Any:
    """The data of a YAML file. Raises ContentError with the line where it does not parse or is too large."""
    name = relative(path, root)
    try:
        text = path.read_bytes()
        if len(text) > LARGEST_FILE:
            raise ContentError([Problem(name, 0, f"文件太大（{len(text)} 字节）", "一个文件最多 2 MB，请拆开")])
        return yaml.load(text.decode("utf-8"), Loader=_UniqueKeys)  # noqa: S506  (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        what = f"不是正确的 YAML：{error.problem or error.context}"
        raise ContentError(
            [Problem(name, line, what, "检查缩进、冒号后的空格和引号；含冒号或 # 的句子要加引号")]
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentError([Problem(name, 0, f"读不出来：{error}", "请存成 UTF-8 编码的纯文本")]) from None
    except OSError as error:
        raise ContentError(
            [Problem(name, 0, f"打不开：{error.strerror}", "检查文件是否存在、是否有读取权限")]
        ) from None


def line_of(path: Path, keys: tuple[str | int, ...]) -> int:
    """The line (1-based) of the value reached by these keys, or of the nearest thing above it that exists."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=Loader)
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        return 0
    line = 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            return line
        node, line = found
    return line


def _child(node: Any, key: str | int) -> tuple[Any, int] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value, name.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key].start_mark.line + 1
    return None
