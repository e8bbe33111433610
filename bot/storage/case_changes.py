"""What a report changes in the case that is open: its level and kind, its clock, and what buttons told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.desk import CaseState, Filing, Report, Why
from bot.core.message import Attachment
from bot.core.risk import RiskKind, RiskLevel
from bot.storage.case_rows import GIVEN_BACK, CaseRow

#: Turns to which the person awaits an answer, with or without words.
_SPEAKING = (Why.RISK, Why.ASKED, Why.SAID, Why.UNSAFE, Why.HERE)
_SAFE = ("yes", "no", "unsure")
#: What buttons can answer; whoever writes to a channel by other means may send anything.
_VALUES = {
    Why.SAFE: _SAFE,
    Why.UNSAFE: _SAFE,
    Why.PLACE: ("home", "school", "outside"),
    Why.WRITE: ("now", "daytime", "evening", "never"),
    Why.SAID: tuple(Attachment),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """The columns that change, the news, and what the history tells besides.

    ``news``: ``raised`` in level, ``graver`` in kind, or nothing. ``freed``: it was taken back from its holder.
    """

    columns: Mapping[str, object]
    news: str = ""
    told: str = ""
    freed: bool = False


def changed_by(found: CaseRow, filing: Filing, now: dt.datetime, *, there: bool = True) -> Changed:
    """What a filing changes in its open case.

    ``there``: it came from where the person is answered. What came from an earlier door of theirs may be somebody
    else's: it is heard and raises the case, and neither tells of the child that they are well nor that it is they.

    A case is raised, and heard of anew, where its level rises or a graver kind of harm comes out: who was told of
    bullying must hear of it when the child goes on to speak of sexual abuse.
    """
    report = filing.report
    level, kind = RiskLevel(found.level), RiskKind(found.kind)
    rises = report.level.rank > level.rank
    after = _kind(kind, report, rises=rises)
    graver = after.outweighs(kind)
    # Whoever says the safe word wants no answer.
    spoke = report.why is not Why.STOPPED and (bool(report.texts) or report.why in _SPEAKING)
    columns: dict[str, object] = {"turns": found.turns + 1, **_told(report, there=there)}
    columns |= {"asks": found.turns + 1} if spoke else {}
    if there and (spoke or report.why is Why.STOPPED):
        columns |= {"child_at": now, "checking_at": None, **_doubt(found, report)}
    if after is not kind:
        columns["kind"] = after
    if rises or graver:
        columns["raised_at"] = now
    if rises:
        columns |= {"level": report.level, "due_at": filing.receipt.due_at}
    elif spoke and found.due_at is None:
        columns["due_at"] = filing.receipt.due_at
    if spoke and found.state == CaseState.WAITING and found.heard >= found.asks:
        # Nothing was owed in it until now: to whoever is on duty it is a new one.
        columns["rung"] = 0
    # Whoever took it since then keeps it.
    freed = filing.freed is not None and found.state == CaseState.TAKEN and found.holder == filing.freed
    if freed:
        columns |= GIVEN_BACK
    if rises:
        return Changed(columns, "raised", f"{report.level} {report.kind if report.why is Why.RISK else kind}", freed)
    if graver:
        return Changed(columns, "graver", after, freed)
    told = report.kind if report.why is Why.RISK and report.kind is not kind else ""
    return Changed(columns, told=told, freed=freed)


def told_value(report: Report) -> str:
    """The answer of a button, or what came than words; anything else is the person's own words and not for here."""
    return report.value if report.value in _VALUES.get(report.why, ()) else ""


def _kind(kind: RiskKind, report: Report, *, rises: bool) -> RiskKind:
    """The kind that the case bears from now on. What was told first stays, unless what is told now says more.

    A lesser kind never takes the place of one that was plainly told: it may be all that is read out of a vague word.
    """
    if report.why is not Why.RISK or not report.kind.precedes(kind):
        return kind
    says_more = rises or kind is RiskKind.OTHER or report.kind.outweighs(kind)
    return report.kind if says_more else kind


def _doubt(found: CaseRow, report: Report) -> Mapping[str, object]:
    """Whether it must be asked if it is still the child: from the safe word on, until they answered that question."""
    if report.why is Why.STOPPED:
        return {"left_turn": found.turns + 1, "in_doubt": True}
    return {"in_doubt": False} if found.checking_at is not None else {}


def _told(report: Report, *, there: bool) -> Mapping[str, object]:
    why, value = report.why, told_value(report)
    if why is Why.OUTSIDERS:
        return {"outsiders_only": True}
    if not value or not (there or why is Why.UNSAFE):
        return {}
    if why in (Why.SAFE, Why.UNSAFE):
        return {"safe": value}
    return {"write_when": value} if why is Why.WRITE else {}
