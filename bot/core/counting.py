"""What a turn adds to the counts of outreach: names of cells, never a word of what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

#: The one key of families that have no parts.
ALL = "all"
#: Who reads, where the person has not said or shown it.
UNSAID = "unsaid"
#: The outcome of a question that lies outside the service's matter.
REFUSED = "refuse"
#: The outcome of a tap that asks nothing new: more of an answer, simpler, for another reader, none of what was offered.
TAPPED = "tap"
#: What a question comes to. A disclosure, a step of a quiz, a tap and a notice are none.
QUESTIONS = frozenset(("answer", "clarify", "abstain", REFUSED))
#: Answers by which somebody says whether an answer helped.
HELPED = ("yes", "no")


class Family(StrEnum):
    """One way to part the counts; each has its own keys and is read by itself."""

    TOTAL = "total"  # questions
    PEOPLE = "people"  # persons a day
    READER = "reader"  # who asked
    CHANNEL = "channel"  # where
    HOUR = "hour"  # when, 00 to 23
    OUTCOME = "outcome"  # of every turn: as in OUTCOMES, "refuse" and "tap"
    GROUP = "group"  # first part of an answered topic's id
    TOPIC = "topic"  # answered
    UNANSWERED = "unanswered"  # by the best guess
    HOTLINE = "hotline"  # shown
    CALLED = "called"  # tapped
    HELPFUL = "helpful"  # yes, no
    QUIZ = "quiz"  # pushed, taken, finished, answered, right
    READ = "read"  # groups of topics answered after a quiz in the same talk
    HARM = "harm"  # opened.<kind>.<level>, raised.<kind>.<level>
    DESK = "desk"  # <level>.<minutes within which a person first answered>


#: Figures about harm: by month alone, and never below a region.
GRAVE = frozenset((Family.HARM, Family.DESK))
#: What is counted of a school.
OF_SCHOOLS = frozenset(
    (
        Family.TOTAL,
        Family.PEOPLE,
        Family.READER,
        Family.CHANNEL,
        Family.HOUR,
        Family.OUTCOME,
        Family.GROUP,
        Family.HELPFUL,
        Family.QUIZ,
        Family.READ,
    )
)
#: Groups of topics that are told of a school; every other is part of OTHER, so that none tells of harm there.
SCHOOL_GROUPS = frozenset(
    ("online", "media", "campus", "work", "money", "school", "parent", "rights", "venue", "safety", "vp", "juvenile")
)
OTHER = "other"


class QuizStep(StrEnum):
    """How far quizzes got."""

    PUSHED = "pushed"  # messages that arrived
    TAKEN = "taken"
    FINISHED = "finished"
    ANSWERED = "answered"  # questions
    RIGHT = "right"  # questions


@dataclass(frozen=True, slots=True)
class Seen:
    """What a turn adds to the counts. ``talk`` is the key of the person's own talk, of which a pseudonym is made.

    ``day`` and ``hour`` are local. ``harm``: the turn gives cause for concern, so that no school may be told of it.
    ``topic`` was answered, ``unanswered`` is the best guess where nothing was; ``helped`` is a tap: yes or no.
    """

    day: dt.date
    hour: int
    channel: str
    talk: str
    region: str = ""
    reader: str = UNSAID
    outcome: str = ""
    topic: str = ""
    unanswered: str = ""
    hotlines: tuple[str, ...] = ()
    helped: str = ""
    after_quiz: bool = False
    harm: bool = False

    def lines(self) -> Iterator[tuple[Family, str]]:
        """The cells to which the turn adds one, a region's; who was reached, by any turn, is counted apart."""
        if self.outcome in QUESTIONS:
            yield Family.TOTAL, ALL
            yield Family.READER, self.reader
            yield Family.CHANNEL, self.channel
            yield Family.HOUR, f"{self.hour:02}"
        yield Family.OUTCOME, self.outcome
        if self.topic:
            yield Family.TOPIC, self.topic
            yield Family.GROUP, group_of(self.topic)
            if self.after_quiz:
                yield Family.READ, group_of(self.topic)
        if self.unanswered:
            yield Family.UNANSWERED, self.unanswered
        if self.helped:
            yield Family.HELPFUL, self.helped
        yield from ((Family.HOTLINE, number) for number in self.hotlines)

    def school_lines(self) -> Iterator[tuple[Family, str]]:
        """The cells of the person's school: fewer, and none where the turn gives cause for concern."""
        if self.harm:
            return
        for family, key in self.lines():
            if family in OF_SCHOOLS:
                yield family, school_key(family, key)


def group_of(topic: str) -> str:
    """The group of a topic: the first part of its id."""
    return topic.partition(".")[0]


def school_key(family: Family, key: str) -> str:
    """The key under which a school is told of it."""
    grouped = family in (Family.GROUP, Family.READ)
    return OTHER if grouped and key not in SCHOOL_GROUPS else key
