"""What is wrong with content, told so that an editor without Python can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding: the file, the line (1-based; 0 for the whole file), what is wrong and how to mend it.

    A ``mild`` one is told but does not make the check fail: nothing in the file is wrong, something is due.
    """

    path: str
    line: int
    what: str
    mend: str
    mild: bool = False

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what}\n    → {self.mend}"


class ContentError(Exception):
    """Content that cannot be used; ``problems`` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def relative(path: Path, root: Path) -> str:
    """The path as an editor knows it, from the content's root folder."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
