"""What teaching gives a talk, as data and as protocols: joining a class, taking a quiz, and the page of a class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.audience import Audience
from bot.core.decision import Choice, Decision
from bot.core.message import Incoming, Origin
from bot.core.session import Session


@dataclass(frozen=True, slots=True)
class Joins:
    """Somebody joins a class, as a student or a parent; ``origin`` is where pushes reach them."""

    class_: int
    reader: Audience
    origin: Origin


@dataclass(frozen=True, slots=True)
class Leaves:
    """The talk of this key leaves a class; None: every class."""

    talk: str
    class_: int | None = None


@dataclass(frozen=True, slots=True)
class Begins:
    """The talk of this key begins a quiz, as a member of a class."""

    run: int
    class_: int
    reader: Audience
    talk: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The talk of this key answers a question: ``options`` are the places chosen, counted from 0.

    It counts only where this question is the next one of its taking. ``last``: with it the quiz is finished.
    """

    run: int
    talk: str
    question: int
    options: tuple[int, ...]
    right: bool
    last: bool


#: What is kept of a lesson, in the transaction that keeps the talk.
LessonAfter = Joins | Leaves | Begins | Answers


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to say to a turn of a lesson, what to keep of it, and where the quiz stands then (empty: none goes on).

    ``place`` is remembered by the session and read by nobody but ``Lessons``.
    """

    decision: Decision
    after: LessonAfter | None = None
    place: str = ""


class Lessons(Protocol):
    """Lessons within a talk; ``bot.teaching`` has them. Risk was read before: no alarming turn comes here."""

    async def turn(self, incoming: Incoming, session: Session, reader: Audience) -> Lesson | None:
        """The lesson that this turn is part of; None where it is any other turn."""
        ...

    async def joined(self, talk: str) -> bool:
        """Whether the talk of this key is in a class: who joins one says as whom."""
        ...

    def aside(self, place: str, *, grave: bool = False) -> tuple[str, tuple[Choice, ...]]:
        """A quiz waits while something else is said: where it stands then, and the button to go on.

        After something ``grave`` nobody is asked to: it goes on where they do of themselves.
        """
        ...

    async def forgotten(self, talk: str) -> None:
        """The person asked that their chat be deleted: they leave every class, and what they answered is erased."""
        ...


class NoLessons:
    """Where there are none: in a terminal, and in tests of other things."""

    async def turn(self, incoming: Incoming, session: Session, reader: Audience) -> Lesson | None:  # noqa: ARG002
        """None, always."""
        return None

    async def joined(self, talk: str) -> bool:  # noqa: ARG002
        """No, always."""
        return False

    def aside(self, place: str, *, grave: bool = False) -> tuple[str, tuple[Choice, ...]]:  # noqa: ARG002
        """Where it stood, and no button."""
        return place, ()

    async def forgotten(self, talk: str) -> None:
        """Nothing is there to forget."""


@dataclass(frozen=True, slots=True)
class BoardItem:
    """A quiz, notice or topic on the page of a class. ``command`` begins it; empty for a notice."""

    kind: str
    title: str
    text: str
    closes_at: dt.datetime
    command: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """What the page of a class shows; ``joined``: whoever looks is in it, as this reader."""

    id: int
    code: str
    school: str
    name: str
    items: Sequence[BoardItem] = ()
    joined: Audience | None = None


class Boards(Protocol):
    """The pages of classes, and their group chats; ``bot.teaching`` has them."""

    async def board(self, code: str, talk: str, place: str) -> Board | None:
        """The page of the class with this code; None where there is none.

        ``place`` is from where it is asked, to count wrong codes. Raises TooManyGuessesError.
        """
        ...

    async def reader(self, talk: str) -> Audience | None:
        """As whom the talk of this key joined its classes; None where it is in none, or joined as one and another."""
        ...

    async def offers(self, talk: str) -> Sequence[Choice]:
        """Buttons for what goes on in the classes of this talk and is not finished."""
        ...

    async def bind(self, group: Origin, chat: str, code: str) -> str:
        """Bind a group chat to a class, for the vice principal whose own chat ``chat`` is; gives a sentence.

        ``group``'s talk and address are the group's; with no code the group is let go.
        """
        ...


class TooManyGuessesError(Exception):
    """Too many wrong codes came from one place, or in all."""


class NoBoards:
    """Where there are no classes."""

    async def board(self, code: str, talk: str, place: str) -> Board | None:  # noqa: ARG002
        """None, always."""
        return None

    async def reader(self, talk: str) -> Audience | None:  # noqa: ARG002
        """Nobody joined."""
        return None

    async def offers(self, talk: str) -> Sequence[Choice]:  # noqa: ARG002
        """None."""
        return ()

    async def bind(self, group: Origin, chat: str, code: str) -> str:  # noqa: ARG002
        """Nothing to say."""
        return ""
