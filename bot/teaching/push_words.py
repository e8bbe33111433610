"""A push in words: what a chat is shown, as decisions that every channel lays out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.core.command import Command, Verb
from bot.core.content_types import Library
from bot.core.decision import Choice, Decision, Notice, Reply
from bot.core.posting import Poll
from bot.core.quiz_types import QuestionType
from bot.storage.push_types import Push, PushKind, Run
from bot.teaching.frozen import FrozenQuestion, FrozenQuiz

#: Telegram's limit for an explanation; a question of one's own may be checked less well.
LONGEST_EXPLANATION = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """A run with its push, and its quiz where it has one."""

    push: Push
    run: Run
    quiz: FrozenQuiz | None = None

    @property
    def steps(self) -> int:
        """How many messages a group gets."""
        return 1 + (len(self.quiz.questions) if self.quiz else 0)


@dataclass(frozen=True, slots=True)
class PushWords:
    """``zone``: in which zone a day is told."""

    library: Callable[[], Library]
    zone: ZoneInfo

    def for_person(self, sent: Sent) -> Decision:
        """What one person is shown."""
        push, quiz = sent.push, sent.quiz
        if quiz is not None:
            about = self._say("quiz_about").format(all=len(quiz.questions))
            said = [push.text, quiz.intro, about, self._until(sent)]
            return _notice(self._say("quiz_title").format(title=push.title), said, self._begin(sent))
        if push.kind is PushKind.TOPIC:
            return self._topic(push)
        return _notice(push.title, [push.text, self._say("notice_from")])

    def for_group(self, sent: Sent) -> Decision:
        """What a group is shown first; the questions follow as polls."""
        push, quiz = sent.push, sent.quiz
        if quiz is None:
            return self.for_person(sent)
        said = [push.text, quiz.intro, self._say("group_quiz").format(all=len(quiz.questions))]
        return _notice(self._say("quiz_title").format(title=push.title), said)

    def reminder(self, sent: Sent) -> Decision:
        """What those are shown who have not finished; it says nothing of who else has."""
        text = self._say("reminder").format(title=sent.push.title, until=self.day(sent.run.closes_at))
        return _notice("", [text], self._begin(sent))

    def day(self, moment: dt.datetime) -> str:
        """A moment as people say it."""
        local = moment.astimezone(self.zone)
        return self._say("day").format(month=local.month, day=local.day, hour=local.hour, minute=local.minute)

    def _topic(self, push: Push) -> Decision:
        topic = self.library().topics.get(push.subject)
        said = [push.text, topic.simple if topic else ""]
        button = Choice(self._say("button_topic"), str(Command(Verb.TOPIC, push.subject)))
        return _notice(push.title, said, *((button,) if topic else ()))

    def _begin(self, sent: Sent) -> Choice:
        return Choice(self._say("button_quiz"), str(Command(Verb.QUIZ, str(sent.run.id))))

    def _until(self, sent: Sent) -> str:
        return self._say("quiz_until").format(until=self.day(sent.run.closes_at))

    def _say(self, key: str) -> str:
        return self.library().messages[f"teach_push.{key}"]


def result(text: str) -> Decision:
    """What a class is told of its results."""
    return _notice("", [text])


def as_poll(question: FrozenQuestion) -> Poll:
    """A question as a group is asked it."""
    return Poll(
        ask=question.ask,
        options=tuple(option.text for option in question.options),
        right=question.right,
        explain=question.explain[:LONGEST_EXPLANATION],
        several=question.type is QuestionType.SEVERAL,
    )


def _notice(title: str, said: list[str], *choices: Choice) -> Decision:
    return Notice(Reply("\n".join(filter(None, said)), title=title, choices=choices))
