"""The lessons within a talk: joining a class and taking a quiz, one question at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.audience import Audience
from bot.core.command import TEACHING, Command, Verb, parse_command
from bot.core.content_types import Library
from bot.core.decision import Choice, Notice, Reply
from bot.core.lessons import Leaves, Lesson
from bot.core.message import Incoming, Origin
from bot.core.session import Session
from bot.storage.enrolments import SealedEnrolments
from bot.storage.store import Store
from bot.storage.takings import SealedTakings
from bot.teaching.codes import GuessLimit, code_in
from bot.teaching.joining import Finder, Joining
from bot.teaching.place import ASIDE, AT_REST, Place, read_place
from bot.teaching.taking import Takers
from bot.teaching.typed import plain, words

#: Longer messages are never answers to a question, nor codes.
LONGEST_TYPED = 60
#: What buttons carry: a run, its question, an option.
_NUMBERS = re.compile(r"\d{1,18}(?:\.\d{1,4}){0,2}")
_PARTS = {Verb.QUIZ: 1, Verb.NEXT: 1, Verb.DONE: 2, Verb.PICK: 3, Verb.MARK: 3}


@dataclass(frozen=True, slots=True)
class ClassLessons:
    """The ``Lessons`` over a store."""

    store: Store
    joining: Joining
    takers: Takers
    library: Callable[[], Library]

    @classmethod
    def over(cls, store: Store, library: Callable[[], Library], guesses: GuessLimit) -> ClassLessons:
        """Lessons on this store; ``library`` gives the content as it is now, ``guesses`` counts wrong codes."""
        joining = Joining(store, library, Finder(store, guesses))
        return cls(store, joining, Takers(store, library), library)

    async def turn(self, incoming: Incoming, session: Session, reader: Audience) -> Lesson | None:  # noqa: ARG002
        """The lesson that this turn is part of; None where it is any other turn. Raises StorageError."""
        origin, place = incoming.origin, read_place(session.quiz)
        if origin is None:
            return None
        command = parse_command(incoming.command) if incoming.command else None
        if command is not None:
            if command.verb not in TEACHING:
                return None
            return self._notice("group") if incoming.group else await self._pressed(command, origin, place)
        if incoming.group or not 0 < len(incoming.text.strip()) <= LONGEST_TYPED:
            return None
        return await self._typed(incoming.text, origin.talk, place)

    async def joined(self, talk: str) -> bool:
        """Whether the talk of this key is in a class. Raises StorageError."""
        return bool(await SealedEnrolments(self.store).of_talk(talk))

    def aside(self, place: str, *, grave: bool = False) -> tuple[str, tuple[Choice, ...]]:
        """A quiz waits while something else is said: where it stands then, and the button to go on.

        After something ``grave`` nobody is asked to: it goes on where they do of themselves.
        """
        found = read_place(place)
        if found is None:
            return "", ()
        if grave or found.step == AT_REST:
            return str(Place(found.run, AT_REST)), ()
        button = Choice(self._say("button_resume"), str(Command(Verb.QUIZ, str(found.run))))
        return _waiting(found), (button,)

    async def forgotten(self, talk: str) -> None:
        """They leave every class, and what they answered is erased. Raises StorageError."""
        takings = SealedTakings(self.store)
        async with self.store.writing() as connection:
            await takings.keep(connection, Leaves(talk))
            await takings.forget(connection, talk)

    async def _pressed(self, command: Command, origin: Origin, place: Place | None) -> Lesson:
        if command.verb in _PARTS:
            return await self._taken(command, origin.talk, place)
        if command.verb is Verb.JOIN:
            lesson = await self.joining.ask(command.value, origin.talk)
        elif command.verb is Verb.ENROL:
            lesson = await self.joining.enrol(command.value, origin)
        elif command.verb is Verb.LEAVE:
            lesson = await self.joining.leave(command.value, origin.talk)
        else:
            lesson = await self.joining.classes(origin.talk)
        return replace(lesson, place=_waiting(place))

    async def _taken(self, command: Command, talk: str, place: Place | None) -> Lesson:
        """A button of a quiz."""
        parts = command.value.split(".")
        if not _NUMBERS.fullmatch(command.value) or len(parts) != _PARTS[command.verb]:
            return replace(self._notice("not_given"), place=_waiting(place))
        run, *rest = map(int, parts)
        if command.verb is Verb.PICK:
            return await self.takers.answer(run, talk, rest[0], (rest[1],))
        if command.verb is Verb.MARK:
            return await self.takers.mark(place, talk, (run, rest[0]), rest[1])
        if command.verb is Verb.DONE:
            return await self.takers.done(place, talk, (run, rest[0]))
        return await self.takers.begin(run, talk)

    async def _typed(self, text: str, talk: str, place: Place | None) -> Lesson | None:
        """A code, an answer to the question that was asked last, or a word to stop or go on."""
        if code_in(text):
            return replace(await self.joining.ask(text, talk), place=_waiting(place))
        said, messages = plain(text), self.library().messages
        if said in words(messages, "classes"):
            return replace(await self.joining.classes(talk), place=_waiting(place))
        if place is None:
            return None
        if place.step not in (ASIDE, AT_REST) and said in words(messages, "stop"):
            return self.takers.paused(place.run)
        if place.question is not None:
            return await self.takers.typed(place, talk, text)
        going_on = words(messages, "resume" if place.step == ASIDE else "next")
        return await self.takers.begin(place.run, talk) if said in going_on else None

    def _notice(self, key: str) -> Lesson:
        return Lesson(Notice(Reply(self._say(key))))

    def _say(self, key: str) -> str:
        return self.library().messages[f"teach_chat.{key}"]


def _waiting(place: Place | None) -> str:
    """A quiz waits, and typed words are no answers to it any more."""
    return str(Place(place.run, AT_REST if place.step == AT_REST else ASIDE)) if place else ""
