"""One's own questions and quizzes beside the bank's: kept, changed and taken back by whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.core.own_quiz import QUESTION_MARK, QUIZ_MARK, OwnQuestion, OwnQuiz, own_row
from bot.core.personal import names_someone
from bot.core.quiz_types import Band, Bank
from bot.storage.own_questions import Kept, OwnQuestions, OwnQuizzes
from bot.storage.store import Store
from bot.teaching.frozen import FreezeError, FrozenQuiz, OwnContent, freeze

#: Questions that one person keeps at most, and questions of one quiz.
MOST_QUESTIONS, LONGEST_QUIZ, LONGEST_TITLE, LONGEST_INTRO = 1000, 12, 40, 120
THEME = "own"
T = TypeVar("T", OwnQuestion, OwnQuiz)


class ShelfError(Exception):
    """What cannot be kept; ``reason`` names the sentence."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason, self.values = reason, values
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class QuizDraft:
    """A quiz as somebody put it together: names of questions, ``topic/id`` or ``own/12``."""

    title: str
    intro: str
    band: Band
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one can ask. Nobody sees or changes what a colleague wrote. Everything raises StorageError too."""

    store: Store
    bank: Callable[[], Bank]

    async def questions(self, staff: int) -> Sequence[Kept[OwnQuestion]]:
        """One's own questions, newest first."""
        return await OwnQuestions(self.store).of(staff)

    async def quizzes(self, staff: int) -> Sequence[Kept[OwnQuiz]]:
        """One's own quizzes, newest first."""
        return await OwnQuizzes(self.store).of(staff)

    async def question(self, staff: int, number: int) -> Kept[OwnQuestion]:
        """One of one's own questions. Raises ShelfError."""
        return _theirs(await OwnQuestions(self.store).one(number), staff)

    async def own_quiz(self, staff: int, number: int) -> Kept[OwnQuiz]:
        """One of one's own quizzes. Raises ShelfError."""
        return _theirs(await OwnQuizzes(self.store).one(number), staff)

    async def quiz(self, staff: int, name: str) -> FrozenQuiz:
        """A quiz of the bank or of one's own, as it would be asked now. Raises FreezeError."""
        return freeze(name, self.bank(), await self.content(staff, name))

    async def keep_questions(self, staff: int, items: Sequence[OwnQuestion]) -> list[int]:
        """Keep new questions. Raises ShelfError where there would be too many."""
        kept = OwnQuestions(self.store)
        if len(await kept.of(staff)) + len(items) > MOST_QUESTIONS:
            raise ShelfError("too_many", most=MOST_QUESTIONS)
        async with self.store.writing() as connection:
            return await kept.add(connection, staff, items)

    async def change_question(self, staff: int, number: int, item: OwnQuestion, version: int) -> None:
        """Put another in the place of the version that was seen. Raises ShelfError where it is another by now."""
        await self.question(staff, number)
        async with self.store.writing() as connection:
            if not await OwnQuestions(self.store).change(connection, number, item, version):
                raise ShelfError("changed")

    async def drop_question(self, staff: int, number: int) -> None:
        """Take a question back, unless a quiz of one's own asks it. Raises ShelfError."""
        kept, name = await self.question(staff, number), f"{QUESTION_MARK}{number}"
        asking = next((row.item.title for row in await self.quizzes(staff) if name in row.item.questions), None)
        if asking is not None:
            raise ShelfError("asked", quiz=asking)
        async with self.store.writing() as connection:
            await OwnQuestions(self.store).take_back(connection, number, kept.version)

    async def keep_quiz(self, staff: int, draft: QuizDraft) -> str:
        """Keep a new quiz, and give its name. Raises ShelfError."""
        item = await self._checked(staff, draft)
        async with self.store.writing() as connection:
            (number,) = await OwnQuizzes(self.store).add(connection, staff, [item])
        return f"{QUIZ_MARK}{number}"

    async def change_quiz(self, staff: int, number: int, draft: QuizDraft, version: int) -> None:
        """Put another in the place of the version that was seen. Raises ShelfError."""
        await self.own_quiz(staff, number)
        item = await self._checked(staff, draft)
        async with self.store.writing() as connection:
            if not await OwnQuizzes(self.store).change(connection, number, item, version):
                raise ShelfError("changed")

    async def drop_quiz(self, staff: int, number: int) -> None:
        """Take a quiz back; what was pushed of it stays as it was asked. Raises ShelfError."""
        kept = await self.own_quiz(staff, number)
        async with self.store.writing() as connection:
            await OwnQuizzes(self.store).take_back(connection, number, kept.version)

    async def _checked(self, staff: int, draft: QuizDraft) -> OwnQuiz:
        """The quiz, its questions from easy to hard. Raises ShelfError."""
        title, intro = " ".join(draft.title.split()), " ".join(draft.intro.split())
        if not title or len(title) > LONGEST_TITLE:
            raise ShelfError("title", most=LONGEST_TITLE)
        if len(intro) > LONGEST_INTRO:
            raise ShelfError("intro", most=LONGEST_INTRO)
        if names_someone(title) or names_someone(intro):
            raise ShelfError("personal")
        if not 1 <= len(draft.questions) <= LONGEST_QUIZ:
            raise ShelfError("questions", most=LONGEST_QUIZ)
        own = {f"{QUESTION_MARK}{row.id}": row.item for row in await self.questions(staff)}
        known = {**self.bank().questions, **own}
        if any(name not in known or known[name].band is not draft.band for name in draft.questions):
            raise ShelfError("question_gone")
        ordered = sorted(dict.fromkeys(draft.questions), key=lambda name: known[name].difficulty)
        return OwnQuiz(title=title, theme=THEME, band=draft.band, intro=intro or title, questions=tuple(ordered))

    async def content(self, staff: int, name: str) -> OwnContent:
        """What of one's own a quiz needs to be frozen; nothing for one of the bank. Raises FreezeError."""
        number = own_row(name)
        if number is None:
            return OwnContent()
        row = await OwnQuizzes(self.store).one(number)
        if row is None or row.staff != staff:
            raise FreezeError("no_quiz")
        questions = await self._own_questions(staff, row.item.questions)
        return OwnContent(questions, {name: row.item})

    async def _own_questions(self, staff: int, names: Iterable[str]) -> dict[str, OwnQuestion]:
        numbers = [number for name in names if (number := own_row(name)) is not None]
        found = await OwnQuestions(self.store).some(numbers)
        return {f"{QUESTION_MARK}{row.id}": row.item for row in found.values() if row.staff == staff}


def _theirs(row: Kept[T] | None, staff: int) -> Kept[T]:
    if row is None or row.staff != staff:
        raise ShelfError("gone")
    return row
