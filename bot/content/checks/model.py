"""The content as the checks see it: typed objects, and where each stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from bot.content.calendar import read_calendar
from bot.content.load import Reader, read_bank, read_corpus, read_cues, read_library
from bot.content.problems import Problem
from bot.content.questions import FOLDER as QUESTIONS
from bot.content.questions import Question, read_questions
from bot.content.yamlfile import line_of
from bot.core.content_types import Library
from bot.core.cues import Cues
from bot.core.intent_types import Corpus
from bot.core.quiz_types import Bank
from bot.nlu.normalise import Normaliser


@dataclass(frozen=True)
class Content:
    """All content of a root as far as it can be read, with ``today`` for what expires."""

    root: Path
    library: Library
    corpus: Corpus
    questions: tuple[Question, ...]
    bank: Bank
    cues: Cues
    normalise: Normaliser
    today: dt.date
    unreadable: tuple[Problem, ...] = ()

    def heard(self, cue: str) -> str:
        """A cue of one word or several, as it stands in normalised questions."""
        return " ".join(map(self.normalise, cue.split()))

    def topic(self, name: str, keys: tuple[str | int, ...], what: str, mend: str, *, mild: bool = False) -> Problem:
        """A problem in a topic's answers."""
        return self._at(f"knowledge/topics/{_file(name)}", keys, what, mend, mild=mild)

    def intent(self, name: str, keys: tuple[str | int, ...], what: str, mend: str) -> Problem:
        """A problem in a topic's examples or keywords."""
        return self._at(f"intents/topics/{_file(name)}", keys, what, mend)

    def question(self, item: Question, what: str, mend: str) -> Problem:
        """A problem with a test question."""
        asked = [q.text for q in self.questions if (q.topic, q.writer) == (item.topic, item.writer)]
        keys = ("writers", item.writer, "questions", asked.index(item.text))
        return self._at(f"{QUESTIONS}/{_file(item.topic)}", keys, what, mend)

    def file(self, path: str, keys: tuple[str | int, ...], what: str, mend: str, *, mild: bool = False) -> Problem:
        """A problem in any other content file."""
        return self._at(path, keys, what, mend, mild=mild)

    def _at(self, path: str, keys: tuple[str | int, ...], what: str, mend: str, *, mild: bool = False) -> Problem:
        return Problem(path, line_of(self.root / path, keys), what, mend, mild=mild)


def _file(name: str) -> str:
    return name.replace(".", "/") + ".yaml"


def read_content(root: Path, today: dt.date | None = None) -> Content:
    """Everything below a root; what cannot be read is kept as problems."""
    reader = Reader(root)
    library, corpus = read_library(reader), read_corpus(reader)
    questions, bank = tuple(read_questions(reader)), read_bank(reader)
    read_calendar(reader)
    return Content(
        root,
        library,
        corpus,
        questions,
        bank,
        read_cues(reader),
        Normaliser(corpus.lexicon),
        today or dt.datetime.now(dt.UTC).date(),
        tuple(reader.problems),
    )
