"""Who was taken for asking about somebody else, and says that it was about themselves all along."""

from __future__ import annotations

from dataclasses import replace

from bot.core.command import Command, Verb
from bot.core.cues import CueReader
from bot.core.desk import Standing, Why
from bot.core.risk import RiskKind, RiskLevel, RiskReading
from bot.core.session import Session
from bot.core.turn import Turn, Turned


def asked_for_another(command: Command, session: Session, standing: Standing) -> Session:
    """The talk after a button: whoever says by it that they ask for somebody else may say yet that it is they."""
    if command.verb is not Verb.BYSTANDER:
        return session
    kind = standing.case.kind if standing.case is not None else RiskKind.OTHER
    return replace(session, another=session.another or kind)


def owned(turn: Turn, cues: CueReader) -> RiskReading | None:
    """What was told of another child, told now of whoever writes; None for any other turn.

    These few words may be all that is ever said of it. What is worse in them is heard besides.
    """
    if not turn.session.another or not cues.themselves(turn.text):
        return None
    case, heard = turn.standing.case, turn.risk
    kind = RiskKind(turn.session.another)
    if kind is RiskKind.OTHER and case is not None:
        kind = case.kind
    if heard.alarming and heard.kind is not None and heard.kind.outweighs(kind):
        kind = heard.kind
    before = turn.session.risk if case is None else case.level
    level = max(RiskLevel.DISCLOSURE, before, heard.level, key=lambda level: level.rank)
    return RiskReading(level, kind, why=("themselves", *heard.why))


def noted(turned: Turned, standing: Standing) -> Turned:
    """The turn with its report as news of whose matter it is; what opens or raises a case is told like any harm."""
    case, report = standing.case, turned.report
    if case is None or report is None or report.level.rank > case.level.rank or report.kind.outweighs(case.kind):
        return turned
    return turned._replace(report=replace(report, why=Why.MYSELF))
