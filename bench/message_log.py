"""The log of mixed messages that ``bench.reconcile`` sends, and what it should have counted."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.app import content_root
from bot.content.questions import load_questions
from bot.content.risk_evaluation import load_risk_questions
from bot.core.command import Command, Verb
from bot.core.counting import Family
from bot.core.message import Attachment, Incoming, Origin
from bot.core.ports import TalkAfter
from bot.core.risk import RiskLevel
from bot.settings import read_settings

BEGIN = dt.datetime(2026, 11, 20, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
#: Seconds between two messages of the log, so that it goes over days.
APART = 25
BUTTONS = (Verb.START, Verb.MORE, Verb.SIMPLE, Verb.WHY, Verb.ROLES, Verb.HUMAN, Verb.NONE, Verb.HOTLINES, Verb.WRONG)
#: Words that are no question.
ODD = ("", "？？？", "zzz", "😀😀", "qwerty asdf hjkl", "今天天气怎么样", "帮我写作文")


@dataclass
class Clock:
    """The time of the message in hand."""

    time: dt.datetime = BEGIN

    def __call__(self) -> dt.datetime:
        """Now."""
        return self.time


@dataclass(frozen=True)
class Message:
    """One line of the log."""

    number: int
    talk: str
    text: str = ""
    command: str = ""
    attachment: Attachment = Attachment.NONE

    @property
    def channel(self) -> str:
        """By which channel it comes."""
        return self.talk.partition(":")[0]

    @property
    def at(self) -> dt.datetime:
        """When it is handled."""
        return BEGIN + dt.timedelta(seconds=APART * self.number)

    def incoming(self) -> Incoming:
        """As the talk takes it."""
        origin = Origin(self.channel, self.talk, self.talk, f"m{self.number}")
        return Incoming(self.text, self.command, self.attachment, origin=origin)

    def dump(self) -> bytes:
        """As a line."""
        return json.dumps([self.number, self.talk, self.text, self.command, self.attachment]).encode()

    @classmethod
    def load(cls, line: bytes) -> Message:
        """From a line."""
        number, talk, text, command, attachment = json.loads(line)
        return cls(number, talk, text, command, Attachment(attachment))


@dataclass
class Expected:
    """What the log should have counted."""

    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    people: set[tuple[dt.date, str]] = field(default_factory=set)
    levels: dict[str, RiskLevel] = field(default_factory=dict)

    def take(self, after: TalkAfter) -> None:
        """One turn."""
        assert after.seen is not None
        self.cells.update((str(family), key) for family, key in after.seen.lines())
        self.people.add((after.seen.day, after.seen.talk))
        if after.filing is None:
            return
        report, talk = after.filing.report, after.seen.talk
        before = self.levels.get(talk)
        if before is None or report.level.rank > before.rank:
            news = "raised" if before else "opened"
            self.cells[Family.HARM, f"{news}.{report.kind}.{report.level}"] += 1
            self.levels[talk] = report.level


def mixed_log(count: int, chance: random.Random) -> list[Message]:
    """So many messages of six hundred talks: questions, buttons, noise, attachments, and now and then a disclosure."""
    settings = read_settings()
    questions = [item.text for item in load_questions(content_root(settings))]
    dire = [text for item in load_risk_questions(content_root(settings)) for text in item.turns]
    commands = [str(Command(verb)) for verb in BUTTONS]
    commands += [
        "topic:bullying.victim",
        "topic:online.fraud",
        "helped:yes",
        "helped:no",
        "role:parent",
        "helped:maybe",
    ]
    talks = [f"{channel}:{number}" for channel in ("web", "telegram") for number in range(300)]
    made = []
    for number in range(count):
        talk, dice = chance.choice(talks), chance.random()
        if dice < 0.6:
            made.append(Message(number, talk, chance.choice(questions)))
        elif dice < 0.8:
            made.append(Message(number, talk, command=chance.choice(commands)))
        elif dice < 0.9:
            made.append(Message(number, talk, chance.choice(ODD)))
        elif dice < 0.95:
            made.append(Message(number, talk, attachment=chance.choice(list(Attachment))))
        else:
            made.append(Message(number, talk, chance.choice(dire)))
    return made
