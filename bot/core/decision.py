"""What the service decides to say, as data: channels render it, nothing here knows how."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.audience import Audience
from bot.core.desk import Receipt
from bot.core.risk import NO_RISK, RiskReading


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it says, and the command that it sends (see ``bot.core.command``)."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class LawLine:
    """A cited article: ``cite`` as ``source:number``, its printed name, our gloss, or the Decision's own words."""

    cite: str
    label: str
    gist: str
    quote: str | None = None
    official: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A number to call now. ``open`` is None where its hours are not known.

    ``call`` is what to say and expect when calling, ``cost`` what it costs; both empty where they are not known.
    """

    number: str
    name: str
    purpose: str
    hours: str
    open: bool | None
    sms: bool = False
    call: str = ""
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the reader, in parts that a channel lays out."""

    lead: str
    title: str = ""
    steps: tuple[str, ...] = ()
    more: str = ""
    law: tuple[LawLine, ...] = ()
    contacts: tuple[Contact, ...] = ()
    note: str = ""
    choices: tuple[Choice, ...] = ()
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """A topic that a message may be about, with a calibrated probability."""

    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say, and why: ``guesses`` best first, ``trace`` the ids of the rules that decided, never text."""

    reply: Reply
    audience: Audience | None = None
    risk: RiskReading = NO_RISK
    guesses: tuple[Guess, ...] = ()
    trace: tuple[str, ...] = field(default=())

    @property
    def topic(self) -> str | None:
        """The best guess of what the message was about."""
        return self.guesses[0].topic if self.guesses else None


@dataclass(frozen=True, slots=True)
class Answer(Decision):
    """The topic is known and answered."""


@dataclass(frozen=True, slots=True)
class Clarify(Decision):
    """It asks back with the best guesses as buttons."""


@dataclass(frozen=True, slots=True)
class Support(Decision):
    """Somebody may be in danger: a reviewed script, and who answers now."""


@dataclass(frozen=True, slots=True)
class Handoff(Decision):
    """The reader wants a person, or is shown the way to one."""


@dataclass(frozen=True, slots=True)
class Abstain(Decision):
    """It does not know, and says so."""


@dataclass(frozen=True, slots=True)
class Quiz(Decision):
    """A question of a quiz, what an answer teaches, or how it went: the options are the choices."""


@dataclass(frozen=True, slots=True)
class Notice(Decision):
    """A line of the service itself: a limit, a setting changed, something it cannot read."""


@dataclass(frozen=True, slots=True)
class Relayed(Decision):
    """The turn went to the person who has the talk; the bot keeps silent, a channel may mark it as received."""


OUTCOMES: dict[type[Decision], str] = {
    Answer: "answer",
    Clarify: "clarify",
    Support: "support",
    Handoff: "handoff",
    Abstain: "abstain",
    Quiz: "quiz",
    Notice: "notice",
    Relayed: "relayed",
}
