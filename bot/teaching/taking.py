"""Takes a quiz one question at a time: begins, answers, marks, and goes on where it was left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.command import Command, Verb
from bot.core.content_types import Library
from bot.core.decision import Choice, Notice, Quiz, Reply
from bot.core.lessons import Answers, Begins, Lesson
from bot.core.quiz_types import QuestionType
from bot.storage.store import Store
from bot.storage.takings import Given, SealedTakings, Taking
from bot.teaching.asking import Asking
from bot.teaching.frozen import FrozenQuestion, FrozenQuiz
from bot.teaching.joining import QUIZ
from bot.teaching.place import ASIDE, BETWEEN, Place
from bot.teaching.typed import chosen, plain, words

#: Frozen quizzes kept in memory; they never change.
REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody before a quiz: the run, its questions, and how far they came; ``taking`` is None before they began."""

    given: Given
    asking: Asking
    taking: Taking | None

    @property
    def place(self) -> int:
        """The next question."""
        return self.taking.place if self.taking else 0

    @property
    def question(self) -> FrozenQuestion:
        """The next question itself."""
        return self.asking.quiz.questions[self.place]


@dataclass(frozen=True, slots=True)
class Takers:
    """The lessons about taking a quiz. Everything raises StorageError."""

    store: Store
    library: Callable[[], Library]
    _frozen: dict[int, FrozenQuiz] = field(default_factory=dict)

    async def begin(self, run: int, talk: str) -> Lesson:
        """Ask the next question of a run, the first one with what the quiz is about."""
        sitting = await self._sit(run, talk)
        if isinstance(sitting, Lesson):
            return sitting
        return self._asked(sitting, talk, intro=sitting.taking is None)

    async def answer(self, run: int, talk: str, question: int, options: tuple[int, ...]) -> Lesson:
        """Take an answer, and say what it teaches. One that was given before stays as it was."""
        sitting = await self._ready(run, talk, question)
        if isinstance(sitting, Lesson):
            return sitting
        asked, asking = sitting.question, sitting.asking
        if not _fits(asked, options):
            return self._old(sitting)
        last = question + 1 == len(asking.quiz.questions)
        after = Answers(run, talk, question, options, right=asked.is_right(options), last=last)
        reply = asking.feedback(question, options)
        if last:
            before = sitting.taking.chosen if sitting.taking else {}
            return Lesson(Quiz(asking.ending(reply, {**before, question: options}), sitting.given.reader), after)
        return Lesson(Quiz(reply, sitting.given.reader), after, str(Place(run, BETWEEN)))

    async def mark(self, place: Place | None, talk: str, asked: tuple[int, int], option: int) -> Lesson:
        """Mark an option of a question with several right ones, or take the mark away. ``asked``: run and question."""
        run, question = asked
        sitting = await self._ready(run, talk, question)
        if isinstance(sitting, Lesson):
            return sitting
        if sitting.question.type is not QuestionType.SEVERAL or option >= len(sitting.question.options):
            return self._old(sitting)
        marks = self._marks(place, asked) ^ {option}
        return self._marked(sitting, tuple(sorted(marks)))

    async def done(self, place: Place | None, talk: str, asked: tuple[int, int]) -> Lesson:
        """What was marked is the answer."""
        marks = tuple(sorted(self._marks(place, asked)))
        if marks:
            return await self.answer(asked[0], talk, asked[1], marks)
        sitting = await self._ready(asked[0], talk, asked[1])
        return sitting if isinstance(sitting, Lesson) else self._marked(sitting, ())

    async def typed(self, place: Place, talk: str, text: str) -> Lesson | None:
        """A typed answer to the question that was asked last; None where the words are none."""
        sitting = await self._sit(place.run, talk)
        question = place.question
        if isinstance(sitting, Lesson) or question is None or sitting.place != question:
            return None
        messages = self.library().messages
        several = sitting.question.type is QuestionType.SEVERAL
        if several and plain(text) in words(messages, "done"):
            return await self.done(place, talk, (place.run, question))
        options = chosen(text, sitting.question, messages)
        return None if options is None else await self.answer(place.run, talk, question, options)

    def paused(self, run: int) -> Lesson:
        """They want no more for now."""
        button = Choice(self._say("button_resume"), str(Command(Verb.QUIZ, str(run))))
        return Lesson(Notice(Reply(self._say("paused"), choices=(button,))), place=str(Place(run, ASIDE)))

    async def _sit(self, run: int, talk: str) -> Sitting | Lesson:
        """The run with its questions, or why it cannot be taken."""
        takings = SealedTakings(self.store)
        given = await takings.given(talk, run)
        quiz = await self._quiz(given.version) if given and given.kind == QUIZ and given.version else None
        if given is None or quiz is None:
            return self._notice("not_given")
        taking = await takings.taking(run, talk)
        if taking is not None and taking.finished:
            return self._notice("finished")
        if given.over:
            return self._notice("over")
        return Sitting(given, Asking(self.library(), run, quiz), taking)

    async def _ready(self, run: int, talk: str, question: int) -> Sitting | Lesson:
        """The run, where this question is the next one; else what is said instead."""
        sitting = await self._sit(run, talk)
        if isinstance(sitting, Lesson):
            return sitting
        if sitting.taking is None:
            return self._asked(sitting, talk, intro=True)
        if question == sitting.place:
            return sitting
        return self._old(sitting, "answered" if question < sitting.place else "old_question")

    async def _quiz(self, version: int) -> FrozenQuiz | None:
        if version not in self._frozen:
            body = await SealedTakings(self.store).version(version)
            if not body:
                return None
            if len(self._frozen) >= REMEMBERED:
                self._frozen.clear()
            self._frozen[version] = FrozenQuiz.load(body)
        return self._frozen[version]

    @staticmethod
    def _asked(sitting: Sitting, talk: str, *, intro: bool) -> Lesson:
        given = sitting.given
        reply = sitting.asking.question(sitting.place, intro=intro)
        begins = Begins(given.run, given.class_, given.reader, talk) if sitting.taking is None else None
        return Lesson(Quiz(reply, given.reader), begins, str(Place(given.run, str(sitting.place))))

    @staticmethod
    def _marked(sitting: Sitting, marks: tuple[int, ...]) -> Lesson:
        reply = sitting.asking.marked(sitting.place, marks)
        place = Place(sitting.given.run, str(sitting.place), marks)
        return Lesson(Quiz(reply, sitting.given.reader), None, str(place))

    def _old(self, sitting: Sitting, key: str = "old_question") -> Lesson:
        """A button of another question: nothing is changed, and the quiz goes on where it was."""
        reply = Reply(self._say(key), choices=(sitting.asking.resume(),))
        return Lesson(Notice(reply), place=str(Place(sitting.given.run, BETWEEN)))

    @staticmethod
    def _marks(place: Place | None, asked: tuple[int, int]) -> set[int]:
        """What was marked of this very question before."""
        return set(place.marks) if place and (place.run, place.question) == asked else set()

    def _notice(self, key: str) -> Lesson:
        return Lesson(Notice(Reply(self._say(key))))

    def _say(self, key: str) -> str:
        return self.library().messages[f"teach_chat.{key}"]


def _fits(asked: FrozenQuestion, options: tuple[int, ...]) -> bool:
    several = asked.type is QuestionType.SEVERAL
    count = len(set(options)) == len(options) and (several or len(options) == 1) and bool(options)
    return count and all(0 <= option < len(asked.options) for option in options)
