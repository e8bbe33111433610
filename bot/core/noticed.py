"""Turns a decided turn into what it adds to the counts."""

from __future__ import annotations

import datetime as dt

from bot.core.command import Verb, parse_command
from bot.core.counting import HELPED, REFUSED, TAPPED, UNSAID, Seen
from bot.core.decision import OUTCOMES, Abstain, Answer, Clarify, Decision, Quiz, Relayed
from bot.core.message import Incoming
from bot.core.risk import RiskLevel
from bot.core.session import Session
from bot.core.topical import OUT_OF_SCOPE


def seen(incoming: Incoming, decision: Decision, talk: Session, now: dt.datetime) -> Seen | None:
    """What a decided turn adds, by the talk after it; None where nobody could be reached, as in a terminal.

    ``now`` is local.
    """
    origin = incoming.origin
    if origin is None:
        return None
    outcome = _outcome(incoming, decision)
    return Seen(
        day=now.date(),
        hour=now.hour,
        channel=origin.channel,
        talk=origin.talk,
        region=talk.region,
        reader=talk.audience or talk.seems or UNSAID,
        outcome=outcome,
        topic=(decision.topic or "") if isinstance(decision, Answer) and outcome != TAPPED else "",
        unanswered=_unanswered(decision),
        hotlines=tuple(sorted({contact.number for contact in decision.reply.contacts})),
        helped=_helped(incoming),
        after_quiz=talk.learnt,
        harm=_tells_of_harm(decision, talk),
    )


def _outcome(incoming: Incoming, decision: Decision) -> str:
    if isinstance(decision, Answer | Clarify | Abstain) and _taps(incoming):
        return TAPPED
    outside = isinstance(decision, Abstain) and decision.topic == OUT_OF_SCOPE
    return REFUSED if outside else OUTCOMES[type(decision)]


def _taps(incoming: Incoming) -> bool:
    """A button that asks nothing new: whoever taps a topic asks about it, whoever taps anything else does not."""
    command = parse_command(incoming.command) if incoming.command else None
    return command is not None and command.verb is not Verb.TOPIC


def _unanswered(decision: Decision) -> str:
    guess = decision.topic if isinstance(decision, Abstain | Clarify) else None
    return "" if guess in (None, OUT_OF_SCOPE) else str(guess)


def _helped(incoming: Incoming) -> str:
    command = parse_command(incoming.command) if incoming.command else None
    tapped = command is not None and command.verb is Verb.HELPED and command.value in HELPED
    return command.value if command and tapped else ""


def _tells_of_harm(decision: Decision, talk: Session) -> bool:
    """A talk in which there was cause for concern, or a person has; quizzes in it are a class's like any other."""
    worried = {talk.risk, decision.risk.level} != {RiskLevel.NONE}
    return isinstance(decision, Relayed) or (worried and not isinstance(decision, Quiz))
