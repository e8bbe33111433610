"""Where a quiz stands within a talk, as the talk's memory keeps it between two turns."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(\d{1,18})\.(\d{1,4}|[nar])(?::([\d,]{0,32}))?")
#: What was said is feedback, and the next question waits; or something else, and the quiz waits; or something grave,
#: and it waits without a word of it.
BETWEEN, ASIDE, AT_REST = "n", "a", "r"


@dataclass(frozen=True, slots=True)
class Place:
    """A run, and what was said last: the question of this number, BETWEEN, ASIDE or AT_REST; and the options marked."""

    run: int
    step: str
    marks: tuple[int, ...] = ()

    def __str__(self) -> str:
        marks = ",".join(map(str, self.marks))
        return f"{self.run}.{self.step}:{marks}" if marks else f"{self.run}.{self.step}"

    @property
    def question(self) -> int | None:
        """The question that was asked last; None where the last word was another."""
        return int(self.step) if self.step.isdecimal() else None


def read_place(text: str) -> Place | None:
    """The place that a text says; None where it says none."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    marks = tuple(int(mark) for mark in (found[3] or "").split(",") if mark)
    return Place(int(found[1]), found[2], marks)
