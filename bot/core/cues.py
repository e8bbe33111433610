"""Short turns that are understood from the turn before: more, simpler, why, the second one, and for another age."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import Field

from bot.core.another import Another, AnotherWords
from bot.core.answer_types import CueGroup
from bot.core.audience import Audience
from bot.core.numerals import from_chinese
from bot.core.places import PlaceWords
from bot.core.record import Record, Text
from bot.core.wishes import Wishes, WishReader
from bot.core.words import WordFinder

#: A message that is an age and hardly more: 14呢, 那他13岁呢, 我15, 孩子9岁.
_BARE_AGE = re.compile(
    r"(?:那|要是|如果|假如|换成|我|他|她|孩子|今年|才|刚|是|满|已经|的话|\s)*"
    r"(\d{1,2}|[一二三四五六七八九十两]{1,3})\s*(?:周?岁)?(?:呢|了|的话|可以吗|行吗|行不|怎么办|\s|[?？!。])*"
)
_AGE = re.compile(r"(?<!\d)(\d{1,2}|[一二三四五六七八九十两]{1,3})\s*(?:周?岁|嵗)(以下)?")
#: What stands before an age that is not reached yet: 未满14岁, 差两天满14岁.
_UNDER = re.compile(r"(?:[未不没][满到足]|没有满|小于|低于|差[^,。?]{1,6}[满到])\s*$")
#: A step of the answer before: 第二步, 第3点, 步骤2, 最后一条.
_STEP = re.compile(
    r"(?:第(?P<number>\d|[一二三四五六七八九])|最后一?)(?P<unit>[步点条项])|步骤(?P<named>\d|[一二三四五六七八九])"
)
#: What stands between two clauses.
_CLAUSES = re.compile(r"[^\w]+")
#: Cues that are a whole message.
_WHOLE = ("more", "simple", "why", "none", "stop", "retract", "resigns", "waiting")
#: A name by which somebody is called, with what tells it from one of whom something is said (老师骂我).
_CALLED = r"^\w{{0,2}}(?:{names})(?:[,。!?:~\s]|那|你|您)|[,。!?\s吗么呢吧](?:{names})[。!?~\s]*$"
#: Characters up to which a message that speaks of a slip says nothing else.
SLIP = 8
#: Characters up to which a message that announces something tells nothing else.
ANNOUNCED = 16
#: Articles are counted in it too: alone it names no step.
_ARTICLE_UNIT = "条"


class Cues(Record):
    """The words for each short turn, and those by which a reader is guessed. Data: ``intents/dialogue.yaml``."""

    more: tuple[Text, ...] = ()
    simple: tuple[Text, ...] = ()
    why: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    stop: tuple[Text, ...] = ()
    leave: tuple[Text, ...] = ()
    retract: tuple[Text, ...] = ()
    resigns: tuple[Text, ...] = ()
    waiting: tuple[Text, ...] = ()
    address: tuple[Text, ...] = ()
    slips: tuple[Text, ...] = ()
    calls: tuple[Text, ...] = ()
    you: tuple[Text, ...] = ()
    hesitant: tuple[Text, ...] = ()
    asking: CueGroup = CueGroup(any=())
    another: AnotherWords = AnotherWords()
    places: PlaceWords = PlaceWords()
    themselves: tuple[Text, ...] = ()
    around: tuple[Text, ...] = ()
    after_all: tuple[Text, ...] = ()
    ordinals: tuple[tuple[Text, ...], ...] = ()
    links: tuple[Text, ...] = ()
    step_before: tuple[Text, ...] = ()
    step_after: tuple[Text, ...] = ()
    declared: dict[Audience, tuple[Text, ...]] = Field(default_factory=dict)
    hinted: dict[Audience, tuple[Text, ...]] = Field(default_factory=dict)
    leaning: dict[Audience, tuple[Text, ...]] = Field(default_factory=dict)
    neutral: tuple[Text, ...] = ()
    groups: dict[str, CueGroup] = Field(default_factory=dict)
    typed: Wishes = Wishes()


class _Readers:
    """The words that speak for each reader."""

    def __init__(self, words: dict[Audience, tuple[str, ...]]) -> None:
        self._words = {reader: frozenset(listed) for reader, listed in words.items()}
        self._finder = WordFinder(word for listed in words.values() for word in listed)
        # One turn asks for the same text several times.
        self.most = lru_cache(maxsize=2)(self._most)

    def _most(self, text: str) -> Audience | None:
        """The reader for whom most words of a text speak; None where no word does."""
        found = self._finder.found(text)
        if not found:
            return None
        return max(self._words, key=lambda reader: len(found & self._words[reader]))


@dataclass(frozen=True, slots=True)
class CueReader:
    """Recognises short turns in normalised text."""

    cues: Cues
    _called: re.Pattern[str] = field(init=False)
    _declared: _Readers = field(init=False)
    _hinted: _Readers = field(init=False)
    _leaning: _Readers = field(init=False)
    _another: Another = field(init=False)
    _whole: dict[str, frozenset[str]] = field(init=False)
    typed: WishReader = field(init=False)

    def __post_init__(self) -> None:
        for name in ("declared", "hinted", "leaning"):
            object.__setattr__(self, f"_{name}", _Readers(getattr(self.cues, name)))
        # Written as a message is compared: 算了 is 算 there.
        whole = {name: frozenset(map(_plain, getattr(self.cues, name))) for name in _WHOLE}
        object.__setattr__(self, "_whole", whole)
        object.__setattr__(self, "_another", Another(self.cues.another))
        names = "|".join(map(re.escape, self.cues.calls)) or "(?!)"
        object.__setattr__(self, "_called", re.compile(_CALLED.format(names=names)))
        object.__setattr__(self, "typed", WishReader(self.cues.typed))

    def exact(self, text: str) -> str | None:
        """The name of the cue that is the whole message, or None."""
        plain = _plain(text)
        for name in _WHOLE:
            if plain in self._whole[name]:
                return name
        return "waiting" if _peeled(plain, self.cues.address) in self.cues.waiting else None

    def leaves(self, text: str) -> bool:
        """Whether the whole message is a safe word that can be meant for nobody but the service."""
        return _plain(text) in self.cues.leave

    def slips(self, text: str) -> bool:
        """Whether a short message says that its writer, and not whoever answers, got something wrong."""
        return not self.addresses(text) and len(_plain(text)) <= SLIP and any(word in text for word in self.cues.slips)

    def addresses(self, text: str) -> bool:
        """Whether a message speaks of whom it is said to."""
        return any(word in text for word in self.cues.you)

    def calls(self, text: str) -> bool:
        """Whether a message calls somebody by what they are, before or after what it says: 老师,那我…, …吗老师."""
        return self._called.search(text) is not None

    def hesitates(self, text: str) -> bool:
        """Whether a short message only says that there is something to tell."""
        return len(_plain(text)) <= ANNOUNCED and any(word in text for word in self.cues.hesitant)

    def for_another(self, text: str) -> bool:
        """Whether a message says that it is about another child, and nothing in it is about whoever writes."""
        return self._another.told_of(text)

    def themselves(self, text: str) -> bool:
        """Whether a message says that it is the writer: wholly, in its first clause, or in one that says after all."""
        clauses = _CLAUSES.split(text)
        said = (text, clauses[0], *(clause for clause in clauses if clause.startswith(self.cues.after_all)))
        return any(_peeled(_plain(clause), self.cues.around) in self.cues.themselves for clause in said)

    def asks(self, text: str) -> bool:
        """Whether a message reads as a question."""
        return self.cues.asking.heard_in(text)

    def ordinal(self, text: str) -> int | None:
        """0 for the first, 1 for the second …, where the message is only that."""
        plain = _plain(text)
        for place, words in enumerate(self.cues.ordinals):
            if plain in words:
                return place
        return None

    def step(self, text: str) -> int | None:
        """The step that a short message asks about: 0 for the first, -1 for the last; None for any other message."""
        plain = _plain(text)
        found = _STEP.search(plain)
        if found is None or not _made_of(plain[: found.start()], self.cues.step_before):
            return None
        asked = plain[found.end() :]
        if not _made_of(asked, self.cues.step_after) or (not asked and found["unit"] == _ARTICLE_UNIT):
            return None
        number = found["number"] or found["named"]
        return from_chinese(number) - 1 if number else -1

    def links_back(self, text: str) -> bool:
        """Whether a short message begins or ends like a sequel: 那要是…, 如果是…, …呢."""
        plain = text.rstrip("?!。 ")
        return (len(text) <= 16 and text.startswith(self.cues.links)) or (len(plain) <= 8 and plain.endswith("呢"))

    def declared(self, text: str) -> Audience | None:
        """Who the writer says to be, in so many words."""
        return self._declared.most(text)

    def hinted(self, text: str) -> Audience | None:
        """Who the writer seems to be."""
        return self.declared(text) or self._hinted.most(text)

    def leaning(self, text: str) -> Audience | None:
        """Who the writer may be, by weaker signs: who speaks of 孩子 or 学生 is seldom one of them."""
        for word in self.cues.neutral:
            text = text.replace(word, "")
        return self._leaning.most(text)


def age_in(text: str) -> int | None:
    """The one age in whole years that a text names, one less where it is not reached; None for none or several."""
    found = {(item[1], bool(item[2] or _UNDER.search(text[: item.start()]))) for item in _AGE.finditer(text)}
    if len(found) != 1:
        return None
    (age, under) = found.pop()
    years = _years(age)
    return years - 1 if years and under else years


def bare_age(text: str) -> int | None:
    """The age that is all that a short message says; None for any other message."""
    found = _BARE_AGE.fullmatch(text)
    return _years(found[1]) if found else None


def _years(text: str) -> int | None:
    years = from_chinese(text)
    return years if 0 < years < 100 else None


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).rstrip("吧呗啊呀哦嘛呢了")


def _peeled(text: str, words: tuple[str, ...]) -> str:
    """A plain text without those of these words that it begins or ends with."""
    for word in filter(text.startswith, words):
        return _peeled(text.removeprefix(word), words)
    for word in filter(text.endswith, words):
        return _peeled(_plain(text.removesuffix(word)), words)
    return text


def _made_of(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text is nothing but some of these words, one after the other."""
    return not text or any(text.startswith(word) and _made_of(text[len(word) :], words) for word in words)
