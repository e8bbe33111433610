"""The question bank and the ready quizzes, as typed, frozen objects."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from bot.core.audience import Audience
from bot.core.record import Record, Text


class QuestionType(StrEnum):
    """How a question is answered: one option, right or wrong, several options, or what one would do."""

    SINGLE = "single"
    TRUE_FALSE = "true_false"
    SEVERAL = "several"
    SITUATION = "situation"


class Band(StrEnum):
    """Who a question is for: pupils by age in whole years, parents, or staff of schools."""

    SIX = "6-9"
    TEN = "10-12"
    THIRTEEN = "13-15"
    SIXTEEN = "16-18"
    PARENTS = "parents"
    STAFF = "staff"

    @property
    def reader(self) -> Audience:
        """The reader whose answers fit."""
        return {Band.PARENTS: Audience.PARENT, Band.STAFF: Audience.SCHOOL}.get(self, Audience.STUDENT)


class Option(Record):
    """An answer to choose. ``idea`` names the misconception behind a wrong one; ``why`` teaches."""

    text: Text
    right: bool = False
    idea: Text | None = None
    why: Text


class QuizQuestion(Record):
    """A question of the bank; ``explain`` follows from the cited ``law``. ``difficulty``: 1 easy to 3 hard."""

    id: Text
    band: Band
    type: QuestionType
    difficulty: int = Field(ge=1, le=3)
    ask: Text
    options: tuple[Option, ...]
    explain: Text
    law: tuple[Text, ...] = ()


class TopicQuestions(Record):
    """The questions about one topic, whose name is the file's."""

    id: str = ""
    questions: tuple[QuizQuestion, ...]


class Quiz(Record):
    """A ready quiz: questions of one band by ``topic/id``, from easy to hard."""

    id: str = ""
    title: Text
    theme: Text
    band: Band
    intro: Text
    questions: tuple[Text, ...]


class Bank(Record):
    """Every question by ``topic/id``, and every quiz."""

    topics: dict[str, TopicQuestions]
    quizzes: dict[str, Quiz]

    @property
    def questions(self) -> dict[str, QuizQuestion]:
        """The questions by ``topic/id``."""
        return {f"{name}/{item.id}": item for name, topic in self.topics.items() for item in topic.questions}
