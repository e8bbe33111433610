"""Test questions: written by people who have not seen the examples; they measure, they never train."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.content.load import Reader
from bot.core.audience import Audience
from bot.core.record import Record, Text

FOLDER = "tests/questions"


class Asked(Record):
    """The questions of one writer under one topic, and who the writer is."""

    audience: Audience
    questions: tuple[Text, ...]


class QuestionFile(Record):
    """The test questions of one topic, by writer."""

    id: str = ""
    writers: dict[str, Asked]


@dataclass(frozen=True, slots=True)
class Question:
    """One test question and the topic that it is about."""

    text: str
    topic: str
    writer: str
    audience: Audience


def read_questions(reader: Reader) -> list[Question]:
    """Every test question below the root; the reader holds the problems."""
    return [
        Question(text, topic, writer, asked.audience)
        for topic, file in reader.each(FOLDER, QuestionFile).items()
        for writer, asked in file.writers.items()
        for text in asked.questions
    ]


def load_questions(root: Path) -> list[Question]:
    """Every test question, none where there is no such folder (an installed wheel)."""
    return read_questions(Reader(root))
