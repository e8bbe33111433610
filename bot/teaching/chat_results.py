"""Results in a vice principal's chat: the last quizzes, and of each what a class is told; its picture follows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from bot.core.decision import Choice
from bot.core.posting import Spoken
from bot.storage.errors import StorageError
from bot.storage.staff import Member
from bot.teaching.charts import class_picture
from bot.teaching.figures import wrong_ideas
from bot.teaching.push_check import PushError
from bot.teaching.push_words import PushWords
from bot.teaching.result_words import lines, told_to_class
from bot.teaching.results import ClassResult, ClassResults, NoResultsError
from bot.teaching.studio import DrawingError, Studio

log = structlog.get_logger(__name__)

#: Quizzes that are offered, classes that are told of at a time, and wrong ideas with lines to say in class.
OFFERED, CLASSES, IDEAS = 8, 4, 2


@dataclass(frozen=True, slots=True)
class ChatResults:
    """What came of quizzes, as a chat is told. ``send`` brings a picture (PNG) to a chat, once it is drawn."""

    results: ClassResults
    studio: Studio
    words: PushWords
    send: Callable[[str, bytes], Awaitable[None]]
    _drawing: set[asyncio.Task[None]] = field(default_factory=set)

    async def list(self, member: Member, _: str) -> Spoken:
        """The last quizzes, to choose from. Raises StorageError."""
        recent = list(await self.results.recent(member.id))[:OFFERED]
        if not recent:
            return Spoken(self._say("chat_no_results"))
        buttons = tuple(
            Choice(f"{self.words.day(each.run.started_at)} {each.run.title}", f"res:{each.run.id}") for each in recent
        )
        return Spoken(self._say("chat_results"), buttons)

    async def run(self, member: Member, value: str, chat: str) -> Spoken:
        """One quiz, class by class. Raises TeachingError."""
        try:
            found = await self.results.of_run(member.id, int(value))
        except NoResultsError:
            raise PushError("no_push") from None
        shown = found.classes[:CLASSES]
        # Drawing takes seconds, for which nobody's talk may wait.
        task = asyncio.create_task(self._draw(chat, found.run.title, shown))
        self._drawing.add(task)
        task.add_done_callback(self._drawing.discard)
        return Spoken("\n\n".join(self._told(found.run.title, each) for each in shown))

    def _told(self, title: str, result: ClassResult) -> str:
        messages = self.words.library().messages
        if not result.figures.shown:
            return self._say("chat_few").format(name=result.taught.name)
        said = [told_to_class(title, result.taught.name, result.figures, messages)]
        for idea in wrong_ideas(result.figures)[:IDEAS]:
            said += ["", *lines(idea, messages)]
        return "\n".join(said)

    async def _draw(self, chat: str, title: str, results: Sequence[ClassResult]) -> None:
        for each in results:
            picture = class_picture(title, each.taught.name, each.figures, self.words.library().messages)
            if picture is None or not each.figures.shown:
                continue
            try:
                await self.send(chat, await self.studio.png(picture))
            except (DrawingError, StorageError) as error:
                log.warning("results.no_picture", error=type(error).__name__)
                return

    def _say(self, key: str) -> str:
        return self.words.library().messages[f"teach_push.{key}"]
