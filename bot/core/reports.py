"""What a turn gives the people on duty: the report that opens a case, or is added to the open one."""

from __future__ import annotations

from bot.core.audience import Audience
from bot.core.command import Command, Verb
from bot.core.desk import Report, Standing, Why
from bot.core.message import Attachment, Incoming
from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.core.session import Session

_TOLD = {
    Verb.PLACE: Why.PLACE,
    Verb.WRITE: Why.WRITE,
    Verb.OUTSIDERS: Why.OUTSIDERS,
    Verb.HERE: Why.HERE,
    Verb.WRONG: Why.RETRACTED,
    Verb.BYSTANDER: Why.BYSTANDER,
}


def risk_report(risk: RiskReading, session: Session, incoming: Incoming, standing: Standing) -> Report:
    """An alarming message: it opens a case, with the turns before it, or is added to the open one."""
    texts = (incoming.text,) if standing.case else (*session.turns[:-1], incoming.text)
    reader = session.audience or Audience.STUDENT
    return Report(Why.RISK, risk.level, risk.kind or RiskKind.OTHER, reader, texts, opens=True, region=session.region)


def said_report(session: Session, reader: Audience, incoming: Incoming, standing: Standing) -> Report | None:
    """One more turn of a talk that has an open case; None where it has none, or nothing was said.

    Words that stand behind a command are said as well.
    """
    case = standing.case
    if case is None or (not incoming.text.strip() and incoming.attachment is Attachment.NONE):
        return None
    value = "" if incoming.attachment is Attachment.NONE else str(incoming.attachment)
    return Report(Why.SAID, RiskLevel.NONE, case.kind, reader, _words(incoming), value, region=session.region)


def asked_report(session: Session, reader: Audience, incoming: Incoming, standing: Standing) -> Report:
    """The person asked for a human: that opens a case, with what they said of late; an open one has that already."""
    words = _words(incoming)
    before = session.turns[:-1] if words else session.turns
    texts = words if standing.case else (*before, *words)
    told = standing.aftermath
    level = RiskLevel.CONCERN if told is None else RiskLevel.DISCLOSURE
    return Report(Why.ASKED, level, told or RiskKind.OTHER, reader, texts, opens=True, region=session.region)


def _words(incoming: Incoming) -> tuple[str, ...]:
    return (incoming.text,) if incoming.text.strip() else ()


def told_report(command: Command, reader: Audience, standing: Standing) -> Report | None:
    """What a button tells whoever is on duty; None where there is no case, or the button tells nothing.

    Whoever is not safe opens a case, whatever became of an earlier one.
    """
    case = standing.case
    if case is None:
        unsafe = command.verb is Verb.SAFE and command.value == "no" and standing.keyed
        kind = standing.aftermath or RiskKind.OTHER
        return Report(Why.UNSAFE, RiskLevel.URGENT, kind, reader, value="no", opens=True) if unsafe else None
    if command.verb is Verb.SAFE:
        why = Why.SAFE if command.value == "yes" else Why.UNSAFE
        level = RiskLevel.URGENT if command.value == "no" else RiskLevel.NONE
        return Report(why, level, case.kind, reader, value=command.value)
    why_told = _TOLD.get(command.verb)
    return None if why_told is None else Report(why_told, RiskLevel.NONE, case.kind, reader, value=command.value)
