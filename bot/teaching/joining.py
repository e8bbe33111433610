"""Joins and leaves classes within a talk, and lists them with what is going on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.content_types import Library
from bot.core.decision import Choice, Notice, Reply
from bot.core.lessons import Joins, Leaves, Lesson, TooManyGuessesError
from bot.core.message import Origin
from bot.storage.enrolments import UNREACHED, SealedEnrolments
from bot.storage.schools import SchoolClass, SealedSchools
from bot.storage.store import Store
from bot.storage.takings import Given, SealedTakings
from bot.teaching.codes import GuessLimit, code_in

#: Whoever joins a class does so as one of these.
READERS = (Audience.STUDENT, Audience.PARENT)
QUIZ, TOPIC = "quiz", "topic"


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds classes by their codes, as often as it is allowed."""

    store: Store
    guesses: GuessLimit

    async def find(self, code: str, place: str) -> SchoolClass | None:
        """The class of this code; None for none. Raises TooManyGuessesError and StorageError."""
        plain = code_in(code)
        if not plain:
            return None
        if not self.guesses.begin(place):
            raise TooManyGuessesError
        try:
            found = await SealedSchools(self.store).by_code(plain)
        except Exception:
            self.guesses.right(place)
            raise
        if found is not None:
            self.guesses.right(place)
        return found


@dataclass(frozen=True, slots=True)
class Joining:
    """The lessons about belonging to a class. Everything raises StorageError."""

    store: Store
    library: Callable[[], Library]
    finder: Finder

    async def ask(self, code: str, talk: str) -> Lesson:
        """A code was given: ask as whom they join."""
        try:
            found = await self.finder.find(code, talk)
        except TooManyGuessesError:
            return self._notice("code_too_many")
        if found is None:
            return self._notice("code_wrong" if code else "join_how")
        choices = tuple(
            Choice(self._say(f"join_{reader}"), str(Command(Verb.ENROL, f"{found.code}.{reader}")))
            for reader in READERS
        )
        return self._notice("join_ask", choices, school=found.school_name, name=found.name)

    async def enrol(self, value: str, origin: Origin) -> Lesson:
        """They said as whom; what goes on in the class is one tap away."""
        code, _, who = value.partition(".")
        try:
            found = await self.finder.find(code, origin.talk)
        except TooManyGuessesError:
            return self._notice("code_too_many")
        if found is None or who not in READERS:
            return self._notice("code_wrong")
        reader = Audience(who)
        going = await SealedTakings(self.store).open_in(found.id, (reader,))
        lines = [
            self._say("joined", school=found.school_name, name=found.name, reader=self._say(f"reader_{reader}")),
            self._say("joined_web" if origin.channel == UNREACHED else "joined_push"),
        ]
        if going:
            lines += ["", self._say("going")]
        reply = Reply("\n".join(lines), choices=(*offers(going, self.library()), self._classes()))
        return Lesson(Notice(reply, reader), Joins(found.id, reader, origin))

    async def classes(self, talk: str) -> Lesson:
        """The classes of a talk, what is going on in them, and a button to leave each."""
        joined = await SealedEnrolments(self.store).of_talk(talk)
        if not joined:
            return Lesson(Notice(Reply(f"{self._say('classes_none')}{self._say('join_how')}")))
        lines = [self._say("classes")]
        for item in joined:
            reader = self._say(f"reader_{item.reader}")
            lines.append(self._say("classes_line", school=item.school, name=item.name, reader=reader))
        going = await SealedTakings(self.store).open_for(talk)
        lines += ["", self._say("going" if going else "nothing_going")]
        leave = (
            Choice(self._say("button_leave", name=item.name), str(Command(Verb.LEAVE, str(item.class_))))
            for item in joined
        )
        return Lesson(Notice(Reply("\n".join(lines), choices=(*offers(going, self.library()), *leave))))

    async def leave(self, value: str, talk: str) -> Lesson:
        """They leave a class."""
        joined = await SealedEnrolments(self.store).of_talk(talk)
        if value not in {str(item.class_) for item in joined}:
            return self._notice("not_in", (self._classes(),))
        choices = (self._classes(),) if len(joined) > 1 else ()
        return Lesson(self._notice("left", choices).decision, Leaves(talk, int(value)))

    def _classes(self) -> Choice:
        return Choice(self._say("button_classes"), str(Verb.CLASSES))

    def _notice(self, key: str, choices: tuple[Choice, ...] = (), **values: object) -> Lesson:
        return Lesson(Notice(Reply(self._say(key, **values), choices=choices)))

    def _say(self, key: str, **values: object) -> str:
        return self.library().messages[f"teach_chat.{key}"].format(**values)


def begins(item: Given) -> str:
    """The command that begins what was pushed; empty for a notice."""
    if item.kind == QUIZ:
        return str(Command(Verb.QUIZ, str(item.run)))
    return str(Command(Verb.TOPIC, item.subject)) if item.kind == TOPIC else ""


def offers(going: Sequence[Given], library: Library) -> tuple[Choice, ...]:
    """Buttons for what was pushed: a quiz is begun, a topic is answered; a notice has none."""
    label = library.messages["teach_chat.button_quiz"]
    return tuple(
        Choice(label.format(title=item.title) if item.kind == QUIZ else item.title, begins(item))
        for item in going
        if begins(item)
    )
