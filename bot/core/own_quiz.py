"""Questions and quizzes that vice principals wrote themselves, beside the bank's."""

from __future__ import annotations

from bot.core.quiz_types import Quiz, QuizQuestion

#: How a quiz and a question of one's own are named: ``own:12`` and ``own/12``, by their rows.
QUIZ_MARK, QUESTION_MARK = "own:", "own/"


class OwnQuestion(QuizQuestion):
    """A question of one's own. ``topic``: what it leads to; empty for none. Wrong options may lack an ``idea``."""

    topic: str = ""


class OwnQuiz(Quiz):
    """A quiz of one's own: its questions are ``topic/id`` of the bank, or ``own/12``."""


def own_row(name: str) -> int | None:
    """The row that a quiz's or a question's name stands for; None where it is one of the bank."""
    mark = next((mark for mark in (QUIZ_MARK, QUESTION_MARK) if name.startswith(mark)), "")
    number = name.removeprefix(mark)
    return int(number) if mark and number.isascii() and number.isdecimal() and len(number) < 19 else None
