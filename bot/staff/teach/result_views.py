"""What a page of results shows: one class, or all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.storage.results import QuizRun
from bot.teaching.figures import Figures, WrongIdea, wrong_ideas
from bot.teaching.result_words import lines, named, percent
from bot.teaching.results import ClassResult, RunResult

#: How many wrong ideas come with lines to say.
SPOKEN = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A wrong idea in words: what it is, how many, and the two lines to say in class."""

    idea: WrongIdea
    name: str
    share: str
    lines: tuple[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """A run as a page shows it. ``one``: the class that was chosen, or the only one; None for all together."""

    result: RunResult
    one: ClassResult | None
    figures: Figures
    ideas: Sequence[Said]
    messages: Mapping[str, str]

    @property
    def run(self) -> QuizRun:
        """The run."""
        return self.result.run

    @property
    def title(self) -> str:
        """What a file of it is called."""
        return f"{self.run.title} {self.one.taught.name}" if self.one else self.run.title

    @property
    def several(self) -> bool:
        """Whether there are classes to choose between."""
        return len(self.result.classes) > 1

    @property
    def query(self) -> str:
        """What the addresses of its parts end with."""
        return f"?class={self.one.taught.id}" if self.one else ""

    @property
    def repeated(self) -> Sequence[ClassResult]:
        """The classes that had the same quiz before, where anything can be compared."""
        return [item for item in self.result.classes if item.changes]

    @property
    def hidden(self) -> bool:
        """Whether some class is left out of the sums."""
        return any(not item.figures.shown for item in self.result.classes)

    def percent(self, share: float | None) -> str:
        """A part of 0 to 1 in words."""
        return percent(share, self.messages)


def view_of(result: RunResult, class_id: int, messages: Mapping[str, str]) -> View:
    """The class of this number, all of them for 0. Raises NoResultsError."""
    alone = result.classes[0] if len(result.classes) == 1 else None
    one = result.of(class_id) if class_id else alone
    figures = one.figures if one else result.whole
    ideas = [
        Said(idea, named(idea, messages), percent(idea.share, messages), lines(idea, messages))
        for idea in wrong_ideas(figures)
    ]
    return View(result, one, figures, ideas, messages)
