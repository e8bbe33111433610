"""Questions of one's own: what somebody typed, read into a question that keeps every rule of the bank."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.content.checks.bank import ASK, EXPLAIN, FEEDS, OPTION, SHAPES
from bot.core.articles import ArticleIndex
from bot.core.content_types import Library
from bot.core.own_quiz import OwnQuestion
from bot.core.personal import names_someone
from bot.core.quiz_types import Band, Option, QuestionType

LETTERS = "ABCDE"
#: Characters of what is said about an option, and of its misconception.
WHY = 120
E = TypeVar("E", bound=StrEnum)
_BREAKS = re.compile(r"[；;\n]+")
#: Where a law is typed with this, an article is meant.
_NUMBERED = re.compile(r"第|\d")
_INVISIBLE = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as typed."""

    text: str = ""
    why: str = ""
    idea: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as typed; ``answer`` names the right options by letter, ``law`` is free text."""

    band: str = ""
    type: str = ""
    difficulty: str = ""
    ask: str = ""
    answer: str = ""
    explain: str = ""
    law: str = ""
    topic: str = ""
    options: tuple[OptionDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one field (``ask``, ``option_a``, ``why_b``…); ``reason`` names the sentence."""

    field: str
    reason: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class BadQuestionError(Exception):
    """A draft that is no question yet."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        self.flaws = flaws
        super().__init__("a question is not as it should be")


@dataclass(slots=True)
class _Flaws:
    found: list[Flaw] = dataclasses.field(default_factory=list)

    def note(self, name: str, reason: str, **values: object) -> None:
        self.found.append(Flaw(name, reason, values))

    def words(self, name: str, text: str, most: int) -> str:
        """A text that must be there, at most so long."""
        text = tidy(text)
        if not text:
            self.note(name, "empty")
        elif len(text) > most:
            self.note(name, "long", most=most, length=len(text))
        elif names_someone(text):
            self.note(name, "personal")
        return text

    def perhaps(self, name: str, text: str, most: int) -> str:
        """A text that may be missing."""
        return self.words(name, text, most) if tidy(text) else ""


class QuestionReader:
    """Reads drafts by the words and laws of the content."""

    def __init__(self, library: Library) -> None:
        self._library, self._index = library, ArticleIndex(library)

    def question(self, draft: Draft) -> OwnQuestion:
        """The question that a draft makes. Raises BadQuestionError with everything that is wrong."""
        flaws = _Flaws()
        band = self._word("band", draft.band, Band, flaws)
        kind = self._word("type", draft.type, QuestionType, flaws)
        ask = flaws.words("ask", draft.ask, ASK)
        options = self._options(draft, kind, flaws)
        explain = flaws.words("explain", draft.explain, EXPLAIN)
        if explain.count("\n") > FEEDS:
            flaws.note("explain", "feeds", most=FEEDS)
        law = tuple(self._law(draft.law, flaws))
        topic = self._topic(draft.topic, flaws)
        difficulty = _difficulty(draft.difficulty, flaws)
        if flaws.found or band is None or kind is None:
            raise BadQuestionError(tuple(flaws.found))
        return OwnQuestion(
            id="own",
            band=band,
            type=kind,
            difficulty=difficulty,
            ask=ask,
            options=options,
            explain=explain,
            law=law,
            topic=topic,
        )

    def _say(self, key: str, **values: object) -> str:
        return self._library.messages[f"teach_own.{key}"].format(**values)

    def _word(self, name: str, text: str, kind: type[E], flaws: _Flaws) -> E | None:
        """The value that a word of the interface stands for."""
        typed = _plain(text)
        for value in kind:
            if typed in {_plain(value), *map(_plain, self._say(f"{name}_{value}_words").split())}:
                return value
        known = "、".join(self._say(f"{name}_{value}") for value in kind)
        flaws.note(name, "word" if typed else "choose", known=known)
        return None

    def _options(self, draft: Draft, kind: QuestionType | None, flaws: _Flaws) -> tuple[Option, ...]:
        given = [*draft.options]
        while given and not tidy(given[-1].text + given[-1].why + given[-1].idea):
            given.pop()
        if kind is QuestionType.TRUE_FALSE:
            given = self._true_or_false(given)
        right = self._right(draft.answer, len(given), kind, flaws)
        options = [
            option
            for letter, item in zip(LETTERS, given, strict=False)
            if (option := self._option(letter, item, letter in right, flaws)) is not None
        ]
        if len({option.text for option in options}) < len(options):
            flaws.note("option_a", "twins")
        if kind is not None and len(given) not in SHAPES[kind][1]:
            flaws.note("option_a", f"count_{kind}")
        return tuple(options)

    def _true_or_false(self, given: list[OptionDraft]) -> list[OptionDraft]:
        """The two options of a statement; they need not be typed."""
        pair = [*given, OptionDraft(), OptionDraft()][: max(2, len(given))]
        usual = (self._say("true"), self._say("false"))
        filled = [
            OptionDraft(item.text.strip() or text, item.why, item.idea) for item, text in zip(pair, usual, strict=False)
        ]
        return [*filled, *pair[2:]]

    def _option(self, letter: str, given: OptionDraft, right: bool, flaws: _Flaws) -> Option | None:
        low = letter.lower()
        text = flaws.words(f"option_{low}", given.text, OPTION)
        why = flaws.perhaps(f"why_{low}", given.why, WHY)
        idea = flaws.perhaps(f"idea_{low}", given.idea, WHY)
        if not why and not right:
            flaws.note(f"why_{low}", "why")
        if not text or (not why and not right):
            return None
        return Option(text=text, right=right, idea=None if right else idea or None, why=why or self._say("why_right"))

    def _right(self, answer: str, count: int, kind: QuestionType | None, flaws: _Flaws) -> str:
        typed = re.sub(r"[\s,，、;；.。和]+", "", unicodedata.normalize("NFKC", answer)).upper()
        if kind is QuestionType.TRUE_FALSE:
            for letter, key in (("A", "true_words"), ("B", "false_words")):
                if typed in self._say(key).upper().split():
                    typed = letter
        if not typed:
            flaws.note("answer", "answer")
        elif set(typed) - set(LETTERS[:count]) or len(set(typed)) < len(typed):
            flaws.note("answer", "letters", letters="".join(LETTERS[:count]) or "A")
        elif kind is not None and len(typed) not in SHAPES[kind][0]:
            flaws.note("answer", f"right_{kind}")
        return typed

    def _law(self, text: str, flaws: _Flaws) -> Iterator[str]:
        for piece in filter(None, map(tidy, _BREAKS.split(unicodedata.normalize("NFC", text)))):
            source = self._index.source_in(piece)
            asked = self._index.asked(piece)
            if source is None:
                flaws.note("law", "law_unknown", law=piece[:40])
            elif self._library.sources[source].successor is not None:
                flaws.note("law", "law_repealed", law=piece[:40])
            elif not asked.exists if asked else _NUMBERED.search(piece):
                flaws.note("law", "law_article_unknown", law=piece[:40])
            else:
                yield f"{source}:{asked.number}" if asked else source

    def _topic(self, text: str, flaws: _Flaws) -> str:
        typed = text.strip()
        topics = self._library.topics
        found = typed if typed in topics else next((name for name, it in topics.items() if it.title == typed), "")
        if typed and not found:
            flaws.note("topic", "topic", topic=typed[:40])
        return found


def tidy(text: str) -> str:
    """A text without what cannot be seen, and without blank ends."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n")).strip()


def _plain(text: str) -> str:
    """A word as it is compared: no width, dash or space matters."""
    return re.sub(r"[\s—–~～至到_]+", "-", unicodedata.normalize("NFKC", text).strip()).replace("岁", "").lower()


def _difficulty(text: str, flaws: _Flaws) -> int:
    typed = unicodedata.normalize("NFKC", text).strip() or "1"
    if typed not in {"1", "2", "3"}:
        flaws.note("difficulty", "difficulty")
        return 1
    return int(typed)
