"""Words a question, what an answer teaches, and how a quiz went, from reviewed content alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.command import Command, Verb
from bot.core.compose import cite_label
from bot.core.content_types import Library
from bot.core.decision import Choice, Reply
from bot.core.quiz_types import QuestionType
from bot.teaching.frozen import FrozenQuestion, FrozenQuiz
from bot.teaching.typed import LETTERS

#: Longer options stand in the text, and their buttons are letters: phones cut long buttons off.
LONGEST_LABEL = 16
TOPICS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Asking:
    """Builds the replies of one quiz. ``run`` is the run that its buttons name."""

    library: Library
    run: int
    quiz: FrozenQuiz

    def question(self, place: int, marks: tuple[int, ...] = (), *, intro: bool = False) -> Reply:
        """A question with its options as buttons; before the first, what the quiz is about."""
        asked = self.quiz.questions[place]
        lines = [self._say("head", n=place + 1, all=len(self.quiz.questions)), asked.ask]
        if not self._fits(asked):
            lines += ["", *(self._option(asked, number) for number in range(len(asked.options)))]
        if asked.type is QuestionType.SEVERAL:
            lines += ["", self._say("hint_several")]
        if intro:
            told = self._say("intro", title=self.quiz.title, intro=self.quiz.intro)
            lines = [told, "", *lines]
        return Reply("\n".join(lines), choices=self.choices(place, marks))

    def marked(self, place: int, marks: tuple[int, ...]) -> Reply:
        """What is marked so far of a question with several right options."""
        letters = "、".join(LETTERS[mark] for mark in marks)
        lead = self._say("picked", letters=letters) if marks else self._say("picked_none")
        return Reply(lead, choices=self.choices(place, marks))

    def choices(self, place: int, marks: tuple[int, ...]) -> tuple[Choice, ...]:
        """The buttons of a question."""
        asked = self.quiz.questions[place]
        several = asked.type is QuestionType.SEVERAL
        verb, made = Verb.MARK if several else Verb.PICK, []
        for number in range(len(asked.options)):
            label = self._option(asked, number) if self._fits(asked) else LETTERS[number]
            if several:
                label = self._say("mark_on" if number in marks else "mark_off", label=label)
            made.append(Choice(label, str(Command(verb, f"{self.run}.{place}.{number}"))))
        if several:
            made.append(Choice(self._say("button_done"), str(Command(Verb.DONE, f"{self.run}.{place}"))))
        return tuple(made)

    def feedback(self, place: int, chosen: tuple[int, ...]) -> Reply:
        """What the answer teaches, and the button to the next question; none behind the last."""
        asked = self.quiz.questions[place]
        right = asked.is_right(chosen)
        lines = self._praise(asked, chosen) if right else self._correction(asked, chosen)
        lines += ["", asked.explain]
        law = "、".join(filter(None, map(self._cited, asked.law)))
        more = self._say("law", law=law) if law else ""
        last = place + 1 == len(self.quiz.questions)
        return Reply("\n".join(lines), more=more, choices=() if last else (self.next(),))

    def ending(self, before: Reply, chosen: Mapping[int, tuple[int, ...]]) -> Reply:
        """How it went, under the feedback to the last answer, with the topics of the questions that went wrong."""
        questions = self.quiz.questions
        wrong = [item for place, item in enumerate(questions) if not item.is_right(chosen.get(place, ()))]
        key = "done" if wrong else "done_all"
        lines = [self._say(key, all=len(questions), right=len(questions) - len(wrong)), self._say("done_quiet")]
        topics = self._topics(wrong)
        if topics:
            lines.append(self._say("done_read"))
        more = "\n".join(filter(None, (before.more, "", *lines)))
        return Reply(before.lead, more=more, choices=topics)

    def next(self) -> Choice:
        """The button to the next question."""
        return Choice(self._say("button_next"), str(Command(Verb.NEXT, str(self.run))))

    def resume(self) -> Choice:
        """The button to go on."""
        return Choice(self._say("button_resume"), str(Command(Verb.QUIZ, str(self.run))))

    def _praise(self, asked: FrozenQuestion, chosen: tuple[int, ...]) -> list[str]:
        if len(chosen) == 1:
            return [self._say("right", why=asked.options[chosen[0]].why)]
        told = (self._told("wrong_option", asked, number) for number in chosen)
        return [self._say("right", why=""), *told]

    def _correction(self, asked: FrozenQuestion, chosen: tuple[int, ...]) -> list[str]:
        lines = [self._say("wrong")]
        for number in chosen:
            option = asked.options[number]
            if not option.right:
                lines.append(self._told("wrong_option", asked, number))
                lines += [self._say("idea", idea=option.idea.rstrip("。"))] if option.idea else []
        key = "missed" if any(asked.options[number].right for number in chosen) else "should"
        lines += [self._told(key, asked, number) for number in asked.right if number not in chosen]
        return lines

    def _told(self, key: str, asked: FrozenQuestion, number: int) -> str:
        option = asked.options[number]
        return self._say(key, letter=LETTERS[number], text=option.text, why=option.why)

    def _topics(self, wrong: Iterable[FrozenQuestion]) -> tuple[Choice, ...]:
        names = dict.fromkeys(item.topic for item in wrong if item.topic in self.library.topics)
        shown = list(names)[:TOPICS_SHOWN]
        return tuple(Choice(self.library.topics[name].title, str(Command(Verb.TOPIC, name))) for name in shown)

    def _cited(self, cite: str) -> str:
        source, _, number = cite.partition(":")
        found = self.library.sources.get(source)
        return cite_label(found, number) if found else ""

    def _option(self, asked: FrozenQuestion, number: int) -> str:
        return self._say("option", letter=LETTERS[number], text=asked.options[number].text)

    @staticmethod
    def _fits(asked: FrozenQuestion) -> bool:
        return all(len(option.text) <= LONGEST_LABEL for option in asked.options)

    def _say(self, key: str, **values: object) -> str:
        return self.library.messages[f"teach_chat.{key}"].format(**values)
