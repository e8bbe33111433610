"""What a button sends. Short enough for every channel (64 bytes)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """The commands that a button or a slash command can carry."""

    START = "start"
    HELP = "help"
    TOPIC = "topic"
    MORE = "more"
    SIMPLE = "simple"
    WHY = "why"
    ROLE = "role"
    ROLES = "roles"
    HUMAN = "human"
    NONE = "none"
    WRONG = "wrong"
    HOTLINES = "hotlines"
    TELL = "tell"
    SAFE = "safe"
    PLACE = "place"
    WRITE = "write"
    OUTSIDERS = "outsiders"
    BYSTANDER = "bystander"
    CODE = "code"
    HERE = "here"
    HELPED = "helped"
    JOIN = "join"
    ENROL = "enrol"
    LEAVE = "leave"
    CLASSES = "classes"
    QUIZ = "quiz"
    PICK = "pick"
    MARK = "mark"
    DONE = "done"
    NEXT = "next"


#: What lessons answer: joining and leaving a class, and taking a quiz.
TEACHING = frozenset(
    (Verb.JOIN, Verb.ENROL, Verb.LEAVE, Verb.CLASSES, Verb.QUIZ, Verb.PICK, Verb.MARK, Verb.DONE, Verb.NEXT)
)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and its argument: ``topic:bullying.victim``."""

    verb: Verb
    value: str = ""

    def __str__(self) -> str:
        return f"{self.verb}:{self.value}" if self.value else str(self.verb)


def parse_command(text: str) -> Command | None:
    """The command written in a text, or None where it is not one."""
    verb, _, value = text.partition(":")
    try:
        return Command(Verb(verb), value)
    except ValueError:
        return None
