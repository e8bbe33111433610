"""The classroom without phones: a quiz on the wall, hands that are counted, and counts that are typed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.quiz_types import QuestionType
from bot.storage.audit import AuditLog
from bot.storage.hands import CountedHands, Hands
from bot.storage.push_types import PushDraft, PushKind, PushState, Run
from bot.storage.pushes import Pushes
from bot.storage.runs import Runs
from bot.storage.schools import SchoolClass
from bot.storage.staff import Member
from bot.storage.store import Store
from bot.teaching.classes import Classes
from bot.teaching.errors import TeachingError
from bot.teaching.frozen import FrozenQuiz
from bot.teaching.shelf import Shelf

#: More than any room holds.
MOST_PRESENT = 500
#: How long after a lesson its counts can still be typed in or mended.
MENDED = dt.timedelta(days=7)


class RoomError(TeachingError):
    """A lesson, or counts, that cannot be."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = f"teach_pages.room_{key}"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A quiz on the wall of a class, and what was counted so far."""

    run: int
    class_: SchoolClass
    quiz: FrozenQuiz
    hands: Hands
    started_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Rooms:
    """Classroom lessons of vice principals. Raises TeachingError, FreezeError and StorageError."""

    store: Store
    audit: AuditLog
    classes: Classes
    shelf: Shelf

    async def open(self, member: Member, class_: int, quiz: str, present: int) -> int:
        """Begin a lesson in a class of theirs, and give its run: it is over at once for everybody at home."""
        taught = await self.classes.own_class(member, class_)
        if not 1 <= present <= MOST_PRESENT:
            raise RoomError("present_wrong")
        frozen, now = await self.shelf.quiz(member.id, quiz), self.store.now()
        pushes, runs = Pushes(self.store), Runs(self.store)
        draft = PushDraft(
            kind=PushKind.QUIZ, title=frozen.title, classes=(taught.id,), readers=(), subject=quiz, next_at=now
        )
        async with self.store.writing() as connection:
            version = await runs.keep_version(connection, quiz, frozen.digest, frozen.dump())
            push = await pushes.make(connection, member.id, draft, PushState.DONE)
            await pushes.move(connection, push, PushState.DONE, next_at=None)
            run = await runs.start(connection, Run(0, push, version, now, now, now, closed_at=now))
            if run is None:
                raise RoomError("lesson")
            await CountedHands(self.store).begin(connection, run, taught.id, present)
            await self.audit(connection, member.holder, "room.open", None, f"{run} {taught.id}")
        return run

    async def lesson(self, member: Member, run: int, class_: int) -> Lesson:
        """A lesson of a class of theirs."""
        taught = await self.classes.own_class(member, class_)
        hands = await CountedHands(self.store).hands(run, taught.id)
        found, body = await Runs(self.store).run(run), await Runs(self.store).quiz(run)
        if hands is None or found is None or body is None:
            raise RoomError("lesson")
        return Lesson(run, taught, FrozenQuiz.load(body), hands, found.started_at)

    async def count(self, member: Member, lesson: Lesson, question: int, counts: Mapping[int, int]) -> None:
        """Keep the hands that were counted for a question, in place of earlier ones."""
        await self.classes.own_class(member, lesson.class_.id)
        if self.store.now() > lesson.started_at + MENDED:
            raise RoomError("over")
        asked, present = lesson.quiz.questions[question], lesson.hands.present
        several = asked.type is QuestionType.SEVERAL
        if max(counts.values(), default=0) > present or (not several and sum(counts.values()) > present):
            raise RoomError("too_many")
        turnout = _turnout(lesson, {**lesson.hands.counts, question: counts})
        async with self.store.writing() as connection:
            place = (lesson.run, lesson.class_.id, question)
            await CountedHands(self.store).count(connection, place, counts, turnout)


def _turnout(lesson: Lesson, counts: Mapping[int, Mapping[int, int]]) -> tuple[int, int]:
    """Took part: as many as the question with the most answers has; answered all: as many as the one with the least.

    Where several options may be chosen hands do not tell how many answered: everybody in the room, then.
    """
    answered = [
        lesson.hands.present if lesson.quiz.questions[place].type is QuestionType.SEVERAL else sum(found.values())
        for place, found in counts.items()
    ]
    return max(answered, default=0), min(answered, default=0)
