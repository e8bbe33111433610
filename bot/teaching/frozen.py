"""A quiz as it was asked: whatever becomes of the content, a run keeps its questions word for word."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.own_quiz import OwnQuestion, OwnQuiz
from bot.core.quiz_types import Band, Bank, Option, QuestionType, QuizQuestion
from bot.core.record import Record


class FreezeError(Exception):
    """A quiz that cannot be asked; ``key`` names the sentence, ``question`` the question that is at fault."""

    def __init__(self, key: str, question: str = "") -> None:
        self.key, self.question = key, question
        super().__init__(f"{key} ({question})" if question else key)


class FrozenQuestion(Record):
    """A question as it was asked. ``id`` is its name in the bank or ``own/12``; ``topic`` may be empty."""

    id: str
    topic: str = ""
    type: QuestionType
    ask: str
    options: tuple[Option, ...]
    explain: str
    law: tuple[str, ...] = ()

    @property
    def right(self) -> tuple[int, ...]:
        """The places of the right options, counted from 0."""
        return tuple(place for place, option in enumerate(self.options) if option.right)

    def is_right(self, chosen: tuple[int, ...]) -> bool:
        """Whether exactly the right options were chosen, in whatever order."""
        return set(chosen) == set(self.right)


class FrozenQuiz(Record):
    """A quiz as it was asked. ``id`` is the bank's, or ``own:12``."""

    id: str
    title: str
    theme: str = ""
    band: Band
    intro: str
    questions: tuple[FrozenQuestion, ...]

    @property
    def digest(self) -> str:
        """64 hexadecimal digits: two quizzes with the same digest ask the same."""
        return hashlib.sha256(self.dump().encode()).hexdigest()

    def dump(self) -> str:
        """As JSON, for ``quiz_version``."""
        return self.model_dump_json()

    @classmethod
    def load(cls, body: str) -> FrozenQuiz:
        """From what ``dump`` made. Raises ValueError on anything else."""
        return cls.model_validate_json(body)


@dataclass(frozen=True, slots=True)
class OwnContent:
    """What vice principals wrote: questions by ``own/12``, quizzes by ``own:12``."""

    questions: Mapping[str, OwnQuestion] = field(default_factory=dict)
    quizzes: Mapping[str, OwnQuiz] = field(default_factory=dict)


#: Nothing of anybody's own.
NOTHING_OWN = OwnContent()


def freeze(quiz_id: str, bank: Bank, own: OwnContent = NOTHING_OWN) -> FrozenQuiz:
    """The quiz as it stands now. Raises FreezeError: no such quiz or question, none in it, or no right answer."""
    quiz = own.quizzes.get(quiz_id) or bank.quizzes.get(quiz_id)
    if quiz is None:
        raise FreezeError("no_quiz")
    if not quiz.questions:
        raise FreezeError("no_questions")
    questions = tuple(_frozen(name, bank, own) for name in quiz.questions)
    return FrozenQuiz(
        id=quiz_id, title=quiz.title, theme=quiz.theme, band=quiz.band, intro=quiz.intro, questions=questions
    )


def _frozen(name: str, bank: Bank, own: OwnContent) -> FrozenQuestion:
    written = own.questions.get(name)
    question: QuizQuestion | None = written or _of_bank(name, bank)
    if question is None:
        raise FreezeError("no_question", name)
    if not any(option.right for option in question.options) or len(question.options) < 2:
        raise FreezeError("no_right_option", name)
    return FrozenQuestion(
        id=name,
        topic=written.topic if written else name.partition("/")[0],
        type=question.type,
        ask=question.ask,
        options=question.options,
        explain=question.explain,
        law=question.law,
    )


def _of_bank(name: str, bank: Bank) -> QuizQuestion | None:
    topic, _, wanted = name.partition("/")
    found = bank.topics.get(topic)
    return next((item for item in found.questions if item.id == wanted), None) if found else None
