"""The examples, keywords, words and rules by which messages are understood, as typed, frozen objects."""

from __future__ import annotations

from pydantic import Field, model_validator

from bot.core.record import Record, Text
from bot.core.risk import RiskKind, RiskLevel


class Keyword(Record):
    """A sign of a topic: every word of ``all``, one of ``any`` and none of ``none`` stand in the message."""

    all: tuple[Text, ...] = ()
    any: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    weight: float = Field(default=1.0, gt=0, le=5)

    @model_validator(mode="after")
    def _asks_something(self) -> Keyword:
        if not self.all and not self.any:
            raise ValueError("a keyword needs words under `all` or `any`")
        return self


class Confusable(Record):
    """A neighbouring topic, and the sentence that tells the two apart."""

    topic: Text
    because: Text


class TopicIntents(Record):
    """How one topic is recognised: examples grouped by who wrote them, keywords, and its neighbours."""

    id: str = ""
    keywords: tuple[Keyword, ...] = ()
    confusable_with: tuple[Confusable, ...] = ()
    examples: dict[str, tuple[Text, ...]] = Field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        """All examples, writers in order of the file."""
        return [text for texts in self.examples.values() for text in texts]


class Lexicon(Record):
    """Words for segmentation and normalisation.

    ``words`` are never cut apart. ``synonyms`` and ``spellings`` map a standard form to other ways of
    writing it; spellings (homophones, pinyin, abbreviations) are replaced in the text, synonyms only
    add the standard form as a feature. ``emoji`` maps a picture to a word.
    """

    words: tuple[Text, ...] = ()
    synonyms: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    spellings: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    emoji: dict[str, Text] = Field(default_factory=dict)


class RiskRule(Record):
    """One rule of the disclosure detector: regular expressions over normalised text, ``{name}`` being a lexicon group.

    The rule holds when every pattern of ``all`` and one of ``any`` is found and none of ``none`` is.
    ``frame`` rules mark messages that are about a rule, a story or a joke and lower the level of weaker ones.
    """

    id: Text
    level: RiskLevel
    kind: RiskKind | None = None
    all: tuple[Text, ...] = ()
    any: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    strong: bool = False
    note: str = ""


class RiskContent(Record):
    """Lexicon groups, rules and examples by which disclosures are noticed.

    ``ordinary`` names topics (or groups of them, ``venue.``) whose examples are everyday questions;
    ``calm`` those in which hardly anybody tells of harm;
    ``evidence`` the lexicon groups without which a short message is hardly ever a report;
    ``words`` groups that rules alone may name: the model does not know them.
    """

    ordinary: tuple[Text, ...] = ()
    calm: tuple[Text, ...] = ()
    evidence: tuple[Text, ...] = ()
    groups: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    words: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    rules: tuple[RiskRule, ...] = ()
    examples: tuple[RiskExample, ...] = ()


class RiskExample(Record):
    """A message with the level and kind that a person gave it; ``turns`` for a talk, judged at its last turn."""

    writer: Text
    level: RiskLevel
    kind: RiskKind | None = None
    turns: tuple[Text, ...] = Field(min_length=1)


class Corpus(Record):
    """Everything from which the understanding is built."""

    intents: dict[str, TopicIntents]
    lexicon: Lexicon = Lexicon()
    risk: RiskContent = RiskContent()


RiskContent.model_rebuild()
